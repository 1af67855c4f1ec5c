"""Policy: which steps follow which, after how long, and the limits they run by.

A policy is data. Every case holds on to the row it was opened with, and rows never change,
so editing a policy means inserting a new one and never disturbs a running case.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog

from app.chain import entries, store
from app.chain.checking import check as check  # noqa: PLC0414 - policies are checked through here
from app.chain.entries import Arm, Entry, Hasten
from app.chain.standard import HOUR as HOUR  # noqa: PLC0414 - the same of the standard policy
from app.chain.standard import LATER
from app.chain.standard import STANDARD as STANDARD  # noqa: PLC0414
from app.chain.step import BUILT_IN, SET_ASIDE, WAKE_ON_CHOICE, WAKE_ON_REPLY, WAKE_ON_SCAN
from app.db.connection import Connection

log = structlog.get_logger(__name__)


class Policy:
    """One immutable policy row, its entries read once.

    What `check` would refuse today, but was stored before it did, is read as far as it can be
    understood: a running case must not stop at it.
    """

    def __init__(self, policy_id: int, body: dict[str, Any]) -> None:
        self.id = policy_id
        self.body = {**STANDARD, **body}
        self._after, faults = _read(self.body["after"])
        for source in LATER:
            self._after.setdefault(source, _STANDARD[source])
        start = Arm(self.body["start"], data={"anew": True})
        self._after.setdefault(BUILT_IN, {}).update(
            opened=[start],
            old=[Arm(SET_ASIDE)],
            renewed=[Hasten(SET_ASIDE)],
            orphaned=[start],
            closed=[],
        )
        self._after[SET_ASIDE] = {"begun": [start]}
        if faults:
            log.warning("policy_unreadable", policy_id=policy_id, faults=faults)

    def seconds(self, name: str) -> timedelta:
        """A duration of this policy by its name."""
        return timedelta(seconds=self.body[name])

    def is_old(self, at: datetime | None, now: datetime) -> bool:
        """Whether what happened then is too long ago to call anybody about it unasked."""
        return at is not None and now - at > self.seconds("old_after")

    def follows(self, source: str, outcome: str) -> Sequence[Entry]:
        """What follows when `source` ended with `outcome`."""
        outcomes = self._after.get(source, {})
        follow = outcomes[outcome] if outcome in outcomes else outcomes.get("*", ())
        return [*follow, *_WAKES[source]] if source in _WAKES else follow


_WAKES = {
    BUILT_IN: (Hasten(WAKE_ON_SCAN),),
    "choose": (Hasten(WAKE_ON_CHOICE),),
    "ask": (Hasten(WAKE_ON_REPLY),),
}
"""What calls can be put off for ends that in every case, whatever its policy says."""


def _read(after: Any) -> tuple[dict[str, dict[str, Sequence[Entry]]], list[str]]:
    found: dict[str, dict[str, Sequence[Entry]]] = {}
    faults: list[str] = []
    for source, outcomes in after.items() if isinstance(after, dict) else ():
        for outcome, follows in outcomes.items() if isinstance(outcomes, dict) else ():
            read = [entries.read(raw) for raw in follows] if isinstance(follows, list) else []
            found.setdefault(source, {})[outcome] = [entry for entry, _ in read if entry]
            faults += [f"{source}.{outcome}: {fault}" for _, wrong in read for fault in wrong]
    return found, faults


def create(conn: Connection, name: str, body: dict[str, Any], now: datetime) -> int:
    """Insert a checked policy; its id.

    Raises:
        ValidationError: it could leave a case hanging.
    """
    check(body)
    return store.insert_policy(conn, name, body, now)


_STANDARD, _ = _read(STANDARD["after"])
_known: dict[tuple[str, int], Policy] = {}


def get(conn: Connection, policy_id: int) -> Policy:
    """The policy with this id; read once per process, since rows never change.

    Raises:
        LookupError: there is none.
    """
    key = (conn.info.dbname, policy_id)
    if key not in _known:
        body = store.policy(conn, policy_id)
        if body is None:
            raise LookupError(f"there is no policy {policy_id}")
        _known[key] = Policy(policy_id, body)
    return _known[key]


def forget(policy_id: int) -> None:
    """Keep it in memory no longer: it was only tried."""
    for key in [key for key in _known if key[1] == policy_id]:
        del _known[key]
