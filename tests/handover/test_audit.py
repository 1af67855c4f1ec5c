"""The audit of bookings and questions costs what is open, however much is over."""

from __future__ import annotations

import os

import pytest

from app import clock
from app.db.connection import connection, transaction
from app.handover import audit, store
from app.questions import store as questions
from tests.handover.test_stories import booked
from tests.play import Play

MANY = int(os.environ.get("REKNOCK_MANY", "100000"))


@pytest.mark.slow
def test_what_nobody_looks_after_is_found_along_an_index_however_much_is_over(play: Play) -> None:
    case_id = booked(play)
    with transaction() as conn:
        conn.execute("SET LOCAL session_replication_role = replica")  # no triggers, no checks
        conn.execute(
            """INSERT INTO bookings (case_id, round, kind, slot_id, starts_at, ends_at, cutoff_at,
                                     chosen_by, state, sequence, created_at, ended_at)
               SELECT 1000 + n, 1, 'redelivery', 1, now(), now(), now(), 'customer', 'kept', 0,
                      now(), now() FROM generate_series(1, %s) AS n""",
            [MANY],
        )
        conn.execute(
            """INSERT INTO questions (case_id, text, channel, sender, asked_at, answer_by, wants,
                                      answered_at, answered_by)
               SELECT 1000 + n, '', 'sms', '', now(), now(), 'answer', now(), 'Ana'
                 FROM generate_series(1, %s) AS n""",
            [MANY],
        )
    connection().execute("ANALYZE bookings, questions, steps, cases")
    for query, index in (
        (store.KEEPERLESS, "bookings_unconfirmed"),
        (questions.WITHOUT_CLOCK, "questions_open"),
    ):
        (top,) = connection().execute(
            b"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + query.encode(), [9], prepare=False
        )
        plan = top["QUERY PLAN"][0]
        assert index in str(plan)
        read = plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"]
        assert read < 200, plan
    assert audit.find(connection()) == []
    connection().execute(
        "DELETE FROM steps WHERE case_id = %s AND name IN ('hand_over', 'call_for_handover')",
        [case_id],
    )
    assert audit.find(connection()) == [case_id]
    assert audit.heal(clock.now()) == [case_id]
    assert audit.find(connection()) == []
