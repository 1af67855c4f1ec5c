"""When a place is open, read from how people write it.

`Mon–Fri 9–18, Sat 9:30am–1pm`, `Mo-Fr 08:00-18:00; Sa 09:00-13:00`, `Daily 8–20`, `24/7`. What
holds anything else is not known rather than half understood, and then no moment is moved.
"""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import TypeAlias

from app import clock
from app.directory.rotas.model import Opening
from app.directory.rotas.opening import last_open

Week: TypeAlias = tuple[tuple[tuple[int, int], ...], ...]
"""From Monday on, the spans of each day in minutes after midnight; past it if they end sooner."""

_NAMES = (
    "mo mon monday montag lun lundi lunes",
    "tu tue tues tuesday di dienstag mardi martes",
    "we wed wednesday mi mittwoch mer mercredi mié miércoles",
    "th thu thur thurs thursday do donnerstag jeu jeudi jue jueves",
    "fr fri friday freitag ven vendredi vie viernes",
    "sa sat saturday samstag sam samedi sáb sábado",
    "su sun sunday so sonntag dim dimanche dom domingo",
)
_DAYS = {name: number for number, names in enumerate(_NAMES) for name in names.split()}
_DAY = "|".join(sorted(_DAYS, key=len, reverse=True))
_HOUR = r"\d{1,2}(?:[:.h]\d{2})?(?:\s?[ap]\.?m\.?)?"
_TOKEN = re.compile(
    rf"\s*(?:(?P<always>24/7)|(?P<all>daily|every day|täglich|tous les jours|todos los días)"
    rf"|(?P<day>{_DAY})\b\.?(?:\s*(?:-|to|bis)\s*(?P<last>{_DAY})\b\.?)?"
    rf"|(?P<opens>{_HOUR})\s*(?:-|to|bis)\s*(?P<closes>{_HOUR})(?:\s*uhr)?"
    r"|(?P<closed>closed|geschlossen|fermé|cerrado)|(?P<between>[,;:&/|]|\band\b|\bund\b))",
    re.IGNORECASE,
)
_DASHES = str.maketrans({"–": "-", "—": "-", "‑": "-", "\u00a0": " ", "\u202f": " "})
_NOON, _DAWN = 12 * 60, 6 * 60
_ALWAYS = ((0, 24 * 60),)
_MORNING = time(9)
"""Nobody collects anything earlier on the last day when it is not known when the place opens."""
_MOMENT = timedelta(seconds=1)
"""Until midnight is until the end of a day."""


@lru_cache(maxsize=1024)
def read(hours: str) -> Week | None:
    """The week that is meant; None when it cannot be read whole, or is never open."""
    text, at = hours.translate(_DASHES).strip(), 0
    week: list[list[tuple[int, int]]] = [[] for _ in range(7)]
    days: list[int] = []
    said_hours = True  # whatever names a day next begins a new group
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            return None
        at = match.end()
        if match["always"]:
            return (_ALWAYS,) * 7
        if match["all"] or match["day"]:
            days = [] if said_hours else days
            said_hours = False
            days += range(7) if match["all"] else _range(match["day"], match["last"])
        elif match["opens"] or match["closed"]:
            said_hours = True
            span = None if match["closed"] else _span(match["opens"], match["closes"])
            if not match["closed"] and span is None:
                return None
            for day in days or range(7):
                if span:
                    week[day].append(span)
    return tuple(tuple(sorted(day)) for day in week) if any(week) else None


def of_place(hours: str | None, depot: Opening) -> Opening:
    """When a place of a depot is open: on its days, at hours that are said in words.

    At the depot's own where these cannot be read; what is open day and night is so on all days.
    """
    week = read(hours) if hours else None
    if week is None:
        return depot
    if week == (_ALWAYS,) * 7:
        return Opening(depot.zone, keeps_holidays=False)
    spans = [
        (day, _time(opens), _time(closes))
        for day, found in enumerate(week, 1)
        for opens, closes in found
    ]
    return depot._replace(hours=spans)


def last_day(hours: str | None, until: datetime, depot: Opening) -> datetime:
    """A moment on the last day on which somebody can come to a place, on its depot's clocks."""
    if hours and read(hours):
        until = last_open(of_place(hours, depot), until)
        return clock.local(until - _MOMENT, depot.zone)
    here = clock.local(until - _MOMENT, depot.zone)
    return here - timedelta(days=1) if here.time() < _MORNING else here


def _range(first: str, last: str | None) -> list[int]:
    begins = _DAYS[first.lower()]
    ends = _DAYS[last.lower()] if last else begins
    return [(begins + n) % 7 for n in range((ends - begins) % 7 + 1)]


def _span(opens: str, closes: str) -> tuple[int, int] | None:
    begins, ends = _minutes(opens), _minutes(closes)
    if begins is None or ends is None:
        return None
    if _half(closes) and not _half(opens) and begins + 12 * 60 < ends:
        return None  # "9-5pm" begins in the morning; "1-5pm" may be either
    if begins > _NOON and ends <= _DAWN:  # "18-2" goes on past midnight; "9-5" may be the day's
        return begins, ends
    return (begins, ends) if begins < ends <= 24 * 60 else None


def _time(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)


def _half(text: str) -> bool:
    return text[-1:] in "mM."


def _minutes(text: str) -> int | None:
    match = re.fullmatch(r"(\d{1,2})(?:[:.h](\d{2}))?\s?(?:([ap])\.?m\.?)?", text, re.IGNORECASE)
    if match is None:
        return None
    hour, minute = int(match[1]), int(match[2] or 0)
    if match[3]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match[3].lower() == "p" else 0)
    return hour * 60 + minute if hour <= 24 and minute < 60 else None
