"""Running steps: once, whatever comes twice; never held up by a neighbour; found when lost."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from marshmallow import ValidationError

from app import clock
from app.cases.model import Resolution
from app.chain import audit, engine, policy, registry, store
from app.chain import service as chain
from app.chain.step import BUILT_IN, Again, Done, Handler, Plain, Result, Step, StepType
from app.chain.store import Ref
from app.db import connection as db
from app.db.connection import Connection, connection, transaction
from tests import courier
from tests.inline import advance, run_steps, settle
from tests.play import Play

LEASE = timedelta(seconds=15)


def note(conn: Connection, steps: Sequence[Step], _now: Any) -> list[Result[Plain]]:
    """A handler whose runs can be counted."""
    for step in steps:
        conn.execute(
            "INSERT INTO timeline (case_id, at, kind, actor) VALUES (%s, now(), 'ran', 'test')",
            [step.case.id],
        )
    return [Done(Plain.DONE) for _ in steps]


def running(handler: Handler[Plain], name: str = BUILT_IN) -> StepType[Plain]:
    return StepType(name=name, handler=handler, outcomes=Plain, label="test", after_close=True)


def claim(limit: int = 500) -> list[tuple[int, int, str]]:
    return [step[:3] for step in store.claim(connection(), clock.now(), limit, LEASE)]


def test_a_task_message_that_comes_twice_or_too_late_does_nothing(play: Play):
    case_id = play.hear(courier.said()).case_id or 0
    (first,) = claim()
    clock.advance(LEASE)
    (second,) = claim()
    assert second[1] == first[1] + 1
    assert engine.run(running(note), [Ref(*first[:2])]) == 0
    assert engine.run(running(note), [Ref(*second[:2])]) == 1
    assert engine.run(running(note), [Ref(*second[:2])]) == 0
    assert play.timeline(case_id).count("ran") == 1


def test_who_waited_for_the_case_finds_what_is_left_of_its_steps(play: Play):
    """`take_steps`: who has the case has its steps, and none of them is locked by itself."""
    play.hear(courier.said())
    (step_id, attempt, name) = claim()[0]
    waits = "SELECT FROM pg_locks WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))"

    def take() -> list[dict[str, Any]]:
        with db.connect("") as other:
            return store.take(other, name, [Ref(step_id, attempt)], clock.now())

    with ThreadPoolExecutor() as pool, transaction() as conn:
        (mine,) = store.take(conn, name, [Ref(step_id, attempt)], clock.now())
        second = pool.submit(take)
        while not second.done() and not conn.execute(waits).fetchall():
            pass
        conn.execute("DELETE FROM steps WHERE id = %s", [mine["id"]])
    assert second.result() == []


def test_by_which_request_a_step_came_to_be_is_written_where_it_is_not_its_cases(play: Play):
    asked: list[str] = []

    def ask(_conn: Connection, steps: Sequence[Step], _now: Any) -> list[Result[Plain]]:
        asked.extend(step.request_id for step in steps)
        return [Done(Plain.DONE) for _ in steps]

    case_id = play.courier()
    kept = connection().execute("SELECT name, request_id FROM steps").fetchall()
    assert {row["request_id"] for row in kept} == {None}
    for request_id in (None, "another"):
        chain.arm(connection(), [store.NewStep(case_id, BUILT_IN, clock.now(), {}, request_id)])
        engine.run(running(ask), [Ref(*claim()[0][:2])])
    assert asked == ["request-1", "another"]


def test_a_task_message_of_a_step_that_was_put_off_waits(play: Play):
    play.hear(courier.said())
    (step_id, attempt, _) = claim()[0]
    connection().execute("UPDATE steps SET due_at = %s", [clock.now() + timedelta(hours=1)])
    assert engine.run(running(note), [Ref(step_id, attempt)]) == 0


def test_two_workers_with_the_same_task_message_do_it_once(play: Play):
    case_id = play.hear(courier.said()).case_id or 0
    (step_id, attempt, _) = claim()[0]

    def work(_: int) -> int:
        try:
            return engine.run(running(note), [Ref(step_id, attempt)])
        finally:
            db.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == 1
    assert play.timeline(case_id).count("ran") == 1


def test_two_clocks_never_claim_the_same(play: Play):
    for n in range(40):
        play.hear(courier.said(parcel=f"P{n}"))

    def look(_: int) -> list[int]:
        try:
            return [step for step, _, _ in claim(7)]
        finally:
            db.close()

    with ThreadPoolExecutor(4) as pool:
        claimed = [step for found in pool.map(look, range(8)) for step in found]
    assert len(claimed) == len(set(claimed)) == 40


def test_one_bad_case_does_not_hold_up_its_neighbours_and_is_tried_less_and_less(play: Play):
    bad, good = (play.hear(courier.said(parcel=p)).case_id or 0 for p in ("bad", "good"))

    def stumble(conn: Connection, steps: Sequence[Step], now: Any) -> list[Result[Plain]]:
        if any(step.case.id == bad for step in steps):
            raise ValueError("stumbled")
        return note(conn, steps, now)

    waits = []
    for _ in range(5):
        found = claim()
        engine.run(running(stumble), [Ref(*ref[:2]) for ref in found])
        row = (
            connection()
            .execute("SELECT * FROM step_runs WHERE case_of_step(id) = %s", [bad])
            .fetchone()
        )
        assert row
        assert row["last_error"] == "ValueError: stumbled"
        waits.append(round((row["lease_until"] - clock.now()).total_seconds() / 15))
        clock.advance(row["lease_until"] - clock.now())
    assert waits == [1, 2, 4, 8, 16]
    assert play.timeline(good).count("ran") == 1
    assert play.timeline(bad).count("ran") == 0
    assert [step["case_id"] for step in audit.run(clock.now()).stuck] == [bad]
    settle()
    assert play.waiting(bad) >= {"call_dispatcher"}


def test_what_a_failed_run_wrote_is_undone(play: Play):
    case_id = play.hear(courier.said()).case_id or 0

    def half(conn: Connection, steps: Sequence[Step], now: Any) -> list[Result[Plain]]:
        note(conn, steps, now)
        raise ValueError("stumbled")

    (step_id, attempt, _) = claim()[0]
    engine.run(running(half), [Ref(step_id, attempt)])
    assert play.timeline(case_id).count("ran") == 0


def test_a_step_of_a_closed_case_is_let_go(play: Play):
    case_id = play.courier()
    with transaction() as conn:
        chain.arm(conn, [store.NewStep(case_id, "remind_customer", clock.now(), {}, "r")])
        conn.execute("UPDATE cases SET state = 'closed' WHERE id = %s", [case_id])
    run_steps()
    assert "remind_customer" not in play.waiting(case_id)


def test_arming_twice_is_arming_once_with_the_newer_time(play: Play):
    case_id = play.courier()
    times = [clock.now() + timedelta(hours=n) for n in (1, 2)]
    with transaction() as conn:
        for at in times:
            chain.arm(conn, [store.NewStep(case_id, "thank", at, {}, "r")])
    waiting = [s for s in store.waiting(connection(), case_id) if s["name"] == "thank"]
    assert [step["due_at"] for step in waiting] == times[1:]


@pytest.mark.parametrize("after", ["", "dropped", "closed"])
def test_what_a_handler_arms_as_due_now_is_run_with_it_unless_it_goes_again(
    play: Play, monkeypatch: pytest.MonkeyPatch, after: str
):
    case_id = play.hear(courier.said()).case_id or 0
    monkeypatch.setattr(registry, "step_type", lambda name: running(note, name))

    def arms(conn: Connection, steps: Sequence[Step], now: Any) -> list[Result[Plain]]:
        chain.arm(conn, [store.NewStep(case_id, "pause", now, {"n": 1})])
        assert chain.waiting(conn, case_id)["pause"] == (now, {"n": 1})
        if after == "dropped":
            chain.drop(conn, case_id, "pause")
        elif after == "closed":
            chain.close(conn, steps[0].case, Resolution.REFUNDED, "test", now)
        assert ("pause" in chain.waiting(conn, case_id)) is (after == "")
        return [Done(Plain.DONE)]

    (first,) = claim()
    engine.run(running(arms), [Ref(*first[:2])])
    if not after:
        assert play.timeline(case_id).count("ran") == 1
    assert "pause" not in play.waiting(case_id)


def test_a_handler_that_wants_to_wait_keeps_its_step(play: Play):
    case_id = play.hear(courier.said()).case_id or 0
    at = clock.now() + timedelta(days=1)
    (step_id, attempt, _) = claim()[0]
    engine.run(running(lambda *_: [Again(at, {"n": 1})]), [Ref(step_id, attempt)])
    (step,) = store.waiting(connection(), case_id)
    assert (step["due_at"], step["data"], step["tries"]) == (at, {"n": 1}, 0)


# --- the audit


@pytest.mark.parametrize("state", ["open", "informed", "booked"])
def test_an_orphan_is_found_healed_and_told_nothing_twice(play: Play, state: str):
    case_id = play.courier()
    if state != "open":
        play.acknowledge(case_id)
    if state == "booked":
        play.choose(case_id)
    before = play.told(case_id)
    connection().execute("DELETE FROM steps WHERE case_id = %s", [case_id])
    assert play.orphans() == [case_id]
    assert audit.run(clock.now()).orphans == [case_id]
    settle()
    assert play.orphans() == []
    assert "audit_healed" in play.timeline(case_id)
    assert play.told(case_id) == before
    assert play.case(case_id).state == state
    advance(days=1)
    assert play.news_by(case_id) > clock.now()


def test_a_house_in_order_has_nothing_to_report(play: Play):
    play.courier()
    advance(hours=5)
    assert not any(audit.run(clock.now()))


# --- policies


def test_a_new_policy_does_not_disturb_a_running_case(play: Play):
    case_id = play.courier()
    body = policy.STANDARD | {"choose_within": policy.HOUR}
    with transaction() as conn:
        newer = policy.create(conn, "hasty", body, clock.now())
        conn.execute("UPDATE shippers SET policy_id = %s", [newer])
    advance(hours=3)
    assert play.case(case_id).state == "informed"
    hasty = play.courier(parcel="P2")
    advance(hours=1)
    assert play.case(hasty).state == "booked"


def test_a_policy_row_never_changes(play: Play):
    from psycopg.errors import RaiseException

    with pytest.raises(RaiseException, match="never changes"):
        connection().execute("UPDATE policies SET name = 'x'")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"start": "nothing"}, "start"),
        ({"news_every": 1}, "news_every"),
        ({"catch_all_times": 0}, "catch_all_times"),
        ({"default": "luck"}, "default"),
    ],
)
def test_a_policy_that_could_leave_a_case_hanging_is_refused(change: dict[str, Any], field: str):
    with pytest.raises(ValidationError) as refused:
        policy.check(policy.STANDARD | change)
    assert field in refused.value.normalized_messages()
