"""What somebody took on and does not finish: they are reminded, and then it goes back."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app import clock
from app.booking import service as booking
from app.chain import policy
from app.db import connection as db
from app.db.connection import connection
from app.dispatch import service
from app.dispatch.taken import longer, rules
from app.settings import Settings
from tests.dispatch.test_ladder import called, refused
from tests.inline import advance, settle
from tests.play import Play

ANA, BEN = "+17145554101", "+17145554102"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTES = st.integers(1, 6000).map(lambda n: timedelta(minutes=n))


def texts(play: Play, case_id: int, number: str) -> list[str]:
    found = play.messages(case_id, audience="dispatcher", recipient=number, state="delivered")
    return [message["text"] for message in found]


def take(play: Play, case_id: int, by: str = "Ana", **said: str) -> datetime:
    """Somebody takes it on; until when they have it."""
    play.acknowledge(case_id, by, **said)
    done_by = play.task(case_id).done_by
    assert done_by is not None
    return done_by


def go_to(at: datetime) -> None:
    advance(seconds=(at - clock.now()).total_seconds())


def test_who_does_not_finish_is_reminded_and_then_the_ladder_is_called_anew(play: Play):
    case_id = play.courier()
    done_by = take(play, case_id)
    assert done_by - clock.now() <= timedelta(days=3)
    go_to(done_by - timedelta(minutes=31))
    assert len(texts(play, case_id, ANA)) == 1
    advance(minutes=1)
    reminder = texts(play, case_id, ANA)[-1]
    assert reminder.startswith("You have it, and it is not finished: ORD-P1.")
    assert "else others are called" in reminder
    go_to(done_by - timedelta(seconds=1))
    assert len(texts(play, case_id, ANA)) == 2
    assert play.task(case_id).state == "acknowledged"

    advance(seconds=1)
    task, case = play.task(case_id), play.case(case_id)
    assert (task.state, task.had_by) == ("open", "Ana")
    assert task.went_back_at
    assert task.went_back_at - done_by < timedelta(seconds=10)
    assert (case.acknowledged_by, case.acknowledged_at) == (None, None)
    told, anew = texts(play, case_id, ANA)[-2:]
    assert told.startswith("Others are called now: ORD-P1. You had it since")
    assert anew.startswith("Ana had it until ")
    assert "did not finish it. Delivery failed: ORD-P1" in anew
    assert "went_back" in play.timeline(case_id)
    advance(minutes=5)  # whoever is next on the ladder, as the first time
    assert called(play, case_id)[-1] == BEN
    assert play.orphans() == []


def test_it_goes_back_to_who_is_on_duty_then_and_not_to_who_had_it(play: Play):
    case_id = play.courier()
    done_by = take(play, case_id)
    connection().execute(
        "UPDATE ladder_levels SET person_id = %s WHERE level = 1", [play.world.people["Ben"]]
    )
    connection().execute("DELETE FROM ladder_levels WHERE level = 2")
    before = len(texts(play, case_id, BEN))
    go_to(done_by)
    assert len(texts(play, case_id, BEN)) == before + 1
    assert texts(play, case_id, ANA)[-1].startswith("Others are called now")


def test_the_customer_hears_truly_that_nobody_has_sorted_it_out(play: Play):
    case_id = play.courier()
    go_to(take(play, case_id))
    before = play.topics(case_id)
    assert "nobody" not in before
    go_to(play.news_by(case_id) - timedelta(minutes=59))
    assert play.topics(case_id) == [*before, "nobody"]
    said = play.messages(case_id, audience="customer")[-1]["text"]
    assert "has sorted it out yet" in said
    assert "has responded" not in said


def test_what_is_finished_or_passed_on_in_time_calls_nobody_again(play: Play):
    finished, passed = play.courier(), play.courier(parcel="P2")
    take(play, finished)
    service.resolve(play.task(finished).id, "Ana", "deliver_again", "", clock.now())
    take(play, passed)
    service.pass_on(play.task(passed).id, "Ana", clock.now())
    settle()
    assert "look_after_taken" not in play.waiting(finished) | play.waiting(passed)
    before = len(texts(play, finished, ANA))
    advance(days=1)
    assert len(texts(play, finished, ANA)) == before
    assert "went_back" not in play.timeline(passed)


def test_somebody_says_that_they_need_longer_and_has_it_until_then(play: Play):
    case_id = play.courier()
    done_by = take(play, case_id)
    task_id = play.task(case_id).id
    until = done_by + timedelta(hours=3)
    assert longer.longer(task_id, "Ana", until, clock.now()).done_by == until
    settle()
    go_to(until - timedelta(minutes=31))
    assert len(texts(play, case_id, ANA)) == 1
    go_to(until)
    assert play.task(case_id).had_by == "Ana"
    assert play.timeline(case_id).count("needs_longer") == 1
    again = until + timedelta(hours=1)
    assert refused(longer.longer, task_id, "Ana", again, clock.now())[:2] == (409, "nobody_has_it")


def test_longer_is_bounded_by_the_return_and_only_for_who_has_it(play: Play):
    case_id = play.courier()
    take(play, case_id)
    task_id, now, act_by = play.task(case_id).id, clock.now(), play.case(case_id).act_by
    assert act_by is not None
    late = act_by + timedelta(minutes=1)
    assert refused(longer.longer, task_id, "Ana", late, now)[:2] == (422, "too_late")
    assert refused(longer.longer, task_id, "Ana", now, now)[:2] == (422, "hour_passed")
    wanted = now + timedelta(hours=9)
    status, code, detail = refused(longer.longer, task_id, "Ben", wanted, now)
    assert (status, code, detail) == (409, "not_yours", "Ana has this task.")
    assert longer.longer(task_id, "Ana", act_by, now).done_by == act_by


def test_near_the_return_there_is_time_left_for_whoever_is_called_next(play: Play):
    case_id = play.courier()
    act_by = clock.now() + timedelta(hours=2)
    connection().execute("UPDATE cases SET return_by = %s WHERE id = %s", [act_by, case_id])
    assert abs(take(play, case_id) - (act_by - timedelta(hours=1))) < timedelta(seconds=10)


def test_who_waits_for_the_customers_choice_has_it_until_then(play: Play):
    case_id = play.courier()
    done_by = take(play, case_id, outcome="wait_for_customer")
    assert done_by == play.case(case_id).choose_by


def test_while_something_is_booked_nothing_goes_back(play: Play):
    case_id = play.courier()
    done_by = take(play, case_id)
    booking.choose_for(case_id, play.options(case_id).slots[-1].choice, "Ana", clock.now())
    settle()
    play.answer(case_id, "confirmed", "Ana")
    before = len(texts(play, case_id, ANA))
    go_to(done_by + timedelta(hours=1))
    assert len(texts(play, case_id, ANA)) == before
    assert play.task(case_id).state.live is False
    assert ("failure", "acknowledged") in play.tasks(case_id)


def test_a_system_that_has_no_address_is_not_written_to_and_it_goes_back_all_the_same(play: Play):
    case_id = play.courier()
    go_to(take(play, case_id, "dispatch system"))
    assert play.task(case_id).had_by == "dispatch system"
    assert "reminded" not in play.timeline(case_id)


def test_a_second_time_is_a_time_of_its_own(play: Play):
    case_id = play.courier()
    for _ in range(2):
        before = len(texts(play, case_id, ANA))
        go_to(take(play, case_id))
        # reminded, told that others are called, and called as the first of them
        assert len(texts(play, case_id, ANA)) == before + 3
    assert play.timeline(case_id).count("went_back") == 2


def test_a_policy_says_how_long(settings: Settings):
    play = Play(settings, {**policy.STANDARD, "done_within": 1200, "remind_before": 300})
    always_open(play)
    case_id = play.courier()
    now = clock.now()
    done_by = take(play, case_id)
    assert timedelta(minutes=20) <= done_by - now <= timedelta(minutes=25)
    go_to(done_by - timedelta(minutes=5))
    assert play.timeline(case_id).count("reminded") == 1


def always_open(play: Play) -> None:
    """Without windows a depot works at any time."""
    connection().execute("DELETE FROM slot_rules WHERE depot_id = %s", [play.world.depot_id])


def test_finishing_and_going_back_at_the_same_moment_one_is_first_and_both_learn_it(play: Play):
    for number in range(20):
        case_id = play.courier(parcel=f"R{number}")
        take(play, case_id)
        task = play.task(case_id)
        connection().execute(
            "UPDATE dispatch_tasks SET done_by = %s, remind_at = NULL WHERE id = %s",
            [clock.now(), task.id],
        )
        connection().execute(
            "UPDATE steps SET due_at = %s WHERE case_id = %s AND name = 'look_after_taken'",
            [clock.now(), case_id],
        )
        gate = threading.Barrier(2)

        def finish(task_id: int = task.id, gate: threading.Barrier = gate) -> None:
            gate.wait()
            service.resolve(task_id, "Ana", "deliver_again", "", clock.now())
            db.close()

        other = threading.Thread(target=finish)
        other.start()
        gate.wait()
        settle()
        other.join()
        settle()
        after = play.task(case_id)
        # Ana's word stands either way; where it had gone back first, the story says both
        assert (after.state, after.acknowledged_by) == ("resolved", "Ana")
        story = play.timeline(case_id)
        assert story.count("resolved") == 1
        assert story.count("went_back") == story.count("acknowledged") - 1
        assert play.waiting(case_id).isdisjoint({"call_dispatcher", "look_after_taken"})


@given(usual=MINUTES, deadline=MINUTES | st.none(), before=MINUTES)
def test_the_reminder_comes_before_and_the_deadline_leaves_time_for_the_next(
    usual: timedelta, deadline: timedelta | None, before: timedelta
):
    at = NOW + deadline if deadline else None
    hours = rules.hours(NOW + usual, at, before, NOW)
    assert hours.done_by is not None
    assert NOW < hours.remind_at <= hours.done_by <= NOW + usual
    assert hours.remind_at - NOW >= (hours.done_by - NOW) / 2
    if at and deadline and deadline > timedelta(minutes=20):
        assert at - hours.done_by >= deadline / 2
