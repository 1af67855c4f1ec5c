"""A booking to confirm by telephone: yes and no are keys, and what was pressed is said."""

from __future__ import annotations

import re

import pytest

from app import clock
from app.booking import service as booking
from app.db.connection import connection, transaction
from app.directory import store as directory
from app.dispatch import keys, rules, service, store
from app.dispatch.states import TaskKind
from app.dispatch.store import Task
from tests.channels.phones import Call
from tests.dispatch.house import ANA, House
from tests.dispatch.test_replies import write
from tests.inline import advance, settle


def asked(house: House) -> tuple[int, Call]:
    """A customer chose a time, and Ana's telephone rings for it."""
    case_id = house.courier()
    house.acknowledge(case_id, "Ben")
    advance(minutes=21)
    house.phones.placed()
    house.choose(case_id, confirmed=False)
    call = house.phones.placed()[-1]
    assert call.form["To"] == ANA
    return case_id, call


def task(case_id: int) -> Task:
    found = store.of_case(connection(), case_id)
    return next(one for one in found if one.kind is TaskKind.HANDOVER)


def confirmed(case_id: int) -> bool:
    found = booking.latest(connection(), case_id)
    return bool(found and found.confirmed_at)


def test_1_confirms_it_and_the_customer_is_told(house: House):
    case_id, call = asked(house)
    said = call.answer()[0]
    assert "please confirm a booking. New delivery" in said
    assert "Press 1 if it goes ahead, 2 if it cannot be done" in said
    assert call.press("1") == ["Thank you: you have confirmed it, and the customer is told."]
    settle()
    assert confirmed(case_id)
    assert (task(case_id).state, task(case_id).outcome) == ("resolved", "confirmed")
    assert house.messages(case_id, audience="customer")[-1]["topic"] == "booking"
    ring = rules.Ring(task(case_id).id, 1, house.world.people["Ana"])
    with transaction() as conn:
        ana = directory.person(conn, ring.person_id)
        assert ana
        said = keys.press(conn, "2", ring, ana, clock.now()).words
        assert said.startswith("Ana finished it at")
    assert confirmed(case_id)


def test_2_says_no_and_the_customer_chooses_again(house: House):
    case_id, call = asked(house)
    call.answer()
    (said,) = call.press("2")
    assert said == "Thank you for saying so: the customer is told, and chooses something else."
    settle()
    assert (task(case_id).outcome, house.case(case_id).state) == ("refused", "informed")


def test_4_passes_it_on_and_other_keys_say_which_there_are(house: House):
    case_id, call = asked(house)
    call.answer()
    assert "Press 1 if it goes ahead" in call.press("7")[0]
    assert call.press("4") == ["It is passed on."]
    settle()
    assert (task(case_id).state, task(case_id).level) == ("open", 2)


def test_who_finds_out_first_can_still_say_yes_by_the_key(house: House):
    case_id, call = asked(house)
    call.answer()
    service.acknowledge(task(case_id).id, "Ana", "", "", clock.now())
    assert call.press("1")[0].startswith("Thank you: you have confirmed it")
    assert confirmed(case_id)


@pytest.mark.parametrize(("key", "outcome"), [("1", "confirmed"), ("2", "refused")])
def test_a_text_message_can_be_answered_yes_or_no(house: House, key: str, outcome: str):
    connection().execute("UPDATE people SET channels = '{sms}' WHERE name = 'Ana'")
    case_id = house.courier()
    house.acknowledge(case_id, "Ben")
    advance(minutes=21)
    house.choose(case_id, confirmed=False)
    body = [body for number, body in house.texts() if number == ANA][-1]
    found = re.search(r"reply 1-(\d+) for yes, 2-\1 for no", body)
    assert found, body
    answer = write(house, f"{key}-{found[1]}")
    assert "Thank you" in answer
    assert task(case_id).outcome == outcome
