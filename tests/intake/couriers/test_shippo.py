"""Shippo: three ways of trust, and the failure that hides under TRANSIT."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from app.intake import samples
from app.intake.couriers import shippo
from app.intake.event import SignatureRefused, Unreadable

HEADER = "Shippo-Auth-Signature"


def test_the_signature_is_over_time_and_body(account_of, incoming_of, now, vendor) -> None:
    account = account_of("shippo", secrets=("k",))
    raw = b'{"a":1}'
    t = str(int(now.timestamp()))
    digest = hmac.new(b"k", t.encode() + b"." + raw, hashlib.sha256).hexdigest()
    shippo.verify(account, incoming_of({HEADER: f"t={t},v1={digest}"}, raw))
    documented = vendor("shippo/signature_header_example.json")["headers"]
    assert list(documented) == [HEADER]
    for bad in (
        f"t={t},v1={digest},v1={digest}",
        f"v1={digest}",
        f"t={t}",
        f"t={t} ,v1={digest}",
        f"t={t},v0={digest}",
        documented[HEADER],
    ):
        with pytest.raises(SignatureRefused):
            shippo.verify(account, incoming_of({HEADER: bad}, raw))


@pytest.mark.parametrize("mode", ["signature", "token", "both", "nonsense", None, ["token"]])
@pytest.mark.parametrize("signed", [True, False])
@pytest.mark.parametrize("token", ["url-token", "secret", "", None])
def test_each_mode_asks_for_what_it_names(
    account_of, incoming_of, now, mode, signed, token
) -> None:
    account = account_of("shippo", secrets=("secret",), config={"mode": mode, "token": "url-token"})
    signer = account_of("shippo", secrets=("secret",))
    raw, headers = samples.failure(signer, now)
    if not signed:
        headers.pop(HEADER)
    incoming = incoming_of(headers, raw, query={} if token is None else {"token": token})
    good = {
        "signature": signed,
        "token": token == "secret",
        "both": signed and token == "url-token",
        "nonsense": signed and token == "url-token",
    }.get(str(mode), signed and token == "url-token")
    if good:
        shippo.verify(account, incoming)
    else:
        with pytest.raises(SignatureRefused):
            shippo.verify(account, incoming)


def test_both_without_a_token_of_its_own_trusts_nobody(account_of, incoming_of, now) -> None:
    account = account_of("shippo", secrets=("secret",), config={"mode": "both"})
    raw, headers = samples.failure(account, now)
    for token in ("", "None", "secret"):
        with pytest.raises(SignatureRefused):
            shippo.verify(account, incoming_of(headers, raw, query={"token": token}))


def test_the_documented_body(read, vendor) -> None:
    event = read("shippo", vendor("shippo/docs_track_updated.json"))
    assert (event.kind, event.tracking_number) == ("delivered", "9205590164917312751089")
    assert event.order_ref == "Order 000123"
    assert event.occurred_at == datetime(2016, 7, 23, tzinfo=UTC)
    assert event.key == (
        "usps:9205590164917312751089:DELIVERED:information_received:2016-07-23T00:00:00Z"
    )
    wrapped = {"event": "track_updated", "data": vendor("shippo/track_object_docs_delivered.json")}
    event = read("shippo", wrapped)
    assert (event.kind, event.order_ref) == ("delivered", None)
    assert event.address
    assert event.address["city"] == "Spotsylvania"


@pytest.mark.parametrize(
    ("status", "substatus", "outcome"),
    [
        ("TRANSIT", "delivery_attempted", ("failed", "attempt_failed")),
        ("TRANSIT", "notice_left", ("failed", "recipient_unavailable")),
        ("TRANSIT", "address_issue", ("failed", "address_incorrect")),
        ("TRANSIT", "location_inaccessible", ("failed", "access_restricted")),
        ("TRANSIT", "package_damaged", ("damaged", "damaged")),
        ("TRANSIT", "delayed", ("warning", "delayed")),
        ("TRANSIT", "package_held", ("warning", "held")),
        ("TRANSIT", "pickup_available", ("held", "ready_for_pickup")),
        ("TRANSIT", "out_for_delivery", ("progress", "on_the_way")),
        ("TRANSIT", "teleporting", ("progress", "unknown")),
        ("TRANSIT", None, ("progress", "on_the_way")),
        ("FAILURE", "package_undeliverable", ("failed", "undeliverable")),
        ("FAILURE", "package_lost", ("lost", "lost")),
        ("FAILURE", "package_disposed", ("lost", "destroyed")),
        ("FAILURE", "delayed", ("failed", "delayed")),
        ("FAILURE", "exploded", ("failed", "unknown")),
        ("FAILURE", None, ("failed", "unknown")),
        ("RETURNED", "return_to_sender", ("returned", "returned")),
        ("RETURNED", "package_unclaimed", ("returned", "not_collected")),
        ("RETURNED", None, ("returned", "returned")),
        ("DELIVERED", "delivery_attempted", ("delivered", "delivered")),
        ("UNKNOWN", None, ("progress", "unknown")),
    ],
)
def test_statuses(read, sample, status, substatus, outcome) -> None:
    body = sample("shippo")
    body["data"]["tracking_status"] |= {
        "status": status,
        "substatus": substatus and {"code": substatus},
        "status_details": None,
    }
    event = read("shippo", body)
    assert (event.kind, event.reason) == outcome


def test_a_body_without_a_status_is_unreadable(read, sample) -> None:
    body = sample("shippo")
    body["data"]["tracking_status"] = None
    with pytest.raises(Unreadable):
        read("shippo", body)


def test_an_old_signature_is_stale_even_when_genuine(account_of, incoming_of, now) -> None:
    account = account_of("shippo")
    raw, headers = samples.failure(account, now - timedelta(minutes=5, seconds=1))
    with pytest.raises(SignatureRefused) as refused:
        shippo.verify(account, incoming_of(headers, raw))
    assert refused.value.code == "stale_timestamp"
