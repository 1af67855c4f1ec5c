"""Who refuses messages gets none, hears it once, is promised nothing, and can take it back."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

import pytest

from app import clock, receive_facts
from app.cases.timeline.kinds import Actor
from app.channels import heard
from app.contact import service
from app.db.connection import transaction
from app.dispatch import conversation
from tests import courier
from tests.channels.world import read
from tests.inline import advance, settle
from tests.play import Play

OTHER = "+17145554242"


@pytest.fixture(autouse=True)
def _receivers(play: Play) -> None:
    """As in the process that hears providers."""
    receive_facts()


@pytest.fixture
def told(play: Play) -> int:
    """A customer who was told of the failure, and when the next news comes."""
    case_id = play.courier()
    advance(minutes=20)
    assert play.topics(case_id) == ["failure"]
    return case_id


def writes(words: str, sender: str = courier.PHONE, channel: str = "sms", **more: Any) -> None:
    """Somebody writes to us; `more` as a provider says it."""
    fact = heard.incoming(
        provider="playground",
        provider_id=secrets.token_hex(8),
        channel=channel,
        sender=sender,
        words=words,
        at=clock.now(),
        **more,
    )
    with transaction() as conn:
        heard.tell(conn, fact, clock.now())
    settle()


def stands() -> list[tuple[str, bool]]:
    rows = read("SELECT channel, unclear FROM opt_outs WHERE lifted_at IS NULL ORDER BY channel")
    return [(row["channel"], row["unclear"]) for row in rows]


def refused(*, unclear: bool = False) -> list[tuple[str, bool]]:
    """Of a number in the United States: texts and calls alike."""
    return [(channel, unclear) for channel in ("sms", "voice", "whatsapp")]


def promises(case_id: int) -> list[tuple[str, str, str]]:
    rows = read(
        "SELECT kind, state, settled_by FROM promises WHERE case_id = %s ORDER BY id", case_id
    )
    return [(row["kind"], row["state"], row["settled_by"]) for row in rows]


def texts(play: Play, case_id: int, state: str = "delivered") -> list[str]:
    return [m["topic"] for m in play.messages(case_id, audience="customer") if m["state"] == state]


def test_a_refusal_in_their_own_words_ends_the_messages_and_releases_what_was_promised(
    play: Play, told: int
) -> None:
    play.acknowledge(told)
    writes("Bitte schreiben Sie mir nicht mehr!")
    assert stands() == refused()
    assert promises(told)[-1] == ("news", "released", "opt_out")
    *_, last = play.messages(told, audience="customer")
    assert (last["topic"], last["state"]) == ("refusal", "delivered")
    assert "START" in last["text"]
    assert "/c/" in last["text"]
    called = play.messages(told, audience="dispatcher")[-1]
    assert "wants no messages" in called["text"]
    before = len(texts(play, told))
    advance(days=2)
    assert len(texts(play, told)) == before
    held = play.messages(told, audience="customer", state="suppressed")
    assert {m["why"] for m in held} == {"opted_out"}
    assert play.told(told, "shipper") == []  # they are not asked for another number
    assert play.orphans() == []
    proof, *_ = read("SELECT why, words, provider, by FROM opt_outs ORDER BY id")
    assert tuple(proof.values()) == (
        "reply",
        "Bitte schreiben Sie mir nicht mehr!",
        "playground",
        "",
    )


def test_what_the_provider_answered_is_not_answered_again(play: Play, told: int) -> None:
    writes("Stop!", answers_keywords=True)
    writes("HELP", answers_keywords=True)
    writes("START", answers_keywords=True)
    assert set(play.topics(told)) == {"failure"}
    assert stands() == []


def test_help_is_answered_truly_and_once_for_each_time_it_is_asked(play: Play, told: int) -> None:
    writes("HELP?")
    writes("STOP")
    writes("ayuda")
    helps = [m for m in play.messages(told, audience="customer") if m["topic"] == "help"]
    assert [m["state"] for m in helps] == ["delivered"] * 2
    assert "STOP" in helps[0]["text"]
    assert "/c/" in helps[0]["text"]


def test_start_brings_the_messages_back_and_a_bare_yes_does_then(play: Play, told: int) -> None:
    writes("stop")
    writes("Yes")
    assert stands() == []
    assert texts(play, told)[-2:] == ["refusal", "help"]
    writes("yes")  # now it answers something, and is for others to read
    assert play.messages(told, audience="customer")[-1]["topic"] == "question"


def test_while_a_delivery_is_booked_cancel_may_mean_that(play: Play, told: int) -> None:
    play.choose(told)
    writes("Cancel")
    assert stands() == refused(unclear=True)
    asked = play.messages(told, audience="customer")[-1]
    assert (asked["topic"], asked["state"]) == ("question", "delivered")
    assert "STOP" in asked["text"]
    assert play.case(told).booked
    writes("stop")
    assert stands() == refused()


def test_while_a_person_finds_out_nothing_else_is_sent_and_their_answer_arrives(
    play: Play, told: int
) -> None:
    writes("no more texts today please")
    advance(hours=30)
    sent = set(texts(play, told))
    assert sent <= {"failure", "question", "question_late", "refusal", "help"}
    held = play.messages(told, audience="customer", state="suppressed")
    assert {m["why"] for m in held} == {"asked_whether"}
    conversation.answer(told, "From tomorrow on, then.", "Ana", clock.now())
    settle()
    assert stands() == []
    assert play.messages(told, audience="customer")[-1]["state"] == "delivered"


def test_another_way_stays_and_the_promise_with_it(play: Play) -> None:
    case_id = play.courier(email="kim@example.com")
    advance(minutes=20)
    writes("Stop texting me")
    assert ("news", "released", "opt_out") not in promises(case_id)
    advance(hours=30)
    later = play.messages(case_id, audience="customer", state="delivered")[-1]
    assert later["channel"] == "email"


def test_a_provider_that_blocks_for_them_is_believed(play: Play, told: int) -> None:
    fact = heard.Blocked(provider="heron", channel="sms", recipient=courier.PHONE, code="complaint")
    with transaction() as conn:
        heard.tell(conn, fact, clock.now())
    settle()
    assert stands() == refused()
    assert promises(told)[-1][1:] == ("released", "opt_out")
    assert "refusal" not in play.topics(told)


def test_a_confirmation_that_comes_late_is_none(play: Play, told: int) -> None:
    writes("STOP")
    confirmed = play.messages(told, audience="customer")[-1]
    assert confirmed["not_after"] - clock.now() <= timedelta(minutes=5)


def supply(case_id: int, by: str, **contact: str) -> None:
    service.supply(case_id, contact.get("phone", ""), contact.get("email", ""), by, clock.now())
    settle()


def barred(recipient: str) -> set[str]:
    rows = read(
        "SELECT channel FROM opt_outs WHERE recipient = %s AND lifted_at IS NULL", recipient
    )
    return {row["channel"] for row in rows}


def test_a_refusal_holds_at_a_number_that_others_give_for_the_same_person(
    play: Play, told: int
) -> None:
    writes("STOP")
    supply(told, "shipper", phone=OTHER)
    advance(days=1)
    assert barred(OTHER) == {"sms", "voice", "whatsapp"}
    assert [to for _, to in play.told(told) if to == OTHER] == [], "not even a confirmation"
    supply(told, "shipper", email="kim@example.com")
    advance(days=1)
    assert [to for _, to in play.told(told) if to == "kim@example.com"], "they refused no mails"
    writes("START", sender=OTHER)
    assert barred(OTHER) == set()
    assert play.orphans() == []


def test_who_gives_a_number_of_their_own_wants_to_be_written_to_there(
    play: Play, told: int
) -> None:
    writes("STOP")
    supply(told, Actor.CUSTOMER, phone=OTHER)
    advance(minutes=20)
    assert barred(OTHER) == set()
    assert [to for _, to in play.told(told) if to == OTHER]


def test_elsewhere_a_refusal_is_of_one_way(play: Play) -> None:
    case_id = play.courier(phone="+4915112345678")
    advance(minutes=20)
    writes("Stopp", sender="+4915112345678")
    supply(case_id, "shipper", phone="+4915112345679")
    assert barred("+4915112345679") == {"sms"}
