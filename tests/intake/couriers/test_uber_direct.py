"""Uber Direct: both header names, and every end of a delivery."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.intake import samples
from app.intake.couriers import uber_direct
from app.intake.event import SignatureRefused


def test_the_older_header_is_still_good_and_a_forged_new_one_is_not(
    account_of, incoming_of, now
) -> None:
    account = account_of("uber_direct")
    raw, headers = samples.failure(account, now)
    genuine = headers.pop("x-uber-signature")
    uber_direct.verify(account, incoming_of({"x-postmates-signature": genuine}, raw))
    forged = {"x-uber-signature": "0" * 64, "x-postmates-signature": genuine}
    with pytest.raises(SignatureRefused):
        uber_direct.verify(account, incoming_of(forged, raw))


def test_the_failed_sample(read, sample) -> None:
    event = read("uber_direct", sample("uber_direct"))
    assert (event.kind, event.reason) == ("failed", "recipient_unavailable")
    assert (event.key, event.order_ref) == ("evt_Q2m8sT5vW7yZ1aB3cD5eF7", "ORD-1004")
    assert (event.name, event.phone) == ("Test User Four", "+14155551212")
    assert event.occurred_at == datetime(2026, 3, 2, 14, 4, 12, 287000, tzinfo=UTC)
    assert event.address
    assert (event.address["postcode"], event.address["country"]) == ("94110", "US")


@pytest.mark.parametrize(
    ("status", "why", "outcome"),
    [
        ("returned", None, ("returned", "returned")),
        ("returned", "customer_rejected_order", ("returned", "refused")),
        ("canceled", None, ("failed", "cancelled")),
        ("canceled", "customer_rejected_order", ("refused", "refused")),
        ("canceled", "cannot_find_customer_address", ("failed", "address_not_found")),
        ("dropoff", "cannot_access_customer_location", ("failed", "access_restricted")),
        ("dropoff", "dragon_on_the_road", ("failed", "unknown")),
        ("dropoff", None, ("progress", "on_the_way")),
        ("delivered", "customer_unavailable", ("delivered", "delivered")),
    ],
)
def test_statuses(read, sample, status, why, outcome) -> None:
    body = sample("uber_direct")
    body["status"] = status
    body["data"]["undeliverable_reason"] = why
    event = read("uber_direct", body)
    assert (event.kind, event.reason) == outcome


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("pickup_complete", ("progress", "on_the_way")),
        ("dropoff", ("progress", "on_the_way")),
        ("delivered", ("returned", "returned_to_sender")),
        ("canceled", ("warning", "return_parcel")),
    ],
)
def test_the_way_back_is_news_of_the_parcel_that_was_sent(read, sample, status, outcome) -> None:
    body = sample("uber_direct") | {"status": status, "delivery_id": "ret_7"}
    sent = {"id": "del_x4Vb2kQzR9yX1nLwT0aBcA", "relationship": "original"}
    body["data"] |= {"id": "ret_7", "related_deliveries": [sent], "undeliverable_reason": None}
    event = read("uber_direct", body)
    assert (event.kind, event.reason, event.tracking_number) == (*outcome, sent["id"])
    assert (event.name, event.phone, event.address) == (None, None, None)
    del body["data"]["related_deliveries"]
    assert read("uber_direct", body).tracking_number == "ret_7"


def test_what_uber_has_cleared_is_no_contact(read, sample) -> None:
    body = sample("uber_direct") | {"status": "delivered"}
    body["data"]["dropoff"] = {
        "name": "Cleared Cleared",
        "phone_number": "Cleared",
        "address": "Cleared, Cleared",
        "detailed_address": {"street_address_1": "Cleared", "city": "San Francisco"},
    }
    event = read("uber_direct", body)
    assert (event.name, event.phone, event.address) == (None, None, None)


@pytest.mark.parametrize("kind", ["event.courier_update", "event.refund_request", "event.new"])
def test_other_messages_are_ignored(account_of, incoming_of, sample, kind) -> None:
    body = sample("uber_direct") | {"kind": kind}
    assert uber_direct.translate(body, account_of("uber_direct"), incoming_of({})) == []
