"""Who would be called, when and by what, if a delivery failed at some moment and nobody answered.

It asks the ladder and the rules that the steps of the chain ask, moment by moment.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.chain import policy
from app.chain.policy import Policy
from app.channels.service import Route
from app.db.connection import Connection
from app.directory import ladders
from app.directory.ladders import Ladder
from app.directory.model import Person
from app.dispatch import rules
from app.dispatch.oncall import store
from app.dispatch.oncall.store import Depot
from app.dispatch.rules import PassedOver, Standing
from app.errors import Problem

_AHEAD = timedelta(days=2)
"""Longer than any ladder takes; a rota is read so far ahead."""


@dataclass(frozen=True, slots=True)
class WouldCall:
    """One call that would be made."""

    at: datetime
    level: int
    again: int
    """How often the level was called before."""
    catch_all: bool
    rotas: tuple[str, ...]
    people: list[tuple[Person, list[list[Route]]]]
    """Each with their ways, as `rules.ways` gives them."""
    until: datetime
    """When the next one follows."""
    passed: list[PassedOver]
    """The levels that were passed over on the way to it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What would happen at a depot from this moment on."""

    depot: Depot
    at: datetime
    closed: str | None
    """Why the depot is closed then; None while it is open."""
    calls: list[WouldCall]
    ladder: Ladder


def would_call(conn: Connection, slug: str, at: datetime, act_by: datetime | None = None) -> Answer:
    """Who would be called for a failure at this moment, until everybody was.

    `act_by` is the hour after which the courier does what it likes: it shortens patience.

    Raises:
        Problem: 404, there is no such depot.
    """
    depot = store.depot(conn, slug)
    if depot is None:
        raise Problem(404, "no_such_depot", f"There is no depot {slug!r}.")
    body = policy.get(conn, depot.policy_id) if depot.policy_id else Policy(0, {})
    every = body.seconds("catch_all_every")
    ladder = ladders.read(conn, depot.id, every, at, at + _AHEAD)
    calls = list(_calls(ladder, depot.country, body.body["catch_all_times"], at, act_by))
    return Answer(depot, at, ladders.closed(conn, depot.id, at), calls, ladder)


def _calls(
    ladder: Ladder, country: str, times: int, at: datetime, act_by: datetime | None
) -> Iterator[WouldCall]:
    standing, levels = Standing(0, 0), ladder.at(at)
    while planned := rules.plan(levels, standing, times, country, act_by, at):
        call, wait, passed = planned
        people = [(p, rules.ways(p, country, call.channel)) for p in call.rung.called]
        yield WouldCall(
            at,
            call.level,
            call.again,
            call.rung.catch_all,
            call.rung.rotas,
            people,
            at + wait,
            passed,
        )
        standing, at = Standing(call.level, call.again + 1), at + wait
        levels = ladder.at(at)
