"""Verbs on cases. Everything here runs inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.cases import store
from app.cases.model import Case, Resolution
from app.db.connection import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a case's timeline: what happened, by whom, with which facts."""

    case_id: int
    kind: str
    actor: str = "reknock"
    facts: dict[str, Any] = field(default_factory=dict)


def note(conn: Connection, entries: Sequence[Entry], now: datetime) -> None:
    """Write timeline entries, all in one statement."""
    if entries:
        store.insert_timeline(conn, [(e.case_id, e.kind, e.actor, e.facts) for e in entries], now)


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
