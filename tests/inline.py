"""The chain without a broker: what the clock does when Redis is away, step by step."""

from __future__ import annotations

from datetime import timedelta

from app import clock
from app.chain import engine, store
from app.chain.store import Ref
from app.channels import outbox
from app.db.connection import connection
from tasks import links  # noqa: F401 - registers the handlers
from tasks.app import HANDLERS

_LEASE = timedelta(seconds=15)


def settle() -> int:
    """Run whatever is due, and what that makes due, until nothing is; how much it was."""
    done = 0
    while True:
        conn = connection()
        steps = store.claim(conn, clock.now(), 500, _LEASE)
        for step_id, attempt, link in steps:
            engine.run(link, HANDLERS[link], [Ref(step_id, attempt)])
        messages = outbox.claim(conn, clock.now(), 500, _LEASE)
        for ref in messages:
            outbox.send(*ref)
        if not steps and not messages:
            return done
        done += len(steps) + len(messages)


def advance(**by: float) -> None:
    """Move time forward, e.g. `advance(minutes=20)`; whatever is due on the way runs then."""
    until = clock.now() + timedelta(**by)
    while True:
        settle()
        conn = connection()
        dues = [due for due in (store.next_due(conn), outbox.next_due(conn)) if due]
        if not dues or min(dues) > until:
            break
        clock.advance(max(min(dues) - clock.now(), timedelta()))
    clock.advance(max(until - clock.now(), timedelta()))
