"""Numbers with an extension or PIN, and landlines: they are called, since no text reaches them."""

from __future__ import annotations

import pytest

from app import clock, languages
from app.contact import calling, service
from app.contact.lookup import service as lookup
from app.contact.rules import choose
from app.db.connection import connection, transaction
from app.dispatch import speech
from app.dispatch.about import About
from app.handover import acts_store, outbox
from app.handover.acts_store import Row
from app.handover.connectors.base import Parcel
from tests.contact.shop import TOKEN, open_shop
from tests.courier import LANDLINE, PHONE
from tests.inline import advance, settle
from tests.play import Play

URL = "/api/v1/shipments"
WRITTEN = "(714) 555-4231 ext. 12345678"
KEPT = "+17145554231;ext=12345678"


def order(phone: str, number: str = "P1") -> dict[str, object]:
    address = {"line1": "1 Main St", "city": "Anaheim", "country": "US"}
    return {"tracking_number": number, "name": "Kim Doe", "phone": phone, "address": address}


def phone_of(parcel: str = "P1") -> str:
    rows = connection().execute("SELECT phone FROM shipments WHERE tracking_number = %s", [parcel])
    return str(rows.fetchall()[0]["phone"])


def calls(play: Play, case_id: int) -> list[str]:
    return [str(m["text"]) for m in play.messages(case_id, audience="dispatcher")]


def test_the_order_gate_keeps_it_and_whoever_is_called_reads_that_they_have_to_call(client, play):
    assert client.post(URL, json=order(WRITTEN)).get_json()["items"][0]["status"] == "created"
    assert phone_of() == KEPT
    case_id = play.courier(phone=None)
    case = play.case(case_id)
    assert (case.contact_phone, case.contact_fault, case.call_only) == (None, "extension", True)
    (call,) = calls(play, case_id)
    assert "No text message reaches the recipient: please call them." in call
    assert "No number reaches" not in call
    (asked,) = play.messages(case_id, audience="shipper")
    assert "can only be called" in asked["text"]
    assert "If you have a mobile number" in asked["text"]
    advance(hours=1)
    assert play.told(case_id) == []


def test_where_nothing_places_calls_a_landline_is_for_people_and_a_telephone_call_says_so(
    play, monkeypatch
):
    monkeypatch.setattr(calling, "possible", lambda: False)
    case_id = play.courier(phone=LANDLINE)
    (call,) = calls(play, case_id)
    assert "please call them" in call
    said = speech.call(languages.get(), play.case(case_id), play.task(case_id), About())
    assert "nobody opened. No text message reaches the recipient: please call them. " in said


def test_else_we_call_it_and_whoever_is_called_knows(play):
    case_id = play.courier(phone=LANDLINE)
    (call,) = calls(play, case_id)
    assert "No text message reaches the recipient, so we call their landline." in call
    (asked,) = play.messages(case_id, audience="shipper")
    assert "can only be called" in asked["text"]
    assert "so we call them" in asked["text"]


def test_mail_is_written_where_there_is_an_address(play):
    case_id = play.courier(phone=WRITTEN, email="kim@example.com")
    assert "We write to the recipient by e-mail" in calls(play, case_id)[0]
    advance(minutes=20)
    assert play.told(case_id) == [("failure", "kim@example.com")]


@pytest.mark.parametrize(
    ("phones", "told"),
    [
        (["12", WRITTEN, "9999999999"], (None, "extension")),
        ([WRITTEN, PHONE], (PHONE, None)),
        (["12", "call me"], (None, "too_short")),
        ([], (None, "missing")),
    ],
)
def test_of_several_numbers_the_one_that_leads_furthest_counts(phones, told):
    found = choose(phones, [], "US")
    assert (found.phone, found.fault) == told


def test_one_that_comes_later_ends_the_asking_and_is_said_to_whoever_has_the_case(client, play):
    case_id = play.courier(phone=None)
    play.acknowledge(case_id, "Ana")
    service.supply(case_id, WRITTEN, "", "shipper", clock.now())
    settle()
    *_, told = calls(play, case_id)
    assert told.startswith("Please call the recipient of ORD-P1: there is a number now")
    assert len(calls(play, case_id)) == 2
    assert "request_contact" not in play.waiting(case_id)
    assert phone_of() == KEPT
    service.supply(case_id, PHONE, "", "shipper", clock.now())
    settle()
    advance(minutes=20)
    assert play.told(case_id) == [("failure", PHONE)]


def test_whoever_was_called_last_hears_it_when_nobody_has_the_case_yet(play):
    case_id = play.courier(phone=None)
    before = calls(play, case_id)
    service.supply(case_id, WRITTEN, "", "shipper", clock.now())
    settle()
    assert [call.split(":")[0] for call in calls(play, case_id)[len(before) :]] == [
        "Please call the recipient of ORD-P1"
    ]


def test_an_order_with_such_a_number_wakes_only_a_case_that_has_none_to_call(client, play):
    nobody, landline = play.courier(phone=None), play.courier("failed", "P2", phone=LANDLINE)
    client.post(URL, json=[order(WRITTEN), order(WRITTEN, "P2")])
    settle()
    assert play.case(nobody).call_only
    assert play.timeline(nobody).count("contact_supplied") == 1
    assert "contact_supplied" not in play.timeline(landline)
    assert "request_contact" in play.waiting(landline)


def test_the_shops_system_may_know_no_better_number(play):
    with open_shop() as shop:
        url = shop.base + "/contacts/{tracking_number}"
        with transaction() as conn:
            lookup.set_address(conn, "oak", url, TOKEN, clock.now())
        shop.usual = (200, {"phone": WRITTEN})
        first = play.courier(phone=None)
        second = play.courier("failed", "P2", phone=LANDLINE)
        settle()
        assert shop.faults == []
    assert play.case(first).call_only
    assert "contact_requested" not in play.timeline(first)
    assert "contact_requested" in play.timeline(second)


def test_a_courier_gets_the_number_and_a_note_of_the_extension(client, play):
    client.post(URL, json=order("714-555-4231 x12"))
    case_id = play.courier(phone=None)
    connection().execute("UPDATE shipments SET directions = 'Gate 4711'")
    row = Row(1, case_id, 0, 0, "webhook", "can", "k", "", 0, 0, False, False, "")
    parcel = outbox._told(row, acts_store.choices(connection(), [row])[1])
    assert isinstance(parcel, Parcel)
    assert (parcel.phone, parcel.extension) == (PHONE, "12")
    assert parcel.notes == "Phone extension 12. Gate 4711"
