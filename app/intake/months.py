"""Dates written in a language other than English, said again so that `times` reads them; pure."""

from __future__ import annotations

import re
import unicodedata

_MONTHS = {
    "jan": "januar janner januari janvier janv enero ene stycznia styczen gennaio gen janeiro",
    "feb": "februar februari fevrier fevr febrero lutego luty febbraio fevereiro fev",
    "mar": "marz maart mrt mars marzo marca marzec marco",
    "apr": "april avril avr abril abr kwietnia kwiecien aprile",
    "may": "mai mei mayo maja maj maggio mag maio",
    "jun": "juni juin junio czerwca czerwiec giugno giu junho",
    "jul": "juli juillet juil julio lipca lipiec luglio lug julho",
    "aug": "august augustus aout agosto ago sierpnia sierpien",
    "sep": "september septembre septiembre setiembre wrzesnia wrzesien settembre set setembro sept",
    "oct": "oktober okt octobre octubre pazdziernika pazdziernik ottobre ott outubro out",
    "nov": "november novembre noviembre listopada listopad novembro",
    "dec": "dezember dez december decembre diciembre dic grudnia grudzien dicembre dezembro",
}
_BESIDE = (
    "montag dienstag mittwoch donnerstag freitag samstag sonntag mo di mi do fr sa so "
    "lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miercoles jueves viernes "
    "sabado domingo maandag dinsdag woensdag donderdag vrijdag zaterdag zondag poniedzialek wtorek "
    "sroda czwartek piatek sobota niedziela lunedi martedi mercoledi giovedi venerdi sabato "
    "domenica segunda terca quarta quinta sexta feira "
    "den der am um uhr le a de del las om uur o godz alle ore as na dnia r"
)
"""Names of days, and what stands between a day and its hour."""
_SAID = {name: english for english, names in _MONTHS.items() for name in names.split()} | (
    dict.fromkeys(_BESIDE.split(), "")
)
_WORD = re.compile(r"(?<![A-Za-z\d:])[A-Za-z]+(?![A-Za-z]|\.?[a-z]\b)\.?")


def english(text: str) -> str:
    """The same date with English months, in ASCII, and without what stands beside it."""
    folded = unicodedata.normalize("NFD", text.replace("ł", "l"))
    plain = "".join(c for c in folded if not unicodedata.combining(c))
    said = _WORD.sub(lambda match: _SAID.get(match[0].rstrip(".").lower(), match[0]), plain)
    return " ".join(said.replace(" ,", " ").split()).lstrip(",.- ")
