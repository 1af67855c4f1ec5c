"""ShipEngine: captured bodies, key rotation, and a key address that is down."""

from __future__ import annotations

import base64
import json
import string
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.contact.lookup import guard
from app.intake import samples
from app.intake.couriers import _keys, shipengine
from app.intake.event import KeysUnavailable, SignatureRefused

FIRST, SECOND = _keys.new_key(), _keys.new_key()
SIGNATURE = "x-shipengine-rsa-sha256-signature"


@pytest.fixture
def account(account_of, key_server):
    made = account_of("shipengine", secrets=(FIRST,), config={"jwks_url": key_server.address})
    key_server.publish(FIRST)
    return made


@pytest.fixture
def clock(monkeypatch):
    """A monotonic clock to move."""
    now = [1000.0]
    monkeypatch.setattr("app.intake.couriers._keys.monotonic", lambda: now[0])
    return now


def send(account, incoming_of, now, *, by: str | None = None):
    """Verify a sample, signed by another key if given."""
    signer = replace(account, secrets=(by,)) if by else account
    raw, headers = samples.failure(signer, now)
    shipengine.verify(account, incoming_of(headers, raw))


def test_the_keys_are_fetched_once(account, key_server, incoming_of, now) -> None:
    for _ in range(3):
        send(account, incoming_of, now)
    assert key_server.asked == 1


def test_a_new_key_is_found_and_the_old_one_goes(
    account, key_server, incoming_of, now, clock
) -> None:
    send(account, incoming_of, now)
    key_server.publish(FIRST, SECOND)
    clock[0] += _keys.RETRY_SECONDS + 1
    send(account, incoming_of, now, by=SECOND)
    send(account, incoming_of, now, by=FIRST)
    assert key_server.asked == 2
    key_server.publish(SECOND)  # the courier withdraws the first
    clock[0] += _keys.FRESH_SECONDS + 1
    with pytest.raises(SignatureRefused) as refused:
        send(account, incoming_of, now, by=FIRST)
    assert refused.value.code == "unknown_key"
    send(account, incoming_of, now, by=SECOND)


def test_a_forger_cannot_make_us_fetch_for_every_message(
    account, key_server, incoming_of, now, clock
) -> None:
    send(account, incoming_of, now)
    for _ in range(20):
        with pytest.raises(SignatureRefused) as refused:
            send(account, incoming_of, now, by=SECOND)
        assert refused.value.code == "unknown_key"
    assert key_server.asked == 1
    clock[0] += _keys.RETRY_SECONDS + 1
    with pytest.raises(SignatureRefused):
        send(account, incoming_of, now, by=SECOND)
    assert key_server.asked == 2


def test_an_address_that_is_down_leaves_the_cached_keys_in_use(
    account, key_server, incoming_of, now, clock
) -> None:
    send(account, incoming_of, now)
    key_server.fail()
    clock[0] += _keys.FRESH_SECONDS + 1
    for _ in range(3):
        send(account, incoming_of, now)
    assert key_server.asked == 2
    clock[0] += _keys.RETRY_SECONDS + 1
    with pytest.raises(KeysUnavailable):  # perhaps a key we could not fetch: come again
        send(account, incoming_of, now, by=SECOND)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (503, b"{}"),
        (200, b"not json"),
        (200, b"[]"),
        (200, b'{"keys": 7}'),
        (200, b'{"keys": []}'),
        (200, b"\xff\xfe"),
        (200, b'{"keys": [' + b"[" * 300_000),
        (200, b'{"keys": [' + b"[" * 100_000),
    ],
)
def test_no_keys_at_all_is_said_as_such_and_heals(
    account, key_server, incoming_of, now, clock, status, body
) -> None:
    key_server.status, key_server.body = status, body
    with pytest.raises(KeysUnavailable) as refused:
        send(account, incoming_of, now)
    assert refused.value.code == "keys_unavailable"
    key_server.publish(FIRST)
    clock[0] += _keys.RETRY_SECONDS + 1
    send(account, incoming_of, now)


def test_a_trickling_address_holds_one_request_for_seconds_and_nobody_else(
    account, key_server, incoming_of, now, monkeypatch
) -> None:
    monkeypatch.setattr(_keys, "_SLOWEST_SECONDS", 0.3)
    key_server.trickles.set()
    with ThreadPoolExecutor(8) as threads:
        asked = [threads.submit(send, account, incoming_of, now) for _ in range(8)]
        for one in asked:
            with pytest.raises(KeysUnavailable):
                one.result(10)
    assert key_server.asked == 1
    key_server.goes_on.set()


def test_a_redirect_is_not_followed_and_the_machines_neighbours_are_not_asked(
    account, key_server, incoming_of, now, monkeypatch
) -> None:
    key_server.status, key_server.elsewhere = 302, key_server.address + "/elsewhere"
    with pytest.raises(KeysUnavailable):
        send(account, incoming_of, now)
    assert key_server.asked == 1
    _keys.forget()
    monkeypatch.setattr(guard, "_allowed", guard._allowed._replace(everything=False))
    with pytest.raises(KeysUnavailable):
        send(account, incoming_of, now)
    assert key_server.asked == 1


def test_nobody_listening_is_said_as_such(account, incoming_of, now) -> None:
    away = replace(account, config={"jwks_url": "http://127.0.0.1:9/jwks"})
    with pytest.raises(KeysUnavailable):
        send(away, incoming_of, now)
    with pytest.raises(KeysUnavailable):
        send(replace(account, config={}), incoming_of, now)


