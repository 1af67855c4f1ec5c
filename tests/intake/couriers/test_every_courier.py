"""What must hold for every courier, whatever its format: one test for all of them."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.intake import reasons, samples
from app.intake.couriers import NAMES, adapter
from app.intake.event import KINDS, OPENING, Account, Event, Incoming, SignatureRefused, Unreadable

SIGNED = [name for name in NAMES if adapter(name).KEY_FORM and name != "karrio"]
TIME_SIGNED = ("standard_webhooks", "shippo", "shipengine")
UNKNOWN_STATUS = {
    "onfleet": ["triggerId=77"],
    "easypost": ["result.status", "result.status_detail"],
    "standard_webhooks": ['type="delivery.beamed_up"'],
    "custom": ["scans.-1.code"],
    "aftership": ["msg.tag", "msg.subtag"],
    "shippo": ["data.tracking_status.status", "data.tracking_status.substatus.code"],
    "shipengine": ["data.status_code", "data.status_detail_code"],
    "seventeentrack": [
        "data.track_info.latest_status.status",
        "data.track_info.latest_status.sub_status",
    ],
    "sendcloud": ["parcel.status.id=4711", "parcel.status.message"],
    "uber_direct": ["status", "data.status", "data.undeliverable_reason=null"],
    "doordash_drive": ["event_name"],
    "ups": ["activityStatus.type", "activityStatus.code"],
    "fedex": ["output.completeTrackResults.0.trackResults.0.latestStatusDetail.code"],
    "dhl": ["shipments.0.status.statusCode"],
    "shiprocket": ["current_status", "shipment_status"],
    "delhivery": ["Shipment.Status.StatusType", "Shipment.NSLCode"],
    "karrio": ["data.status", "data.events.0.reason"],
}
"""Where each format says what happened: a value nobody has met is put there, or the one given."""

ODD_HEADERS = [
    "",
    " ",
    "0",
    "00",
    "zz",
    "abc",  # odd-length hex
    "é",
    "\udcff",
    "\x00",
    "=",
    "====",
    "AAAA",
    "v1,",
    "t=,v1=",
    "t=99999999999999999999999999,v1=00",
    "hmac-sha256-hex=",
    "nan",
    "-1",
    "2026-03-02T14:06:00Z",
    "9" * 5000,
    "🙂" * 100,
    ",;= \t",
]


def sent(
    name: str, account_of: Callable[..., Account], now: datetime
) -> tuple[Account, bytes, dict[str, str]]:
    account = account_of(name)
    raw, headers = samples.failure(account, now)
    headers.pop("Content-Type")
    return account, raw, headers


def flips(text: str) -> Iterator[str]:
    """The text with one bit changed, for every bit of it."""
    for index, character in enumerate(text):
        for bit in range(7):
            changed = chr(ord(character) ^ (1 << bit))
            yield text[:index] + changed + text[index + 1 :]


def check(event: Event) -> None:
    """Every field has its right type and can be stored and shown."""
    assert event.kind in KINDS
    assert event.reason in reasons.REASONS
    assert event.fault in reasons.FAULTS
    assert event.key
    assert event.tracking_number
    assert event.courier_ref
    for optional in (event.order_ref, event.name, event.phone, event.email, event.language):
        assert optional is None or optional
    texts: list[str | None] = [
        *(event.key, event.tracking_number, event.courier_ref, event.order_ref, event.code),
        *(event.words, event.raw_time, event.name, event.phone, event.email, event.language),
        event.tracking_url,
    ]
    if event.address is not None:
        assert list(event.address) == ["line1", "line2", "city", "region", "postcode", "country"]
        assert any(event.address.values())
        texts += event.address.values()
    for text in texts:
        assert text is None or isinstance(text, str)
        assert "\x00" not in (text or "")
        assert "\n" not in (text or "")
        assert len(text or "") <= 2000
        (text or "").encode()
    assert len(event.key) <= 300
    assert len(event.tracking_number) <= 128
    assert event.attempt is None or (type(event.attempt) is int and event.attempt > 0)
    assert event.tracking_url is None or event.tracking_url.startswith("http")
    if event.occurred_at is not None:
        assert event.occurred_at.tzinfo is UTC


def translate(name: str, body: Any, account: Account, incoming: Incoming) -> list[Event] | None:
    """Checked events; None for what is unreadable."""
    try:
        events = adapter(name).translate(body, account, incoming)
    except Unreadable:
        return None
    assert isinstance(events, list)
    for event in events:
        check(event)
    return events


def test_there_are_no_other_couriers() -> None:
    with pytest.raises(LookupError, match="onfleet"):
        adapter("pigeon")
    with pytest.raises(LookupError):
        adapter("_shape")


@pytest.mark.parametrize("name", NAMES)
def test_the_sample_is_accepted_and_opens_a_case(name, account_of, incoming_of, now) -> None:
    account, raw, headers = sent(name, account_of, now)
    incoming = incoming_of(headers, raw)
    adapter(name).verify(account, incoming)
    events = translate(name, json.loads(raw), account, incoming)
    assert events
    assert all(event.kind in OPENING for event in events)
    assert all(event.occurred_at for event in events)


@pytest.mark.parametrize("name", NAMES)
def test_one_changed_bit_in_a_header_is_refused(name, account_of, incoming_of, now) -> None:
    account, raw, headers = sent(name, account_of, now)
    assert headers
    for header, value in headers.items():
        for changed in flips(value):
            with pytest.raises(SignatureRefused):
                adapter(name).verify(account, incoming_of(headers | {header: changed}, raw))


@pytest.mark.parametrize("name", SIGNED)
def test_one_changed_bit_in_the_body_is_refused(name, account_of, incoming_of, now) -> None:
    account, raw, headers = sent(name, account_of, now)
    for index in {0, 1, len(raw) // 3, len(raw) // 2, len(raw) - 2, len(raw) - 1}:
        for bit in range(8):
            changed = bytearray(raw)
            changed[index] ^= 1 << bit
            with pytest.raises(SignatureRefused):
                adapter(name).verify(account, incoming_of(headers, bytes(changed)))
    for changed_length in (raw[:-1], raw[: len(raw) // 2], b"", raw + b" "):
        with pytest.raises(SignatureRefused):
            adapter(name).verify(account, incoming_of(headers, changed_length))


@pytest.mark.parametrize("name", NAMES)
def test_missing_and_odd_headers_are_refused_and_nothing_worse(
    name, account_of, incoming_of, now
) -> None:
    account, raw, headers = sent(name, account_of, now)
    for header in headers:
        without = {key: value for key, value in headers.items() if key != header}
        with pytest.raises(SignatureRefused):
            adapter(name).verify(account, incoming_of(without, raw))
        for odd in ODD_HEADERS:
            with pytest.raises(SignatureRefused):
                adapter(name).verify(account, incoming_of(without | {header: odd}, raw))


@pytest.mark.parametrize("name", NAMES)
def test_an_account_without_credentials_trusts_nobody(name, account_of, incoming_of, now) -> None:
    account, raw, headers = sent(name, account_of, now)
    for nothing in ((), ("",)):
        bare = replace(account, secrets=nothing, headers={}, config={})
        with pytest.raises(SignatureRefused):
            adapter(name).verify(bare, incoming_of(headers, raw))


@pytest.mark.parametrize("name", [name for name in SIGNED if adapter(name).KEY_FORM != "rsa"])
def test_two_secrets_are_valid_while_one_is_rotated(name, account_of, incoming_of, now) -> None:
    account, raw, headers = sent(name, account_of, now)
    newer = samples.credentials(name).secrets
    both = replace(account, secrets=newer + account.secrets)
    adapter(name).verify(both, incoming_of(headers, raw))
    raw, headers = samples.failure(both, now)
    adapter(name).verify(both, incoming_of(headers, raw))
    with pytest.raises(SignatureRefused):
        adapter(name).verify(account, incoming_of(headers, raw))


@pytest.mark.parametrize("name", TIME_SIGNED)
def test_a_stale_signature_is_refused(name, account_of, incoming_of, now) -> None:
    account, raw, headers = sent(name, account_of, now)
    for minutes, code in ((-6, "stale_timestamp"), (6, "stale_timestamp"), (-4, None), (4, None)):
        incoming = incoming_of(headers, raw, at=now + timedelta(minutes=minutes))
        if code is None:
            adapter(name).verify(account, incoming)
            continue
        with pytest.raises(SignatureRefused) as refused:
            adapter(name).verify(account, incoming)
        assert refused.value.code == code


@pytest.mark.parametrize("name", NAMES)
def test_a_retry_has_the_same_key_and_another_event_another(
    name, account_of, incoming_of, now
) -> None:
    account = account_of(name)

    def keys(at: datetime, shipment: str, event: str | None = None) -> list[str]:
        raw, headers = samples.failure(account, at, shipment=shipment, event=event)
        incoming = incoming_of(headers, raw, at=at)
        adapter(name).verify(account, incoming)
        return [event.key for event in adapter(name).translate(json.loads(raw), account, incoming)]

    first = keys(now, shipment="S1")
    assert first == keys(now, shipment="S1")
    others = [
        keys(now, shipment="S2"),
        keys(now, shipment="S1", event="1"),
        keys(now, shipment="S1", event="2"),
        keys(now + timedelta(hours=1), shipment="S1", event="3"),
    ]
    seen = [key for found in (first, *others) for key in found]
    assert len(set(seen)) == len(seen)


@pytest.mark.parametrize("name", NAMES)
def test_an_out_of_order_pair_is_two_events_of_one_shipment(
    name, account_of, incoming_of, now
) -> None:
    account = account_of(name)
    pair = []
    for make, at in ((samples.delivered, now), (samples.failure, now - timedelta(hours=3))):
        raw, headers = make(account, at, shipment="S1")
        events = translate(name, json.loads(raw), account, incoming_of(headers, raw))
        assert events
        pair.append(events[0])
    later, earlier = pair
    assert later.kind == "delivered"
    assert earlier.kind in OPENING
    assert later.key != earlier.key
    assert later.courier_ref == earlier.courier_ref
    assert later.tracking_number == earlier.tracking_number == "S1"
    assert later.occurred_at
    assert earlier.occurred_at
    assert later.occurred_at > earlier.occurred_at
    assert abs(now - later.occurred_at) < timedelta(minutes=11)


@pytest.mark.parametrize("name", NAMES)
def test_an_unknown_status_is_progress_for_an_unknown_reason(
    name, account_of, incoming_of, now
) -> None:
    account, raw, headers = sent(name, account_of, now)
    body = json.loads(raw)
    for place in UNKNOWN_STATUS[name]:
        path, _, value = place.partition("=")
        put(body, path.split("."), json.loads(value) if value else "ZZ-NEVER-SEEN")
    events = translate(name, body, account, incoming_of(headers, raw))
    assert events
    assert [(event.kind, event.reason) for event in events] == [("progress", "unknown")]


def put(body: Any, path: list[str], value: Any) -> None:
    *way, last = (int(key) if key.lstrip("-").isdigit() else key for key in path)
    for key in way:
        body = body[key]
    body[last] = value


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("body", [None, True, 0, "", "x", [], [{}], {}, {"data": None}, 1e400])
def test_what_is_no_message_is_unreadable(name, body, account_of, incoming_of, now) -> None:
    account, raw, headers = sent(name, account_of, now)
    assert translate(name, body, account, incoming_of(headers, raw)) is None


@pytest.mark.parametrize("name", NAMES)
def test_deep_nesting_is_no_trouble(name, account_of, incoming_of, now) -> None:
    account, raw, headers = sent(name, account_of, now)
    deep: Any = []
    for _ in range(50_000):
        deep = [deep]
    for body in everywhere(json.loads(raw), deep):
        translate(name, body, account, incoming_of(headers, raw))
    while deep:  # unbuilt step by step, as Python would free it recursively
        deep = deep.pop()


LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=-(10**400), max_value=10**400)
    | st.floats()
    | st.text(max_size=40)
    | st.sampled_from(["\ud800", "\x00", "a" * 5000, "NaN", "2024-13-45T99:99:99Z", "javascript:1"])
    | st.datetimes().map(datetime.isoformat)
)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


def spots(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value inside a body."""
    entries: Any = ()
    if isinstance(value, dict):
        entries = value.items()
    elif isinstance(value, list):
        entries = enumerate(value)
    for key, inner in entries:
        yield (*path, key)
        yield from spots(inner, (*path, key))


