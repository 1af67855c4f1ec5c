"""`Idempotency-Key`: a request that was answered gets the same answer when it comes again.

The answer is kept in Postgres with the facts it tells of, for two days. A request that is
still being worked on elsewhere is told to come again shortly.
"""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from app import clock
from app.db.connection import Connection
from app.errors import Problem

_KEPT = timedelta(days=2)
_LEASE = timedelta(minutes=2)
"""Then whoever worked on it has died, and the next one does it again."""
_LONGEST = 200
_SWEPT = 20  # old answers forgotten with each new key


class Answer(NamedTuple):
    """An answer that was given."""

    status: int
    content_type: str
    body: bytes


def begin(conn: Connection, scope: str, key: str, digest: bytes) -> Answer | None:
    """The answer that was given to this request, or None: work on it, then `finish` it.

    `scope` says who asks for what, so that keys of two callers never meet; `digest` is the
    request's.

    Raises:
        Problem: 422, the key cannot be used, or was used for another request; 409, the
            request is being worked on.
    """
    if not (key.isascii() and key.isprintable() and len(key) <= _LONGEST):
        raise Problem(
            422, "bad_idempotency_key", f"A key has up to {_LONGEST} printable ASCII characters."
        )
    now = clock.machine_now()
    conn.execute(
        """DELETE FROM idempotency_keys WHERE (scope, key) IN
              (SELECT scope, key FROM idempotency_keys WHERE started_at < %s
                ORDER BY started_at LIMIT %s FOR UPDATE SKIP LOCKED)""",
        [now - _KEPT, _SWEPT],
    )
    mine = conn.execute(
        """INSERT INTO idempotency_keys AS k (scope, key, digest, started_at)
           VALUES (%(scope)s, %(key)s, %(digest)s, %(now)s)
               ON CONFLICT (scope, key) DO UPDATE SET digest = excluded.digest,
                  started_at = excluded.started_at, status = NULL, content_type = NULL, body = NULL
            WHERE k.started_at < %(old)s
               OR (k.status IS NULL AND k.started_at < %(dead)s AND k.digest = excluded.digest)
           RETURNING 1""",
        {
            "scope": scope,
            "key": key,
            "digest": digest,
            "now": now,
            "old": now - _KEPT,
            "dead": now - _LEASE,
        },
    ).fetchone()
    if mine:
        return None
    row = conn.execute(
        """SELECT digest, status, content_type, body FROM idempotency_keys
            WHERE scope = %s AND key = %s""",
        [scope, key],
    ).fetchone()
    if row is not None and bytes(row["digest"]) != digest:
        raise Problem(
            422,
            "idempotency_key_reused",
            "This Idempotency-Key was used for another request. Use a new key for a new request.",
        )
    if row is None or row["status"] is None:
        raise Problem(
            409,
            "in_progress",
            "This very request is being worked on. Send it again in a moment.",
            headers={"Retry-After": "2"},
        )
    return Answer(row["status"], row["content_type"], bytes(row["body"]))


def finish(conn: Connection, scope: str, key: str, answer: Answer) -> None:
    """Keep the answer."""
    conn.execute(
        """UPDATE idempotency_keys SET status = %s, content_type = %s, body = %s
            WHERE scope = %s AND key = %s""",
        [*answer, scope, key],
    )


def abandon(conn: Connection, scope: str, key: str) -> None:
    """The request came to no answer: the next one with this key does it again."""
    conn.execute(
        "DELETE FROM idempotency_keys WHERE scope = %s AND key = %s AND status IS NULL",
        [scope, key],
    )
