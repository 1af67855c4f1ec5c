"""Who is called next. Pure decisions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from app.cases.model import Case, CaseKind
from app.channels.endpoints import CHANNELS as ENDPOINTS
from app.channels.service import Route
from app.directory.model import Empty, Level, Person
from app.dispatch.states import TaskKind
from app.shipments.reachable import check_email, check_number

RECOVERY_WITHIN = timedelta(hours=24)
"""An unhappy customer has no return deadline; they should not wait longer than a day."""

_LEAST = timedelta(minutes=2)
"""Nobody answers a telephone faster than that."""

_HOUR = timedelta(hours=1)

_CALL_KEY = re.compile(r"task-(\d+):(\d+)\.\d+(?:\.\d+)?:(-?\d+):")


class Call(NamedTuple):
    """The next call: which level (1 is the first), its rung, and how often it was called."""

    level: int
    rung: Level
    again: int

    @property
    def channel(self) -> str:
        """The channel by which the level is called this time; empty: by all of a person's."""
        return "" if self.rung.catch_all else self.rung.tries[self.again].channel


class Standing(NamedTuple):
    """How far up somebody was called: the level (0: nobody yet), and how often it was."""

    level: int
    calls: int
    up: bool = False
    """It goes up: the first level is passed over, and there is always somebody left for it."""
    beyond: int = 0
    """The level that was passed on: what it could still be tried by is left out."""


class PassedOver(NamedTuple):
    """A level that nobody was called at, and why."""

    level: int
    why: Empty
    rotas: tuple[str, ...]


class Planned(NamedTuple):
    """Who is called now, until what comes next, and who was passed over on the way."""

    call: Call
    wait: timedelta
    passed: list[PassedOver]


def task_kind(case_kind: CaseKind, round_: int) -> TaskKind:
    """What the ladder is called for: a failure, or a second failure after a promise."""
    missed = round_ > 1 and case_kind is CaseKind.FAILED
    return TaskKind.PROMISE if missed else TaskKind.FAILURE


def plan(
    ladder: Sequence[Level],
    standing: Standing,
    times: int,
    country: str,
    act_by: datetime | None,
    now: datetime,
) -> Planned | None:
    """Who is called at this moment; None when the ladder is exhausted.

    The one place that says so: for the steps that call, and for whoever asks who would be.
    """
    call = next_call(ladder, standing, times, country)
    if call is None:
        return None
    wait = call.rung.wait if call.rung.catch_all else call.rung.tries[call.again].wait
    wait = patience(wait, _calls_left(ladder, call, country), act_by, now)
    return Planned(call, wait, _passed_over(ladder, standing, call))


def later_call(ladder: Sequence[Level], calls: int, wait: timedelta) -> Planned:
    """A call of those in charge, once everybody was called and nobody came."""
    return Planned(Call(len(ladder), ladder[-1], calls), wait, [])


def next_call(ladder: Sequence[Level], standing: Standing, times: int, country: str) -> Call | None:
    """The call that comes next; None when the ladder is exhausted.

    A level is tried by one of its ways after another. Levels where nobody can be reached are
    passed over, the catch-all is called up to `times` times.
    """
    level, calls, up, beyond = standing
    if up:
        level = beyond = max(level, 1)
    if 0 < level < len(ladder) and beyond < level:
        again = _next_try(ladder[level - 1], max(calls, 1), country)
        if again is not None:
            return Call(level, ladder[level - 1], again)
    for number in range(level + 1, len(ladder) + 1):
        rung = ladder[number - 1]
        again = 0 if rung.catch_all else _next_try(rung, 0, country)
        if again is not None:
            return Call(number, rung, again)
    if level >= len(ladder) and (calls < times or up):
        return Call(len(ladder), ladder[-1], calls)
    return None


def _next_try(rung: Level, since: int, country: str) -> int | None:
    """The first of a level's tries from that one on that reaches anybody."""
    for number in range(since, len(rung.tries)):
        channel = rung.tries[number].channel
        if any(ways(person, country, channel) for person in rung.called):
            return number
    return None


def _calls_left(ladder: Sequence[Level], call: Call, country: str) -> int:
    """How many tries come after this call: further ones of its level, and one for each above."""
    if call.rung.catch_all:
        return 0
    further = len(call.rung.tries) - call.again - 1
    above = ladder[call.level :]
    return further + sum(
        rung.catch_all or _next_try(rung, 0, country) is not None for rung in above
    )


def _passed_over(ladder: Sequence[Level], standing: Standing, call: Call) -> list[PassedOver]:
    """The levels between the last call and this one.

    One that is for when the depot is closed is none of them while it is open: nobody expects it.
    """
    since = max(standing.level, 1 if standing.up else 0)
    return [
        PassedOver(number, rung.empty or Empty.NO_WAY, rung.rotas)
        for number, rung in enumerate(ladder[since : call.level - 1], since + 1)
        if rung.empty is not Empty.DEPOT_OPEN
    ]


