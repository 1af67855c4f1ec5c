"""When a depot is open, and on which days it works. Pure.

Whatever asks about a depot's hours asks here: who is called, what is offered, what is promised.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.directory.holidays import holiday_name, public_holidays
from app.directory.rotas.clocks import days, moment, span
from app.directory.rotas.model import Opening
from app.directory.rotas.rules import joined

_MIDNIGHT = datetime.min.time()
_NEAR = tuple(timedelta(days=days) for days in (1, 8, 40))
"""How far is looked for the next moment when it is open: mostly it is soon."""


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
        if not is_closed_on(opening, day)
        for starts, ends in _on(opening, day)
    )
    return joined(one for one in cut if one[0] < one[1])


def is_closed_on(opening: Opening, day: date) -> bool:
    """Whether nothing begins on this day: it is a holiday that the depot keeps, or a closure."""
    if day in opening.closed:
        return True
    return opening.keeps_holidays and day in public_holidays(
        opening.country, opening.region, day.year
    )


def why_closed(opening: Opening, at: datetime) -> str:
    """Why a depot is closed all of this day, in a few words; empty where it is not."""
    day = at.astimezone(ZoneInfo(opening.zone)).date()
    if day in opening.closed:
        return "a closed day"
    if opening.keeps_holidays:
        return holiday_name(opening.country, opening.region, day)
    return ""


def first_open(opening: Opening, at: datetime) -> datetime:
    """The first moment from then on when it is open; the same when it is not for weeks."""
    for near in _NEAR:
        if found := open_times(opening, at, at + near):
            return found[0][0]
    return at


def last_open(opening: Opening, until: datetime) -> datetime:
    """The last moment until then when it is open; the same when it was not for weeks."""
    for near in _NEAR:
        if found := open_times(opening, until - near, until):
            return found[-1][1]
    return until


def _on(opening: Opening, day: date) -> list[tuple[datetime, datetime]]:
    if not opening.hours:
        whole = [datetime.combine(day + timedelta(days=n), _MIDNIGHT) for n in (0, 1)]
        return [(moment(whole[0], opening.zone), moment(whole[1], opening.zone))]
    return [
        span(day, opens, closes, opening.zone)
        for weekday, opens, closes in opening.hours
        if weekday == day.isoweekday()
    ]
