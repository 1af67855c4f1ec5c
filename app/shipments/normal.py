"""Texts of an order in one form. What a person would call the same becomes the same."""

from __future__ import annotations

import re
import unicodedata

from phonenumbers import SUPPORTED_REGIONS

from app.shipments import countries

LONGEST_ID = 128
"""Longer texts are no tracking number, order number or event id of any courier we know."""

_BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
"""Control characters and line separators: they stand where a space was meant."""
_INVISIBLE = re.compile("[\xad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
"""What copying from a page leaves behind, text-direction overrides, half characters. The
joiners U+200C and U+200D are spelling in several scripts and stay."""

_NOTHING = frozenset(
    {
        *("null", "(null)", "<null>", "none", "nil", "nan", "undefined", "string", "unknown"),
        *(
            "n/a",
            "n.a",
            "n / a",
            "n\\a",
            "not applicable",
            "not provided",
            "not specified",
            "blank",
        ),
        *("not known", "none given", "unspecified", "no data", "no description", "tba", "n/d"),
        *("keine angabe", "k.a", "n.v.t", "non renseigné", "sans objet", "sin datos", "no aplica"),
        *("não informado", "brak danych", "non disponibile"),
        *("#n/a", "tbd", "object object", "#null!", "#ref!", "#value!", "#name?"),
    }
)
_FIRST = frozenset({text[0] for text in _NOTHING} | {text[0].upper() for text in _NOTHING})
_DIGITS = frozenset("01")
_SIGNS = " .,;:-–—_*…!?()[]{}<>\"'“”‘’`"
_BETWEEN = re.compile(r"[\s,;/]+")
_ZERO_DATE = re.compile(
    r"0{1,4}[-/.]0{1,2}[-/.]0{1,4}(?:[T ][0:.Z+-]*)?"
    r"|0001-01-01|(?:0001-01-01|1970-01-01)[T ]0[0:.Z+-]*"
)
_NO_DATE = re.compile(
    r"(?=.*0)[0\s:/.TZ+-]+|(?:0001|1601|1753|1900|1970)-01-01.*|1899-12-3[01].*|9999-12-31.*"
    r"|0?1[./-]0?1[./-](?:0001|1900|1970).*",
    re.ASCII,
)
"""The first and last days of databases and spreadsheets."""

_NO_PHONES = frozenset({"AQ", "BV", "GS", "HM", "PN", "TF", "UM"})
"""Countries and territories of ISO 3166-1 that the phone-number data does not list."""
_COUNTRIES = frozenset(SUPPORTED_REGIONS) | _NO_PHONES

_TWO_LETTERS = (
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy "
    "da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu "
    "hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb "
    "lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om "
    "or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw "
    "ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"
)
"""ISO 639-1. Languages without two letters have three, which are too many to list."""
_LANGUAGES = frozenset(_TWO_LETTERS.split())
_TAG = re.compile(r"([a-z]{2,3})((?:-[a-z0-9]{1,8})*)", re.ASCII)


def line(text: str) -> str:
    """One line without what cannot be seen; letters, marks and apostrophes stay as they are."""
    if not (text.isascii() and text.isprintable()):
        text = _INVISIBLE.sub("", _BREAKS.sub(" ", text))
        text = unicodedata.normalize("NFC", text)
    return " ".join(text.split())


def nothing(text: str) -> bool:
    """Whether a text only says that there is none: `null`, `N/A`, a database's zero date.

    Not to be asked of a person's name: Null is a surname.
    """
    text = text.strip()
    first = text[:1]
    if first in _DIGITS:
        return _ZERO_DATE.fullmatch(text) is not None
    if first not in _FIRST and first.isalnum():
        return False
    said = text.casefold()
    if said in _NOTHING:
        return True
    said = said.strip(_SIGNS)  # a blank in brackets, or signs alone
    return not said or said in _NOTHING or _NOTHING.issuperset(_BETWEEN.split(said))


def no_date(text: str) -> bool:
    """Whether a text is no moment but a blank of a database, such as 0000-00-00."""
    return nothing(text) or _NO_DATE.fullmatch(text.strip()) is not None


def country(text: str) -> str | None:
    """The ISO 3166-1 alpha-2 code of a code or an English name; None when there is none."""
    upper = text.upper()
    return upper if upper in _COUNTRIES else countries.country(text)


def language(text: str) -> str | None:
    """A BCP 47 tag in its usual case, `pt-BR` for `pt_br`; None when the language is unknown.

    The primary tag is checked; of the others only the form.
    """
    match = _TAG.fullmatch(text.lower().replace("_", "-"))
    if match is None or (len(match[1]) == 2 and match[1] not in _LANGUAGES):
        return None
    primary, *others = text.replace("_", "-").split("-")
    return "-".join([primary.lower(), *map(_subtag, others)])


def _subtag(text: str) -> str:
    """RFC 5646, 2.1.1: regions in capitals, scripts with one, the rest in small letters."""
    if len(text) == 2:
        return text.upper()
    return text.title() if len(text) == 4 and text.isalpha() else text.lower()
