"""More is due than one claim takes: no account's flood holds up another's single failure.

These are also the tests of the functions in SQL: claim_steps, claim_oldest_steps,
claim_steps_in_turn, accounts_with_due_steps, steps_know_their_account.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.chain import changes_store, store
from app.chain.changes_store import Changes
from app.db.connection import Connection, connection
from app.settings import Settings
from tasks.claims import BATCH, CLAIM

NOW = datetime(2036, 5, 6, 16, tzinfo=UTC)
LEASE = timedelta(seconds=15)


@pytest.fixture
def conn(settings: Settings) -> Connection:
    return connection()


def due(conn: Connection, account: int, number: int, since: datetime = NOW) -> None:
    """Steps of an account that became due one after the other, up to `since`."""
    conn.execute(
        """INSERT INTO steps (case_id, name, due_at, request_id, account_id)
           SELECT %(account)s * 1000000 + (SELECT count(*) FROM steps) + n, 'note',
                  %(since)s - n * interval '1 ms', 'r', %(account)s
             FROM generate_series(1, %(number)s::int) n""",
        {"account": account, "number": number, "since": since},
    )


def claim(conn: Connection, limit: int, now: datetime = NOW) -> list[int]:
    """The accounts of the steps that a claim gets, in its order."""
    claimed = [step.id for step in store.claim(conn, now, limit, LEASE)]
    rows = conn.execute(
        """SELECT s.account_id FROM unnest(%s::bigint[]) WITH ORDINALITY AS c(id, place)
             JOIN step_runs s USING (id) ORDER BY c.place""",
        [claimed],
    )
    return [row["account_id"] for row in rows]


def test_a_single_failure_is_in_the_first_task_message_beside_another_s_flood(conn: Connection):
    due(conn, account=1, number=5000, since=NOW - timedelta(hours=1))
    due(conn, account=2, number=3)
    accounts = claim(conn, CLAIM)
    assert len(accounts) == CLAIM
    assert accounts[:BATCH].count(2) == 3
    assert set(claim(conn, CLAIM)) == {1}


def test_a_claim_keeps_its_limit_although_the_planner_believes_that_nothing_waits(conn: Connection):
    conn.execute("TRUNCATE steps")
    conn.execute("ANALYZE steps")
    for _ in range(8):  # the session keeps its plans from now on
        assert claim(conn, 10) == []
    due(conn, account=1, number=300)
    conn.execute("UPDATE steps SET due_at = %s", [NOW])
    assert claim(conn, 40) == [1] * 40
    due(conn, account=2, number=300)
    assert len(claim(conn, 40)) == 40
    others = store.claim_others(conn, NOW, 40, LEASE, store.EVER, [1])
    assert [step.account_id for step in others] == [2] * 40


def test_of_more_accounts_than_fit_those_that_wait_longest_come_first(conn: Connection):
    for account in range(1, 31):
        due(conn, account, number=2, since=NOW - timedelta(minutes=account))
    got = Counter(claim(conn, limit=10))
    assert got == Counter(range(22, 31)) + Counter([30])


def test_what_a_worker_lost_is_claimed_again_although_a_flood_never_ends(conn: Connection):
    due(conn, account=2, number=1, since=NOW - timedelta(hours=1))
    (lost,) = store.claim(conn, NOW, 10, LEASE)
    later = NOW + LEASE + timedelta(seconds=2)
    due(conn, account=1, number=1000, since=later)
    due(conn, account=3, number=1000, since=later)
    claimed = store.claim(conn, later, 100, LEASE)
    assert [step.id for step in claimed if step.lost] == [lost.id]


def test_a_step_knows_the_account_of_its_case(conn: Connection):
    conn.execute(
        """INSERT INTO cases (shipment_id, shipper_id, account_id, depot_id, policy_id, kind,
               reason, fault, words, opened_at, updated_at, request_id)
           VALUES (1, 1, 77, 1, 1, 'failed', '', '', '', now(), now(), 'r')"""
    )
    (case,) = conn.execute("SELECT id FROM cases").fetchall()
    new = store.NewStep(case["id"], "note", NOW, {}, "r")
    changes_store.write(conn, Changes.arming([new]), NOW)
    assert claim(conn, 10) == [77]


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=25,
)
@given(
    waiting=st.dictionaries(st.integers(1, 9), st.integers(1, 60), min_size=1),
    limit=st.integers(10, 50),
)
def test_everybody_gets_the_same_until_they_have_all_and_nothing_is_claimed_twice(
    conn: Connection, waiting: dict[int, int], limit: int
):
    conn.execute("DELETE FROM steps")
    for account, number in waiting.items():
        due(conn, account, number)
    left = Counter(waiting)
    while left.total():
        got = Counter(claim(conn, limit))
        assert got.total() == min(limit, left.total())
        some_left = [account for account in left if got[account] < left[account]]
        least = min((got[account] for account in some_left), default=limit)
        share = (limit - limit // 10) // len(left)
        assert least >= min(share, limit) - 1 or not some_left
        left -= got
    assert not claim(conn, limit)


def test_what_became_due_before_is_left_to_a_look_at_everything(conn: Connection):
    due(conn, account=1, number=1, since=NOW - timedelta(minutes=1))
    assert store.claim(conn, NOW, 10, LEASE, NOW - timedelta(seconds=30)) == []
    assert store.next_due(conn, NOW - timedelta(seconds=30)) is None
    (step,) = store.claim(conn, NOW, 10, LEASE)
    assert step.attempt == 2, "the first claim"
