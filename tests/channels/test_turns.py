"""Whose message is taken next, of many accounts: in turns, as many as there is room for.

These are also the tests of the functions in SQL: lock_due_messages.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from app import clock
from app.channels import queue_store
from app.db.connection import transaction
from app.settings import Settings
from tests.channels.world import read, run

HOUR = timedelta(hours=1)


def queue(account: int, number: int, due: timedelta = -HOUR, audience: str = "customer") -> None:
    """So many text messages of one account, a second after one another."""
    run(
        """INSERT INTO messages (case_id, audience, topic, idempotency_key, channel, recipient,
               due_at, created_at, request_id, account_id)
           SELECT %s, %s, 't', gen_random_uuid(), 'sms', '+1', %s + n * interval '1 second',
                  now(), 'r', %s
             FROM generate_series(1, %s) n""",
        account,
        audience,
        clock.now() + due,
        account,
        number,
    )


def take(room: int) -> dict[int, int]:
    """By account, how many messages are taken now."""
    with transaction() as conn:
        ids = queue_store.lock_due(conn, "sms", clock.now(), room)
    found = read(
        """SELECT account_id, count(*) AS n FROM messages WHERE id = ANY(%s)
            GROUP BY account_id ORDER BY account_id""",
        ids,
    )
    return {row["account_id"]: row["n"] for row in found}


pytestmark = pytest.mark.usefixtures("settings")


def test_accounts_take_turns_whatever_the_hour_their_messages_are_from() -> None:
    queue(1, 100, due=-50 * HOUR)
    queue(1, 100)
    queue(2, 3)
    queue(3, 5, due=-3 * HOUR)
    assert take(9) == {1: 3, 2: 3, 3: 3}
    assert take(13) == {1: 5, 2: 3, 3: 5}


def test_all_room_is_used_when_most_have_little_and_one_has_much() -> None:
    queue(1, 500)
    for account in range(2, 30):
        queue(account, 1)
    taken = take(64)
    assert sum(taken.values()) == 64
    assert len(taken) == 29


def test_staff_comes_after_customers_and_gets_its_turn() -> None:
    queue(1, 10, audience="dispatcher")
    queue(1, 10)
    queue(2, 10, due=HOUR)
    with transaction() as conn:
        ids = queue_store.lock_due(conn, "sms", clock.now(), 4)
    rows = read("SELECT id, audience FROM messages WHERE id = ANY(%s)", ids)
    audiences = {row["id"]: row["audience"] for row in rows}
    assert [audiences[n] for n in ids] == ["customer", "dispatcher", "customer", "dispatcher"]


def test_accounts_that_wait_for_the_morning_cost_nothing(settings: Settings) -> None:
    queue(1, 5)
    before = looks()
    for account in range(2, 80):
        queue(account, 3, due=10 * HOUR)
    assert looks() < before + 10  # another plan may look a few times more


def looks() -> int:
    """How often an index of the messages is looked into for one take."""
    query = "SELECT idx_scan FROM pg_stat_xact_user_tables WHERE relname = 'messages'"
    with transaction() as conn:
        (before,) = read(query)
        queue_store.lock_due(conn, "sms", clock.now(), 16)
        (after,) = read(query)
    return int(after["idx_scan"] - before["idx_scan"])
