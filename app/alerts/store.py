"""Alerts: what an operator should look at. Verbs here run inside the caller's transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import structlog
from psycopg.types.json import Jsonb

from app.db.connection import Connection

log = structlog.get_logger(__name__)


def begin(
    conn: Connection,
    kind: str,
    subject: str,
    facts: dict[str, Any],
    now: datetime,
    *,
    shipper_id: int | None = None,
    account_id: int | None = None,
) -> bool:
    """Raise an alert; once: False when it stands already, with the newer facts."""
    row = conn.execute(
        """INSERT INTO alerts (kind, subject, shipper_id, account_id, facts, raised_at)
           VALUES (%s, %s, %s, %s, %s, %s)
               ON CONFLICT (kind, subject) WHERE ended_at IS NULL
               DO UPDATE SET facts = excluded.facts RETURNING xmax = 0 AS fresh""",
        [kind, subject, shipper_id, account_id, Jsonb(facts), now],
    ).fetchone()
    fresh = bool(row and row["fresh"])
    if fresh:
        log.error("alert", kind=kind, subject=subject, **facts)
    return fresh


def end(conn: Connection, kind: str, subject: str, now: datetime) -> bool:
    """What it was about is over; False when no such alert stood."""
    ended = conn.execute(
        "UPDATE alerts SET ended_at = %s WHERE kind = %s AND subject = %s AND ended_at IS NULL",
        [now, kind, subject],
    ).rowcount
    if ended:
        log.info("alert_over", kind=kind, subject=subject)
    return bool(ended)


def standing(conn: Connection, kind: str | None = None) -> list[dict[str, Any]]:
    """Alerts that are not over, the newest first; all of them, or of one kind."""
    return conn.execute(
        """SELECT * FROM alerts WHERE ended_at IS NULL AND (%s::text IS NULL OR kind = %s)
            ORDER BY id DESC""",
        [kind, kind],
    ).fetchall()
