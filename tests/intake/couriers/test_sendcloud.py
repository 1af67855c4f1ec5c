"""Sendcloud: the published known answer, the documented body, every listed status."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.intake.couriers import sendcloud
from app.intake.event import SignatureRefused


def test_the_published_signature(account_of, incoming_of, vendor) -> None:
    known = vendor("sendcloud/signature_vector.json")
    account = account_of("sendcloud", secrets=(known["secret"],))
    raw, good = known["body"].encode(), known["expected_header"]
    sendcloud.verify(account, incoming_of({known["header_name"]: good}, raw))
    for bad, body in ((good[:-1] + "b", raw), (good.upper(), raw), (good, raw[:-1])):
        with pytest.raises(SignatureRefused):
            sendcloud.verify(account, incoming_of({known["header_name"]: bad}, body))


def test_the_documented_body(read, vendor) -> None:
    event = read("sendcloud", vendor("sendcloud/docs_parcel_status_changed.json"))
    assert event.kind == "progress"
    assert event.key == "1:1:123"
    assert event.occurred_at is None  # the documentation's placeholder
    assert (event.name, event.phone, event.email) == (
        "Mr Bob",
        "612345678",
        "contact@sendcloud.com",
    )
    assert (event.order_ref, event.tracking_number) == ("ORD12334", "3SYZXG132912330")
    assert event.address == {
        "line1": "Stadhuisplein 10",
        "line2": "Sendcloud",
        "city": "Eindhoven",
        "region": None,
        "postcode": "5611 EM",
        "country": "NL",
    }


def test_no_listed_status_is_unknown_but_the_unknown_ones(read, vendor, sample) -> None:
    opening = {}
    for status in vendor("sendcloud/parcel_statuses_reference.json"):
        body = sample("sendcloud")
        body["parcel"]["status"] = status
        event = read("sendcloud", body)
        assert event.reason != "unknown" or status["id"] == 1337
        if event.kind == "failed":
            opening[status["id"]] = event.reason
    assert opening == {8: "attempt_failed", 80: "undeliverable"}


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ({"id": 70000, "message": "Refused by recipient"}, ("refused", "refused")),
        ({"id": 62991, "message": "Geweigerd"}, ("refused", "refused")),
        ({"id": 62992, "message": "Returned to sender"}, ("returned", "returned")),
        ({"id": 62996, "message": "Exception"}, ("failed", "unknown")),
        ({"id": 62997, "message": "Address invalid"}, ("failed", "address_incorrect")),
        ({"id": 12, "message": "Awaiting customer pickup"}, ("held", "ready_for_pickup")),
    ],
)
def test_newer_statuses_go_by_message_and_id(read, sample, status, outcome) -> None:
    body = sample("sendcloud")
    body["parcel"]["status"] = status
    event = read("sendcloud", body)
    assert (event.kind, event.reason) == outcome


@pytest.mark.parametrize("timestamp", [1772460240, 1772460240000, "1772460240"])
def test_seconds_and_milliseconds(read, sample, timestamp) -> None:
    body = sample("sendcloud") | {"carrier_status_change_timestamp": timestamp}
    assert read("sendcloud", body).occurred_at == datetime(2026, 3, 2, 14, 4, tzinfo=UTC)


def test_other_actions_are_ignored(account_of, incoming_of) -> None:
    body = {"action": "integration_deleted"}
    assert sendcloud.translate(body, account_of("sendcloud"), incoming_of({})) == []
