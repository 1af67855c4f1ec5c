"""Verbs on cases. Everything here runs inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from app.cases import store
from app.cases.model import Case, Resolution
from app.cases.timeline.rows import Entry as Entry  # noqa: PLC0414 - callers note through this
from app.cases.timeline.rows import Recorded, kind_of, read, to_json
from app.db.connection import Connection


def note(conn: Connection, entries: Sequence[Entry], now: datetime) -> None:
    """Write timeline entries, all in one statement."""
    if entries:
        written = [(e.case_id, kind_of(e.facts), e.actor, to_json(e.facts)) for e in entries]
        store.insert_timeline(conn, written, now)


def timeline(conn: Connection, case_id: int) -> list[Recorded]:
    """All that happened to a case, oldest first."""
    return [
        Recorded(row["at"], row["actor"], read(row["kind"], row["facts"]))
        for row in store.read_timeline(conn, case_id)
    ]


def lock(conn: Connection, case_id: int) -> Case | None:
    """The case with its row locked until the transaction ends; None if there is none.

    Acknowledge, escalate, rebook and close all begin here, so the loser sees the truth.
    """
    return next(iter(store.lock(conn, [case_id])), None)


def close(conn: Connection, case: Case, resolution: Resolution, actor: str, now: datetime) -> bool:
    """Close the case through the chain: what waits is dropped, what follows is armed.

    False when it was closed already.
    """
    return store.close(conn, case.id, resolution, actor, now, case.request_id)


def by_ids(conn: Connection, ids: Iterable[int]) -> dict[int, Case]:
    """Cases by id, without locks."""
    return {case.id: case for case in store.load(conn, list(ids))}
