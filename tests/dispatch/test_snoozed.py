"""Calls that are put off until a time, or until something happens before it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from app import clock
from app.cases import service as cases
from app.db.connection import connection, transaction
from app.dispatch import service, store, views
from app.dispatch import story as stories
from app.dispatch.acts import rules
from app.dispatch.snoozed import service as snoozed
from app.dispatch.snoozed.events import Event
from app.dispatch.states import TaskKind
from app.dispatch.store import Task
from app.insight import story as why
from app.questions import service as questions
from app.questions.model import Wants
from app.questions.service import Written
from app.theme.times import When
from tests.dispatch.test_ladder import called, refused
from tests.inline import advance, settle
from tests.play import Play

BEN = "+17145554102"


def put_off(
    play: Play, case_id: int, event: Event | None, until: datetime | None = None
) -> datetime:
    task = snoozed.snooze(case_id, "Ana", until, clock.now(), event)
    settle()
    assert task.snoozed_until
    return task.snoozed_until


def scan(play: Play, case_id: int) -> None:
    assert play.courier("progress", attempts=None) == case_id


def choose(play: Play, case_id: int) -> None:
    play.choose(case_id, confirmed=False)


def write(play: Play, case_id: int) -> None:
    with transaction() as conn:
        case = cases.lock(conn, case_id)
        assert case
        questions.ask(conn, case, Written(text="Is it there?", wants=Wants.ANSWER), clock.now())
    settle()


HAPPENS = {Event.SCAN: scan, Event.CHOICE: choose, Event.REPLY: write}


@pytest.mark.parametrize("event", Event)
def test_the_calls_go_on_when_it_happens_and_not_before(play: Play, event: Event):
    """For a scan the database does it, by `wake_on_scan`."""
    case_id = play.courier()
    advance(minutes=21)  # the customer was told
    until = put_off(play, case_id, event)
    assert until - clock.now() > timedelta(hours=23)
    advance(hours=1)
    others = {other: act for other, act in HAPPENS.items() if other is not event}
    if event is Event.SCAN:
        others.pop(Event.CHOICE)
    for act in others.values():
        act(play, case_id)
    assert "woken" not in play.timeline(case_id)
    before = called(play, case_id)
    HAPPENS[event](play, case_id)
    assert play.timeline(case_id).count("woken") == 1
    task = failure(case_id)
    assert (task.snoozed_until, task.wakes_on) == (None, None)
    assert len(called(play, case_id)) > len(before)
    assert event.step not in play.waiting(case_id)


def failure(case_id: int) -> Task:
    tasks = store.of_case(connection(), case_id)
    return next(task for task in tasks if task.kind is TaskKind.FAILURE)


def test_when_nothing_happens_its_time_comes(play: Play):
    case_id = play.courier()
    until = clock.now() + timedelta(hours=2)
    assert put_off(play, case_id, Event.SCAN, until) == until
    advance(hours=1, minutes=59)
    assert len(called(play, case_id)) == 1
    advance(minutes=1)
    assert len(called(play, case_id)) == 2
    assert "woken" not in play.timeline(case_id)
    assert Event.SCAN.step not in play.waiting(case_id)
    scan(play, case_id)
    assert "woken" not in play.timeline(case_id)


def test_who_takes_it_on_meanwhile_is_not_called_away_by_the_event(play: Play):
    case_id = play.courier()
    put_off(play, case_id, Event.SCAN)
    play.acknowledge(case_id, "Ben")
    assert Event.SCAN.step not in play.waiting(case_id)
    before = called(play, case_id)
    scan(play, case_id)
    assert called(play, case_id) == before
    assert play.task(case_id).snoozed_until is None


def test_a_snooze_never_outlasts_the_moment_at_which_somebody_has_to_act(play: Play):
    case_id = play.courier()
    act_by = clock.now() + timedelta(hours=5)
    connection().execute("UPDATE cases SET return_by = %s WHERE id = %s", [act_by, case_id])
    late = act_by + timedelta(minutes=1)
    found = refused(snoozed.snooze, case_id, "Ana", late, clock.now())
    assert found[:2] == (422, "too_late")
    assert put_off(play, case_id, Event.SCAN) == act_by
    past = clock.now() - timedelta(minutes=1)
    assert refused(snoozed.snooze, case_id, "Ana", past, clock.now())[:2] == (422, "hour_passed")


def test_nobody_waits_for_a_choice_that_was_made(play: Play):
    case_id = play.courier()
    advance(minutes=21)
    play.choose(case_id, confirmed=False)
    found = refused(
        snoozed.snooze_task, failure(case_id).id, "Ana", None, clock.now(), Event.CHOICE
    )
    assert found[:2] == (409, "happened_already")


def test_what_is_offered_says_the_exact_time_and_ends_before_the_courier_acts():
    noon = datetime.fromisoformat("2026-11-26T20:00:00+00:00")  # noon at the depot
    when = When("America/Los_Angeles", noon)
    words = [one.words for one in rules.snoozes(when)]
    assert "until the morning: tomorrow at 08:00" in words
    assert "until the courier scans the parcel, at the latest tomorrow at 12:00" in words
    soon = rules.snoozes(when, noon + timedelta(hours=2))
    assert [one.words for one in soon][:2] == [
        "for 15 minutes: today at 12:15",
        "for 1 hour: today at 13:00",
    ]
    assert all(one.until <= noon + timedelta(hours=2) for one in soon)
    for one in soon:
        until, event = rules.read_snooze(one.value)
        assert (until, event or "") == (one.until, one.event)


@pytest.mark.parametrize("value", ["", "|", "soon|scan", "2026-11-26T20:00:00|scan"])
def test_what_is_no_time_puts_nothing_off(value: str):
    assert rules.read_snooze(value)[0] is None


def test_the_story_and_why_say_for_what_it_waits(play: Play):
    case_id = play.courier()
    until = put_off(play, case_id, Event.REPLY)
    when = When("America/Los_Angeles", clock.now())
    said = [line.text for line in stories.story(cases.timeline(connection(), case_id), when)]
    assert (
        f"Ana put the calls off until the customer writes, at the latest {when.moment(until)}."
        in said
    )
    told = why.tell(connection(), case_id, clock.now())
    assert told
    assert (until, "wake_on_reply") in [(line.at, line.who) for line in told.waiting]
    assert any("as soon as the customer writes" in line.text for line in told.waiting)
    task = service.live(case_id)
    view = views.view(task, play.case(case_id), [], None, "Ana", "ups", [], when)
    assert view.put_off == f"until the customer writes, at the latest {when.moment(until)}"
