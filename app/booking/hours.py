"""When a pickup point is open, as data and in the reader's language. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from app.languages.language import Language
from app.shipments import opening
from app.shipments.opening import Week

_ALWAYS = ((0, 24 * 60),)


def as_data(hours: str) -> dict[str, list[list[str]]] | None:
    """By ISO weekday from when to when it is open; None where nobody can tell from the words.

    What ends sooner than it begins ends on the next day.
    """
    week = opening.read(hours)
    if week is None:
        return None
    return {
        str(day): [[_clock(begins), _clock(ends)] for begins, ends in spans]
        for day, spans in enumerate(week, 1)
    }


def in_words(hours: str, language: Language) -> str:
    """The same for a person; as the depot wrote it where it cannot be told."""
    week = opening.read(hours)
    if week is None:
        return hours
    if week == (_ALWAYS,) * len(week):
        return language.say("Open day and night")
    if len(set(week)) == 1:
        return language.say("Daily {hours}", hours=_spans(week[0], language))
    said = [
        language.say("{days} {hours}", days=days, hours=_spans(spans, language))
        for days, spans in _runs(week, language)
        if spans
    ]
    return "; ".join(said)


def _runs(week: Week, language: Language) -> list[tuple[str, Sequence[tuple[int, int]]]]:
    """Days in a row that have the same hours, under their names."""
    names = language.locale.days["format"]["abbreviated"]
    found = []
    for spans, run in groupby(range(len(week)), key=lambda day: week[day]):
        days = [names[day] for day in run]
        found.append((days[0] if len(days) == 1 else f"{days[0]}–{days[-1]}", spans))
    return found


def _spans(spans: Sequence[tuple[int, int]], language: Language) -> str:
    return ", ".join(
        language.say("{start}–{end}", start=_time(begins, language), end=_time(ends, language))
        for begins, ends in spans
    )


def _time(minutes: int, language: Language) -> str:
    return language.date(datetime(2000, 1, 1, minutes // 60 % 24, minutes % 60), "time")  # noqa: DTZ001 - a clock's hands


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
