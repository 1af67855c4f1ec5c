"""The gap detector's turn, once a minute by one of the clocks."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from app.alerts import store as alerts
from app.db import turns
from app.db.connection import Connection, transaction
from app.insight.gaps import rules, store

_LOCK = 7_405_663  # one clock at a time
_AT_ONCE = 50_000  # events in one transaction
_TURNS = 10  # transactions in one turn: after a long pause it catches up over some minutes
_LEARN_EVERY = timedelta(hours=1)
_LEARN_AT_ONCE = 200  # accounts in one turn


def watch(now: datetime) -> None:
    """Count what came, learn what is usual, raise and end alerts.

    Raises:
        psycopg.OperationalError: the database is away.
    """
    behind = True
    for _ in range(_TURNS):
        with transaction() as conn:
            if not turns.try_lock(conn, _LOCK):
                return
            behind = store.count(conn, _AT_ONCE, now)
        if not behind:
            break
    with transaction() as conn:
        if turns.try_lock(conn, _LOCK):
            if not behind:  # half a history would teach a slower rhythm
                _learn(conn, now)
            for row in store.watched(conn):
                _look(conn, row, now)


def _learn(conn: Connection, now: datetime) -> None:
    due = store.to_learn(conn, now - _LEARN_EVERY, _LEARN_AT_ONCE)
    if not due:
        return
    try:
        with conn.transaction():
            store.learn(conn, [(row["id"], _zone(row["timezone"])) for row in due], now)
    except psycopg.errors.InvalidParameterValue:  # Postgres has an older list of zones than we
        store.learn(conn, [(row["id"], "UTC") for row in due], now)


def _zone(name: str) -> str:
    """The zone, if it is one: an account with a wrong zone has hours too."""
    try:
        return ZoneInfo(name).key
    except (KeyError, ValueError, OSError):
        return "UTC"


def _look(conn: Connection, row: dict[str, Any], now: datetime) -> None:
    """Raise an alert for an account that is silent beyond its rhythm, or end the one it has."""
    stopped = row["last_at"] < now - rules.FORGOTTEN
    if row["raised_at"] is not None:
        if stopped or row["last_at"] > row["raised_at"]:
            alerts.end(conn, "courier_silent", row["slug"], now)
        return
    if stopped:
        return
    rhythm = rules.Rhythm(row["zone"], row["weeks"], row["minutes"], row["active"])
    silence = rules.silence(rhythm, row["last_at"], now)
    if silence.is_gap:
        alerts.begin(
            conn,
            "courier_silent",
            row["slug"],
            {
                "silent_since": row["last_at"],
                "expected": round(silence.expected, 1),
                "chance": float(f"{silence.chance:.2g}"),
            },
            now,
            shipper_id=row["shipper_id"],
            account_id=row["id"],
        )
