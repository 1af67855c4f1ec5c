"""The hours that a text says, read back from its words as whoever it came to reads them.

Which sentence it is, is known by the catalogue of its language; the hour in it is read by CLDR's
names of days and months, on the clocks of the place where the journey's customer lives. So nothing
that the engine made of an hour, a zone or a promise has a say here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from babel import Locale

from app import languages

SENTENCES = {
    "Next news by {by}.": "news",
    "The depot will answer by {by}; you don't have to do anything.": "answer",
    "The depot will answer by {moment}.": "answer",
    "{names} at the depot will answer by {by}; you don't have to do anything.": "answer",
    "{names} at the depot will answer by {moment}.": "answer",
    "We're confirming it with the courier and will tell you by {by}; you don't have to do "
    "anything.": "confirm",
    "We're confirming it with the depot and will tell you by {by}; you don't have to do "
    "anything.": "confirm",
    "We'll keep asking and will tell you by {by}; you don't have to do anything.": "confirm",
    "We've called them {often} since {since} and we'll call again by {by}.": "call",
    "If you don't choose by {by}, we'll book for you.": "choose",
    "If you don't choose by {by}, we'll ask {shipper} what comes next.": "ask",
}
"""Sentences that say by when something comes."""
DAYS = {"Collect it by {day}, or it goes back to {shipper}.": "collect_by"}
"""Sentences that say a last day."""
SPANS = {
    "Your {shipper} parcel {parcel}: new delivery confirmed": "window",
    "Your {shipper} parcel {parcel}: pickup confirmed": "collect",
}
"""What stands before a time that has a beginning and an end, which is certain."""
_BOTH = 2
_CLOCK = r"\d{1,2}(?::| h )\d{2}(?:\s?[ap]\.?\s?m\b\.?|\s?[صم](?!\w))?"
_HOUR = rf".{{0,40}}?{_CLOCK}"
_TIME = re.compile(r"(\d{1,2})(?::| h )(\d{2})\s?([apصم]?)")
_PLACE = re.compile(r"\\{(\w+)\\}")
_UNSEEN = re.compile("[\u2066-\u2069\u200e\u200f]")


class Said(NamedTuple):
    """An hour that a text says; None: it cannot be read."""

    kind: str
    at: datetime | None
    words: str


def hours(text: str, zone: str, sent_at: datetime) -> list[Said]:
    """What a text says of hours to come, in whichever of the languages it is."""
    plain = _plain(text)
    for code in languages.known():
        if found := list(_in(code, plain, zone, sent_at)):
            return list({(one.kind, one.at): one for one in found}.values())
    return []


def _in(code: str, plain: str, zone: str, sent_at: datetime) -> Iterator[Said]:
    for pattern, kind in _sentences(code):
        for match in pattern.finditer(plain):
            words = match["hour"]
            moments = read(code, words, zone, sent_at)
            yield Said(kind, moments[-1] if moments else None, words)
    for pattern, kind in _spans(code):
        for match in pattern.finditer(plain):
            words = match["hour"]
            moments = read(code, words, zone, sent_at)
            yield Said(kind, _end(moments), words)
    for pattern, kind in _day_sentences(code):
        for match in pattern.finditer(plain):
            words = match["day"]
            day = next((day for _, day in _days(code, words, sent_at)), None)
            last = datetime.combine(day, time(23, 59), ZoneInfo(zone)) if day else None
            yield Said(kind, last, words)


def _end(moments: list[datetime]) -> datetime | None:
    """The end of a window, which may be after midnight."""
    if len(moments) < _BOTH:
        return None
    starts, ends = moments[:2]
    return ends if ends > starts else ends + timedelta(days=1)


def read(code: str, words: str, zone: str, near: datetime) -> list[datetime]:
    """The moments in these words, in order; empty when one of their days does not exist.

    A time of the day without a day of its own is on the day before it, else it is today's.
    """
    days = list(_days(code, words, near))
    today = near.astimezone(ZoneInfo(zone)).date()
    found = []
    for match in _TIME.finditer(words):
        day = next((day for place, day in reversed(days) if place < match.start()), today)
        if day is None:
            return []
        found.append(datetime.combine(day, _time(match), ZoneInfo(zone)))
    return found


def _days(code: str, words: str, near: datetime) -> Iterator[tuple[int, date | None]]:
    """Where a day stands, and which; None: there is none such."""
    for match in _dated(code).finditer(words):
        month = _months(code)[match["after"] or match["before"]]
        number = int(match["first"] or match["second"])
        yield match.start(), _day(code, words, number, month, near)


def _day(code: str, words: str, number: int, month: int, near: datetime) -> date | None:
    """The date that is meant, if the day of the week that is said with it is right."""
    years = (near.year, near.year + 1, near.year - 1)
    dates = [date(year, month, number) for year in years if _exists(year, month, number)]
    if not dates:
        return None
    best = min(dates, key=lambda one: abs((one - near.date()).days))
    return best if any(name in words for name in _weekday(code, best.weekday())) else None


def _exists(year: int, month: int, number: int) -> bool:
    try:
        date(year, month, number)
    except ValueError:
        return False
    return True


def _time(match: re.Match[str]) -> time:
    hour, half = int(match[1]), match[3]
    if half:
        hour = hour % 12 + (12 if half in "pم" else 0)
    return time(hour, int(match[2]))


@cache
def _sentences(code: str) -> list[tuple[re.Pattern[str], str]]:
    return [(_pattern(code, text), kind) for text, kind in SENTENCES.items()]


@cache
def _day_sentences(code: str) -> list[tuple[re.Pattern[str], str]]:
    return [(_pattern(code, text), kind) for text, kind in DAYS.items()]


@cache
def _spans(code: str) -> list[tuple[re.Pattern[str], str]]:
    return [
        (re.compile(rf"{_literal(code, text)}.{{0,60}}?(?P<hour>.{{0,30}}?{_CLOCK}{_HOUR})"), kind)
        for text, kind in SPANS.items()
    ]


def _pattern(code: str, text: str) -> re.Pattern[str]:
    return re.compile(_literal(code, text))


def _literal(code: str, text: str) -> str:
    """A sentence of the catalogue as a pattern."""
    words = re.escape(_plain(languages.get(code).words.gettext(text)))
    return _PLACE.sub(lambda m: _PARTS.get(m[1], ".{1,80}?"), words)


_PARTS = {"by": f"(?P<hour>{_HOUR})", "moment": f"(?P<hour>{_HOUR})", "day": "(?P<day>.{1,40}?)"}


@cache
def _dated(code: str) -> re.Pattern[str]:
    names = "|".join(re.escape(name) for name in sorted(_months(code), key=len, reverse=True))
    return re.compile(
        rf"(?<!\w)(?:(?P<first>\d{{1,2}})\.?\s(?:de\s)?(?P<after>{names})(?!\w)"
        + (
            rf"|(?P<before>{names})\s(?P<second>\d{{1,2}})(?!\w)"
            if code == "en"
            else r"|(?P<before>(?!))(?P<second>(?!))"
        )
        + ")"
    )


@cache
def _months(code: str) -> dict[str, int]:
    return {
        _plain(name).rstrip("."): number
        for locale in _locales(code)
        for form in locale.months.values()
        for width in ("abbreviated", "wide")
        for number, name in form[width].items()
    }


@cache
def _weekday(code: str, day: int) -> set[str]:
    return {
        _plain(form[width][day]).rstrip(".")
        for locale in _locales(code)
        for form in locale.days.values()
        for width in ("abbreviated", "wide")
    }


def _locales(code: str) -> list[Locale]:
    """The language, and as it is written in each territory."""
    from babel.localedata import locale_identifiers  # noqa: PLC0415 - walks a folder

    return [Locale.parse(name) for name in locale_identifiers() if name.split("_")[0] == code]


def _plain(text: str) -> str:
    """Words without what differs between a mail and a text message: accents, spaces, marks."""
    apart = unicodedata.normalize("NFKD", _UNSEEN.sub("", text))
    bare = "".join(_PLAINER.get(c, c) for c in apart if unicodedata.category(c) != "Mn")
    return " ".join(bare.casefold().split())


_PLAINER = {"’": "'", "–": "-", "—": "-", "ł": "l", "Ł": "L"}