def replaced(body: Any, path: tuple[Any, ...], value: Any) -> Any:
    """The body with another value at the path; the original is left as it is."""
    if not path:
        return value
    shallow = copy.copy(body)
    shallow[path[0]] = replaced(body[path[0]], path[1:], value)
    return shallow


def everywhere(body: Any, value: Any) -> Iterator[Any]:
    for path in spots(body):
        yield replaced(body, path, value)


hostile = settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.mark.parametrize("name", NAMES)
def test_every_odd_value_at_every_place(name, account_of, incoming_of, now) -> None:
    account, raw, headers = sent(name, account_of, now)
    incoming = incoming_of(headers, raw)
    odd: list[Any] = [
        None,
        True,
        -1,
        10**300,
        float("nan"),
        float("inf"),
        "",
        " ",
        "\x00\ud800",
        "é" * 3000,
    ]
    for value in (*odd, [], {}, [[]], [{}], {"a": {}}, [None, 1]):
        for body in everywhere(json.loads(raw), value):
            translate(name, body, account, incoming)


@pytest.mark.parametrize("name", NAMES)
@hostile
@given(body=JSON)
def test_any_json_is_events_or_unreadable(name, body, account_of, incoming_of, now) -> None:
    account = account_of(name)
    translate(name, body, account, incoming_of({"webhook-id": "msg_1"}))


@pytest.mark.parametrize("name", NAMES)
@hostile
@given(data=st.data())
def test_any_changed_sample_is_events_or_unreadable(
    name, data, account_of, incoming_of, now
) -> None:
    account, raw, headers = sent(name, account_of, now)
    body = json.loads(raw)
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(list(spots(body)) or [()]))
        body = replaced(body, path, data.draw(JSON))
    translate(name, body, account, incoming_of(headers, raw))
