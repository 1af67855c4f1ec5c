"""The audit finds whatever lost its keeper, at a cost that follows from what happened.

These are also the tests of the functions in SQL: suspect_orphans.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest

from app import clock
from app.chain import audit, store
from app.db.connection import connection, transaction
from tests.inline import settle
from tests.play import Play


@pytest.fixture
def cases(play: Play, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Six open cases, of which each audit sweeps two; all were looked at before."""
    made = [play.courier(parcel=f"P{number}") for number in range(6)]
    for _ in range(2):
        play.orphans()
    monkeypatch.setattr(audit, "_SLICE", 2)
    return made


def end_of_sweep() -> None:
    connection().execute("UPDATE orphan_marks SET swept = 1000000")


def test_a_case_that_loses_its_steps_is_found_by_the_next_audit(play: Play, cases: list[int]):
    end_of_sweep()
    connection().execute("DELETE FROM steps WHERE case_id = ANY(%s)", [cases[3:5]])
    assert audit.run(clock.now()).orphans == cases[3:5]
    settle()
    assert audit.run(clock.now()).orphans == []


def test_what_the_chain_moves_on_is_looked_at_once_and_let_be(play: Play, cases: list[int]):
    play.acknowledge(cases[0])
    play.courier("delivered", parcel="P1")
    assert audit.run(clock.now()).orphans == []
    assert count("SELECT count(*) AS n FROM orphan_suspects") == 0


def test_only_who_has_lost_the_last_step_is_suspected(play: Play, cases: list[int]):
    first, *others = (step["id"] for step in store.waiting(connection(), cases[0]))
    connection().execute("DELETE FROM steps WHERE id = %s", [first])
    assert count("SELECT count(*) AS n FROM orphan_suspects") == 0
    connection().execute("DELETE FROM steps WHERE id = ANY(%s)", [others])
    assert count("SELECT count(*) AS n FROM orphan_suspects") == 1


def test_a_case_that_begins_without_a_step_is_found_by_the_audit_after_the_next(
    play: Play, cases: list[int]
):
    connection().execute("ALTER TABLE steps DISABLE TRIGGER steps_gone")
    new = play.courier(parcel="new")
    connection().execute("DELETE FROM steps WHERE case_id = %s", [new])
    end_of_sweep()
    assert audit.run(clock.now()).orphans == []
    end_of_sweep()
    assert audit.run(clock.now()).orphans == [new]


def test_the_sweep_finds_what_no_trigger_wrote_down(play: Play, cases: list[int]):
    connection().execute("ALTER TABLE steps DISABLE TRIGGER steps_gone")
    connection().execute("UPDATE orphan_marks SET swept = 0")
    connection().execute("DELETE FROM steps")
    healed = [audit.run(clock.now()).orphans for _ in range(3)]
    assert healed == [cases[:2], cases[2:4], cases[4:]]


def test_whoever_asks_by_hand_is_told_of_all(play: Play, cases: list[int]):
    connection().execute("ALTER TABLE steps DISABLE TRIGGER steps_gone")
    connection().execute("DELETE FROM steps")
    connection().execute("UPDATE orphan_marks SET swept = %s", [cases[2]])
    assert audit.run(clock.now(), all_open=True).orphans == cases


def test_the_sweep_begins_anew(play: Play, cases: list[int]):
    connection().execute("UPDATE orphan_marks SET swept = %s", [cases[4]])
    assert play.orphans() == []
    connection().execute("ALTER TABLE steps DISABLE TRIGGER steps_gone")
    connection().execute("DELETE FROM steps WHERE case_id = %s", [cases[0]])
    assert play.orphans() == [cases[0]]


def test_more_than_are_healed_at_once_are_healed_next(
    play: Play, cases: list[int], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(audit, "_AT_ONCE", 2)
    connection().execute("DELETE FROM steps")
    healed = []
    for _ in range(3):
        end_of_sweep()
        healed += audit.run(clock.now()).orphans
    assert healed == cases


def test_an_audit_that_is_rolled_back_has_looked_at_nothing(play: Play, cases: list[int]):
    end_of_sweep()
    connection().execute("DELETE FROM steps WHERE case_id = %s", [cases[5]])
    with suppress(ZeroDivisionError), transaction() as conn:
        assert audit.find_orphans(conn) == [cases[5]]
        raise ZeroDivisionError
    end_of_sweep()
    assert play.orphans() == [cases[5]]


def test_steps_that_fail_or_wait_too_long_are_found(play: Play, cases: list[int]):
    now = clock.now()
    connection().execute("UPDATE steps SET due_at = %s", [now + timedelta(days=1)])
    sql = """UPDATE step_runs SET tries = %s, last_error = 'x', lease_until = %s
              WHERE case_of_step(id) = %s"""
    connection().execute(sql, [store.TOO_OFTEN, now + timedelta(hours=1), cases[0]])
    connection().execute(sql, [store.TOO_OFTEN - 1, now + timedelta(hours=1), cases[1]])
    late = "UPDATE steps SET due_at = %s WHERE case_id = %s"
    connection().execute(late, [now - timedelta(minutes=6), cases[2]])
    connection().execute(late, [now - timedelta(minutes=4), cases[3]])
    assert {step["case_id"] for step in audit.run(now).stuck} == {cases[0], cases[2]}


def test_failing_steps_are_found_by_their_own_index(play: Play, cases: list[int]):
    connection().execute("SET enable_seqscan = off")
    rows = connection().execute(
        """EXPLAIN SELECT id FROM step_runs WHERE tries >= 3 AND last_error IS NOT NULL
                    ORDER BY wake_at, id LIMIT 10"""
    )
    assert "step_runs_failing" in "\n".join(row["QUERY PLAN"] for row in rows.fetchall())
    connection().execute("RESET enable_seqscan")


def count(sql: str) -> int:
    row = connection().execute(sql.encode()).fetchone()
    assert row
    return int(row["n"])
