"""SQL on API keys and on the answers kept for repeated requests."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.db.connection import Connection

_CALLER = """
SELECT k.role, coalesce(p.name, k.name) AS name, k.shipper_id, k.person_id
  FROM api_keys k LEFT JOIN people p ON p.id = k.person_id
 WHERE k.revoked_at IS NULL
"""


def add_key(
    conn: Connection,
    digest: bytes,
    role: str,
    name: str,
    shipper_id: int | None,
    person_id: int | None,
    now: datetime,
) -> None:
    """Insert a key, of which only the digest is kept."""
    conn.execute(
        """INSERT INTO api_keys (digest, role, name, shipper_id, person_id, created_at)
           VALUES (%s, %s, %s, %s, %s, %s)""",
        [digest, role, name, shipper_id, person_id, now],
    )


def caller_by_digest(conn: Connection, digest: bytes) -> dict[str, Any] | None:
    """Who a valid key belongs to: `role, name, shipper_id, person_id`."""
    return conn.execute(_CALLER + " AND k.digest = %s", [digest]).fetchone()


def caller_by_id(conn: Connection, key_id: int) -> dict[str, Any] | None:
    """The same by the id of the key's row."""
    return conn.execute(_CALLER + " AND k.id = %s", [key_id]).fetchone()


def key_id(conn: Connection, digest: bytes) -> int | None:
    """The id of a valid key's row."""
    row = conn.execute(
        "SELECT id FROM api_keys WHERE digest = %s AND revoked_at IS NULL", [digest]
    ).fetchone()
    return row["id"] if row else None


def sweep_answers(conn: Connection, before: datetime, limit: int) -> None:
    """Delete some answers to requests that began before this moment."""
    conn.execute(
        """DELETE FROM idempotency_keys WHERE (scope, key) IN
              (SELECT scope, key FROM idempotency_keys WHERE started_at < %s
                ORDER BY started_at LIMIT %s FOR UPDATE SKIP LOCKED)""",
        [before, limit],
    )


def claim_request(
    conn: Connection,
    scope: str,
    key: str,
    digest: bytes,
    now: datetime,
    *,
    old: datetime,
    dead: datetime,
) -> bool:
    """Whether this request is the caller's to work on.

    It is when the key is new, was used before `old`, or its request began before `dead` and
    never came to an answer.
    """
    mine = conn.execute(
        """INSERT INTO idempotency_keys AS k (scope, key, digest, started_at)
           VALUES (%(scope)s, %(key)s, %(digest)s, %(now)s)
               ON CONFLICT (scope, key) DO UPDATE SET digest = excluded.digest,
                  started_at = excluded.started_at, status = NULL, content_type = NULL, body = NULL
            WHERE k.started_at < %(old)s
               OR (k.status IS NULL AND k.started_at < %(dead)s AND k.digest = excluded.digest)
           RETURNING 1""",
        {"scope": scope, "key": key, "digest": digest, "now": now, "old": old, "dead": dead},
    ).fetchone()
    return mine is not None


def answer(conn: Connection, scope: str, key: str) -> dict[str, Any] | None:
    """What is kept under a key: `digest, status, content_type, body`."""
    return conn.execute(
        """SELECT digest, status, content_type, body FROM idempotency_keys
            WHERE scope = %s AND key = %s""",
        [scope, key],
    ).fetchone()


def keep_answer(
    conn: Connection, scope: str, key: str, status: int, content_type: str, body: bytes
) -> None:
    """Keep the answer to a request that was claimed."""
    conn.execute(
        """UPDATE idempotency_keys SET status = %s, content_type = %s, body = %s
            WHERE scope = %s AND key = %s""",
        [status, content_type, body, scope, key],
    )


def release_request(conn: Connection, scope: str, key: str) -> None:
    """Forget a request that came to no answer."""
    conn.execute(
        "DELETE FROM idempotency_keys WHERE scope = %s AND key = %s AND status IS NULL",
        [scope, key],
    )
