"""What a telephone says of a question, a decision, an unhappy customer, and the keys that fit."""

from __future__ import annotations

import re

import pytest

from app import clock
from app.chain import policy
from app.db.connection import connection
from app.dispatch import conversation, service
from app.settings import Settings
from tests import wording
from tests.channels.conftest import with_twilio
from tests.channels.exchange import open_exchange
from tests.channels.phones import Call
from tests.courier import PHONE
from tests.dispatch.house import ANA, House
from tests.dispatch.test_gone_up import ask, gathering
from tests.dispatch.test_in_their_language import speaks
from tests.inline import advance, settle

__all__ = ["gathering"]
SPEAK = "Press 1 to take it on, 2 to pass it on, 3 to hear this again, or 4 to take it on and speak"
TAKE = "Press 1 to take it on, 2 to pass it on, or 3 to hear this again."


def asked(house: House, words: str = "Which door did you try?", phone: str = PHONE) -> int:
    """A customer, whose delivery Ben sees to, writes to us."""
    case_id = house.courier(phone=phone)
    house.acknowledge(case_id, "Ben")
    advance(minutes=20)
    house.phones.placed()
    ask(words, phone)
    return case_id


def rung(house: House) -> Call:
    call = house.phones.placed()[-1]
    assert call.form["To"] == ANA
    return call


def test_a_question_is_said_in_the_customers_words_with_the_hour_that_they_were_told(house: House):
    asked(house)
    said = rung(house).answer()[0]
    assert "a customer asks about their parcel and waits for an answer." in said
    assert "Their words: Which door did you try? One parcel" in said
    assert "1 Elm St, Anaheim" in said
    assert re.search(f"They have been promised an answer by {wording.SHORT}", said)
    assert SPEAK in said
    assert "Kim" not in said, "a loudspeaker has more listeners than one"
    assert "recipient unavailable" not in said, "that is not what they are called for"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Please let me talk to a human", "a customer would like to speak to somebody."),
        ("Can you call me back?", "a customer would like to be called."),
        ("", "a customer asks about their parcel and waits for an answer. One parcel"),
    ],
)
def test_what_is_wanted_is_said_first(house: House, words: str, said: str):
    asked(house, words)
    assert said in rung(house).answer()[0]


def test_where_names_stay_in_the_house_the_words_do_too(settings: Settings):
    body = policy.STANDARD | {"gather_within": 0, "staff_read_names": False}
    with open_exchange() as exchange:
        discreet = House(with_twilio(settings, exchange.base), exchange, body)
        asked(discreet, "The gate code is 4711")
        said = rung(discreet).answer()[0]
        written = [m["text"] for m in discreet.messages(1, audience="dispatcher")]
    assert "a customer asks about their parcel" in said
    assert "4711" not in said + " ".join(written)


def test_the_keys_of_a_question_take_it_on_and_pass_it_on(house: House):
    case_id = asked(house)
    call = rung(house)
    first = call.answer()
    assert call.press("3") == first
    assert call.press("5")[0].startswith(f"That key does nothing here. {SPEAK}")
    assert call.press("1")[0].startswith("You have taken it on.")
    task = house.task(case_id)
    assert (task.kind, task.acknowledged_by) == ("question", "Ana")
    assert call.answer()[0].startswith("You have it, since")


def test_key_4_takes_it_on_and_speaks_with_the_customer(house: House):
    case_id = asked(house)
    call = rung(house)
    call.answer()
    assert call.press("4") == ["One moment, you are being put through."]
    assert house.task(case_id).acknowledged_by == "Ana"
    assert call.dial is not None
    assert [one.text for one in call.dial] == [PHONE]
    assert call.dial.get("callerId") not in {None, ANA, PHONE}, "neither sees the other's"
    for _ in range(2):
        call.put_through("completed", 63)
    settle()
    assert house.timeline(case_id).count("contact_elsewhere") == 1
    (said,) = [
        row["facts"]["text"]
        for row in connection().execute(
            "SELECT facts FROM timeline WHERE kind = 'contact_elsewhere'"
        )
    ]
    assert said == "1:03 min"


def test_who_answers_after_the_answer_was_given_hears_by_whom(house: House):
    case_id = asked(house)
    call = rung(house)
    again = Call(call.sid, call.form, house.web)
    again.answer()
    conversation.answer(case_id, "The blue one", "Ben", clock.now())
    late = [call.answer(), again.press("1")]
    assert late[0] == late[1]
    assert re.fullmatch(r"Ben finished it at \d+:\d\d.*\.", late[0][0])


def test_a_missing_decision_says_whose_and_about_what(house: House):
    case_id = house.courier("lost", reason="lost_in_sorting", words="Fell off the belt")
    house.acknowledge(case_id, "Ben")
    house.phones.placed()
    for _ in range(60):
        if house.task(case_id).kind == "decision":
            break
        advance(hours=2)
    said = rung(house).answer()[0]
    assert "Hollow Oak Books has not decided about a parcel. Please ask them. a parcel is lost" in (
        said
    )
    assert "Fell off the belt" in said
    assert TAKE in said
    text = [m["text"] for m in house.messages(case_id) if "Decision missing" in m["text"]][-1]
    assert '("Fell off the belt")' in text


def test_an_unhappy_customer_is_called_by_a_key(house: House):
    case_id = house.courier()
    house.acknowledge(case_id, "Ben")
    advance(minutes=20)
    house.courier("delivered")
    for _ in range(60):
        if "survey" in house.topics(case_id):
            break
        advance(hours=2)
    house.phones.placed()
    house.rate(case_id, 1, "Rude")
    call = rung(house)
    said = call.answer()[0]
    assert "a customer is unhappy. Please call them and make it good." in said
    assert SPEAK in said
    assert call.press("4") == ["One moment, you are being put through."]
    assert house.task(case_id).acknowledged_by == "Ana"


def test_whoever_cannot_be_rung_is_not_offered(house: House):
    case_id = asked(house)
    connection().execute("UPDATE cases SET contact_phone = NULL")
    connection().execute("UPDATE shipments SET courier_phone = NULL, phone = NULL")
    call = rung(house)
    call.answer()
    assert call.press("4")[0].startswith(f"That key does nothing here. {TAKE}")
    assert house.task(case_id).state == "open"


def test_all_of_it_is_in_the_persons_language(house: House):
    speaks(house, "de")
    asked(house, "Wo ist mein Paket?")
    call = rung(house)
    said = call.answer()[0]
    assert "ein Kunde fragt nach seinem Paket und wartet auf Antwort" in said
    assert "Im Wortlaut: Wo ist mein Paket?" in said
    assert "die 4, um es zu übernehmen und gleich mit dem Kunden zu sprechen" in said
    assert call.press("4") == ["Einen Moment, Sie werden verbunden."]
    assert call.languages == {"de-DE"}


def test_several_questions_are_one_message_that_says_what_is_asked(gathering: House):
    numbers = [f"+1714555018{n}" for n in range(3)]
    cases = [gathering.courier(parcel=f"V{n}", phone=at) for n, at in enumerate(numbers)]
    advance(minutes=20)
    for case_id, number, words in zip(cases, numbers, ("One?", "Two?", "Three?"), strict=True):
        service.acknowledge(gathering.task(case_id).id, "Ben", "", "", clock.now())
        ask(words, number)
    advance(minutes=5)
    said = gathering.texts()[-1][1]
    assert said.startswith("Anaheim depot: 2 customers wait for an answer. ")
    assert 'ORD-V1: "Two?"; ORD-V2: "Three?".' in said
