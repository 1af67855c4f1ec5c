"""Who can be reached, what happens when nobody can, and what a number that comes later does."""

from __future__ import annotations

import pytest

from app import clock
from app.channels.providers.base import Accepted, Ambiguous, Outgoing, Refused
from app.channels.providers.playground.sending import Playground
from app.contact import service
from app.errors import Problem
from tests import courier
from tests.inline import advance, settle
from tests.play import Play

EMAIL = "kim@example.com"
OTHER = "+17145554242"


def supply(case_id: int, phone: str = "", email: str = "") -> None:
    service.supply(case_id, phone, email, "shipper", clock.now())
    settle()


@pytest.mark.parametrize(
    ("phone", "fault", "line"),
    [
        (courier.PHONE, None, "mobile"),
        ("714 555 4231", None, "mobile"),  # as written in the address's country
        (courier.LANDLINE, "no_text_messages", "fixed"),
        ("+499001234567", "premium", "premium"),
        ("+1714555", "too_short", None),
        ("call me", "not_a_number", None),
        (None, "missing", None),
    ],
)
def test_a_number_is_checked_and_its_fault_has_a_code(play: Play, phone, fault, line):
    case = play.case(play.courier(phone=phone))
    assert (case.contact_fault, case.contact_line) == (fault, line)
    assert bool(case.contact_phone) == (fault is None)


def test_without_any_number_shipper_and_dispatcher_hear_and_the_customer_cannot(play: Play):
    case_id = play.courier(phone=None)
    assert [topic for topic, _ in play.told(case_id, "shipper")] == ["contact"]
    (call,) = play.messages(case_id, audience="dispatcher")
    assert "No number reaches the recipient" in call["text"]
    advance(hours=1)
    assert play.told(case_id) == []
    assert play.case(case_id).state == "open"


def test_the_shipper_is_asked_daily_and_not_for_ever(play: Play):
    case_id = play.courier(phone=None)
    advance(days=5)
    assert [topic for topic, _ in play.told(case_id, "shipper")].count("contact") == 3
    assert "contact_failed" in play.timeline(case_id)


def test_email_is_used_where_there_is_one(play: Play):
    case_id = play.courier(phone="12", email=EMAIL)
    advance(minutes=20)
    assert play.told(case_id) == [("failure", EMAIL)]
    assert [topic for topic, _ in play.told(case_id, "shipper")] == ["contact"]


def test_a_number_supplied_next_day_wakes_the_chain(play: Play):
    case_id = play.courier(phone=None)
    advance(days=1)
    supply(case_id, courier.PHONE)
    assert play.told(case_id) == [("failure", courier.PHONE)]
    assert play.waiting(case_id) >= {"remind_customer", "give_news", "choose_default"}
    assert "request_contact" not in play.waiting(case_id)


def test_a_number_supplied_before_the_patience_is_over_waits_for_the_dispatcher(play: Play):
    case_id = play.courier(phone=None)
    supply(case_id, courier.PHONE)
    assert play.told(case_id) == []
    play.acknowledge(case_id)
    assert play.told(case_id) == [("failure", courier.PHONE)]


def test_a_supplied_landline_does_not_end_the_asking(play: Play):
    case_id = play.courier(phone=None)
    with pytest.raises(Problem) as refused:
        supply(case_id, courier.LANDLINE)
    assert refused.value.errors == [
        {
            "field": "phone",
            "code": "no_text_messages",
            "detail": "This line takes no text messages: please give a mobile number.",
        }
    ]
    assert "request_contact" in play.waiting(case_id)


def test_whoever_was_told_by_mail_is_told_by_the_number_too(play: Play):
    case_id = play.courier(phone=None, email=EMAIL)
    advance(minutes=20)
    advance(hours=2)
    supply(case_id, courier.PHONE)
    assert play.told(case_id) == [("failure", EMAIL), ("failure", courier.PHONE)]


def test_the_same_number_again_promises_nothing_that_is_not_said(play: Play):
    case_id = play.courier()
    advance(minutes=20)
    promised = play.case(case_id).news_by
    advance(hours=2)
    supply(case_id, courier.PHONE)
    assert play.told(case_id) == [("failure", courier.PHONE)]
    assert play.case(case_id).news_by == promised


def test_a_number_for_somebody_who_has_booked_gets_the_booking(play: Play):
    case_id = play.courier(phone=None, email=EMAIL)
    advance(minutes=20)
    play.choose(case_id)
    promised = play.case(case_id).news_by
    supply(case_id, OTHER)
    asked_and_confirmed = [("booking", EMAIL)] * 2
    assert play.told(case_id) == [("failure", EMAIL), *asked_and_confirmed, ("booking", OTHER)]
    assert play.case(case_id).news_by == promised
    assert play.case(case_id).state == "booked"


def test_a_number_that_turns_out_dead_is_asked_for_and_the_next_is_used(
    play: Play, monkeypatch: pytest.MonkeyPatch
):
    send = Playground.send

    def dead(self: Playground, message: Outgoing) -> Accepted:
        if message.recipient == courier.PHONE:
            raise Refused("invalid_number", permanent=True)
        return send(self, message)

    monkeypatch.setattr(Playground, "send", dead)
    case_id = play.courier()
    advance(minutes=20)
    assert "message_undeliverable" in play.timeline(case_id)
    assert [topic for topic, _ in play.told(case_id, "shipper")] == ["contact"]
    supply(case_id, OTHER)
    assert play.told(case_id) == [("failure", OTHER)]


def test_a_good_number_is_not_called_bad_because_nobody_knows_whether_a_message_arrived(
    play: Play, monkeypatch: pytest.MonkeyPatch
):
    send = Playground.send

    def in_doubt(self: Playground, message: Outgoing) -> Accepted:
        if message.recipient == courier.PHONE:
            raise Ambiguous("timeout")
        return send(self, message)

    case_id = play.courier()
    with monkeypatch.context() as network:
        network.setattr(Playground, "send", in_doubt)
        advance(hours=2)
    (asked,) = play.messages(case_id, topic="contact")
    assert asked["subject"] == "Another way to reach the recipient of ORD-P1?"
    assert "may not have arrived: it was the network, not their number" in asked["text"]
    advance(days=2)
    assert len(play.messages(case_id, topic="contact")) == 1, "once is enough"
    assert "contact_failed" not in play.timeline(case_id)
    assert play.told(case_id), "their next news goes to the same number"


def test_nobody_is_informed_who_has_no_address(play: Play):
    case_id = play.courier("lost", phone=None)
    play.courier("damaged", phone=None)
    case = play.case(case_id)
    assert (case.state, case.news_by) == ("open", None)
    unsent = play.messages(case_id, audience="customer")
    assert {(m["state"], m["why"]) for m in unsent} == {("suppressed", "no_address")}


def test_a_closed_case_takes_no_contact(play: Play):
    case_id = play.courier()
    play.courier("delivered")
    with pytest.raises(Problem) as refused:
        supply(case_id, OTHER)
    assert (refused.value.status, refused.value.code) == (409, "case_closed")


def test_a_promise_to_somebody_whom_nothing_reaches_is_broken_in_silence(play: Play):
    case_id = play.courier(phone=None)
    advance(days=2)
    assert play.case(case_id).state == "booked"
    play.courier("failed", words="again", phone=None)
    case = play.case(case_id)
    assert (case.state, case.round, case.news_by) == ("open", 2, None)
    assert play.tasks(case_id)[-1] == ("promise", "open")
    supply(case_id, courier.PHONE)
    advance(minutes=20)
    assert play.told(case_id) == [("failure", courier.PHONE)]
