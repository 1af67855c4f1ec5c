"""Where a parcel goes, on the pages of the three who may correct it: no script needed."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app import clock
from app.access import keys, links
from app.db.connection import connection, transaction
from app.promises import service as promises
from app.promises.service import Kind, Promise
from tests.inline import advance, settle
from tests.links import page_of
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
        "customer": page_of(case_id),
    }


ZONE = ZoneInfo("America/Los_Angeles")


def promises_of(case_id: int) -> list[Promise]:
    return [p for p in promises.of_case(connection(), case_id) if p.kind is Kind.ANSWER]


def wishes(case_id: int) -> list[str]:
    return [str(promise.state) for promise in promises_of(case_id)]


def wish(client, play, case_id: int, **address: str) -> None:
    path = pages(play, case_id)["customer"]
    data = MOVED | {"act": "move"} | address
    assert client.post(path, data=data).status_code == 303
    settle()


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
        (
            "Ana",
            "refuse",
            "cannot go to the other address. The reason: no van goes there. It still goes to 1 Elm",
        ),
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
    said = text(client.get(path["customer"]).text)
    assert "You asked us to bring it to 7 Oak Ave" in said
    (promised,) = promises_of(case_id)
    by = f"{promised.due_at.astimezone(ZONE):%-I:%M %p}"
    assert f"Ana at the depot will tell you by today at {by} whether that can be done" in said
    heard = play.messages(case_id, audience="customer")[-1]["text"]
    heard = " ".join(heard.split())
    assert f"to go to another address. Ana at the depot will answer by {by}. If you don't" in heard
    path = pages(play, case_id)  # the newest task
    assert "Another address is asked for" in client.get(path["Ana"]).text
    page = client.get(path[who]).text
    assert "7 Oak Ave" in page
    form = next(form for form in page.split("<form") if 'name="why"' in form)
    assert 'value="agree"' not in form, "Enter after the reason must not agree"
    if act == "refuse":
        silent = client.post(path[who], data={"act": act})
        assert (
            silent.status_code,
            "Please say why: the customer reads it." in text(silent.text),
        ) == (
            422,
            True,
        )
    assert client.post(path[who], data={"act": act, "why": "no van goes there."}).status_code == 303
    settle()
    heard = play.messages(case_id, audience="customer")[-1]["text"]
    assert told in heard
    assert ("Please choose again when it suits you." in heard) is (act == "refuse")
    assert client.post(path["shipper"], data={"act": "agree"}).status_code == 409
    assert ("question", "resolved") in play.tasks(case_id)
    assert wishes(case_id) == ["kept"]


def test_a_wish_that_nobody_decides_goes_up_and_gets_another_hour(client, play, case_id):
    advance(minutes=20)
    wish(client, play, case_id)
    advance(hours=2)
    assert "your answer will take longer" in play.messages(case_id, audience="customer")[-1]["text"]
    assert wishes(case_id) == ["broken", "open"]
    levels = {m["recipient"] for m in play.messages(case_id, audience="dispatcher", channel="sms")}
    assert len(levels) > 1


def test_words_are_no_answer_to_a_wish_and_done_is_not_decided(client, play, case_id):
    wish(client, play, case_id)
    path = pages(play, case_id)
    answered = client.post(path["Ana"], data={"act": "answer", "answer": "I'll see."})
    assert answered.status_code == 409
    done = client.post(path["Ana"], data={"act": "resolve", "outcome": "other"})
    assert done.status_code == 409
    assert "waits for a yes or no to another address" in text(done.text)
    client.post(path["customer"], data={"ask": "write", "message": "Which day?"})
    settle()
    assert client.post(path["Ana"], data={"act": "answer", "answer": "Friday."}).status_code == 303
    assert ("question", "open") in play.tasks(case_id)  # the wish still waits
    assert wishes(case_id) == ["open", "kept"]


def test_another_wish_takes_the_place_of_the_first_and_one_answer_ends_both(client, play, case_id):
    wish(client, play, case_id)
    wish(client, play, case_id)  # twice is once
    wish(client, play, case_id, line1="9 Pine Rd")
    assert wishes(case_id) == ["open", "open"]
    assert client.post(pages(play, case_id)["Ana"], data={"act": "agree"}).status_code == 303
    settle()
    assert play.case(case_id).parcel.address["line1"] == "9 Pine Rd"
    assert wishes(case_id) == ["kept", "kept"]


def test_whoever_writes_that_address_has_agreed(client, play, case_id):
    wish(client, play, case_id)
    data = MOVED | {"version": "0"}
    assert client.post(pages(play, case_id)["shipper"], data=data).status_code == 303
    settle()
    heard = play.messages(case_id, audience="customer")[-1]["text"]
    assert "goes to the address you asked for" in heard
    assert wishes(case_id) == ["kept"]


def test_a_wish_ends_with_its_case_and_is_not_made_afterwards(client, play, case_id):
    wish(client, play, case_id)
    path = pages(play, case_id)
    play.courier("delivered")
    advance(hours=3)
    assert wishes(case_id) == ["released"]
    assert "your answer will take longer" not in str(play.messages(case_id))
    again = client.post(path["customer"], data=MOVED | {"act": "move", "line1": "9 Elm"})
    assert again.status_code == 409


def test_the_same_door_needs_nobody(client, play, case_id):
    street = play.case(case_id).parcel.address
    asked = {**street, "act": "move", "line2": "Unit 9"}
    assert client.post(pages(play, case_id)["customer"], data=asked).status_code == 303
    assert play.case(case_id).parcel.address["line2"] == "Unit 9"
    assert ("question", "open") not in play.tasks(case_id)


@pytest.mark.parametrize("role", ["shipper", "dispatcher"])
def test_a_wish_is_answered_by_the_api_with_the_reason_in_words(client, play, case_id, role):
    advance(minutes=20)
    wish(client, play, case_id)
    with transaction() as conn:
        shipper = 1 if role == "shipper" else None
        key = keys.create(conn, role, "Ana", shipper, None, clock.now())
    at = f"/api/v1/shipments/{play.case(case_id).parcel.tracking_number}/address/answer"
    head = {"Authorization": f"Bearer {key}"}
    silent = client.post(at, json={"agree": False}, headers=head)
    assert (silent.status_code, silent.get_json()["code"]) == (422, "no_reason")
    said = client.post(at, json={"agree": False, "why": "It is 300 km away"}, headers=head)
    assert said.status_code == 200
    assert said.get_json()["address"]["line1"] == "1 Elm St"
    settle()
    heard = play.messages(case_id, audience="customer")[-1]["text"]
    assert "The reason: It is 300 km away. It still goes to 1 Elm St" in heard
    assert "It is 300 km away" in text(client.get(pages(play, case_id)["customer"]).text)
    again = client.post(at, json={"agree": True}, headers=head)
    assert (again.status_code, again.get_json()["code"]) == (409, "nothing_to_agree")
