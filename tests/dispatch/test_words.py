"""What dispatchers, shippers and customers read fits what really happened."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app import clock, languages
from app.cases import service as cases
from app.cases.timeline.kinds import Actor
from app.chain import service as chain
from app.customer.story import lines as customers
from app.customer.wanted import service as wanted
from app.db.connection import connection, transaction
from app.dispatch import speech, texts
from app.dispatch import story as dispatchers
from app.dispatch.about import About
from app.settings import Settings
from app.theme.times import When
from tests.application import create_app
from tests.inline import advance, settle
from tests.links import page_of
from tests.pages.reading import text
from tests.play import Play


def past_its_end(play: Play, case_id: int) -> str:
    """Let the booking's time pass; the last call of the depot."""
    advance(seconds=(play.news_by(case_id) - clock.now()).total_seconds())
    assert play.tasks(case_id)[-1] == ("promise", "open")
    return str(play.messages(case_id, audience="dispatcher")[-1]["text"])


def booked(play: Play, case_id: int) -> tuple[str, str]:
    """What the timeline says of the choice, to the customer and to the depot."""
    case, when = play.case(case_id), When("UTC", clock.now())
    timeline = cases.timeline(connection(), case_id)
    lines = (customers.story(case, timeline, when), dispatchers.story(timeline, when))
    heads = ("You booked", "You asked for", "The customer booked", "The customer asked for")
    one, two = [
        head for story in lines for line in story for head in heads if line.text.startswith(head)
    ]
    return one, two


def test_a_choice_is_booked_once_somebody_confirmed_it(play: Play):
    case_id = play.courier()
    play.choose(case_id, confirmed=False)
    assert booked(play, case_id) == ("You asked for", "The customer asked for")
    play.answer(case_id, "confirmed")
    assert booked(play, case_id) == ("You booked", "The customer booked")


def test_a_pickup_that_was_ready_was_not_picked_up(play: Play):
    case_id = play.courier()
    play.choose(case_id, play.options(case_id).pickup_points[0].choice)
    said = past_its_end(play, case_id)
    assert said.startswith("Not picked up: ORD-P1. It waited at ")
    assert "delivery" not in said


def test_a_pickup_that_nobody_confirmed_blames_nobody(play: Play):
    case_id = play.courier()
    play.choose(case_id, play.options(case_id).pickup_points[0].choice, confirmed=False)
    forget_to_look(case_id)
    assert past_its_end(play, case_id).startswith("Pickup never confirmed: ORD-P1.")
    (missed,) = [m for m in play.messages(case_id) if m["topic"] == "promise"]
    assert "your pickup was not confirmed" in missed["text"]
    assert "picked up" not in missed["text"]


def forget_to_look(case_id: int) -> None:
    """Nobody sees that nobody confirms."""
    connection().execute("DELETE FROM steps WHERE case_id = %s AND name = 'hand_over'", [case_id])


def missed_words(play: Play, case_id: int) -> str:
    (missed,) = [m for m in play.messages(case_id) if m["topic"] == "promise"]
    return str(missed["text"])


def test_a_delivery_that_did_not_happen_is_one(play: Play):
    case_id = play.courier()
    play.choose(case_id)
    assert "The new delivery did not happen" in past_its_end(play, case_id)
    assert "did not arrive as promised. We're sorry." in missed_words(play, case_id)


def test_a_delivery_that_nobody_confirmed_was_not_promised(play: Play):
    case_id = play.courier()
    play.choose(case_id, confirmed=False)
    forget_to_look(case_id)
    assert past_its_end(play, case_id).startswith("Delivery never confirmed: ORD-P1.")
    said = missed_words(play, case_id)
    assert "your new delivery was not confirmed, and it did not come." in said
    assert "promised" not in said
    assert "sorry" not in said


def test_who_stood_at_a_closed_door_broke_no_promise(play: Play, settings: Settings):
    case_id = play.courier()
    play.choose(case_id)
    advance(hours=4)
    play.courier(reason="business_closed")
    said = missed_words(play, case_id)
    assert "could not be handed over again. The business was closed at the time." in said
    assert "promised" not in said
    assert "sorry" not in said
    page = create_app(settings).test_client().get(page_of(case_id))
    assert "The business was closed at the time." in text(page.text)
    assert "did not keep our promise" not in text(page.text)