def waited(ladder: Sequence[Level], level: int, calls: int) -> timedelta:
    """How long whoever was called last usually has to acknowledge."""
    tries = ladder[min(level, len(ladder)) - 1].tries
    return tries[min(max(calls, 1), len(tries)) - 1].wait


def pause(every: timedelta, longest: timedelta, times: int) -> timedelta:
    """How long those in charge have before they are called again, after `times` later calls."""
    doubled = min(times, 30)  # longer than any longest pause
    return min(every * (1 << doubled), max(every, longest))


def room(calls: Sequence[datetime], most: int, now: datetime) -> datetime:
    """When somebody who was called at these times may be called again: `most` times an hour."""
    recent = last_hour(calls, now)
    return now if len(recent) < most else recent[-most] + _HOUR


def last_hour(calls: Sequence[datetime], now: datetime) -> list[datetime]:
    """Those of the calls that are no older, oldest first."""
    return sorted(at for at in calls if at > now - _HOUR)


def patience(wait: timedelta, above: int, act_by: datetime | None, now: datetime) -> timedelta:
    """How long a level has to acknowledge, when `above` more levels come after it.

    The nearer the hour after which the courier does what it likes, the less: each level gets its
    share of what is left, so that the last one still has some of it. Past that hour, and where
    there is none, a level has its usual time.
    """
    if act_by is None or act_by <= now:
        return wait
    return min(wait, max((act_by - now) / (above + 2), _LEAST))


def call_key(
    task_id: int, level: int, again: int, person_id: int, route: int, turn: int = 0
) -> str:
    """The idempotency key of one person's message about a call; `ring_of` reads it.

    `turn` is how often the task went back to the ladder: it is climbed anew then.
    """
    anew = f".{turn}" if turn else ""
    return f"task-{task_id}:{level}.{again}{anew}:{person_id}:{route}"


class Ring(NamedTuple):
    """What a message to a dispatcher was: for which task it called whom, and at which level."""

    task_id: int
    level: int
    person_id: int


def ring_of(idempotency_key: str) -> Ring | None:
    """What `call_key` says; None for a message that called nobody."""
    found = _CALL_KEY.match(idempotency_key)
    return Ring(*map(int, found.groups())) if found else None


_CODES = 1000


def code_of(task_id: int) -> int:
    """The short number by which a text message names a task: enough among one person's own."""
    return task_id % _CODES or _CODES


def named(task_ids: Sequence[int], code: int) -> int | None:
    """The task that a person means by a code, out of those they were called for, newest first."""
    return next((task_id for task_id in task_ids if code in {code_of(task_id), task_id}), None)


def ways(person: Person, country: str, only: str = "") -> list[list[Route]]:
    """How somebody is called: each list begins with one way, and goes on where that one fails.

    Whoever wants to be rung is rung first, and written to when that was in vain; anybody else is
    written to by all their ways at once. Chat and the like make no noise at night: they are written
    to beside a ring. A level may say by which channel `only`.
    """
    if only not in {"", "voice"}:
        return [[route] for route in routes(person, country, [only])]
    written = routes(person, country)
    if "voice" in [only, *person.channels] and (number := rings(person, country)):
        beside = [route for route in written if route.channel in ENDPOINTS]
        instead = [route for route in written if route.channel not in ENDPOINTS]
        return [[Route("voice", number), *instead], *([route] for route in beside)]
    return [[route] for route in written]


CALLABLE = frozenset({None, "no_text_messages"})
"""Faults with which a number can be rung all the same."""


def rings(person: Person, country: str) -> str | None:
    """The number at which somebody can be rung."""
    number = check_number(person.phone, country)
    return number.e164 if number.fault in CALLABLE else None


def customers_number(case: Case) -> str | None:
    """The number at which the customer can be rung."""
    for number in filter(None, (case.contact_phone, *case.parcel.phones)):
        checked = check_number(number, case.shipper.country)
        if checked.fault in CALLABLE:
            return checked.e164
    return None


def routes(person: Person, country: str, channels: Sequence[str] = ()) -> list[Route]:
    """All the ways by which somebody wants to be written to, as far as they can be used."""
    ways = []
    for channel in channels or person.channels:
        if channel == "sms" and (number := check_number(person.phone, country)).fault is None:
            ways.append(Route("sms", number.e164 or ""))
        elif channel == "email" and (address := check_email(person.email)):
            ways.append(Route("email", address))
        elif channel in ENDPOINTS:
            there = (Route(*one.split(" ")) for one in person.endpoints)
            ways += [route for route in there if route.channel == channel]
    return ways
