"""SQL on API keys, and on the answers kept for repeated requests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.db.connection import Connection

VALID = "k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > %(now)s)"
"""Whether a key `k` is good."""
SHIPPER = "coalesce(k.shipper_id, p.shipper_id)"
"""The shipper that the holder of a key `k`, or a person `p`, belongs to; null: none."""
DEPOTS = """CASE WHEN coalesce(k.role, p.role) <> 'admin' AND p.role IS DISTINCT FROM 'admin'
      AND coalesce(k.role, p.role) <> 'shipper'
     THEN CASE WHEN p.id IS NULL THEN k.depots ELSE p.depots END END"""
"""The depots that the holder of a key `k`, or a person `p`, sees; null: all of them, of which a
shipper sees what is theirs."""


def add_key(
    conn: Connection,
    digest: bytes,
    role: str,
    name: str,
    shipper_id: int | None,
    person_id: int | None,
    now: datetime,
    expires_at: datetime | None,
    depots: Sequence[int] | None,
) -> None:
    """Insert a key, of which only the digest is kept."""
    conn.execute(
        """INSERT INTO api_keys (digest, role, name, shipper_id, person_id, created_at, expires_at,
                                 depots)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s::bigint[])""",
        [
            *(digest, role, name, shipper_id, person_id, now, expires_at),
            None if depots is None else list(depots),
        ],
    )


def caller_by_digest(conn: Connection, digest: bytes, now: datetime) -> dict[str, Any] | None:
    """Who a valid key belongs to: the fields of `keys.Caller`, and `use_is_news`."""
    return conn.execute(
        f"""SELECT k.id AS key_id, k.role, coalesce(p.name, k.name) AS name,
                   {SHIPPER} AS shipper_id, k.person_id, {DEPOTS} AS depots,
                   coalesce(p.language, '') AS language,
                   coalesce(k.last_used_at < %(now)s - interval '1 minute', true) AS use_is_news
              FROM api_keys k LEFT JOIN people p ON p.id = k.person_id
             WHERE k.digest = %(digest)s AND {VALID}""",  # noqa: S608 - our constants
        {"digest": digest, "now": now},
    ).fetchone()


def key_used(conn: Connection, key_id: int, now: datetime) -> None:
    """Remember that a key was used just now."""
    conn.execute("UPDATE api_keys SET last_used_at = %s WHERE id = %s", [now, key_id])


def keys(conn: Connection) -> list[dict[str, Any]]:
    """All keys, newest first: what each is for, since when, until when, last used when."""
    return conn.execute(
        """SELECT k.id, k.role, k.name, p.name AS person, s.slug AS shipper, k.created_at,
                  k.last_used_at, k.expires_at, k.revoked_at
             FROM api_keys k LEFT JOIN people p ON p.id = k.person_id
             LEFT JOIN shippers s ON s.id = k.shipper_id ORDER BY k.id DESC"""
    ).fetchall()


def lock_key(conn: Connection, key_id: int) -> dict[str, Any] | None:
    """One key's row, locked until the transaction ends."""
    return conn.execute("SELECT * FROM api_keys WHERE id = %s FOR UPDATE", [key_id]).fetchone()


def revoke_keys(
    conn: Connection, now: datetime, *, key_id: int | None = None, person_id: int | None = None
) -> int:
    """Revoke one key, or all of a person's; their sessions end with them. How many there were."""
    revoked = conn.execute(
        """UPDATE api_keys SET revoked_at = %s
            WHERE (id = %s OR person_id = %s) AND revoked_at IS NULL RETURNING id""",
        [now, key_id, person_id],
    ).fetchall()
    conn.execute(
        "DELETE FROM sessions WHERE key_id = ANY(%s) OR person_id = %s",
        [[row["id"] for row in revoked], person_id],
    )
    return len(revoked)


def expire_key(conn: Connection, key_id: int, at: datetime) -> None:
    """Let a key end at this moment, if it does not end earlier."""
    conn.execute(
        "UPDATE api_keys SET expires_at = least(expires_at, %s) WHERE id = %s", [at, key_id]
    )


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
