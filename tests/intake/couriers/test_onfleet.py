"""Onfleet: the vendor's own failed task, and what hides beside it."""

from __future__ import annotations

import copy
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from app.intake import samples
from app.intake.couriers import onfleet
from app.intake.event import Account, Event, Incoming, SignatureRefused, Unreadable


@pytest.fixture
def account(account_of: Callable[..., Account]) -> Account:
    return account_of("onfleet", secrets=("00ff" * 16,))


@pytest.fixture
def body(account: Account, now: datetime) -> dict[str, Any]:
    return dict(json.loads(samples.failure(account, now)[0]))


@pytest.fixture
def one(account: Account, incoming_of: Callable[..., Incoming]) -> Callable[[Any], Event]:
    """The one event that a body becomes."""

    def translate(body: Any) -> Event:
        [event] = onfleet.translate(body, account, incoming_of({}))
        return event

    return translate


def test_the_vendors_sample(body, one) -> None:
    event = one(body)
    assert event == Event(
        key="4:txiK2xHBIaUwAKB~BJrjscKu:1613004460070",
        kind="failed",
        tracking_number="fab829cf",
        courier_ref="txiK2xHBIaUwAKB~BJrjscKu",
        reason="unable_to_locate",
        fault="unknown",
        code="UNABLE_TO_LOCATE",
        words="this is a failure note",
        occurred_at=datetime(2021, 2, 11, 0, 47, 39, 779000, tzinfo=UTC),
        raw_time="1613004459779",
        name="Test User One",
        phone="+17145554231",
        address={
            "line1": "2695 East Katella Avenue",
            "line2": "Honda Center",
            "city": "Anaheim",
            "region": "California",
            "postcode": "92806",
            "country": "US",
        },
        tracking_url="https://onf.lt/fab829cf81",
    )


def test_the_key_is_the_secrets_bytes_and_the_hash_is_sha512(account, incoming_of) -> None:
    raw = b'{"a": 1}'
    genuine = hmac.new(bytes.fromhex("00ff" * 16), raw, hashlib.sha512).hexdigest()
    onfleet.verify(account, incoming_of({"x-onfleet-signature": genuine}, raw))
    for wrong in (
        hmac.new(("00ff" * 16).encode(), raw, hashlib.sha512).hexdigest(),
        hmac.new(bytes.fromhex("00ff" * 16), raw, hashlib.sha256).hexdigest(),
        genuine.upper(),
    ):
        with pytest.raises(SignatureRefused):
            onfleet.verify(account, incoming_of({"X-Onfleet-Signature": wrong}, raw))


def test_a_secret_that_is_not_hex_verifies_nothing(account_of, incoming_of) -> None:
    account = account_of("onfleet", secrets=("not hex", ""))
    with pytest.raises(SignatureRefused):
        onfleet.verify(account, incoming_of({"X-Onfleet-Signature": "00"}))


@pytest.mark.parametrize(
    ("changes", "kind", "reason"),
    [
        ({"triggerId": 3, "success": False}, "failed", "unable_to_locate"),
        ({"triggerId": 3, "success": True}, "delivered", "delivered"),
        ({"triggerId": 3, "success": None}, "progress", "on_the_way"),
        ({"triggerId": 4, "success": True}, "failed", "unable_to_locate"),
        ({"triggerId": 4, "failureReason": "NONE"}, "failed", "attempt_failed"),
        ({"triggerId": 4, "failureReason": "DOG_ATE_IT"}, "failed", "unknown"),
        ({"triggerId": 4, "failureReason": "Refused by customer"}, "refused", "refused"),
        ({"triggerId": 4, "failureReason": None}, "failed", "attempt_failed"),
        ({"triggerId": 4, "failureReason": {"x": 1}}, "failed", "attempt_failed"),
        ({"triggerId": 1}, "progress", "on_the_way"),
        ({"triggerId": 12}, "warning", "delayed"),
        ({"triggerId": 99}, "progress", "unknown"),
    ],
)
def test_what_the_trigger_means(body, one, changes, kind, reason) -> None:
    body["triggerId"] = changes.pop("triggerId")
    body["data"]["task"]["completionDetails"].update(changes)
    event = one(body)
    assert (event.kind, event.reason) == (kind, reason)


def test_a_pickup_that_fails_is_no_failed_delivery(body, one) -> None:
    body["data"]["task"]["pickupTask"] = True
    assert one(body).kind == "warning"
    body["triggerId"] = 3
    body["data"]["task"]["completionDetails"]["success"] = True
    assert one(body).kind == "progress"


def test_a_failure_stays_one_when_all_else_is_odd(body, one) -> None:
    odd = {"triggerId": 4, "taskId": "t", "time": 1613004460070, "data": {"task": [1]}}
    event = one(odd)
    assert (event.kind, event.tracking_number, event.key) == ("failed", "t", "4:t:1613004460070")
    body["data"]["task"]["recipients"] = [{"name": 7, "phone": {"no": "number"}}]
    event = one(body)
    assert (event.kind, event.name, event.phone) == ("failed", "7", None)


def test_messages_about_no_task_are_ignored(account, incoming_of) -> None:
    duty = {"triggerId": 5, "time": 1613004460070, "workerId": "w"}
    assert onfleet.translate(duty, account, incoming_of({})) == []
    with pytest.raises(Unreadable, match="taskId"):
        onfleet.translate({"triggerId": 4, "time": 1}, account, incoming_of({}))


@pytest.mark.parametrize("name", ["order", "orderId", "Order ID", "order_ref", "order number"])
def test_the_order_is_found_in_metadata(body, one, name) -> None:
    changed = copy.deepcopy(body)
    changed["data"]["task"]["metadata"] = [
        {"name": "colour", "type": "string", "value": "red"},
        {"name": name, "type": "number", "value": 1001},
    ]
    assert one(changed).order_ref == "1001"


def test_the_same_failure_has_one_key_and_another_time_another(account, now) -> None:
    def key(**what: Any) -> str:
        raw, headers = samples.failure(account, now, **what)
        incoming = Incoming(headers, {}, raw, now)
        [event] = onfleet.translate(json.loads(raw), account, incoming)
        return event.key

    assert key(shipment="S1") == key(shipment="S1")
    assert key(shipment="S1") != key(shipment="S2")
    assert key(shipment="S1", event="1") != key(shipment="S1", event="2")
