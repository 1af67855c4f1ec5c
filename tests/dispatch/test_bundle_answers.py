"""A text message or a call about several parcels: one answer is about all of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from app import clock
from app.chain import policy
from app.channels import providers
from app.channels.providers.twilio import sending
from app.db.connection import connection
from app.dispatch import service
from app.settings import Settings
from tests.channels.conftest import with_twilio
from tests.channels.exchange import open_exchange
from tests.dispatch.house import ANA, House
from tests.dispatch.test_replies import write
from tests.inline import advance, settle


@pytest.fixture
def gathering(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """What follows a call within minutes is one message; Ana is written to."""
    monkeypatch.setattr(sending, "_TIMEOUT", (1.0, 0.5))
    with open_exchange() as exchange:
        house = House(with_twilio(settings, exchange.base), exchange, policy.STANDARD)
        connection().execute("UPDATE people SET channels = '{sms}' WHERE name = 'Ana'")
        yield house
    providers._chosen.clear()


def several(house: House, many: int = 4) -> tuple[list[int], str]:
    """A first parcel that somebody has, and a message about so many others; its code."""
    first, *others = [house.courier(parcel=f"V{n}") for n in range(many + 1)]
    house.acknowledge(first, "Cleo")
    advance(minutes=5)
    said = [body for number, body in house.texts() if number == ANA][-1]
    found = re.search(r"reply 1-B(\d+) to take all, 2-B(\d+) to pass all on", said)
    assert found, said
    assert found[1] == found[2]
    return others, found[1]


def has(house: House, case_ids: list[int]) -> list[str | None]:
    return [house.task(case_id).acknowledged_by for case_id in case_ids]


def canceled(house: House) -> list[str]:
    return [sid for sid, _ in house.exchange.updated]


@pytest.mark.parametrize("words", ["1-B{}", "1 b{}", "1", "1 all", " 1 - b {} ."])
def test_1_takes_all_of_them_on(gathering: House, words: str):
    others, code = several(gathering)
    answer = write(gathering, words.format(code))
    assert answer.startswith("You have taken on 4 parcels. https://")
    assert "/t/all/" in answer
    assert has(gathering, others) == ["Ana"] * 4


def test_2_passes_all_of_them_on(gathering: House):
    others, code = several(gathering)
    assert write(gathering, f"2-B{code}") == "4 parcels passed on."
    assert has(gathering, others) == [None] * 4
    assert {gathering.task(case_id).level for case_id in others} == {2}
    assert write(gathering, f"2-B{code}") == "It has been passed on already."


def test_a_late_answer_hears_who_has_them(gathering: House):
    others, code = several(gathering)
    gathering.acknowledge(others[0], "Ben")
    assert write(gathering, f"1-B{code}").startswith("You have taken on 3 parcels.")
    gathering.courier("delivered", "V2")
    for digit in "12":
        assert write(gathering, f"{digit}-B{code}") == (
            "Nothing of it is left: you have 2, Ben has 1, 1 is over."
        )


def test_a_wrong_number_hears_which_there_are_and_does_nothing(gathering: House):
    others, code = several(gathering)
    answer = write(gathering, f"1-B{int(code) + 1}")
    assert answer.startswith(f"We sent you no list B{int(code) + 1}. Reply 1-")
    assert has(gathering, others) == [None] * 4


def test_where_something_else_waits_too_nobody_guesses(gathering: House):
    others, _ = several(gathering)
    connection().execute("UPDATE staff_calls SET due_at = due_at - interval '1 hour'")
    gathering.courier(parcel="ALONE")
    assert write(gathering, "1").startswith("You were called for 5. Reply 1-")
    assert has(gathering, others) == [None] * 4


def test_a_call_about_several_rings_no_more_when_others_took_all_of_it(gathering: House):
    connection().execute("UPDATE people SET channels = '{voice,sms}' WHERE name = 'Ana'")
    first, *others = [gathering.courier(parcel=f"V{n}") for n in range(4)]
    gathering.acknowledge(first, "Cleo")
    advance(minutes=5)
    call = gathering.phones.placed()[-1]
    assert call.form["To"] == ANA
    call.tell("ringing")
    for case_id in others[:-1]:
        gathering.acknowledge(case_id, "Ben")
    gathering.recall()
    assert call.sid not in canceled(gathering), "one of them is still nobody's"
    gathering.acknowledge(others[-1], "Ben")
    gathering.recall()
    assert call.sid in canceled(gathering)
    settle()
    assert has(gathering, others) == ["Ben"] * 3


def test_who_answers_it_a_moment_later_hears_who_has_them(gathering: House):
    connection().execute("UPDATE people SET channels = '{voice,sms}' WHERE name = 'Ana'")
    first, *others = [gathering.courier(parcel=f"V{n}") for n in range(3)]
    gathering.acknowledge(first, "Cleo")
    advance(minutes=5)
    call = gathering.phones.placed()[-1]
    for case_id in others:
        service.acknowledge(gathering.task(case_id).id, "Ben", "", "", clock.now())
    said = call.answer()
    assert "Nothing of it is left: Ben has 2." in said[0]
