"""EasyPost: the published known answer, the vendor's samples, and the status tables."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from app.intake import samples
from app.intake.couriers import easypost
from app.intake.event import Account, Event, Incoming, SignatureRefused, Unreadable


@pytest.fixture
def account(account_of):
    return account_of("easypost")


@pytest.fixture
def body(account, now):
    return json.loads(samples.failure(account, now)[0])


@pytest.fixture
def one(account: Account, incoming_of: Callable[..., Incoming]) -> Callable[[Any], Event]:
    """The one event that a body becomes."""

    def translate(body: Any) -> Event:
        [event] = easypost.translate(body, account, incoming_of({}))
        return event

    return translate


def test_the_published_signature(account_of, incoming_of, vendor, vendor_bytes) -> None:
    known = vendor("easypost/signature_vector.json")
    raw = vendor_bytes("easypost/event_body_tracker_updated.json").removesuffix(b"\n")
    assert len(raw) == known["body_len"]
    header = {known["header_name"]: known["expected_header"]}
    for secret in ("s\u00e9cret", "se\u0301cret"):  # composed and decomposed: one secret
        easypost.verify(account_of("easypost", secrets=(secret,)), incoming_of(header, raw))
    account = account_of("easypost", secrets=(known["secret"],))
    assert easypost.sign(account, raw, datetime.now(UTC)) == header
    for header_value, changed in (
        (known["expected_header"][:-1] + "a", raw),
        (known["expected_header"].removeprefix("hmac-sha256-hex="), raw),
        (known["expected_header"], raw + b"\n"),
        (known["expected_header"], raw.replace(b"Picked", b"Qicked")),
    ):
        with pytest.raises(SignatureRefused):
            easypost.verify(account, incoming_of({known["header_name"]: header_value}, changed))


def test_the_vendors_fixture_is_progress(one, vendor) -> None:
    event = one(vendor("easypost/event_body_tracker_updated.json"))
    assert event.kind == "progress"
    assert event.key == "evt_1"
    assert event.courier_ref == "trk_1"
    assert event.tracking_number == "1"
    assert event.occurred_at == datetime(2024, 8, 2, 18, 50, tzinfo=UTC)
    assert event.words == "Arrived at FedEx location"
    assert event.tracking_url == "https://track.easypost.com/1"


def test_the_vendors_delivery(one, vendor) -> None:
    event = one(vendor("easypost/landing_tracking_webhook_response.json"))
    assert (event.kind, event.tracking_number) == ("delivered", "EZ4000000004")
    assert event.occurred_at == datetime(2014, 8, 24, 15, 33, tzinfo=UTC)


def test_the_failed_sample(body, one) -> None:
    event = one(body)
    assert (event.kind, event.reason, event.attempt) == ("failed", "recipient_unavailable", 1)
    assert event.code == "failure/delivery_exception"
    assert event.order_ref == "shp_7c9b1d3e5f"
    assert event.address == {
        "line1": None,
        "line2": None,
        "city": "BROOKLYN HGTS",
        "region": "NY",
        "postcode": "11201",
        "country": "US",
    }


def test_an_old_exception_in_the_history_is_no_alarm(body, one) -> None:
    newest = copy.deepcopy(body["result"]["tracking_details"][1])
    body["result"]["tracking_details"].append(newest)
    body["result"]["status"] = body["result"]["status_detail"] = "out_for_delivery"
    assert one(body).kind == "progress"


@pytest.mark.parametrize(
    ("status", "detail", "outcome"),
    [
        ("failure", None, ("failed", "attempt_failed")),  # from the last tracking detail
        ("failure", "status_update", ("failed", "undeliverable")),
        ("failure", "weather_delay", ("warning", "weather_delay")),
        ("failure", "held", ("failed", "held")),
        ("failure", "refused", ("refused", "refused")),
        ("failure", "damaged", ("damaged", "damaged")),
        ("return_to_sender", "return", ("returned", "returned")),
        ("return_to_sender", "refused", ("returned", "refused")),
        ("return_to_sender", "arrived_at_facility", ("returned", "returned")),
        ("in_transit", "delivery_exception", ("failed", "attempt_failed")),
        ("in_transit", "address_correction", ("failed", "address_incorrect")),
        ("in_transit", "lost", ("lost", "lost")),
        ("in_transit", "delayed", ("warning", "delayed")),
        ("in_transit", "weather_delay", ("warning", "weather_delay")),
        ("in_transit", "held", ("warning", "held")),
        ("delivered", "delivery_exception", ("delivered", "delivered")),
        ("available_for_pickup", "arrived_at_pickup_location", ("held", "ready_for_pickup")),
        ("teleported", "beamed", ("progress", "unknown")),
    ],
)
def test_statuses(body, one, status, detail, outcome) -> None:
    body["result"] |= {"status": status, "status_detail": detail}
    body["result"]["tracking_details"][-1] |= {"message": None, "description": None}
    event = one(body)
    assert (event.kind, event.reason) == outcome


def test_other_events_are_ignored_and_a_tracker_without_result_is_kept(
    account, incoming_of, vendor
) -> None:
    other = {"description": "batch.updated", "id": "evt_2"}
    assert easypost.translate(other, account, incoming_of({})) == []
    with pytest.raises(Unreadable, match=r"result\.id"):
        easypost.translate(
            vendor("easypost/webhooks_guide_event_example.json"), account, incoming_of({})
        )
