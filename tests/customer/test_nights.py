"""Nobody is texted at night, on the clocks of where they live, and nothing is lost by that."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from functools import partial
from types import SimpleNamespace
from typing import cast
from zoneinfo import ZoneInfo

import pytest

from app import clock
from app.cases import service as cases
from app.cases.timeline.kinds import Topic
from app.chain import policy
from app.chain.standard import NIGHT
from app.chain.step import Step
from app.channels import piled, queue_store
from app.channels.piled import worth_saying
from app.customer import notices, texts
from app.customer.asked import service as asked
from app.customer.wanted import service as wanted
from app.db.connection import connection, transaction
from app.decisions import service as decisions
from app.decisions.model import Choice
from app.errors import Problem
from app.locality import quiet
from app.promises import service as promises
from app.questions import service as questions
from app.settings import Settings
from app.shipments.orders import rules
from app.shipments.orders import service as orders
from tests import courier
from tests.inline import advance, settle
from tests.play import Play

HERE = ZoneInfo("America/Los_Angeles")
HOURS = {**NIGHT, "zone": HERE.key}


@pytest.fixture
def play(settings: Settings) -> Play:
    return Play(settings, policy.STANDARD | {"quiet_hours": NIGHT})


def until(hour: int) -> None:
    """Move time to the next such hour where the parcel goes; a Tuesday to Thursday."""
    local = clock.now().astimezone(HERE)
    at = local.replace(hour=hour, minute=0, second=0, microsecond=0)
    while at <= local or at.weekday() not in {1, 2, 3}:
        at += timedelta(days=1)
    clock.advance(at - local)


def left(play: Play, case_id: int) -> list[datetime]:
    """When messages to the customer left."""
    went = play.messages(case_id, audience="customer", state="delivered")
    return [message["done_at"] for message in went]


def test_a_failure_at_night_is_told_in_the_morning_and_the_depot_at_once(play: Play):
    until(23)
    case_id = play.courier()
    advance(minutes=30)
    assert play.told(case_id, "dispatcher")
    assert play.topics(case_id) == []
    advance(hours=9)
    assert play.topics(case_id) == ["failure"]
    (at,) = left(play, case_id)
    assert at.astimezone(HERE).hour == 8


def test_what_they_ask_at_night_is_answered_at_night(play: Play):
    until(20)
    case_id = play.courier()
    advance(minutes=30)
    until(23)
    asked.press(case_id, "write", "Which day?", clock.now())
    settle()
    assert play.topics(case_id)[-1] == "question"
    assert left(play, case_id)[-1].astimezone(HERE).hour == 23


def test_whoever_chose_at_night_is_not_asked_to_choose_in_the_morning(play: Play):
    until(23)
    case_id = play.courier()
    advance(minutes=30)
    play.choose(case_id, confirmed=False)
    assert play.topics(case_id) == ["booking"]
    advance(hours=12)
    assert "failure" not in play.topics(case_id)
    (waited,) = play.messages(case_id, audience="customer", topic="failure")
    assert (waited["state"], waited["why"]) == ("suppressed", "superseded")


def test_whoever_chose_anew_at_night_is_not_told_in_the_morning_what_they_knew(play: Play):
    until(12)
    case_id = play.courier()
    advance(minutes=30)
    play.choose(case_id, play.options(case_id).slots[0].choice)
    until(22)
    play.courier("failed", attempts=2)
    assert play.case(case_id).booked is False
    play.choose(case_id, play.options(case_id).slots[-1].choice)
    advance(hours=12)
    (missed,) = play.messages(case_id, audience="customer", topic="promise")
    assert (missed["state"], missed["why"]) == ("suppressed", "superseded")


@pytest.mark.parametrize(("asked_at", "heard"), [(14, 8), (19, 22)])
def test_an_answer_that_took_long_does_not_come_at_night(play: Play, asked_at: int, heard: int):
    until(12)
    case_id = play.courier()
    until(asked_at)
    settle()
    asked.press(case_id, "write", "Which day?", clock.now())
    settle()
    until(22)
    settle()
    with transaction() as conn:
        case = cases.lock(conn, case_id)
        assert case is not None
        questions.answer(conn, case, "On Friday.", "Ana", clock.now())
    settle()
    advance(hours=11)
    (answer,) = play.messages(case_id, topic="answer", state="delivered")
    assert answer["done_at"].astimezone(HERE).hour == heard


def test_what_piled_up_leaves_as_one_message(play: Play):
    until(22)
    case_id = play.courier()
    advance(minutes=30)
    play.courier("lost")
    advance(hours=10)
    told = play.messages(case_id, audience="customer")
    went = [m for m in told if m["state"] != "suppressed"]
    assert len(told) == 2
    assert len(went) == 1
    assert "cannot be found" in went[0]["text"]
    assert "Choose a new delivery" not in went[0]["text"], "what was lost is not to be chosen for"
    assert {m["why"] for m in told if m["state"] == "suppressed"} == {"in_bundle"}


@pytest.mark.parametrize("hour", [19, 22, 4])
def test_a_reminder_does_not_come_with_what_it_reminds_of(play: Play, hour: int):
    until(hour)
    case_id = play.courier(email="kim@example.com")
    for _ in range(40):
        advance(hours=1)
    came = {m["topic"]: m["done_at"] for m in play.messages(case_id, state="delivered")}
    assert came["reminder"] - came["failure"] >= timedelta(hours=2)
    assert quiet.until(came["reminder"], HOURS) is None


def test_what_is_read_in_one_morning_promises_one_hour(play: Play):
    until(22)
    case_id = play.courier()
    advance(minutes=30)
    first = play.news_by(case_id)
    with transaction() as conn:
        case = cases.lock(conn, case_id)
        assert case
        step = SimpleNamespace(
            case=case, policy=policy.get(conn, case.policy_id), name="choose_default", data={}
        )
        write = partial(texts.deciding, case, "https://example.com", late=False)
        later = notices.CustomerNotice(
            cast("Step", step), Topic.DECIDING, "deciding", write, first + timedelta(days=2)
        )
        notices.enqueue(conn, [later], clock.now())
    assert play.news_by(case_id) == first
    said = [m["text"] for m in play.messages(case_id, audience="customer")]
    hours = {text[text.index("Next news by") :].partition(". ")[0] for text in said}
    assert len(hours) == 1
    while clock.now() < first:
        advance(hours=1)
    assert play.topics(case_id)[-1] in {"news", "nobody"}, "by then there is a word"


def chosen_by_policy_at_night(play: Play) -> int:
    """A case for whose customer the policy chose while they were asleep."""
    until(12)
    case_id = play.courier()
    advance(minutes=30)
    chosen_at = play.case(case_id).choose_by
    assert chosen_at
    while clock.now() < chosen_at - timedelta(hours=1):
        advance(minutes=30)
    until(22)
    settle()
    assert play.case(case_id).booked, "by the policy, which came to it at night"
    assert quiet.until(clock.now(), HOURS)
    return case_id


def test_a_booking_that_the_shipper_put_an_end_to_is_not_told_in_the_morning(play: Play):
    case_id = chosen_by_policy_at_night(play)
    advance(minutes=30)
    decisions.decide(case_id, Choice.SEND_AGAIN, "Kim", clock.now())
    settle()
    (asked,) = play.messages(case_id, audience="customer", topic="booking")
    assert (asked["state"], asked["why"]) == ("suppressed", "superseded")
    advance(hours=10)
    told = play.messages(case_id, audience="customer", state="delivered")[-1]
    assert told["topic"] == "decision"
    assert "confirming" not in told["text"]


def test_no_hour_of_the_night_is_promised_for_what_was_said_no_to_at_night(play: Play):
    case_id = chosen_by_policy_at_night(play)
    advance(minutes=30)
    play.answer(case_id, "refused")
    made = promises.of_case(connection(), case_id)
    (news,) = [p for p in made if p.kind is promises.Kind.NEWS and p.open]
    assert quiet.until(news.due_at, HOURS) is None
    while clock.now() < news.due_at:
        advance(minutes=30)
    told = play.messages(case_id, audience="customer", state="delivered")
    said = next(m["done_at"] for m in told if "can't do" in m["text"])
    assert any(said < m["done_at"] <= news.due_at for m in told)


def test_what_nobody_needs_any_more_is_not_said_with_the_rest(play: Play):
    until(22)
    case_id = play.courier()
    advance(minutes=30)
    play.courier("lost")
    first, second = play.messages(case_id, audience="customer")
    connection().execute(
        "UPDATE messages SET not_after = %s WHERE id = %s", [clock.now(), first["id"]]
    )
    clock.advance(timedelta(hours=9, minutes=40))
    with transaction() as conn:
        due = queue_store.read_due(conn, [second["id"]])
        assert piled.merge(conn, due, clock.now()) == (due, 0)


def test_what_nobody_asked_for_is_not_confirmed_at_night(play: Play):
    until(23)
    case_id = play.courier()
    for _ in range(24 * 4):
        advance(hours=1)
        if play.case(case_id).booked:
            break
    booked = clock.now().astimezone(HERE)
    assert 20 <= booked.hour <= 21, "early enough to say it the same evening"
    (told,) = play.messages(case_id, topic="booking", state="delivered")
    assert told["done_at"].astimezone(HERE).hour == 20
    until(23)
    play.answer(case_id, "confirmed")
    assert len(play.messages(case_id, topic="booking", state="delivered")) == 1
    advance(hours=10)
    certain = play.messages(case_id, topic="booking", state="delivered")[-1]
    assert certain["done_at"].astimezone(HERE).hour == 8


@pytest.mark.parametrize(
    ("chosen", "outcome", "heard"),
    [(18, "confirmed", 22), (12, "confirmed", 8), (12, "refused", 8)],
)
def test_what_they_chose_themselves_is_certain_as_long_as_they_are_awake(
    play: Play, chosen: int, outcome: str, heard: int
):
    until(chosen)
    case_id = play.courier()
    advance(minutes=30)
    play.choose(case_id, play.options(case_id).slots[-1].choice, confirmed=False)
    until(22)
    play.answer(case_id, outcome)
    advance(hours=10, minutes=5)
    certain = play.messages(case_id, topic="booking", state="delivered")[-1]
    assert certain["done_at"].astimezone(HERE).hour == heard


def test_an_hour_that_passes_before_they_read_of_it_is_not_said(play: Play):
    connection().execute("DELETE FROM slot_rules WHERE starts < '12:00'")
    connection().execute("UPDATE slot_rules SET starts = '16:00', ends = '20:00'")
    until(12)
    case_id = play.courier()
    advance(minutes=30)
    slot = play.options(case_id).slots[0]
    play.choose(case_id, slot.choice)
    connection().execute(
        "UPDATE cases SET return_by = %s WHERE id = %s",
        [slot.ends_at + timedelta(hours=10), case_id],
    )
    while clock.now() < slot.ends_at + timedelta(hours=13):
        advance(hours=1)
    told = play.messages(case_id, audience="customer", state="delivered")
    (broken,) = [m for m in told if m["topic"] == "promise"]
    assert broken["done_at"].astimezone(HERE).hour == 8
    assert "did not arrive as promised" in broken["text"]
    assert "choose by" not in broken["text"], "it was in the middle of the night"


def test_news_of_a_window_that_ends_late_are_promised_for_the_morning(play: Play):
    connection().execute("DELETE FROM slot_rules WHERE starts < '12:00'")
    connection().execute("UPDATE slot_rules SET starts = '17:00', ends = '20:30'")
    until(12)
    case_id = play.courier()
    advance(minutes=30)
    play.choose(case_id, play.options(case_id).slots[0].choice)
    made = promises.of_case(connection(), case_id)
    (news,) = [p for p in made if p.kind is promises.Kind.NEWS and p.open]
    due = news.due_at.astimezone(HERE)
    assert (due.hour, due.minute) == (9, 0)
    advance(hours=24 * 2)
    (broken,) = play.messages(case_id, topic="promise", state="delivered")
    assert broken["done_at"].astimezone(HERE).hour == 8
    assert broken["done_at"] <= news.due_at


@pytest.mark.parametrize("hour", [3, 9, 13, 20, 23])
def test_for_days_nobody_is_woken_and_every_promised_hour_is_by_day(play: Play, hour: int):
    until(hour)
    case_id = play.courier()
    for _ in range(24 * 8):
        advance(hours=1)
    moments = left(play, case_id)
    assert 2 < len(moments) < 12
    a_day = Counter(at.astimezone(HERE).date() for at in moments)
    assert max(a_day.values()) <= policy.STANDARD["unasked_a_day"]
    assert [at for at in moments if quiet.until(at, HOURS)] == []
    made = promises.of_case(connection(), case_id)
    assert made
    assert promises.State.BROKEN not in {p.state for p in made}
    ours = [p for p in made if p.kind in {promises.Kind.NEWS, promises.Kind.CALL}]
    asleep = [p.due_at.astimezone(HERE) for p in ours if quiet.until(p.due_at, HOURS)]
    assert [at for at in asleep if (at.hour, at.minute) != (21, 0)] == []


def test_of_what_only_holds_for_the_moment_the_last_is_said():
    assert worth_saying(["failure", "reminder"]) == [0]
    assert worth_saying(["news", "nobody"]) == [1]
    assert worth_saying(["failure", "promise", "failure"]) == [1, 2]
    assert worth_saying(["news", "promise", "booking"]) == [1, 2]


def order(**said: object) -> None:
    given = {
        "tracking_number": "P1",
        "name": "Kim Doe",
        "phone": courier.PHONE,
        "address": {"line1": "1 Elm St", "city": "Anaheim", "postcode": "92806", "country": "US"},
    }
    ((result,),) = orders.take(1, "shop", [rules.read(given | said)])
    assert result["status"] in {"created", "updated"}, result


def test_who_wants_to_be_written_to_between_two_hours_is_written_to_between_them(play: Play):
    order(texts_between="10:30 - 17:00")
    until(18)
    case_id = play.courier()
    advance(hours=16)
    assert play.topics(case_id) == []
    advance(hours=1)
    (at,) = left(play, case_id)
    local = at.astimezone(HERE)
    assert (local.hour, local.minute) == (10, 30)


def test_hours_on_their_page_hold_for_what_waits_already(play: Play):
    until(22)
    case_id = play.courier()
    advance(minutes=30)
    wanted.press(case_id, "between", clock.now(), hours="11:00-20:00")
    advance(hours=13)
    (at,) = left(play, case_id)
    assert at.astimezone(HERE).hour == 11
    with pytest.raises(Problem) as refused:
        wanted.press(case_id, "between", clock.now(), hours="20:00-11:00")
    assert refused.value.code == "not_between"


def test_an_order_whose_hours_are_none_is_refused_by_field():
    for wrong in ("19:00-10:00", "10:00-10:30", "25:00-26:00", "by day"):
        found = {fault.field: fault.code for fault in rules.read({"texts_between": wrong}).faults}
        assert found["texts_between"] == "not_between", wrong
