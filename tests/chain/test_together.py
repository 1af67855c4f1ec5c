"""What a step arms as due now runs in its transaction; when that fails, each run is by itself.

These are also the tests of the functions in SQL: write_steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from app.chain import engine, registry, store
from app.chain import service as chain
from app.chain.engine import LEASE
from app.chain.step import Handler, Step
from app.chain.store import Ref
from app.clock import now
from app.db.connection import Connection, connection
from tests import courier
from tests.play import Play


def run_all() -> None:
    """One batch of all that is due, as a worker gets it."""
    due = store.claim(connection(), now(), 500, LEASE)
    (name,) = {step.name for step in due}
    step_type = registry.step_type(name)
    assert step_type
    engine.run(step_type, [Ref(step.id, step.attempt) for step in due])


def instead(monkeypatch: pytest.MonkeyPatch, name: str, handler: Handler[Any]) -> Handler[Any]:
    """Let steps of this name be run by another handler; the one that they had."""
    step_type = registry.step_type(name)
    assert step_type
    monkeypatch.setitem(registry._sources, name, replace(step_type, handler=handler))
    return step_type.handler


def test_a_case_is_opened_checked_and_called_for_in_one_transaction(play: Play):
    case_id = play.hear(courier.said()).case_id or 0
    (step,) = store.claim(connection(), now(), 500, LEASE)
    hear = registry.step_type(step.name)
    assert hear
    before = connection().execute("SELECT pg_current_xact_id()::text::bigint AS x").fetchone()
    engine.run(hear, [Ref(step.id, step.attempt)])
    after = connection().execute("SELECT pg_current_xact_id()::text::bigint AS x").fetchone()
    assert play.timeline(case_id) == ["courier_failed", "contact_checked", "dispatcher_called"]
    assert play.waiting(case_id) == {"call_dispatcher", "notify_customer", "choose_default"}
    assert before
    assert after
    assert after["x"] - before["x"] == 2  # the run, and this look


def test_one_that_fails_on_the_way_takes_neither_its_neighbours_nor_what_was_done(
    play: Play, monkeypatch: pytest.MonkeyPatch
):
    bad, good = (play.hear(courier.said(parcel=p)).case_id or 0 for p in ("bad", "good"))

    def stumble(conn: Connection, steps: Sequence[Step], at: Any) -> Sequence[Any]:
        if any(step.case.id == bad for step in steps):
            raise ValueError("stumbled")
        return call(conn, steps, at)

    call = instead(monkeypatch, "call_dispatcher", stumble)
    run_all()
    assert play.timeline(good) == ["courier_failed", "contact_checked", "dispatcher_called"]
    assert play.timeline(bad) == ["courier_failed", "contact_checked"]
    (waits,) = [s for s in store.waiting(connection(), bad) if s["name"] == "call_dispatcher"]
    assert waits["last_error"] == "ValueError: stumbled"


def test_what_a_neighbour_dropped_before_its_turn_is_not_run(
    play: Play, monkeypatch: pytest.MonkeyPatch
):
    def drop(conn: Connection, steps: Sequence[Step], at: Any) -> Sequence[Any]:
        for step in steps:
            chain.drop(conn, step.case.id, "call_dispatcher")
        return look_up(conn, steps, at)

    look_up = instead(monkeypatch, "look_up_contact", drop)
    said = courier.said(phone=courier.LANDLINE, email="kim@example.com")
    case_id = play.hear(said).case_id or 0
    run_all()
    assert "dispatcher_called" not in play.timeline(case_id)
    assert "call_dispatcher" not in play.waiting(case_id)
    assert "contact_requested" in play.timeline(case_id)
