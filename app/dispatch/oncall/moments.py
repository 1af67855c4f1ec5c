"""Times as somebody types them, on a depot's clocks: also in the nights in which these change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from app.directory.rotas.clocks import change_within, moment, readings
from app.errors import Problem
from app.languages.language import mark
from app.languages.sentence import sentence

_HOUR = timedelta(hours=1)


def meant(text: str, zone: str) -> list[datetime]:
    """The moments that are meant: one; two where the clocks of `zone` show this time twice.

    Raises:
        Problem: 422, it is no time, or one that the clocks leave out.
    """
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise _bad(sentence("{it} is no time like 2026-12-24T03:00.", it=repr(text))) from None
    if not 2000 <= at.year < 2100:
        raise _bad(mark("A time of this century is needed."))
    if at.tzinfo is not None:
        return [at.astimezone(UTC)]
    wall = at.replace(second=0, microsecond=0)
    if found := readings(wall, zone):
        return found
    change = moment(wall, zone)
    shows = change.astimezone(ZoneInfo(zone))
    before = (change - timedelta(seconds=1)).astimezone(ZoneInfo(zone)) + timedelta(seconds=1)
    raise _bad(
        f"There is no {wall:%H:%M} on {wall:%-d %B %Y} in {zone}: the clocks go from "
        f"{before:%H:%M} to {shows:%H:%M}. Please name another time."
    )


def one(text: str, zone: str) -> datetime:
    """The moment that is meant, the first of two.

    Raises:
        Problem: 422, it is no time, or one that the clocks leave out.
    """
    return meant(text, zone)[0]


def offset(at: datetime, zone: str) -> str:
    """`-07:00`, how far the clocks of `zone` are from UTC then."""
    return at.astimezone(ZoneInfo(zone)).isoformat()[-6:]


def offsets(since: datetime, until: datetime, zone: str) -> bool:
    """Whether times of this span need their offset said: the clocks change in it, or beside it."""
    return change_within(since - _HOUR, until + _HOUR, zone)


def _bad(detail: str) -> Problem:
    return Problem(422, "bad_time", detail)
