"""The chain without a broker: what the clock does when Redis is away, step by step."""

from __future__ import annotations

from datetime import timedelta

from app import clock
from app.chain import engine, registry, store
from app.chain.store import Ref
from app.channels import outbox
from app.contact.lookup import service as lookup
from app.db.connection import connection, transaction
from app.handover import outbox as handover
from app.promises import service as promises

_LEASE = timedelta(seconds=15)


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
    for channel in outbox.channels_waiting(connection()):
        batch = outbox.take(channel, 500)
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
    while True:
        with transaction() as conn:
            promises.settle_passed(conn, clock.now())
        steps = run_steps()
        messages = send_due()
        lookups = lookup.claim(connection(), clock.now(), _LEASE, 4)
        for ref in lookups:
            lookup.ask(*ref)
        calls = hand_over()
        if not steps and not messages and not lookups and not calls:
            return


def advance(**by: float) -> None:
    """Move time forward, e.g. `advance(minutes=20)`; whatever is due on the way runs then."""
    until = clock.now() + timedelta(**by)
    while True:
        settle()
        conn = connection()
        waiting = (store.next_due(conn), outbox.next_due(conn), handover.next_due(conn))
        dues = [due for due in waiting if due]
        if not dues or min(dues) > until:
            break
        clock.advance(max(min(dues) - clock.now(), timedelta()))
    clock.advance(max(until - clock.now(), timedelta()))
