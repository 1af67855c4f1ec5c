"""What of an offer somebody means: one of it, several, or none. Nothing is ever guessed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from app.clock import local
from app.replies import days
from app.replies.meaning import Act, Clock, Hours, Part, Reading

_MIDNIGHT = 24 * 60
_PARTS: dict[Part, tuple[int, int]] = {
    "morning": (6 * 60, 12 * 60),
    "noon": (11 * 60, 14 * 60),
    "afternoon": (12 * 60, 18 * 60),
    "evening": (17 * 60, 22 * 60),
    "night": (18 * 60, _MIDNIGHT),
}


@dataclass(frozen=True, slots=True)
class Offered:
    """One thing that can be chosen, with its times on the clocks of the place."""

    choice: str
    starts_at: datetime
    ends_at: datetime
    pickup: bool = False

    @property
    def span(self) -> tuple[int, int]:
        """Its minutes of the day on which it begins."""
        begins = self.starts_at.hour * 60 + self.starts_at.minute
        length = self.ends_at.replace(tzinfo=None) - self.starts_at.replace(tzinfo=None)
        return begins, begins + int(length / timedelta(minutes=1))


class Fits(NamedTuple):
    """What of an offer is meant; `sure` where nothing needs to be asked once there is one."""

    choices: tuple[str, ...]
    sure: bool = True

    @property
    def one(self) -> str | None:
        """The one that is meant for certain."""
        return self.choices[0] if self.sure and len(self.choices) == 1 else None


def offered(
    choice: str, starts_at: datetime, ends_at: datetime, zone: str, *, pickup: bool
) -> Offered:
    """What can be chosen, on the clocks of a zone."""
    return Offered(choice, local(starts_at, zone), local(ends_at, zone), pickup)


def fits(
    readings: Iterable[Reading],
    listed: Sequence[str],
    open_now: Sequence[Offered],
    today: date,
) -> Fits:
    """What of it is meant, over all ways to read the reply.

    `listed` are the choices by their numbers, as the message said them that is answered; `open_now`
    is what can be had now. A number is looked up in the list even where it is not to be had any
    more: whoever acts on it says why.
    """
    found: dict[str, None] = {}
    sure = True
    for reading in readings:
        one = _fits(reading, listed, open_now, today)
        found |= dict.fromkeys(one.choices)
        sure = sure and (one.sure or not one.choices)
    return Fits(tuple(found), sure)


def _fits(
    reading: Reading, listed: Sequence[str], open_now: Sequence[Offered], today: date
) -> Fits:
    chosen, sure = list(open_now), True
    if reading.act is Act.OPTION:
        number = len(listed) if reading.last else reading.option or 0
        if not 1 <= number <= len(listed):
            return Fits(())
        if not reading.when:
            return Fits((listed[number - 1],))
        chosen = [one for one in chosen if one.choice == listed[number - 1]]
    elif reading.act is Act.PICKUP:
        chosen = [one for one in chosen if one.pickup]
        if reading.named:
            chosen = [one for one in chosen if one.choice in reading.named]
        if reading.day:
            chosen = [one for one in chosen if _stays(one, reading, today)]
        return Fits(tuple(one.choice for one in chosen), sure=not (reading.part or reading.hours))
    else:
        chosen = [one for one in chosen if not one.pickup]
    if reading.day:
        meant = days.meant(reading.day, today, {one.starts_at.date() for one in chosen})
        chosen = [one for one in chosen if one.starts_at.date() in meant.days]
        sure = meant.sure
    if reading.part:
        chosen = _in_part(chosen, _PARTS[reading.part])
    if reading.hours:
        chosen = _in_hours(chosen, reading.hours, reading.part)
    return Fits(tuple(one.choice for one in chosen), sure)


def _stays(one: Offered, reading: Reading, today: date) -> bool:
    """Whether a parcel lies at a pickup point on the day that was said."""
    first, last = one.starts_at.date(), one.ends_at.date()
    every = {first + timedelta(days=n) for n in range((last - first).days + 1)}
    return bool(reading.day and days.meant(reading.day, today, every).days)


def _in_part(chosen: Sequence[Offered], part: tuple[int, int]) -> list[Offered]:
    """Those all within a part of the day; else those mostly within it."""
    shares = [(one, _share(one.span, part)) for one in chosen]
    whole = [one for one, share in shares if share == 1]
    return whole or [one for one, share in shares if share > 0.5]


def _share(span: tuple[int, int], part: tuple[int, int]) -> float:
    inside = min(span[1], part[1]) - max(span[0], part[0])
    return max(0, inside) / max(1, span[1] - span[0])


def _in_hours(chosen: Sequence[Offered], hours: Hours, part: Part | None) -> list[Offered]:
    """Those within the hours that were said.

    An hour without its half of the day is read both ways. "After 7" means something: the way in
    which it would leave out nothing on offer is not meant. Where the other one leaves nothing,
    nothing is on offer that fits.
    """
    found: list[Offered] = []
    readings = list(_spans(hours, part))
    for span in readings:
        fitting = [one for one in chosen if _within(one.span, span, hours)]
        says_nothing = len(fitting) == len(chosen) and hours.how in {"after", "before"}
        if says_nothing and len(readings) > 1:
            continue
        found += [one for one in fitting if one not in found]
    return found


def _spans(hours: Hours, part: Part | None) -> Iterable[tuple[int, int]]:
    for first in _minutes(hours.first, part):
        if hours.second is None:
            span = {"after": (first, _MIDNIGHT), "before": (0, first), "at": (first, first)}
            yield span[hours.how]
            continue
        for second in _minutes(hours.second, part):
            if first < second and (second - first < 720 or hours.first.half != "either"):
                yield first, second


def _minutes(clock: Clock, part: Part | None) -> Sequence[int]:
    """The times it can be; with a part of the day those in it, if any are."""
    if part is None:
        return clock.minutes
    begins, ends = _PARTS[part]
    either = Clock(clock.hour, clock.minute) if clock.half == "day" and clock.hour <= 12 else clock
    within = [time for time in either.minutes if begins <= time <= ends]
    return within or clock.minutes


def _within(span: tuple[int, int], said: tuple[int, int], hours: Hours) -> bool:
    if hours.how == "at":
        return span[0] <= said[0] < span[1]
    return said[0] <= span[0] and span[1] <= said[1]
