"""Verbs on the chain, for features whose news come from outside a step.

An acknowledgement, a choice, a supplied number: the feature says what happened, the case's
policy says what follows. All of it inside the caller's transaction; the wake-up goes out
after the commit, by construction.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from app.cases.model import Case
from app.chain import policy, store, wake
from app.chain.store import Arm as Arm  # noqa: PLC0414 - callers arm through this module
from app.db.connection import Connection, after_commit


class Happened(NamedTuple):
    """A link of a case ended, or something outside did: `link` and its `outcome`."""

    case: Case
    link: str
    outcome: str


def follow(conn: Connection, happened: Sequence[Happened], now: datetime) -> None:
    """Arm, hasten and cancel what the policies say, for all at once."""
    arms: dict[tuple[int, str], store.Arm] = {}
    hastens: list[tuple[int, str]] = []
    cancels: list[tuple[int, str]] = []
    for case, link, outcome in happened:
        for entry in policy.get(conn, case.policy_id).follows(link, outcome):
            if "arm" in entry:
                arms[case.id, entry["arm"]] = store.Arm(
                    case.id, entry["arm"], policy.due(entry, case, now), {}, case.request_id
                )
            elif "hasten" in entry:
                hastens.append((case.id, entry["hasten"]))
            else:
                cancels.append((case.id, entry["cancel"]))
    if cancels:
        store.cancel(conn, cancels)
    if arms:
        arm(conn, list(arms.values()))
    if hastens:
        store.hasten(conn, hastens, now)
        after_commit(wake.soon)


def arm(conn: Connection, arms: Sequence[store.Arm]) -> None:
    """Arm steps at times of the caller's own choosing."""
    store.arm(conn, arms)
    after_commit(wake.soon)


def drop(conn: Connection, case_id: int, link: str) -> None:
    """Let a waiting step go: what it waited for has come."""
    store.cancel(conn, [(case_id, link)])


def hasten(conn: Connection, case_id: int, link: str, now: datetime) -> None:
    """Make a waiting step due now."""
    store.hasten(conn, [(case_id, link)], now)
    after_commit(wake.soon)
