"""`Idempotency-Key`: a request that was answered gets the same answer when it comes again.

The answer is kept in Postgres with the facts it tells of, for two days. A request that is
still being worked on elsewhere is told to come again shortly.
"""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from app import clock
from app.access import store
from app.db.connection import Connection
from app.errors import Problem

_KEPT = timedelta(days=2)
_LEASE = timedelta(minutes=2)
"""After that, the process that worked on it has died, and the next request does it again."""
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
    old = now - _KEPT
    store.sweep_answers(conn, old, _SWEPT)
    if store.claim_request(conn, scope, key, digest, now, old=old, dead=now - _LEASE):
        return None
    row = store.answer(conn, scope, key)
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
    store.keep_answer(conn, scope, key, *answer)


def abandon(conn: Connection, scope: str, key: str) -> None:
    """The request came to no answer: the next one with this key does it again."""
    store.release_request(conn, scope, key)
