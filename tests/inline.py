"""The chain without a broker: what the clock does when Redis is away, step by step."""

from __future__ import annotations

from datetime import datetime, timedelta

from app import clock
from app.chain import engine, registry, store
from app.chain.store import Ref
from app.channels import outbox
from app.contact.lookup import service as lookup
from app.db.connection import connection, transaction
from app.handover import outbox as handover
from app.handover.acts_store import FIRST
from app.promises import service as promises

_LEASE = timedelta(seconds=15)

# Most looks find nothing to do. One statement says so; what each kind of process would ask, and
# what it takes of what is there, is asked only when something may be due.
_WAITS = f"""
SELECT lost, lost OR least(step, message, waiting, calling, lookup, promise) <= %s AS due,
       least(step, message, waiting) AS planned
  FROM (SELECT (SELECT min(wake_at) FROM step_runs) AS step,
               (SELECT min(wake_at) FROM message_queue WHERE state = 'queued') AS message,
               (SELECT min(due_at) FROM handover_acts a WHERE state = 'waiting' AND {FIRST})
                   AS waiting,
               (SELECT min(due_at) FROM handover_acts WHERE state = 'calling') AS calling,
               (SELECT min(wake_at) FROM lookups WHERE state = 'queued') AS lookup,
               (SELECT min(wait_until) FROM promises WHERE state = 'open') AS promise,
               (SELECT count(*) < 2 FROM unlogged_is_whole WHERE part IN ('steps', 'messages'))
                   AS lost) AS of
"""
_LANES = """
SELECT DISTINCT channel FROM message_queue WHERE state = 'queued' AND wake_at <= %s ORDER BY channel
"""


def run_steps() -> int:
    """Run the steps that are due now, but send nothing; how many there were."""
    due = store.claim(connection(), clock.now(), 500, _LEASE)
    for step in due:
        refs = [Ref(step.id, step.attempt)]
        step_type = registry.step_type(step.name)
        if step_type is None:
            engine.refuse(step.name, refs)
        else:
            engine.run(step_type, refs)
    return len(due)


def lose_task_messages() -> None:
    """What a killed clock or worker leaves: claimed and never run, until the lease is over."""
    store.claim(connection(), clock.now(), 500, _LEASE)
    clock.advance(_LEASE)


def send_due() -> int:
    """Send what is due now, as the sender process does; how many messages there were."""
    found = 0
    conn = connection()
    if not outbox.channels_waiting(conn):  # fills what a crash of the server has emptied
        return 0
    for lane in conn.execute(_LANES, [clock.now()]).fetchall():
        batch = outbox.take(lane["channel"], 500)
        outbox.record([(call, outbox.call(call)) for call in batch.calls])
        found += batch.found
    return found


def hand_over() -> int:
    """Tell couriers what is due now, as the sender process does; how many calls there were."""
    calls = [
        call
        for account_id in handover.accounts_due(connection())
        for call in handover.take(account_id, 500)
    ]
    for call in calls:
        handover.record([(call, handover.call(call))])
    return len(calls)


def settle() -> None:
    """Run whatever is due, and what that makes due, until nothing is."""
    _settle()


def advance(**by: float) -> None:
    """Move time forward, e.g. `advance(minutes=20)`; whatever is due on the way runs then."""
    until = clock.now() + timedelta(**by)
    while (due := _settle()) and due <= until:
        clock.advance(max(due - clock.now(), timedelta()))
    clock.advance(max(until - clock.now(), timedelta()))


def _settle() -> datetime | None:
    """Settle; when something is due next."""
    while True:
        waits = connection().execute(_WAITS, [clock.now()]).fetchone()
        assert waits
        if not waits["due"] or not (_round() or waits["lost"]):
            planned: datetime | None = waits["planned"]
            return planned


def _round() -> bool:
    """Run what is due now; whether there was anything."""
    with transaction() as conn:
        broken = promises.settle_passed(conn, clock.now())
    steps = run_steps()
    messages = send_due()
    lookups = lookup.claim(connection(), clock.now(), _LEASE, 4)
    for ref in lookups:
        lookup.ask(*ref)
    calls = hand_over()
    return bool(broken or steps or messages or lookups or calls)
