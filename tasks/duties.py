"""What the clock does now and then beside the steps; by one clock where two would collide."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import psycopg
import structlog

from app import clock
from app.chain import audit
from app.db import connection as db
from app.db import turns, unlogged
from app.dispatch import queue_counts_store
from app.dispatch.oncall import covers
from app.handover import audit as handover
from app.insight import store as insight_store
from app.insight.gaps import service as gaps
from app.promises import service as promises
from app.questions import audit as question_audit
from app.shipments.orders import service as orders

log = structlog.get_logger(__name__)

_AUDIT_LOCK = 7_405_662  # one clock audits at a time
_ROTA_LOCK = 7_405_671  # one clock tells of holes at a time
_FOLD_LOCK = 7_405_664  # one clock folds the counts at a time
_SOON = timedelta(hours=1)  # what is promised by then needs somebody who keeps it


def fold_counts() -> None:
    """One clock at a time: two would wait for each other's rows.

    What changed before a crash of the server was not logged, so all is counted anew once.
    """
    with db.transaction() as conn:
        if turns.try_lock(conn, _FOLD_LOCK):
            if not unlogged.whole(conn, unlogged.Part.COUNTS):
                queue_counts_store.count_anew(conn, clock.now())
                insight_store.count_gauges_anew(conn)
                unlogged.filled(conn, unlogged.Part.COUNTS)
            queue_counts_store.fold_counts(conn, clock.now())
            insight_store.fold_gauges(conn)


def settle_promises() -> None:
    """Any number of clocks: each skips what another one settles."""
    with db.transaction() as conn:
        promises.settle_passed(conn, clock.now())


def audit_cases() -> None:
    """See `app.chain.audit`."""
    with db.transaction() as conn:
        if turns.try_lock(conn, _AUDIT_LOCK):
            audit.run(clock.now())
            for one in promises.unkept(conn, clock.now() + _SOON):
                log.error("promise_unkept", case_id=one.case_id, kind=one.kind)
            handover.heal(clock.now())


def audit_questions() -> None:
    """No question of a customer is without a clock."""
    question_audit.run(clock.now())


def watch_rotas() -> None:
    """See `app.dispatch.oncall.covers`."""
    with db.transaction() as conn:
        if turns.try_lock(conn, _ROTA_LOCK):
            covers.watch(conn, clock.now())


def watch_the_couriers() -> None:
    """See `app.insight.gaps`."""
    gaps.watch(clock.now())


def expire_orders() -> None:
    """See `app.shipments.orders`."""
    orders.expire(clock.now())


def do(duty: Callable[[], None]) -> None:
    """Do what is done now and then; what only watches must never stop what calls."""
    try:
        duty()
    except psycopg.OperationalError:
        raise
    except Exception:
        log.exception("watch_failed", duty=duty.__name__)
