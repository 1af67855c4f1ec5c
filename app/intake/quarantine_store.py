"""SQL on bodies that were kept: those in quarantine, and the newest of an account."""

from __future__ import annotations

from typing import Any

from app.db import packed
from app.db.connection import Connection


def quarantined(
    conn: Connection, after: int = 0, limit: int = 100, account: str | None = None
) -> list[dict[str, Any]]:
    """Quarantined bodies, oldest first, without the bodies; of one account by its slug."""
    return conn.execute(
        """SELECT e.id, a.slug AS account, a.courier, e.received_at, e.fault,
                  octet_length(e.body) AS bytes
             FROM courier_events e JOIN courier_accounts a ON a.id = e.account_id
            WHERE e.outcome = 'quarantined' AND e.id > %s AND a.slug = coalesce(%s, a.slug)
            ORDER BY e.id LIMIT %s""",
        [after, account, limit],
    ).fetchall()


def count_quarantined(conn: Connection, account: str | None = None) -> int:
    """How many bodies are in quarantine; of one account by its slug."""
    row = conn.execute(
        """SELECT count(*) FROM courier_events e JOIN courier_accounts a ON a.id = e.account_id
            WHERE e.outcome = 'quarantined' AND a.slug = coalesce(%s, a.slug)""",
        [account],
    ).fetchone()
    return int(row["count"]) if row else 0


def event(conn: Connection, event_id: int) -> dict[str, Any] | None:
    """One event with its body and the slug of its account."""
    row = conn.execute(
        """SELECT e.*, a.slug AS account, a.courier FROM courier_events e
             JOIN courier_accounts a ON a.id = e.account_id WHERE e.id = %s""",
        [event_id],
    ).fetchone()
    return row and row | {"body": packed.unpack(row["body"])}


def newest_bodies(conn: Connection, account_id: int, limit: int) -> list[dict[str, Any]]:
    """What an account's courier posted last: `body, headers, received_at`; each body once."""
    rows = conn.execute(
        """SELECT DISTINCT ON (e.body) e.body, e.headers, e.received_at
             FROM (SELECT * FROM courier_events WHERE account_id = %s AND body <> ''
                    ORDER BY id DESC LIMIT %s) e
            ORDER BY e.body, e.id""",
        [account_id, limit],
    ).fetchall()
    return [row | {"body": packed.unpack(row["body"])} for row in rows]
