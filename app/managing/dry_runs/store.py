"""SQL on dry runs that were asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from app.db.connection import Connection
from app.managing.dry_runs.service import Tried

_KEPT = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class DryRun:
    """One of them, and what came of it."""

    id: int
    shipper_id: int
    body: dict[str, Any]
    patience: float
    most: int
    since: datetime | None
    asked_at: datetime
    asked_by: str
    state: str
    attempts: int
    started_at: datetime | None
    done: int
    whole: int
    result: dict[str, Any] | None
    why: str | None

    @property
    def tried(self) -> Tried:
        """What is tried, on which cases."""
        return Tried(
            shipper_id=self.shipper_id,
            body=self.body,
            most=self.most,
            since=self.since,
            patience=self.patience,
        )


def add(conn: Connection, tried: Tried, by: str, now: datetime) -> int:
    """Insert one that is to be done, and forget those of long ago; its id."""
    conn.execute("DELETE FROM dry_runs WHERE asked_at < %s", [now - _KEPT])
    row = conn.execute(
        """INSERT INTO dry_runs (shipper_id, body, patience, most, since, asked_at, asked_by)
           VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING id""",
        [
            *(tried.shipper_id, Jsonb(tried.body), tried.patience, tried.most, tried.since),
            *(now, by),
        ],
    ).fetchone()
    assert row is not None  # noqa: S101 - RETURNING gives a row
    return int(row["id"])


def waiting(conn: Connection) -> int:
    """How many are not done yet."""
    row = conn.execute(
        "SELECT count(*) AS n FROM dry_runs WHERE state IN ('asked', 'running')"
    ).fetchone()
    return int(row["n"]) if row else 0


def find(conn: Connection, shipper_id: int, number: int) -> DryRun | None:
    """One of a shipper's."""
    with conn.cursor(row_factory=class_row(DryRun)) as cursor:
        cursor.execute(
            "SELECT * FROM dry_runs WHERE id = %s AND shipper_id = %s", [number, shipper_id]
        )
        return cursor.fetchone()


def newest(conn: Connection, shipper_id: int, limit: int) -> list[DryRun]:
    """A shipper's, newest first."""
    with conn.cursor(row_factory=class_row(DryRun)) as cursor:
        cursor.execute(
            "SELECT * FROM dry_runs WHERE shipper_id = %s ORDER BY id DESC LIMIT %s",
            [shipper_id, limit],
        )
        return cursor.fetchall()


def claim(conn: Connection, now: datetime, lost: timedelta) -> DryRun | None:
    """Begin with the oldest that waits, or whose process has not come back for so long."""
    with conn.cursor(row_factory=class_row(DryRun)) as cursor:
        cursor.execute(
            """UPDATE dry_runs SET state = 'running', started_at = %(now)s, attempts = attempts + 1
                WHERE id = (SELECT id FROM dry_runs
                             WHERE state = 'asked'
                                OR state = 'running' AND started_at < %(before)s
                             ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING *""",
            {"now": now, "before": now - lost},
        )
        return cursor.fetchone()


def progress(conn: Connection, number: int, done: int, whole: int) -> None:
    """Say how far it is."""
    conn.execute("UPDATE dry_runs SET done = %s, whole = %s WHERE id = %s", [done, whole, number])


def end(conn: Connection, number: int, result: dict[str, Any] | None, why: str | None) -> None:
    """Keep what came of it, or why nothing did."""
    conn.execute(
        "UPDATE dry_runs SET state = %s, result = %s, why = %s WHERE id = %s",
        ["failed" if why else "done", Jsonb(result) if result else None, why, number],
    )
