"""A question that went up is not taken by whoever was called for it below, by what they hold."""

from __future__ import annotations

import itertools
import re

from app import clock
from app.access import links
from app.channels import heard
from app.db.connection import connection, transaction
from app.settings import Settings
from tests.application import create_app
from tests.channels.phones import Call
from tests.courier import PHONE
from tests.dispatch.house import ANA, BEN, House
from tests.dispatch.test_bundle_answers import gathering
from tests.dispatch.test_replies import code, write
from tests.inline import advance, settle

__all__ = ["gathering"]
_IDS = itertools.count(1)
GONE = "It has gone to Ben, who will answer the customer."


def ask(words: str, sender: str = PHONE) -> None:
    """A customer writes."""
    fact = heard.incoming(
        channel="sms", sender=sender, words=words, provider="p", provider_id=f"up-{next(_IDS)}"
    )
    with transaction() as conn:
        heard.tell(conn, fact, clock.now())
    settle()


def asked(house: House, way: str = "sms") -> int:
    """Ana was called for a question by this way, and the customer wants somebody above her."""
    connection().execute("UPDATE people SET channels = %s WHERE name = 'Ana'", [[way]])
    case_id = house.courier()
    advance(minutes=20)
    house.acknowledge(case_id)
    ask("Which door do you want?")
    return case_id


def test_her_old_code_does_not_take_it_and_hears_who_has_it(house: House):
    case_id = asked(house)
    number = code(house, case_id)
    assert f"1-{number}" in house.texts()[-1][1]
    ask("I want to speak to the manager")
    for words in (f"1-{number}", "1", f"2-{number}", "2"):
        assert write(house, words) == f"ORD-P1: {GONE}", words
    assert house.task(case_id).state == "open"
    assert house.texts()[-1][0] in {ANA, BEN}
    assert write(house, f"1-{number}", BEN).startswith("ORD-P1: You have taken it on.")


def test_a_call_that_she_still_holds_says_so_and_its_key_takes_nothing(house: House):
    case_id = asked(house, "voice")
    call = house.phones.placed()[-1]
    call.answer()
    ask("I want to speak to the manager")
    assert call.press("1") == [GONE]
    late = Call(call.sid, call.form, house.web)
    assert late.answer() == [GONE]
    assert house.task(case_id).state == "open"


def test_a_telephone_that_still_rings_is_called_off(house: House):
    asked(house, "voice")
    call = house.phones.placed()[-1]
    ask("I want to speak to the manager")
    assert (call.sid, {"Status": "canceled"}) in house.recall()


def test_her_link_says_so_and_offers_to_answer_but_not_to_take_it(house: House, settings: Settings):
    case_id = asked(house)
    task, ana = house.task(case_id).id, house.world.people["Ana"]
    ask("I want to speak to the manager")
    browser = create_app(settings).test_client()
    address = f"/t/{links.make('task', task, ana)}"
    page = browser.get(address).text
    assert GONE in page
    assert "I take it on" not in page
    late = browser.post(address, data={"act": "acknowledge"})
    assert (late.status_code, GONE in late.text) == (409, True)
    assert house.task(case_id).state == "open"
    ben = f"/t/{links.make('task', task, house.world.people['Ben'])}"
    assert "I take it on" in browser.get(ben).text
    assert browser.post(ben, data={"act": "acknowledge"}).status_code == 303
    assert house.task(case_id).acknowledged_by == "Ben"


def test_a_list_is_about_the_others(gathering: House, settings: Settings):
    numbers = [f"+1714555018{n}" for n in range(3)]
    cases = [gathering.courier(parcel=f"V{n}", phone=at) for n, at in enumerate(numbers)]
    advance(minutes=20)
    for case_id, number in zip(cases, numbers, strict=True):
        gathering.acknowledge(case_id)
        ask("Which door?", number)
    advance(minutes=5)
    found = re.search(r"reply 1-B(\d+) to take all", gathering.texts()[-1][1])
    assert found
    ask("I want to speak to the manager", numbers[2])
    assert write(gathering, f"1-B{found[1]}").startswith("You have taken on 1 parcel.")
    late = write(gathering, f"1-B{found[1]}")
    assert late == "Nothing of it is left: you have 1, Ben has 1."
    assert [gathering.task(case_id).acknowledged_by for case_id in cases[1:]] == ["Ana", None]
    ana = gathering.world.people["Ana"]
    page = (
        create_app(settings).test_client().get(f"/t/all/{links.make('calls', int(found[1]), ana)}")
    )
    assert GONE in page.text
    assert "I take" not in page.text


def test_once_everybody_was_called_in_vain_whoever_comes_is_welcome(house: House):
    case_id = asked(house)
    number = code(house, case_id)
    ask("I want to speak to the manager")
    advance(hours=1)
    assert house.task(case_id).exhausted_at
    assert write(house, f"1-{number}").startswith("ORD-P1: You have taken it on.")
