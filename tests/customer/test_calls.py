"""A customer with a landline is called: what they hear, and what their keys do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app import clock, receive_facts
from app.channels import heard, outbox
from app.channels.providers.playground import answering
from app.contact import service as contact
from app.db.connection import connection, transaction
from app.shipments import reachable
from tests.courier import LANDLINE
from tests.inline import advance, settle
from tests.play import Play

EMAIL = "kim@example.com"


@pytest.fixture
def called(play: Play) -> int:
    """The case of somebody with a landline, whose telephone rings."""
    receive_facts()
    case_id = play.courier(phone=LANDLINE)
    advance(minutes=20)
    return case_id


def ringing(play: Play, case_id: int) -> dict[str, Any]:
    """The call that rings at the customer's."""
    *_, call = play.messages(case_id, audience="customer", channel="voice", state="sent")
    (row,) = connection().execute(
        "SELECT spoken, offered FROM message_words WHERE message_id = %s", [call["id"]]
    )
    return call | row


def press(call: dict[str, Any], digit: str) -> str:
    with transaction() as conn:
        said = " ".join(heard.tell(conn, answering.key(call["id"], digit), clock.now()))
    settle()
    return said


def let_ring(play: Play, call: dict[str, Any]) -> None:
    with transaction() as conn:
        heard.tell(conn, answering.not_answered(call["id"]), clock.now())
    settle()


def ways(play: Play, case_id: int) -> list[tuple[str, str, str | None]]:
    found = play.messages(case_id, audience="customer")
    return [(one["channel"], one["state"], one["why"]) for one in found]


def test_a_landline_gets_a_call_and_never_a_text(play: Play, called: int) -> None:
    assert ways(play, called) == [("voice", "sent", None)]
    call = ringing(play, called)
    assert call["recipient"] == reachable.check_number(LANDLINE, "US").e164
    assert "http" not in call["spoken"]
    assert "Choose a new delivery" not in call["spoken"]
    assert "press 1" in call["spoken"]
    assert "press 0" in call["spoken"]
    slots = play.options(called).slots[:3]
    assert call["offered"] == {str(key): slot.choice for key, slot in enumerate(slots, 1)}


def test_a_key_books_what_was_read_aloud_and_says_so(play: Play, called: int) -> None:
    call = ringing(play, called)
    said = press(call, "2")
    assert "you asked for" in said
    assert "will tell you by" in said
    assert "http" not in said
    assert ways(play, called) == [("voice", "delivered", None)]
    assert "booking_made" in play.timeline(called) or play.case(called).booked
    assert press(call, "1") == said  # a second key in the same call changes nothing
    play.answer(called, "confirmed")
    *_, (channel, state, _) = ways(play, called)
    assert (channel, state) == ("voice", "sent")
    assert "confirmed" in ringing(play, called)["spoken"]


def test_other_keys_say_it_again_or_what_there_is(play: Play, called: int) -> None:
    call = ringing(play, called)
    assert press(call, "9") == call["spoken"]
    assert press(call, "7").startswith("That key does nothing here. For ")
    assert ways(play, called) == [("voice", "sent", None)]


def test_who_wants_to_speak_to_someone_hears_by_when_and_once(play: Play, called: int) -> None:
    call = ringing(play, called)
    said = press(call, "0")
    assert "You'd like to speak to someone" in said
    assert press(call, "0") == said
    rows = connection().execute("SELECT wants, channel FROM questions").fetchall()
    assert rows == [{"wants": "person", "channel": "voice"}]
    assert [kind for kind, _ in play.tasks(called)].count("question") == 1
    assert len(play.messages(called, audience="customer")) == 1  # no second call says the same


def refused() -> set[tuple[str, str, str]]:
    rows = connection().execute("SELECT channel, why, words FROM opt_outs WHERE lifted_at IS NULL")
    return {tuple(row.values()) for row in rows}


def test_a_key_ends_the_calls_is_confirmed_there_and_stands_in_the_register(
    play: Play, called: int
) -> None:
    call = ringing(play, called)
    assert "To get no more of these calls, press 8." in call["spoken"]
    said = press(call, "8")
    assert said.startswith("We won’t call you any more about your")
    assert said.endswith("Goodbye.")
    assert press(call, "8") == said  # twice is once
    assert refused() == {("voice", "call", "key 8, in a call")}
    advance(days=2)
    assert ways(play, called)[0] == ("voice", "delivered", None)
    assert {state for _, state, _ in ways(play, called)[1:]} <= {"suppressed"}
    assert "messages_refused" in play.timeline(called)


def test_by_the_law_of_their_country_it_ends_their_texts_as_well(play: Play) -> None:
    receive_facts()
    case_id = play.courier()
    contact.prefer(None, "P1", "voice", "api", clock.now())
    advance(minutes=20)
    said = press(ringing(play, case_id), "8")
    assert said.startswith("You won’t get any more text messages or calls")
    assert {channel for channel, *_ in refused()} == {"voice", "sms", "whatsapp"}


def test_who_wants_no_calls_may_say_so_when_all_is_over(play: Play, called: int) -> None:
    call = ringing(play, called)
    play.courier("delivered")
    assert "won’t call you any more" in press(call, "8")


def test_what_went_meanwhile_is_not_booked_and_what_is_left_is_read(
    play: Play, called: int
) -> None:
    call = ringing(play, called)
    first = call["offered"]["1"].removeprefix("slot:")
    connection().execute("UPDATE slots SET taken = capacity WHERE id = %s", [first])
    said = press(call, "1")
    assert said.startswith("The last place there has just been taken.")
    assert not play.case(called).booked
    assert first not in ringing(play, called)["offered"]["1"]
    assert "you asked for" in press(call, "1")


def test_a_late_key_hears_the_truth(play: Play, called: int) -> None:
    call = ringing(play, called)
    play.courier("delivered")
    said = press(call, "1")
    assert said.endswith("was delivered. Nothing more to do.")
    assert not play.case(called).booked


def test_who_is_not_there_gets_a_mail_and_without_one_another_call(play: Play) -> None:
    receive_facts()
    with_mail = play.courier(phone=LANDLINE, email=EMAIL)
    without = play.courier("failed", "P2", phone=LANDLINE)
    advance(minutes=20)
    for case_id in (with_mail, without):
        let_ring(play, ringing(play, case_id))
    assert ways(play, with_mail) == [
        ("voice", "failed", "no_answer"),
        ("email", "delivered", None),
    ]
    assert ways(play, without)[0][:2] == ("voice", "queued")
    advance(minutes=45)
    assert ways(play, without)[0][:2] == ("voice", "sent")
    let_ring(play, ringing(play, without))
    advance(minutes=45)
    let_ring(play, ringing(play, without))
    assert ways(play, without)[0] == ("voice", "failed", "no_answer")
    assert "message_undeliverable" in play.timeline(without)


def test_it_says_what_holds_when_it_rings(play: Play, called: int) -> None:
    call = ringing(play, called)
    assert outbox.settle_stale() == 0
    clock.advance(timedelta(seconds=26))
    assert outbox.settle_stale() == 1  # nobody told its end
    first = call["offered"]["1"].removeprefix("slot:")
    connection().execute("UPDATE slots SET taken = capacity WHERE id = %s", [first])
    advance(hours=1)
    assert call["offered"]["1"] not in ringing(play, called)["offered"].values()
