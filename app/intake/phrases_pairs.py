"""Phrases of two words of a kind, in either order and in all languages at once.

What is wrong and what it is wrong with: `Straßenname fehlerhaft`, `Falta código postal`. Spelt as
in `phrases.py`; a stem with `*` stands for its forms.
"""

from __future__ import annotations


def _pairs(one: str, other: str) -> str:
    one, other = ("|".join(words.split()) for words in (one, other))
    return f"{one} .. {other}; {other} .. {one}"


_ADDRESS = """
    address* adress* *adresse adres anschrift* street* road area postcode* pincode* pin zip postal
    strass* hausnummer* postleitzahl plz ortsangabe rue voie batiment* etage direccion* calle
    domicilio portal piso cp ville stockwerk straat* huisnummer ulic* kod* mieszkani* budynk*
    indiriz* civico cap endereco* logradouro numeracao morada rua cep pata
    wohnung* appartement* apartament* lokal* lokalu busnummer plz ort number numero numer numeru
    nummer
"""
_WRONG = """
    wrong* incorrect* invalid incomplete insufficient inaccurate illegible unreadable
    mismatch* misspel* mentioned fehlerhaft* falsch* unvollstandig* ungenau* unklar* ungultig*
    fehlt fehlen fehlend* unleserlich* errone* inexact* incomplet* insuffisant* imprecis*
    precise* manquant* faux fausse equivocad* insuficient* falta faltan onjuist* onvolledig*
    fout* foutief verkeerd* ontbre* onduidelijk* ongeldig* onbekend* bled* niepeln*
    niekompletn* nieprawidlow* niepoprawn* niewlasciw* zly zla zle brak brakuj* errat* mancant*
    sbagliat*
    inesatt* incorret* errad* irregular* galat adhur*
"""
_PLACE = """
    address* adres adresse anschrift location plot house building street premises property
    hausnummer* strasse rue lieu batiment direccion calle domicilio edificio straat huis ulic*
    budynk* dom* indiriz* via palazzo endereco morada rua predio number numero numer nummer
"""
_NOT_FOUND = """
    recognised recognized exist exists existe existent istnieje esiste existieren demolished
    untraceable unlocatable unfindable trace* traced auffindbar* introuvable* inexist*
    unauffindbar* existiert* encuentra encontrad* localizad* onvindbaar* bestaat vinden
    nieodnalez* odnalez* znalez* trovat* inesist* irreperibil* encontrado
"""
_PARCEL = """
    parcel package packet shipment item consignment box carton packaging content* goods paket*
    sendung* ware inhalt verpackung colis envoi emballage contenu marchandise paquete envio
    embalaje mercancia karton pakket* zending* verpakking inhoud paczk* przesylk* zawartosc*
    opakowani* bottle* glass caja doos scatola caixa pudelk* product* produkt* produit* article*
    artikel articulo* pacco collo imballo merce spedizione encomenda pacote embalagem objeto
    conteudo mercadoria
"""
_BROKEN = """
    empty smashed zalan* natte nat mouillee vacio leer leeg pusta averiad* avariat* avariad* broken
    smashed crushed torn ripped leak* soaked dented defective damage* beschadig*
    eingedruckt* nass wet eventre* rozerwan* zamok* zerdruckt* zerrissen* zerbrochen* aufgerissen*
    durchnasst* ausgelaufen* endommag* abime*
    dechir* casse* ecrase* mouille* danad* roto rota rotos rotas rasgad* aplastad* mojad*
    gescheurd* gebroken kapot stuk geplet uszkodz* rozdart* zgniecion* stluczon* rozbit*
    danneggiat* strappat* bagnat* danificad* amassad* toot* toota tuta phata
"""
_LOST = """
    misplaced vanished disappeared mislaid verschwunden* verlegt abhanden auffindbar* perdu*
    egare* disparu* desaparecid* extraviad* perdid* kwijt zoek vermist* zaginel* zgubion*
    zaginion* smarrit* persa perso gum
"""
_ENTRANCE = """
    gate *tor hoftor gartentor barrier entrance werkstor lobby driveway durchfahrt zufahrt einfahrt
    eingang tor
    schranke portail grille acces entree puerta verja acceso entrada poort hek slagboom
    toegang ingang oprit brama furtka szlaban wejscie klatk* dojazd cancello portone accesso
    ingresso portao
"""
_BARRED = """
    locked abgeschlossen blocked barred denied refused gesperrt* versperrt* verschlossen*
    verweigert*
    zugeparkt bloque* ferme* refuse* barre* denegad* bloquead* prohibid* restringid*
    geblokkeerd* afgesloten slot versperd zablokowan* zamkniet* odmow* bloccat* negat*
    sbarrat* negad* trancad*
"""
_CODE = "code codigo codice kod* schlussel key cle llave sleutel klucz* chiave chave digicode badge"
_DOOR = """
    gate door entrance building entry access zutritt eingang tor tur haustur entree immeuble
    porte puerta portal entrada acceso deur toegang poort ingang klatk* bram* drzwi portone
    ingresso cancello portao schranke barriere residence
"""
_OFFICE = """
    office shop store company business reception school godown warehouse rezeption empfang
    firma laden geschaft buro magasin entreprise bureau boutique societe commerce accueil
    oficina tienda empresa local comercio recepcion kantoor winkel bedrijf receptie zaak biuro
    sklep recepcj* ufficio negozio azienda loja escritorio
"""
_SHUT = """
    shut closed shutter* unattended unmanned geschlossen* unbesetzt* ruhetag ferien clos*
    conges ferme* fermee vacances cerrad* vacaciones dicht gesloten vakantie nieczynn*
    zamkniet* chius* ferie fechad* ferias
"""
_WHO = """
    customer recipient receiver consignee addressee occupant resident buyer client kunde
    kundin empfanger* adressat* destinataire cliente destinatari* receptor klant ontvanger
    geadresseerde odbiorc* adresat* klient* grahak
"""
_ABSENT = """
    absent abroad podrozy travelling traveling vacation wasn isn verreist* unterwegs
    unerreichbar* abwesend* joignable injoignable absente voyage deplacement ausente viaje
    fuera encuentra weg afwezig nieobecn* nieosiagaln* urlopie wyjechal* assente viaggio
"""
_GONE = """
    relocated moved residence weggezogen* umgezogen* verzogen* demenage* mudado mudo
    trasladado verhuisd* vertrokken wyprowadz* przeprowadz* zmienil* trasferit* traslocat*
    mudou
"""
_DOCUMENT = """
    id dni ausweis personalausweis reisepass passport licence license identite identity
    legitimatie* legitimation dowod* paszport* documento carta
"""
_LACKING = """
    without unable missing forgot* cannot no not kein keine keinen ohne fehlt sans pas absent*
    presente* sin falta geen zonder bez brak senza mancant* sem nahi
"""
_PAPER = """
    invoice invoices documents paperwork licence license permit permits declaration declarations
    certificate certificates proforma papers rechnung handelsrechnung unterlagen dokumente
    zollerklarung facture documents declaration certificat documentos factura declaracion
    certificado factuur documenten papieren aangifte faktur* dokument* deklaracj* certyfikat*
    zezwoleni* fattura documenti dichiarazione certificato declaracao fatura
"""
_WANTED = """
    missing pending awaited awaiting required requires needed improper incomplete inadequate
    fehlt fehlen fehlend* benotigt erforderlich unvollstandig* manquant* requis* incomplet*
    necesari* requerid* pendiente* faltan falta ontbre* nodig vereist brak brakuj* wymagan*
    potrzebn* niekompletn* mancant* richiest* pendente*
"""
_VEHICLE = """
    vehicle van truck lorry bike scooter fahrzeug lkw lieferwagen transporter camion vehicule
    fourgon camionnette vehiculo furgoneta bestelbus bestelwagen busje bus voertuig samochod*
    furgon* auta veicolo furgone mezzo veiculo carro gadi gaadi
"""
_DOWN = """
    breakdown mechanical puncture* broke defekt* panne kaputt liegengeblieben averiad* averia
    pinchazo
    stuk pech defect kapot awari* zepsut* zepsul* guasto rotto avariad* quebrad* kharab
"""
_MONEY = """
    cash money amount bargeld betrag nachnahmebetrag somme montant argent especes monnaie
    efectivo dinero importe geld bedrag contant gotowk* pieniedzy kwot* contanti denaro
    importo soldi dinheiro valor troco
"""
_UNPAID = """
    short lacking insufficient unpaid fehlt reicht passend unbezahlt manquant* insuffisant*
    reglee regle insuficiente falta onvoldoende tekort brak brakuj* insufficient* mancant*
    faltou
"""
_LATER = """
    date fecha data datum termin* termijn jour dia dag giorno day week semaine semana tomorrow
    monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag
    freitag samstag sonntag lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes
    miercoles jueves viernes sabado domingo maandag dinsdag woensdag donderdag vrijdag zaterdag
    zondag poniedzial* wtorek srod* czwartek piatek sobot* niedziel* lunedi martedi mercoledi
    giovedi venerdi segunda terca quarta quinta sexta tarde abend soir avond wieczor* sera noche
    evening morning weekend weekends afternoon later demain manana morgen jutro domani amanha
"""
_ASKED = """
    prefers prefer said requested request requests asked asks wants wanted wunscht bittet mochte
    demande*
    souhaite* solicita* pide pidio quiere vraagt wil gevraagd prosi poprosil* chiede richiest*
    vuole prosb* zyczeni* wunsch wens verzoek peticion solicitud richiesta pedido pede pediu
    solicitou bola bol
"""
_ROUTED = (
    "encaminhad* achemine* instradat*"
    " routed sorted sent directed geleitet sortiert trie* dirige* enviad* clasificad* gesorteerd"
)
_ASTRAY = "wrong* falsch* mal mauvais* erreur error equivocad* verkeerd* zle blednie errat* errad*"

