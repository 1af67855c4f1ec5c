"""Who is called, in which order, until somebody answers; and what those who answer can do."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app import clock
from app.db.connection import connection
from app.dispatch import service
from app.dispatch.snoozed import service as snoozed
from app.errors import Problem
from tests.inline import advance, settle
from tests.play import Play

ANA, BEN, CLEO, CLEO_MAIL = "+17145554101", "+17145554102", "+17145554103", "cleo@example.com"


def called(play: Play, case_id: int) -> list[str]:
    """The numbers and addresses that were called, in order."""
    return [recipient for _, recipient in play.told(case_id, "dispatcher")]


def refused(act, *values) -> tuple[int, str, str]:
    with pytest.raises(Problem) as caught:
        act(*values)
    return caught.value.status, caught.value.code, caught.value.detail


def test_level_after_level_and_then_the_catch_all_by_all_her_ways(play: Play):
    case_id = play.courier()
    assert called(play, case_id) == [ANA]
    advance(minutes=4)
    assert called(play, case_id) == [ANA]
    advance(minutes=1)
    assert called(play, case_id) == [ANA, BEN]
    advance(minutes=10)
    assert called(play, case_id) == [ANA, BEN, CLEO, CLEO_MAIL]


def test_the_catch_all_is_called_on_and_on_and_the_customer_does_not_wait_for_it(play: Play):
    case_id = play.courier()
    advance(minutes=20)
    assert play.topics(case_id) == ["failure"]
    advance(hours=3)
    assert called(play, case_id) == [ANA, BEN, *[CLEO, CLEO_MAIL] * 6]
    assert play.timeline(case_id).count("ladder_exhausted") == 1
    assert play.tasks(case_id) == [("failure", "open")]


def test_an_acknowledgement_stops_the_ladder_and_tells_the_customer(play: Play):
    case_id = play.courier()
    assert play.acknowledge(case_id, "Ana", outcome="deliver_again").fresh
    assert play.topics(case_id) == ["failure"]
    advance(hours=1)
    assert called(play, case_id) == [ANA]
    assert "call_dispatcher" not in play.waiting(case_id)


def test_who_comes_second_is_told_who_was_first(play: Play):
    case_id = play.courier()
    first = play.acknowledge(case_id, "Ana")
    second = play.acknowledge(case_id, "Ben")
    assert (second.fresh, second.by, second.at) == (False, "Ana", first.at)


def test_who_comes_too_late_is_told_what_happened(play: Play):
    case_id = play.courier()
    play.courier("delivered")
    status, code, detail = refused(play.acknowledge, case_id)
    assert (status, code) == (409, "task_over")
    assert "Closed: delivered." in detail


def test_somebody_without_a_way_to_be_called_is_passed_over(play: Play):
    connection().execute("UPDATE people SET phone = NULL WHERE name = 'Ana'")
    assert called(play, play.courier()) == [BEN]


def test_a_catch_all_without_a_way_is_a_row_with_a_reason(play: Play):
    connection().execute("UPDATE people SET phone = 'none', email = NULL")
    case_id = play.courier()
    (unsent,) = play.messages(case_id, audience="dispatcher")
    assert (unsent["state"], unsent["why"]) == ("suppressed", "no_address")
    advance(hours=1)
    assert play.topics(case_id) == ["failure"]


def test_calls_that_came_too_late_are_not_made(play: Play):
    case_id = play.courier()
    clock.advance(timedelta(hours=2))  # as if every process had been down
    settle()
    assert called(play, case_id) == [ANA, BEN]


def test_passing_on_calls_the_next_at_once(play: Play):
    case_id = play.courier()
    play.acknowledge(case_id, "Ana")
    service.pass_on(play.task(case_id).id, "Ana", clock.now())
    settle()
    assert called(play, case_id) == [ANA, BEN]
    assert play.case(case_id).acknowledged_by is None
    assert play.acknowledge(case_id, "Ben").fresh


def test_nobody_is_left_to_pass_it_on_to(play: Play):
    case_id = play.courier()
    advance(hours=3)
    play.acknowledge(case_id, "Cleo")
    status, code, _ = refused(service.pass_on, play.task(case_id).id, "Cleo", clock.now())
    assert (status, code) == (409, "nobody_left")
    assert play.task(case_id).acknowledged_by == "Cleo"


def test_resolving_acknowledges_and_doing_it_twice_changes_nothing(play: Play):
    task = play.task(play.courier())
    done = service.resolve(task.id, "Ana", "deliver_again", "tomorrow", clock.now())
    assert (done.state, done.acknowledged_by, done.note) == ("resolved", "Ana", "tomorrow")
    assert service.resolve(task.id, "Ben", "other", "", clock.now()) == done
    settle()
    assert play.topics(task.case_id) == ["failure"]


def test_snoozing_calls_nobody_for_a_while_and_the_customer_still_hears(play: Play):
    case_id = play.courier()
    snoozed.snooze(case_id, "Ana", clock.now() + timedelta(minutes=30), clock.now())
    advance(minutes=29)
    assert called(play, case_id) == [ANA]
    assert play.topics(case_id) == ["failure"]
    advance(minutes=2)
    assert called(play, case_id) == [ANA, BEN]


def test_a_snooze_of_what_somebody_has_is_refused(play: Play):
    case_id = play.courier()
    play.acknowledge(case_id, "Ana")
    assert refused(snoozed.snooze, case_id, "Ben", clock.now() + timedelta(minutes=5), clock.now())[
        :2
    ] == (409, "nobody_called")


def test_an_outcome_must_be_one_we_know(play: Play):
    task = play.task(play.courier())
    status, code, _ = refused(service.acknowledge, task.id, "Ana", "", "gave up", clock.now())
    assert (status, code) == (422, "no_such_outcome")
    assert play.task(task.case_id).state == "open"


def test_what_was_called_for_before_is_not_rung_after_worse_news(play: Play):
    case_id = play.courier()
    connection().execute(
        "UPDATE messages SET state = 'queued', due_at = %s", [clock.now() + timedelta(hours=1)]
    )
    play.courier("lost")
    old, *new = play.messages(case_id, audience="dispatcher")
    assert (old["state"], old["why"]) == ("suppressed", "superseded")
    assert [message["state"] for message in new] == ["delivered"]


def test_an_old_link_does_not_stop_the_new_ladder(play: Play):
    case_id = play.courier()
    old = play.task(case_id)
    play.courier("lost")
    assert refused(service.acknowledge, old.id, "Ana", "", "", clock.now())[:2] == (
        409,
        "task_over",
    )
    advance(minutes=5)
    assert called(play, case_id) == [ANA, ANA, BEN]
