"""When a place is open, read from how people write it; and the last and first moment that it is.

`Mon–Fri 9–18, Sat 9:30am–1pm`, `Mo-Fr 08:00-18:00; Sa 09:00-13:00`, `Daily 8–20`, `24/7`. What
holds anything else is not known rather than half understood, and then no moment is moved.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import TypeAlias
from zoneinfo import ZoneInfo

from app import clock

Week: TypeAlias = tuple[tuple[tuple[int, int], ...], ...]
"""From Monday on, the spans of each day in minutes after midnight."""

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
_AHEAD = 8
"""Days that are looked through: in each week a place is open some time, or never."""
_MORNING = time(9)
"""Nobody collects anything earlier on the last day when it is not known when the place opens."""


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
            return tuple(((0, 24 * 60),) for _ in week)
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


def first_open(hours: str | None, at: datetime, zone: str) -> datetime:
    """The first moment from then on when it is open; the same when its hours are not known."""
    moments = _moments(hours, at, zone, range(_AHEAD))
    return min((max(at, opens) for opens, closes in moments if closes > at), default=at)


def last_open(hours: str | None, until: datetime, zone: str) -> datetime:
    """The last moment until then when it is open; the same when its hours are not known."""
    moments = _moments(hours, until, zone, range(0, -_AHEAD, -1))
    return max((min(until, closes) for opens, closes in moments if opens < until), default=until)


def last_day(hours: str | None, until: datetime, zone: str) -> datetime:
    """A moment on the last day on which somebody can come, on the clocks of `zone`."""
    here = clock.local(last_open(hours, until, zone), zone)
    if (read(hours) if hours else None) is None and here.time() <= _MORNING:
        return here - timedelta(days=1)
    return here


def _moments(
    hours: str | None, at: datetime, zone: str, days: Sequence[int]
) -> list[tuple[datetime, datetime]]:
    week = read(hours) if hours else None
    today = clock.local(at, zone).date()
    if week is None:
        return []
    found = []
    for day in (today + timedelta(days=n) for n in days):
        midnight = datetime.combine(day, time(), ZoneInfo(zone))
        for span in week[day.weekday()]:
            opens, closes = ((midnight + timedelta(minutes=m)).astimezone(UTC) for m in span)
            found.append((opens, closes))
    return found


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
    return (begins, ends) if begins < ends <= 24 * 60 else None


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