def test_a_courier_who_did_not_come_did(play: Play):
    case_id = play.courier()
    play.choose(case_id)
    advance(hours=4)
    play.courier(reason="not_attempted")
    assert "did not arrive as promised. We're sorry." in missed_words(play, case_id)


def test_the_shipper_reads_what_happened_to_the_parcel_without_a_number(play: Play):
    for kind, happened in {
        "held": "ORD-held waits to be collected, and we have no number",
        "refused": "ORD-refused was not accepted at the door, and we have no number",
        "failed": "The delivery of ORD-failed failed, and we have no number",
    }.items():
        case_id = play.courier(kind, parcel=kind, phone=None)
        settle()
        (mail,) = play.messages(case_id, topic="contact")
        assert mail["text"].startswith(happened)


def test_a_shipper_who_is_asked_again_for_a_number_before_a_day_is_over_hears_it(play: Play):
    case_id = play.courier()
    for asked in (1, 2):
        with transaction() as conn:
            again = chain.NewStep(case_id, "request_contact", clock.now(), {}, "r")
            chain.arm(conn, [again])
        settle()
        assert len(play.messages(case_id, topic="contact")) == asked
        assert play.timeline(case_id).count("contact_requested") == asked
        clock.advance(timedelta(hours=5))


def test_no_hour_that_has_passed_is_asked_for(play: Play):
    case_id = play.courier()
    play.choose(case_id, confirmed=False)
    task = play.task(case_id)
    by = clock.now() - timedelta(minutes=58)
    with transaction() as conn:
        data = {"about": task.about, "by": by.isoformat(), "turn": task.round}
        chain.arm(conn, [chain.NewStep(case_id, "call_for_handover", clock.now(), data, "r")])
    settle()
    assert play.task(case_id).level == 2
    called = [m["text"] for m in play.messages(case_id, topic=f"task-{task.id}")]
    assert "Yes or no by " in called[0]
    assert "Yes or no: http" in called[-1]


def test_what_a_courier_says_at_length_is_cut_at_a_word(play: Play):
    words = "Nobody there. Left a card at the door of the neighbour. We'll make a second attempt"
    case_id = play.courier(words=words)
    assert (
        '(recipient unavailable, "Nobody there. Left a card at the door of the neighbour...")'
        in (play.messages(case_id, audience="dispatcher")[0]["text"])
    )


@pytest.mark.parametrize(
    ("reason", "words", "said"),
    [
        ("access_restricted", "Gate 4 is locked.", 'access restricted, "Gate 4 is locked"'),
        ("recipient_unavailable", "Recipient unavailable", "recipient unavailable"),
        ("payment_due", "", "payment due"),
        ("attempt_failed", 'He said "no"', "\"He said 'no'\""),
        ("attempt_failed", "", "attempt failed"),
    ],
)
def test_the_reason_is_said_first_and_the_couriers_words_as_theirs(
    play: Play, reason: str, words: str, said: str
):
    case = replace(play.case(play.courier()), reason=reason, words=words)
    english = languages.get()
    assert texts.reason(english, case) == said
    heard = speech.call(english, case, play.task(case.id), About())
    assert f"a delivery failed, {said.replace(', ', ': ').replace(chr(34), '')}" in heard
    german = texts.reason(languages.get("de"), case)
    assert said.partition('"')[1:] == german.partition('"')[1:], "a quotation is no translation"


def test_what_we_noted_ourselves_is_read_in_the_language_of_whoever_reads(play: Play):
    case_id = play.courier(email="kim@example.com")
    wanted.first(case_id, "email", Actor.CUSTOMER, clock.now())
    wanted.change(case_id, "sms", "page", Actor.CUSTOMER, clock.now(), wanted=False)
    settle()
    when = When("UTC", clock.now(), languages.get("de"))
    timeline = cases.timeline(connection(), case_id)
    said = [f"{line.text} {line.more}" for line in dispatchers.story(timeline, when)]
    assert any("möchte zuerst per E-Mail von uns hören" in one for one in said)
    assert any("SMS, auf der eigenen Seite" in one for one in said)
