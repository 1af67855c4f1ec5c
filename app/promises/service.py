"""Verbs on promises. They run inside the caller's transaction, with the cases locked by it.

A promise is open until it is kept, broken or released, and `settled_by` names what did that: a
message's topic, the case's resolution, a person. What nobody settles the clock does: it is broken.
Whatever broke it, the case's policy says what follows a broken promise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from app.cases import service as cases
from app.cases.model import Case
from app.cases.timeline.facts import HourMissed
from app.chain import service as chain
from app.counted import families
from app.db.connection import Connection, after_commit
from app.promises import store
from app.promises.model import Kind, Promise, State
from app.promises.sources import PROMISE, Became
from app.promises.store import Unkept, Wanted

__all__ = [
    "Kind",
    "Promise",
    "State",
    "Unkept",
    "Wanted",
    "closed",
    "keep",
    "lose",
    "make",
    "of_case",
    "of_cases",
    "overdue",
    "passed_since",
    "release",
    "settle_passed",
    "unkept",
]

BY_CLOCK = "clock"
AT_ONCE = 500
"""Promises that the clock settles in one transaction, and that an audit names."""


def make(
    conn: Connection, wanted: Sequence[Wanted], now: datetime, *, by: str = "renewed"
) -> list[Promise]:
    """Promise these hours; in the same order.

    Of one case, kind and subject one is open: who promises anew by the hour has kept the former
    promise, by a new word; who comes later has broken it. `by` says what that word was.
    """
    if not wanted:
        return []
    rows = store.make(conn, wanted, by, now)
    _count(rows)
    _note_broken(conn, rows, now)
    made = {(p.case_id, p.kind, p.about): p for p in rows if p.open}
    return [made[one.case_id, one.kind, one.about] for one in wanted]


def keep(
    conn: Connection,
    case_ids: Sequence[int],
    kind: Kind,
    by: str,
    now: datetime,
    about: int | None = None,
    *,
    at: datetime | None = None,
) -> list[Promise]:
    """What was promised was done `at` that moment, else now: kept in time, or broken.

    Returns what was open and is settled now.
    """
    settled = store.settle(
        conn, case_ids, [kind], about, State.KEPT, by, in_time_until=at or now, now=now
    )
    _count(settled)
    _note_broken(conn, settled, now)
    return settled


def lose(
    conn: Connection,
    case_ids: Sequence[int],
    kinds: Sequence[Kind] | None,
    by: str,
    now: datetime,
    about: int | None = None,
) -> list[Promise]:
    """It is known that these will not be kept; whoever calls this tells the customer."""
    settled = store.settle(
        conn, case_ids, kinds, about, State.BROKEN, by, in_time_until=None, now=now
    )
    _follow(conn, [one.case_id for one in settled], now)
    return _count(settled)


def closed(conn: Connection, ended: Sequence[Case], now: datetime) -> None:
    """What the end of these cases settled, as the database does by itself, may have been broken."""
    _follow(conn, store.broken_by_end(conn, [case.id for case in ended]), now)


def release(
    conn: Connection,
    case_ids: Sequence[int],
    kinds: Sequence[Kind] | None,
    by: str,
    now: datetime,
    about: int | None = None,
) -> list[Promise]:
    """Nobody waits for these any more: changed, withdrawn, or the matter is over."""
    settled = store.settle(
        conn, case_ids, kinds, about, State.RELEASED, by, in_time_until=None, now=now
    )
    return _count(settled)


def of_case(conn: Connection, case_id: int) -> list[Promise]:
    """All promises of a case, oldest first."""
    return store.OF_CASE.read(conn, case=case_id)


def of_cases(conn: Connection, case_ids: Sequence[int]) -> dict[int, list[Promise]]:
    """All promises of these cases, by case, oldest first; cases without any are there too."""
    found: dict[int, list[Promise]] = {case_id: [] for case_id in case_ids}
    for promise in store.of_cases(conn, case_ids):
        found[promise.case_id].append(promise)
    return found


def passed_since(
    conn: Connection, written: Mapping[int, tuple[int, datetime]], now: datetime
) -> set[int]:
    """The keys of words since which an hour has passed that was promised when they were written.

    `written` names the case and the moment, by key.
    """
    return store.passed_since(conn, written, now)


def settle_passed(conn: Connection, now: datetime) -> int:
    """What has passed and nobody settled is broken; how many. Bounded: the next call goes on."""
    store.make_whole(conn)
    broken = _count(store.settle_passed(conn, BY_CLOCK, now, AT_ONCE))
    _note_broken(conn, broken, now)
    return len(broken)


def unkept(conn: Connection, until: datetime | None = None) -> list[Unkept]:
    """Open promises that no waiting step and no person's task stands for; due before `until`."""
    return store.unkept(conn, until, AT_ONCE)


def overdue(conn: Connection, now: datetime) -> int:
    """How many promises have passed and are not settled yet: more than a few means no clock."""
    return store.overdue(conn, now)


def _count(promises: list[Promise]) -> list[Promise]:
    """Count those that are settled, once that is committed."""
    settled = [(promise.kind, promise.state) for promise in promises if not promise.open]
    if settled:
        after_commit(partial(_count_all, settled))
    return promises


def _count_all(settled: Sequence[tuple[Kind, State]]) -> None:
    for kind, state in settled:
        families.PROMISES.add(kind, state)


def _note_broken(conn: Connection, settled: Sequence[Promise], now: datetime) -> None:
    passed = sorted(settled, key=lambda promise: (promise.due_at, promise.id))
    broken = [promise for promise in passed if promise.state is State.BROKEN]
    facts = [(p.case_id, HourMissed(promised=p.kind, due_at=p.due_at)) for p in broken]
    cases.note(conn, [cases.Entry(case_id, fact) for case_id, fact in facts], now)
    _follow(conn, [promise.case_id for promise in broken], now)


def _follow(conn: Connection, broken: Sequence[int], now: datetime) -> None:
    """Let the policies of these cases say what follows a broken promise."""
    if broken:
        found = cases.by_ids(conn, sorted(set(broken))).values()
        chain.follow(conn, [chain.Happened(case, PROMISE, Became.BROKEN) for case in found], now)
