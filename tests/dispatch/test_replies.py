"""A dispatcher answers by text: 1 takes on, 2 passes on, and late answers hear the truth."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from twilio.request_validator import RequestValidator

from app import clock
from app.channels.providers.twilio.sending import Twilio
from app.db.connection import connection
from app.dispatch import replies, rules, service
from tests.channels.conftest import with_twilio
from tests.channels.exchange import TOKEN
from tests.channels.phones import PUBLIC
from tests.dispatch.house import ANA, BEN, House
from tests.inline import advance, settle


@pytest.fixture
def texted(house: House) -> House:
    """Nobody's telephone rings."""
    connection().execute("UPDATE people SET channels = '{sms}' WHERE name = 'Ana'")
    return house


class _Texts:
    count = 0


def write(house: House, words: str, sender: str = ANA, sid: str = "") -> str:
    """Somebody writes to our number; what they are written back."""
    _Texts.count += 1
    form = {"MessageSid": sid or f"SM{_Texts.count:032}", "From": sender, "Body": words}
    place = "/callbacks/twilio/reply"
    signature = RequestValidator(TOKEN).compute_signature(PUBLIC + place, form)
    before = len(house.exchange.sent)
    answer = house.web.post(place, data=form, headers={"X-Twilio-Signature": signature})
    assert answer.status_code == 200
    settle()
    mine = [f["Body"] for f in house.exchange.sent[before:] if f["To"] == sender]
    return mine[0] if mine else ""


def code(house: House, case_id: int) -> int:
    return rules.code_of(house.task(case_id).id)


def test_the_text_says_how_to_answer_it_and_1_takes_it_on(texted: House):
    case_id = texted.courier()
    said = re.search(r"reply 1-(\d+) to take it, 2-(\d+) to pass it on", texted.texts()[0][1])
    assert said
    answer = write(texted, f"1-{said[1]}")
    assert answer.startswith("ORD-P1: You have taken it on. https://")
    task = texted.task(case_id)
    assert (task.state, task.acknowledged_by) == ("acknowledged", "Ana")


@pytest.mark.parametrize("words", ["1", " 1. ", "1-{}", "1 {}", "1{}", "(1-{})", "#1 - {}!"])
def test_the_only_one_that_waits_needs_no_number(texted: House, words: str):
    case_id = texted.courier()
    assert "You have taken it on" in write(texted, words.format(code(texted, case_id)))
    assert texted.task(case_id).acknowledged_by == "Ana"


def test_2_passes_it_on_at_once(texted: House):
    case_id = texted.courier()
    assert write(texted, "2") == "ORD-P1: It is passed on."
    assert [number for number, _ in texted.texts()][:3] == [ANA, ANA, BEN]
    assert texted.task(case_id).level == 2


def test_of_several_nobody_guesses(texted: House):
    first, second = texted.courier(parcel="P1"), texted.courier(parcel="P2")
    said = write(texted, "1")
    assert said.startswith("You were called for 2. Reply 1-")
    for case_id, label in ((first, "ORD-P1"), (second, "ORD-P2")):
        assert f"1-{code(texted, case_id)} takes {label}" in said
    assert texted.task(first).state == texted.task(second).state == "open"
    assert "ORD-P2: You have taken it on" in write(texted, f"1-{code(texted, second)}")
    assert texted.task(first).state == "open"
    assert "ORD-P1: You have taken it on" in write(texted, "1"), "one is left"


def test_a_late_answer_hears_who_has_it(texted: House):
    case_id = texted.courier()
    service.acknowledge(texted.task(case_id).id, "Ben", "", "", clock.now())
    for words in ("1", f"1-{code(texted, case_id)}", f"2-{code(texted, case_id)}"):
        assert re.match(r"ORD-P1: Ben took it on at \d\d:\d\d\.", write(texted, words)), words
    assert texted.task(case_id).acknowledged_by == "Ben"


def test_after_the_delivery_it_hears_that(texted: House):
    case_id = texted.courier()
    number = code(texted, case_id)
    texted.courier("delivered")
    said = write(texted, f"1-{number}")
    assert re.match(r"ORD-P1: It was delivered at \d\d:\d\d", said)
    advance(days=2)
    assert re.match(r"ORD-P1: It was delivered at \d\d:\d\d on ", write(texted, f"1-{number}"))


def test_the_code_of_a_call_that_a_newer_one_replaced_says_that(texted: House):
    case_id = texted.courier()
    number = code(texted, case_id)
    texted.acknowledge(case_id)
    texted.choose(case_id)
    texted.courier(at=clock.now())
    assert texted.tasks(case_id)[-1] == ("promise", "open")
    said = write(texted, f"1-{number}")
    assert said == "ORD-P1: This call is over: there is a newer one for this parcel."
    assert write(texted, f"1-{code(texted, case_id)}").startswith("ORD-P1: You have taken it on.")


def test_a_number_that_is_not_theirs_is_said_and_nothing_is_done(texted: House):
    case_id = texted.courier()
    said = write(texted, "1-997")
    assert said.startswith("You were not called for a number 997. Reply 1-")
    assert write(texted, "1", BEN).startswith("You were not called for anything lately.")
    assert write(texted, f"1-{code(texted, case_id)}", BEN).startswith("You were not called for")
    assert texted.task(case_id).state == "open"


def test_the_same_answer_twice_is_heard_once(texted: House):
    case_id = texted.courier()
    assert "You have taken it on" in write(texted, "1", sid="SM" + "a" * 32)
    assert write(texted, "1", sid="SM" + "a" * 32) == ""
    assert "You have it, since" in write(texted, "1")
    assert texted.timeline(case_id).count("acknowledged") == 1


def test_other_words_do_nothing_and_never_become_a_customers(texted: House):
    case_id = texted.courier()
    for words in ("on my way", "there in 5", "on my way"):
        assert "Only 1 and 2" in write(texted, words), "none of several goes without an answer"
    for _ in range(12):
        last = write(texted, "I am away until Monday")
    assert last == "", "two machines come to rest"
    assert texted.task(case_id).state == "open"
    assert "customer_reply" not in texted.timeline(case_id)


@pytest.mark.parametrize("words", ["", "11a", "3", "12 34 56", "one", "1-482 and 2-483", "yes"])
def test_what_is_no_such_answer(words: str):
    assert replies.read(words) is None


@pytest.mark.parametrize(
    ("sender", "number", "can"),
    [
        ("+15005550006", "+17145554101", True),
        ("+15005550006", "+919812345678", False),
        ("+15005550006", "+8613812345678", False),
        ("Reknock", "+17145554101", False),
        ("12345", "+17145554101", False),
    ],
)
def test_it_is_offered_only_where_an_answer_would_come(settings, sender, number, can):
    ours = with_twilio(settings, "http://127.0.0.1:1")
    ours = replace(ours, plug_ins={**ours.plug_ins, "TWILIO_FROM": sender})
    assert Twilio(ours).can_be_answered(number) is can


def test_where_no_answer_would_come_the_link_stands_alone(texted: House):
    connection().execute("UPDATE people SET phone = '+919812345678' WHERE name = 'Ana'")
    texted.courier()
    (form,) = [form for form in texted.exchange.sent if form["To"] == "+919812345678"]
    assert "https://" in form["Body"]
    assert "reply" not in form["Body"]
