"""How couriers say that a delivery was one back to whoever sent the parcel.

Each language has its verbs, what may stand between, and its names of the sender. All of it is
compared as `words.plain` writes it: small letters, without accents and punctuation.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class _Language(NamedTuple):
    r"""Words of a language. `\S*` ends a stem; between verb and noun only `between` may stand."""

    verbs: str
    to: str
    between: str
    nouns: str
    turned: bool = False
    """Whether the verb may also come last, as in `an den Absender zugestellt`."""


_LANGUAGES = (
    _Language(
        r"(?:re)?delivered|delivery|returned|return|handed|given|brought|sent|rto|dto|back|arrived",
        "to|at|with|into",
        r"back|over|off|again|package|parcel|shipment|item|order|it|in|person|successfully"
        r"|delivered|completed?|the|its|their|an?|original|initial|actual|registered",
        r"sender|shipper|consignor|consigner|merchant|seller|vendor|retailer|supplier|originator"
        r"|(?:return|senders?|shippers?|origin(?:al)?) address|origin",
    ),
    _Language(
        r"zugestellt\S*|zustellung|ausgeliefert\S*|auslieferung|geliefert|ubergeben|ubergabe"
        r"|abgegeben|ausgehandigt|zuruckge\S+|zuruck|zurueck|rucklieferung|ruckgabe|retoure"
        r"|rucksendung|retourniert",
        "an|bei|beim|dem|am|zum|vom",
        r"den|die|dem|der|das|seinen|ihren|ursprunglichen?|eigentlichen?|wieder|zuruck"
        r"|erfolgreich|wurde|ist|an|absender|versender",
        r"absender(?:in|adresse|anschrift)?|versender(?:in|adresse)?|auftraggeber|einlieferer"
        r"|verkaufer(?:in)?|handler|rucksendeadresse|retourenadresse|rucksendeanschrift",
        turned=True,
    ),
    _Language(
        r"livr\S+|remis\S*|remise|rendue?s?|retour|retourne\S*|restitue\S*|distribue\S*"
        r"|rapporte\S*|renvoye\S*",
        "a|au|aux|chez|vers",
        "l|le|la|son|sa|les|colis|envoi|adresse|de|du|d",
        r"expediteur|expeditrice|envoyeur|vendeur|vendeuse|marchand|commercant|origine"
        r"|adresse (?:de retour|d origine)",
    ),
    _Language(
        r"entregad\S+|entrega|devuelt\S+|devolucion|retornad\S+|retorno|restituid\S+",
        "al|a|en",
        "la|el|su|direccion|domicilio|del|de",
        r"remitente|vendedora?|comerciante|expedidor|cargador|origen|direccion de devolucion"
        r"|direccion de retorno",
    ),
    _Language(
        r"entregues?|entrega|devolvid\S+|devolucao|retornad\S+|restituid\S+",
        "ao|a|no|na|para|em",
        "o|a|seu|sua|endereco|do|de",
        r"remetente|vendedora?|lojista|expedidor|embarcador|origem|endereco de devolucao",
    ),
    _Language(
        r"(?:ri)?consegnat\S+|consegna|restituit\S+|restituzione|res[oa]|ritornat\S+|rientrat\S+"
        r"|recapitat\S+|rispedit\S+",
        "al|allo|alla|all|a|presso|dal",
        "il|lo|la|l|suo|indirizzo|del|di|originario|originale",
        r"mittente|venditore|venditrice|commerciante|speditore|negoziante|origine"
        r"|indirizzo di (?:reso|ritorno|restituzione)",
    ),
    _Language(
        r"bezorgd|afgeleverd|geleverd|bezorging|teruggebracht|teruggegeven|teruggezonden"
        r"|geretourneerd|retour|terug|overhandigd|afgegeven",
        "bij|aan|naar|op|door",
        "de|het|een|oorspronkelijke|originele|adres|van",
        r"afzender|verzender|verkoper|winkelier|webwinkel|retouradres|afzendadres|afzenderadres",
        turned=True,
    ),
    _Language(
        r"dorecz\S+|dostarcz\S+|zwrocon\S+|zwrot|wydan\S+|oddan\S+|przekazan\S+|odeslan\S+",
        "do|u|na|",
        r"pierwotn\S+|oryginaln\S+|rak|doreczony|adres|zwrotnie",
        "nadawc[ya]|nadawcy|sprzedawcy|sprzedawcow|zwrotny|zwrotu",
    ),
    _Language(
        "levere\\S*|lever[td]|utleverert|aflevere\\S*|utlamna\\S*|returnere\\S*|returnera\\S*",
        "til|till|hos",
        "den|oprindelige|opprinnelige|ursprunglig\\S*|tilbage|tillbaka|tilbake",
        r"afsender\S*|avsender\S*|avsandare\S*|saljare\S*|selger\S*|saelger\S*",
    ),
    _Language(
        r"doruc\S+|vracen\S*|vratene\S*|livrat\S*|returnat\S*|predan\S+",
        "catre|zpet|spat|",
        "zpet|spat|la",
        r"odesilatel\S*|odosielatel\S*|expeditor\S*",
    ),
    _Language(
        r"تسليم\S*|التسليم|سلمت|تسلم\S*"
        r"|اعاده|اعيد\S*|ارجاع\S*|ارجعت|ترجيع\S*|توصيل\S*|مرتجع\S*",
        "الي|ل|",
        r"\S*شحنه|\S*طرد|\S*طلب|\S*مرتجع|عنوان",
        r"(?:ال|لل)?(?:مرسل|راسل|تاجر|بايع|شاحن)",
        turned=True,
    ),
    _Language(
        r"वापस|लौटा\S*|सौंप\S*|डिलीवर",
        "को|",
        "को|पार्सल|वापस",
        r"भेजने वाले|विक्रेता|प्रेषक|सेलर",
        turned=True,
    ),
    _Language(
        r"teslim\S*|iade|kezbesit\S*|visszakezbesit\S*|toimitettu|palautettu",
        "",
        "iade|geri",
        r"gondericiye|gonderene|saticiya|feladonak|felado reszere|lahettajalle",
        turned=True,
    ),
)

_SOMEBODY_ELSE = (
    r"(?! s?\b ?(?:agents?|neighbou?rs?|representatives?|reps?|friends?|relatives?|famil(?:y|ies)"
    r"|customers?|clients?|brokers?|forwarders?|partners?|contacts?|nominated|designated|specified"
    r"|requested|request|instructed|instructions?|chosen|preferred|selected|provided|authori[sz]ed"
    r"|approved|appointed|pickup|pick up|access|country|square|court|park|coffee|cafe|bar|hotel"
    r"|street|st|road|rd|avenue|ave"
    r"|lane|drive|house|post|facility|hub|scan|depot|terminal|office|services?|creek|village|plaza"
    r"|tower|apartments?) )"
)
"""After the sender's name: it was somebody of theirs, or a place they chose."""

