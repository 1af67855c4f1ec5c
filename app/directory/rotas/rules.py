"""Who is on duty. Pure; lengths are taken in UTC, so that no night is longer than it was."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import combinations
from math import lcm

from app.directory.rotas.clocks import days, moment, span
from app.directory.rotas.model import Handover, Override, Rota, Shift, Span, Why

_DAY = timedelta(days=1)


def on_duty(rota: Rota, at: datetime) -> list[int]:
    """Everybody who is on duty at this moment, each once."""
    found = [
        one.person for one in final(rota, at, at + timedelta(seconds=1)) if one.starts_at <= at
    ]
    return list(dict.fromkeys(found))


def final(rota: Rota, since: datetime, until: datetime) -> list[Span]:
    """The spans that touch this time, swaps and overrides included, by their beginning.

    A span is cut where the next person takes over, not where `since` and `until` are.
    """
    spans = [*_planned(rota, since, until), *rota.imported]
    for override in sorted(rota.overrides, key=lambda one: one.id):
        spans = [*_overridden(spans, override)]
    touching = [one for one in spans if one.starts_at < until and one.ends_at > since]
    return sorted(touching, key=lambda one: (one.starts_at, one.ends_at, one.person))


def merged(spans: Iterable[Span]) -> list[Span]:
    """Spans of one person that follow upon each other, or overlap, as one."""
    done: dict[int, list[Span]] = {}
    for one in sorted(spans, key=lambda one: one.starts_at):
        own = done.setdefault(one.person, [])
        if own and one.starts_at <= own[-1].ends_at:
            own[-1] = own[-1]._replace(ends_at=max(own[-1].ends_at, one.ends_at))
        else:
            own.append(one)
    return sorted((one for own in done.values() for one in own), key=lambda o: (o[0], o[1], o[2]))


def uncovered(
    wanted: Iterable[tuple[datetime, datetime]], spans: Iterable[Span]
) -> list[tuple[datetime, datetime]]:
    """The parts of the wanted times, which do not overlap, in which nobody is on duty."""
    left = list(wanted)
    for one in spans:
        left = [
            part
            for starts, ends in left
            for part in ((starts, min(ends, one.starts_at)), (max(starts, one.ends_at), ends))
            if part[0] < part[1]
        ]
    return sorted(left)


def joined(times: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """Times in order; those that touch or overlap are one."""
    found: list[tuple[datetime, datetime]] = []
    for starts, ends in sorted(times):
        if found and starts <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], ends)
        else:
            found.append((starts, ends))
    return found


def twice_at_once(shifts: Sequence[Shift]) -> int | None:
    """Somebody who would have two of these shifts at the same time; None where nobody would.

    Two shifts may be at the same time, and people may take turns in both, if they never meet.
    """
    for one, other in combinations(shifts, 2):
        turns = range(lcm(len(one.people) or 1, len(other.people) or 1))
        if one.people and other.people and _meet(one, other):
            for turn in turns:
                person = one.people[turn % len(one.people)]
                if person == other.people[turn % len(other.people)]:
                    return person
    return None


def _meet(one: Shift, other: Shift) -> bool:
    first, last = one.first or date.min, one.last or date.max
    if (other.first or date.min) > last or (other.last or date.max) < first:
        return False
    return any(a < d and c < b for a, b in _minutes(one) for c, d in _minutes(other))


def _minutes(shift: Shift) -> Iterator[tuple[int, int]]:
    """When a shift is, in minutes of the week; also as one that began the week before."""
    for weekday in shift.weekdays:
        begins, ends = (
            (weekday - 1) * 1440 + at.hour * 60 + at.minute for at in (shift.starts, shift.ends)
        )
        ends = ends if ends > begins else ends + 1440
        yield begins, ends
        yield begins - 7 * 1440, ends - 7 * 1440


def shift_times(
    rota: Rota, since: datetime, until: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """When the rota's shifts are, whoever takes them, and whether anybody does."""
    for shift in rota.shifts:
        for day in days(since, until, rota.zone):
            if _is_on(shift, day):
                starts, ends = span(day, shift.starts, shift.ends, rota.zone)
                if starts < ends and starts < until and ends > since:
                    yield starts, ends


def _planned(rota: Rota, since: datetime, until: datetime) -> Iterator[Span]:
    swapped = {(one.shift_id, one.day, one.of): one.to for one in rota.swaps}
    handovers = _Handovers(rota.handover, rota.zone, since, until)
    for shift in rota.shifts:
        for day in days(since, until, rota.zone) if shift.people else ():
            if not _is_on(shift, day):
                continue
            starts, ends = span(day, shift.starts, shift.ends, rota.zone)
            alone = len(shift.people) == 1
            parts = [(starts, ends, 0)] if alone else handovers.parts(starts, ends)
            for since_then, until_then, turn in parts:
                if since_then >= until_then:
                    continue
                of = shift.people[turn % len(shift.people)]
                to = swapped.get((shift.id, day, of))
                why = Why.SWAP if to else Why.SHIFT
                yield Span(since_then, until_then, to or of, why, shift.id, day)


def _is_on(shift: Shift, day: date) -> bool:
    return (
        day.isoweekday() in shift.weekdays
        and (shift.first is None or day >= shift.first)
        and (shift.last is None or day <= shift.last)
    )


class _Handovers:
    """The hand-overs around some time, and which turn it is between them."""

    def __init__(self, rule: Handover, zone: str, since: datetime, until: datetime) -> None:
        around = list(days(since, until, zone))
        first = (around[0] - rule.first).days // rule.days
        last = (around[-1] + 2 * _DAY - rule.first).days // rule.days + 1
        self._turn = first
        self._at = [
            moment(datetime.combine(rule.first + turn * rule.days * _DAY, rule.at), zone)
            for turn in range(first, last + 1)
        ]

    def parts(self, starts: datetime, ends: datetime) -> Iterator[tuple[datetime, datetime, int]]:
        """A shift cut at the hand-overs in it, each part with its turn; nothing of an empty one."""
        while starts < ends:
            passed = bisect_right(self._at, starts)
            following = self._at[passed] if passed < len(self._at) else ends
            yield starts, min(ends, following), self._turn + passed - 1
            starts = following


def _overridden(spans: Iterable[Span], override: Override) -> Iterator[Span]:
    """The spans without what the override takes, which its person has instead."""
    since, until = override.starts_at, override.ends_at
    for one in spans:
        meant = override.of is None or override.of == one.person
        if not meant or one.ends_at <= since or one.starts_at >= until:
            yield one
            continue
        if one.starts_at < since:
            yield one._replace(ends_at=since)
        if one.ends_at > until:
            yield one._replace(starts_at=until)
        if override.of is not None and override.person is not None:
            starts, ends = max(one.starts_at, since), min(one.ends_at, until)
            yield Span(starts, ends, override.person, Why.OVERRIDE, one.shift_id, one.day)
    if override.of is None and override.person is not None:
        yield Span(since, until, override.person, Why.OVERRIDE)
