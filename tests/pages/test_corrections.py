"""Where a parcel goes, on the pages of the three who may correct it: no script needed."""

from __future__ import annotations

from typing import Any

import pytest

from app.access import links
from tests.inline import advance, settle
from tests.pages.reading import fingerprint, text

MOVED = {
    "act": "correct",
    "line1": "7 Oak Ave",
    "line2": "Unit 4",
    "city": "Anaheim",
    "postcode": "92801",
    "country": "US",
    "directions": "Blue door",
}


def pages(play, case_id: int) -> dict[str, str]:
    task, ana = play.task(case_id).id, play.world.people["Ana"]
    return {
        "Ana": f"/t/{links.make('task', task, ana)}",
        "shipper": f"/s/{links.make('contact', case_id)}",
        "customer": f"/c/{links.make('case', case_id)}",
    }


@pytest.fixture
def case_id(play) -> int:
    made: int = play.courier()
    return made


@pytest.mark.parametrize("who", ["Ana", "shipper"])
def test_the_depot_and_the_shipper_correct_all_of_it(client, play, case_id, who):
    path = pages(play, case_id)[who]
    before = fingerprint()
    assert "Correct the address" in text(client.get(path).text)
    assert fingerprint() == before
    assert client.post(path, data=MOVED | {"version": "0"}).status_code == 303
    settle()
    parcel = play.case(case_id).parcel
    assert (parcel.address["line1"], parcel.address["line2"]) == ("7 Oak Ave", "Unit 4")
    assert parcel.directions == "Blue door"
    for page in pages(play, case_id).values():
        shown = client.get(page).text
        assert "Blue door" in shown
        assert "corrected the address" in shown


def test_a_fault_stands_at_its_field_and_what_was_typed_stays(client, play, case_id):
    for who in ("Ana", "shipper"):
        wrong = MOVED | {"country": "Atlantis", "version": "0"}
        answer = client.post(pages(play, case_id)[who], data=wrong)
        assert answer.status_code == 422
        assert 'id="country-wrong"' in answer.text
        assert 'value="7 Oak Ave"' in answer.text


def test_the_second_of_two_is_told_who_was_first(client, play, case_id):
    path = pages(play, case_id)
    assert client.post(path["Ana"], data=MOVED | {"version": "0"}).status_code == 303
    answer = client.post(path["shipper"], data=MOVED | {"line1": "9 Elm", "version": "0"})
    assert answer.status_code == 409
    assert "Meanwhile it was corrected by Ana." in text(answer.text)
    assert play.case(case_id).parcel.address["line1"] == "7 Oak Ave"


def test_a_customer_corrects_the_unit_the_directions_and_the_number(client, play, case_id):
    path = pages(play, case_id)["customer"]
    street = play.case(case_id).parcel.address["line1"]
    said: dict[str, Any] = {"act": "correct", "line2": "Unit 9", "directions": "Gate 4711"}
    sly = said | {"line1": "1 Thief Rd", "version": "0"}
    assert client.post(path, data=sly).status_code == 303
    parcel = play.case(case_id).parcel
    assert (parcel.address["line1"], parcel.address["line2"]) == (street, "Unit 9")
    assert parcel.directions == "Gate 4711"
    assert client.post(path, data={"act": "phone", "phone": "12"}).status_code == 422
    assert client.post(path, data={"act": "phone", "phone": "(714) 555-4242"}).status_code == 303
    settle()
    assert play.case(case_id).contact_phone == "+17145554242"


@pytest.mark.parametrize(
    ("who", "act", "told"),
    [
        ("Ana", "agree", "goes to the address you asked for: 7 Oak Ave, Unit 4"),
        ("shipper", "agree", "goes to the address you asked for: 7 Oak Ave, Unit 4"),
        ("Ana", "refuse", "cannot go to the other address. It still goes to 1 Elm St"),
    ],
)
def test_another_address_needs_somebody_who_agrees_and_the_customer_hears(
    client, play, case_id, who, act, told
):
    advance(minutes=20)
    path = pages(play, case_id)
    assert client.post(path["customer"], data=MOVED | {"act": "move"}).status_code == 303
    settle()
    assert play.case(case_id).parcel.address["line1"] == "1 Elm St"
    assert ("question", "open") in play.tasks(case_id)  # the ladder is called
    assert "You asked us to bring it to 7 Oak Ave" in text(client.get(path["customer"]).text)
    path = pages(play, case_id)  # the newest task
    assert "7 Oak Ave" in client.get(path[who]).text
    assert client.post(path[who], data={"act": act}).status_code == 303
    settle()
    assert told in play.messages(case_id, audience="customer")[-1]["text"]
    assert client.post(path["shipper"], data={"act": "agree"}).status_code == 409
    if who == "Ana":
        assert ("question", "acknowledged") in play.tasks(case_id)


def test_the_same_door_needs_nobody(client, play, case_id):
    street = play.case(case_id).parcel.address
    asked = {**street, "act": "move", "line2": "Unit 9"}
    assert client.post(pages(play, case_id)["customer"], data=asked).status_code == 303
    assert play.case(case_id).parcel.address["line2"] == "Unit 9"
    assert ("question", "open") not in play.tasks(case_id)