_RECEIVED = (
    r"(?:received|accepted|collected|signed|signed for|picked up|taken back) by(?: the| its"
    r"| original){0,2} (?:sender|shipper|consignor|merchant|seller|vendor|retailer)"
    rf"(?= ){_SOMEBODY_ELSE}"
    r"|(?:ontvangen|afgehaald|geaccepteerd) door(?: de| het){0,2} (?:afzender|verzender|verkoper"
    r"|winkel|webwinkel)|(?:odebran\S*|przyjet\S*) przez (?:nadawce|sprzedawce)"
    r"|(?:vom|durch den) (?:absender|versender|verkaufer) (?:erhalten|angenommen|entgegengenommen)"
    r"|(?:recu\S*|recuper\S*) par l? ?(?:expediteur|vendeur)"
    r"|recibid\S* por el (?:remitente|vendedor)"
    r"|(?:sender|shipper|merchant|seller|consignor) (?:has )?(?:received|accepted|got) "
    r"(?:it|the|their|back|parcel|package|shipment|return)\b(?! (?:payment|money|signature|proof))"
    r"|return(?:ed)? (?:(?:shipment|parcel|package|item) )?(?:(?:was|has been) )?(?:successfully )?"
    r"(?:delivered|completed?)|retour receptionne\S*|delivered back to|returned to client"
    r"|delivered original sender|[rd]to delivered|rts (?:delivered|received|completed?)"
    r"|reso (?:consegnato|completato)|zuruckgegeben|zwrot dorecz\S+"
    r"|(?:rucksendung|retoure) (?:wurde )?(?:zugestellt|abgeliefert|angekommen)"
    r"|retour(?:zending|pakket)? (?:is )?(?:bezorgd|afgeleverd|ontvangen)|retour (?:livre|remis)\S*"
    r"|devolucion entregada|devolucao entregue"
    r"|delivered to(?: the| our| a)? returns? (?:cent(?:er|re)|warehouse|depot|department|hub)"
)

_OTHER_THINGS = re.compile(
    r" (?:pod|proof|receipts?|documents?|cash|cod|money|amount|payment|note|notice|notification"
    r"|confirmation|signature|copy|message|e ?mail|empties|pallets?|nachricht|kopie|beleg"
    r"|pobran\S+)"
    r"(?: \S+){0,3}? (?:returned|handed|given|sent|gesandt|zuruckge\S+|przekazan\S+"
    r"|back)(?= )"
)
"""What goes to a sender beside the parcel, and says nothing of the parcel."""


def _said(one: _Language) -> str:
    to = rf"(?: (?:{one.to}))" if one.to.strip("|") else ""
    to += "?" if to and one.to.endswith("|") else ""
    between = rf"(?: (?:{one.between})){{0,5}}?" if one.between else ""
    noun = rf" (?:{one.nouns})(?= ){_SOMEBODY_ELSE}"
    said = rf" (?:{one.verbs}){between}{to}{between}{noun}"
    if one.turned:
        said += rf"|{to}{between}{noun}(?: \S+){{0,3}}? (?:{one.verbs})(?= )"
    return said


_PATTERN = re.compile("|".join([*map(_said, _LANGUAGES), rf" (?:{_RECEIVED})(?= )"]))


def said(plain: str) -> bool:
    """Whether words in the form of `words.plain` say so."""
    return _PATTERN.search(_OTHER_THINGS.sub(" _", plain)) is not None
