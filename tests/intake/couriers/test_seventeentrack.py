"""17TRACK: plain SHA-256, and the sub-statuses."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.intake.couriers import adapter, seventeentrack
from app.intake.event import SignatureRefused


def test_the_computed_signature(account_of, incoming_of, vendor) -> None:
    known = vendor("seventeentrack/signature_vector_computed.json")
    account = account_of("seventeentrack", secrets=(known["api_key"],))
    raw, good = known["body"].encode(), known["expected_sign"]
    seventeentrack.verify(account, incoming_of({"sign": good}, raw))
    for bad, body in ((good.upper(), raw), (good[:-1] + "5", raw), (good, raw + b"\n")):
        with pytest.raises(SignatureRefused):
            seventeentrack.verify(account, incoming_of({"sign": bad}, body))


def test_the_documented_stop_says_nothing_about_the_parcel(account_of, incoming_of, vendor) -> None:
    body = vendor("seventeentrack/tracking_stopped_docs.json")
    assert (
        adapter("seventeentrack").translate(body, account_of("seventeentrack"), incoming_of({}))
        == []
    )


def test_the_failed_sample(read, sample) -> None:
    event = read("seventeentrack", sample("seventeentrack"))
    assert (event.kind, event.reason) == ("failed", "recipient_unavailable")
    assert event.key == "RR123456789CN:3011:2026-03-02T06:04:00-08:00:DeliveryFailure_NoBody"
    assert event.order_ref == "ORD-1003"
    assert event.occurred_at == datetime(2026, 3, 2, 14, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "sub_status", "outcome"),
    [
        ("DeliveryFailure", "DeliveryFailure_Rejected", ("refused", "refused")),
        ("DeliveryFailure", "DeliveryFailure_InvalidAddress", ("failed", "address_incorrect")),
        ("DeliveryFailure", "DeliveryFailure_Aliens", ("failed", "unknown")),
        ("Exception", "Exception_Returned", ("returned", "returned_to_sender")),
        ("Exception", "Exception_Damage", ("damaged", "damaged")),
        ("Exception", "Exception_Lost", ("lost", "lost")),
        ("Exception", "Exception_Destroyed", ("lost", "destroyed")),
        ("Exception", "Exception_Delayed", ("warning", "delayed")),
        ("Exception", "Exception_Aliens", ("warning", "unknown")),
        ("AvailableForPickup", "AvailableForPickup_Other", ("held", "ready_for_pickup")),
        ("Delivered", "Delivered_Signed", ("delivered", "delivered")),
    ],
)
def test_statuses(read, sample, status, sub_status, outcome) -> None:
    body = sample("seventeentrack")
    body["data"]["track_info"]["latest_status"] = {"status": status, "sub_status": sub_status}
    body["data"]["track_info"]["latest_event"]["description"] = None
    event = read("seventeentrack", body)
    assert (event.kind, event.reason) == outcome