_PHONE = """
    phone telephone mobile cell contact telefon* handy* rufnummer* portable tel telefono movil
    celular gsm komork* cellulare telefone telemovel telefoonnummer mobilnummer*
"""

_DUTY = "customs duty duties zoll* douane* aduan* aranceles clo cla celn* dogan* invoerrechten"
_OWED = """
    unpaid outstanding owed unbezahlt* offen* impaye* impagad* onbetaald* niezaplacon* nieoplacon*
    pendiente*
    pay paid bezahlt paye payer payes pagar pagado betaald zaplac*
"""
_LIFT = "lift elevator aufzug fahrstuhl ascenseur ascensor winda windy ascensore elevador"
_STUCK = """
    broken faulty stuck order working defekt kaputt betrieb panne averiad* funciona* kapot defect
    dziala zepsut* guasto rotto avariado
"""

# In their order: the first that has a pair in the text wins.
PAIRS: dict[str, str] = {
    "not_attempted": _pairs(_VEHICLE, _DOWN),
    "damaged": _pairs(_PARCEL, _BROKEN),
    "lost": _pairs(_PARCEL, _LOST),
    "phone_missing": _pairs(_PHONE, _WRONG),
    "duties_unpaid": _pairs(_DUTY, _OWED),
    "payment_due": _pairs(_MONEY, _UNPAID),
    "documents_missing": _pairs(_PAPER, _WANTED),
    "identification_failed": _pairs(_DOCUMENT, _LACKING),
    "moved": _pairs(_WHO, _GONE),
    "business_closed": _pairs(_OFFICE, _SHUT),
    "access_restricted": "; ".join(
        (_pairs(_ENTRANCE, _BARRED), _pairs(_CODE, _DOOR), _pairs(_LIFT, _STUCK))
    ),
    "address_not_found": _pairs(_PLACE, _NOT_FOUND),
    "address_incorrect": _pairs(_ADDRESS, _WRONG),
    "recipient_unavailable": _pairs(_WHO, _ABSENT),
    "rescheduled": _pairs(_ASKED, _LATER),
    "courier_problem": _pairs(_ROUTED, _ASTRAY),
}