def test_other_kinds_of_keys_and_odd_entries_are_passed_over(
    account, key_server, incoming_of, now
) -> None:
    document = samples.jwks(FIRST)
    document["keys"] = [
        {"kty": "EC", "kid": "ec", "crv": "P-256", "x": "AA", "y": "AA"},
        {"kty": "RSA", "kid": 7, "n": "AQAB", "e": "AQAB"},
        {"kty": "RSA", "kid": "small", "n": "AQAB", "e": "AQAB"},
        {"kty": "RSA", "kid": "odd", "n": "é", "e": "="},
        {"kty": "RSA", "kid": "none"},
        None,
        *document["keys"],
    ]
    key_server.body = json.dumps(document).encode()
    send(account, incoming_of, now)


def test_a_signature_is_taken_in_one_spelling_only(account, incoming_of, now) -> None:
    raw, headers = samples.failure(account, now)
    genuine = headers[SIGNATURE]
    letters = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"
    spare_bit = genuine[:-3] + letters[letters.index(genuine[-3]) ^ 1] + "=="
    assert base64.b64decode(spare_bit) == base64.b64decode(genuine)
    for spelling in (spare_bit, genuine + "=", genuine.rstrip("="), genuine + "\n"):
        with pytest.raises(SignatureRefused):
            shipengine.verify(account, incoming_of(headers | {SIGNATURE: spelling}, raw))


def test_the_captured_ups_delivery(read, vendor) -> None:
    event = read("shipengine", vendor("shipengine/track_event_v2_ups_delivered_real.json"))
    assert (event.kind, event.tracking_number) == ("delivered", "1ZXXXG2702XXXXX791")
    assert event.occurred_at == datetime(2026, 9, 3, 16, 18, 41, tzinfo=UTC)
    assert event.code == "DE/FS"


def test_the_captured_exception_in_the_history_is_no_alarm(read, vendor) -> None:
    name = "shipengine/track_event_v2_fedex_out_for_delivery_after_exception_real.json"
    event = read("shipengine", vendor(name))
    assert (event.kind, event.reason) == ("progress", "on_the_way")
    assert event.words == "On FedEx vehicle for delivery"


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"status_code": "EX", "status_detail_code": None}, ("warning", "unknown")),
        ({"status_code": "EX", "status_detail_code": "CARRIER_DELAYS"}, ("warning", "delayed")),
        (
            {"status_code": "EX", "status_detail_code": "HELD_BY_CUSTOMS"},
            ("warning", "customs_hold"),
        ),
        (
            {"status_code": "EX", "status_detail_code": "PICKUP_FAILED"},
            ("warning", "pickup_failed"),
        ),
        ({"status_code": "EX", "status_detail_code": "NEW_DETAIL"}, ("warning", "unknown")),
        ({"status_code": "EX", "status_detail_code": "PARCEL_LOST"}, ("lost", "lost")),
        ({"status_code": "EX", "status_detail_code": "PARCEL_DAMAGED"}, ("damaged", "damaged")),
        (
            {"status_code": "EX", "status_detail_code": "REFUSED_BY_CUSTOMER"},
            ("refused", "refused"),
        ),
        ({"status_code": "EX", "status_detail_code": "DUTY_NOT_PAID"}, ("failed", "duties_unpaid")),
        ({"status_code": "IT", "status_detail_code": "RETURN_TO_SENDER"}, ("returned", "returned")),
        ({"status_code": "AT", "status_detail_code": None}, ("failed", "attempt_failed")),
        ({"status_code": "SP", "status_detail_code": None}, ("held", "ready_for_pickup")),
        ({"status_code": "DE", "status_detail_code": "NOT_DELIVERED"}, ("delivered", "delivered")),
        ({"status_code": "ZZ", "status_detail_code": None}, ("progress", "unknown")),
    ],
)
def test_statuses(read, sample, changes, outcome) -> None:
    body = sample("shipengine")
    silent = dict.fromkeys(
        ("exception_description", "carrier_status_description", "status_detail_description")
    )
    body["data"] |= silent | changes
    event = read("shipengine", body)
    assert (event.kind, event.reason) == outcome


def test_ups_is_read_by_its_own_code(read, sample) -> None:
    body = sample("shipengine")
    body["data"] |= {
        "carrier_code": "ups",
        "status_code": "EX",
        "status_detail_code": None,
        "carrier_detail_code": "KX",
    }
    event = read("shipengine", body)
    assert (event.kind, event.reason, event.attempt) == ("failed", "recipient_unavailable", 2)


def test_a_local_time_falsely_marked_as_utc(read, sample) -> None:
    body = sample("shipengine")
    for scan in body["data"]["events"]:
        scan["occurred_at"] = None
    event = read("shipengine", body)  # 09:04 in New York
    assert event.occurred_at == datetime(2026, 3, 2, 14, 4, tzinfo=UTC)
    assert event.raw_time == "2026-03-02T09:04:00Z"


def test_scans_out_of_order_do_not_change_the_time(read, sample) -> None:
    body = sample("shipengine")
    body["data"]["events"].reverse()
    assert read("shipengine", body).occurred_at == datetime(2026, 3, 2, 14, 4, tzinfo=UTC)
