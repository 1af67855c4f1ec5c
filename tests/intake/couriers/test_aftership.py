"""AfterShip: the documented body, the sub-tags, local checkpoint times."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime

import pytest

from app.intake.couriers import aftership
from app.intake.event import SignatureRefused


def test_the_signature_is_base64_of_sha256(account_of, incoming_of) -> None:
    account = account_of("aftership", secrets=("k",))
    raw = b'{"a":1}'
    digest = hmac.new(b"k", raw, hashlib.sha256).digest()
    good = base64.b64encode(digest).decode()
    aftership.verify(account, incoming_of({"aftership-hmac-sha256": good}, raw))
    for bad in (digest.hex(), good.rstrip("="), base64.urlsafe_b64encode(digest).decode() + "="):
        with pytest.raises(SignatureRefused):
            aftership.verify(account, incoming_of({"aftership-hmac-sha256": bad}, raw))


def test_the_documented_body(read, vendor) -> None:
    event = read("aftership", vendor("aftership/docs_tracking_update_2026-07_trimmed.json"))
    assert (event.kind, event.reason) == ("progress", "on_the_way")
    assert event.key == "94dadd60-ed26-46d0-aa52-3ced925a50ff"
    assert event.tracking_number == "0000000000000000"
    assert event.occurred_at == datetime(2021, 1, 14, 5, 52, tzinfo=UTC)  # New York's 00:52
    assert event.raw_time == "2021-01-14T00:52:00"


def test_the_failed_sample(read, sample) -> None:
    event = read("aftership", sample("aftership"), timezone="America/Los_Angeles")
    assert (event.kind, event.reason) == ("failed", "recipient_unavailable")
    assert (event.order_ref, event.phone) == ("ORD-1002", "+17145554232")
    assert event.occurred_at == datetime(2026, 3, 2, 17, 4, tzinfo=UTC)
    assert event.words == "Notice Left (No Authorized Recipient Available)"


@pytest.mark.parametrize(
    ("tag", "subtag", "outcome"),
    [
        ("AttemptFail", "AttemptFail_001", ("failed", "attempt_failed")),
        ("AttemptFail", "AttemptFail_003", ("failed", "business_closed")),
        ("AttemptFail", "AttemptFail_099", ("failed", "unknown")),
        ("Exception", "Exception_002", ("failed", "moved")),
        ("Exception", "Exception_003", ("refused", "refused")),
        ("Exception", "Exception_004", ("warning", "customs_hold")),
        ("Exception", "Exception_005", ("warning", "delayed")),
        ("Exception", "Exception_006", ("failed", "payment_due")),
        ("Exception", "Exception_007", ("failed", "address_incorrect")),
        ("Exception", "Exception_008", ("failed", "not_collected")),
        ("Exception", "Exception_010", ("returned", "returned")),
        ("Exception", "Exception_012", ("damaged", "damaged")),
        ("Exception", "Exception_013", ("lost", "lost")),
        ("Exception", "Exception_016", ("warning", "delayed")),
        ("Exception", "Exception_017", ("warning", "weather_delay")),
        ("Exception", "Exception_018", ("failed", "documents_missing")),
        ("Exception", "Exception_099", ("warning", "unknown")),
        ("Delivered", "Delivered_005", ("delivered", "delivered")),
        ("OutForDelivery", "OutForDelivery_003", ("progress", "on_the_way")),
    ],
)
def test_tags(read, sample, tag, subtag, outcome) -> None:
    body = sample("aftership")
    body["msg"] |= {"tag": tag, "subtag": subtag, "subtag_message": None, "checkpoints": []}
    event = read("aftership", body)
    assert (event.kind, event.reason) == outcome


def test_a_return_that_arrives_is_no_delivery(read, sample) -> None:
    body = sample("aftership")
    body["msg"] |= {"tag": "Delivered", "subtag": "Delivered_001", "return_to_sender": True}
    assert read("aftership", body).kind == "returned"


def test_a_new_estimate_does_not_repeat_the_failure(account_of, incoming_of, sample) -> None:
    body = sample("aftership") | {"event": "edd_revise"}
    assert aftership.translate(body, account_of("aftership"), incoming_of({})) == []
