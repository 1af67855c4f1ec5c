"""Dates written in a language other than English, said again so that `times` reads them; pure."""

from __future__ import annotations

import re
import unicodedata

_MONTHS = {
    "jan": "januar janner januari janvier janv enero ene stycznia styczen "
    "gennaio gen janeiro sty ocak जनवरी يناير",
    "feb": "februar februari fevrier fevr febrero lutego luty febbraio "
    "fevereiro fev lut subat फरवरी فبراير",
    "mar": "marz maart mrt mars marzo marca marzec marco मार्च مارس",
    "apr": "april avril avr abril abr kwietnia kwiecien aprile kwi nisan अप्रैल ابريل",
    "may": "mai mei mayo maja maj maggio mag maio mayis मई مايو",
    "jun": "juni juin junio czerwca czerwiec giugno giu junho cze haziran जून يونيو",
    "jul": "juli juillet juil julio lipca lipiec luglio lug julho lip temmuz जुलाई يوليو",
    "aug": "august augustus aout agosto ago sierpnia sierpien sie agustos अगस्त اغسطس",
    "sep": "september septembre septiembre setiembre wrzesnia wrzesien settembre set "
    "setembro sept wrz eylul सितंबर सितम्बर سبتمبر",
    "oct": "oktober okt octobre octubre pazdziernika pazdziernik ottobre ott "
    "outubro out paz ekim अक्टूबर اكتوبر",
    "nov": "november novembre noviembre listopada listopad novembro lis kasim नवंबर नवम्बर نوفمبر",
    "dec": "dezember dez december decembre diciembre dic grudnia grudzien "
    "dicembre dezembro gru aralik दिसंबर दिसम्बर ديسمبر",
}
_BESIDE = (
    "montag dienstag mittwoch donnerstag freitag samstag sonntag mo di mi do fr sa so "
    "lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miercoles jueves viernes "
    "sabado domingo maandag dinsdag woensdag donderdag vrijdag zaterdag zondag poniedzialek wtorek "
    "sroda czwartek piatek sobota niedziela lunedi martedi mercoledi giovedi venerdi sabato "
    "lun mer jeu jue ven vie sam dim "
    "domenica segunda terca quarta quinta sexta feira "
    "den der am um kl uhr le a de del las om uur o godz alle ore as na dnia r"
)
"""Names of days, and what stands between a day and its hour."""
_HALVES = re.compile(r"\b([ap])\. m\b\.?", re.IGNORECASE)
_WORD = re.compile(
    r"(?<![A-Za-z\d:])[A-Za-z]+(?![A-Za-z]|\.?[a-z]\b)\.?|[\u0600-\u065f\u0670-\u06ff\u0900-\u0963]+"
)


_CHINESE = re.compile(
    r"(\d{4})[年-](\d{1,2})[月-](\d{1,2})日?\s*(上午|下午|午前|午後)?\s*(\d{1,2}:[\d:.]+)?"
)
"""And Japanese: `2026年3月2日 下午8:00`."""
_NOON = {"上午": "AM", "下午": "PM", "午前": "AM", "午後": "PM"}


def _turned(match: re.Match[str]) -> str:
    year, month, day, half, clock = match.groups(default="")
    return f"{year}-{month}-{day} {clock} {_NOON.get(half, '')}".rstrip()


def _plain(text: str) -> str:
    """Without accents, and with digits of any script as ours."""
    folded = unicodedata.normalize("NFD", text.replace("ł", "l").replace("ı", "i"))
    kept = (c for c in folded if not unicodedata.combining(c))
    return "".join(str(unicodedata.decimal(c, c)) for c in kept)


_SAID = {_plain(name): english for english, names in _MONTHS.items() for name in names.split()} | (
    dict.fromkeys(_BESIDE.split(), "")
)


def english(text: str) -> str:
    """The same date with English months, in ASCII, and without what stands beside it."""
    plain = _HALVES.sub(r"\1m", _plain(_CHINESE.sub(_turned, text)))
    said = _WORD.sub(lambda match: _SAID.get(match[0].rstrip(".").lower(), match[0]), plain)
    return " ".join(said.replace(" ,", " ").split()).lstrip(",.- ")
