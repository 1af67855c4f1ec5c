"""When a depot is open. Pure."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from app.directory.holidays import public_holidays
from app.directory.rotas.clocks import days, moment, span
from app.directory.rotas.model import Opening
from app.directory.rotas.rules import joined

_MIDNIGHT = datetime.min.time()


def is_open(opening: Opening, at: datetime) -> bool:
    """Whether the depot is open at this moment."""
    return bool(open_times(opening, at, at + timedelta(seconds=1)))


def open_times(
    opening: Opening, since: datetime, until: datetime
) -> list[tuple[datetime, datetime]]:
    """When the depot is open, as far as it lies in this time; what touches is one.

    What began before a closed day goes on past midnight; nothing begins on the closed day.
    """
    cut = (
        (max(starts, since), min(ends, until))
        for day in days(since, until, opening.zone)
        if not _closed(opening, day)
        for starts, ends in _on(opening, day)
    )
    return joined(one for one in cut if one[0] < one[1])


def _on(opening: Opening, day: date) -> list[tuple[datetime, datetime]]:
    if not opening.hours:
        whole = [datetime.combine(day + timedelta(days=n), _MIDNIGHT) for n in (0, 1)]
        return [(moment(whole[0], opening.zone), moment(whole[1], opening.zone))]
    return [
        span(day, opens, closes, opening.zone)
        for weekday, opens, closes in opening.hours
        if weekday == day.isoweekday()
    ]


def _closed(opening: Opening, day: date) -> bool:
    if day in opening.closed:
        return True
    # A depot that names no hours works at all times, also on holidays.
    keeps = opening.keeps_holidays and bool(opening.hours)
    return keeps and day in public_holidays(opening.country, opening.region, day.year)
