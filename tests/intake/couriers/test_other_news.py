"""Test events, returns and other people's news: authentic, and no delivery of ours."""

from __future__ import annotations

from typing import Any

import pytest

from app.intake import accepts, bodies, samples
from app.intake.couriers import NAMES
from app.intake.event import OPENING, Unreadable

TESTS: dict[str, dict[str, Any]] = {
    "easypost": {"mode": "test"},
    "shippo": {"test": True},
    "uber_direct": {"live_mode": False},
    "karrio": {"test_mode": True},
    "doordash_drive": {"is_test": True},
    "sendcloud": {"mode": "sandbox"},
}
INSIDE = {"karrio": "data", "easypost": "result", "shippo": "data"}


@pytest.fixture(autouse=True)
def _no_demo():
    before = accepts.test_events({})
    accepts.configure(demo=False)
    yield
    accepts.configure(demo=before)


@pytest.mark.parametrize("name", TESTS)
def test_a_test_event_is_nobodys_delivery(name, sample, account_of, incoming_of) -> None:
    body = sample(name)
    assert bodies.read(body, account_of(name), incoming_of({}))
    marked = [body | TESTS[name]]
    if inside := INSIDE.get(name):
        marked.append(body | {inside: body[inside] | TESTS[name]})
    for test in marked:
        assert bodies.read(test, account_of(name), incoming_of({})) == []
        willing = account_of(name, config={"accept_test": "yes"})
        assert bodies.read(test, willing, incoming_of({}))[0].kind in OPENING
        accepts.configure(demo=True)
        assert bodies.read(test, account_of(name), incoming_of({}))
        accepts.configure(demo=False)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "body", [{}, [], {"test": True}, {"event": "ping"}, {"type": "test", "data": {}}, {"ping": 1}]
)
def test_what_is_posted_at_registration_is_about_nothing(
    name, body, account_of, incoming_of
) -> None:
    assert bodies.read(body, account_of(name), incoming_of({})) == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "body",
    [
        None,
        "test",
        [{}],
        {"event_type": "webhook.ping"},
        {"type": "url_verification", "challenge": "abc"},
        {"message": "This is a test", "sent_at": "2026-03-02"},
        {"action": "webhook_test", "id": 7},
    ],
)
def test_what_only_tries_an_address_out_is_about_nothing(
    name, body, account_of, incoming_of
) -> None:
    assert bodies.read(body, account_of(name), incoming_of({})) == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "body",
    [
        {"tracking_no": "RK1", "message": "age verification failed"},
        {"type": "test", "parcel_ref": "RK1"},
        {"note": "ping", "news": {"awb": "RK1"}},
        {"what": "is it"},
        7,
    ],
)
def test_what_may_be_about_a_parcel_is_kept(name, body, account_of, incoming_of) -> None:
    try:
        read = bodies.read(body, account_of(name), incoming_of({}))
    except Unreadable:
        return
    assert "type" in body
    assert read == []


@pytest.mark.parametrize(
    ("name", "place"),
    [("easypost", "result"), ("shiprocket", ""), ("sendcloud", "parcel"), ("karrio", "data")],
)
@pytest.mark.parametrize("mark", [True, 1, "true", "1", "Y", "on"])
def test_a_failed_return_calls_nobody(name, place, mark, sample, account_of, incoming_of) -> None:
    body = sample(name)
    (body[place] if place else body)["is_return"] = mark
    [event] = bodies.read(body, account_of(name), incoming_of({}))
    assert (event.kind, event.reason, event.fault) == ("warning", "return_parcel", "unknown")
    assert event.attempt is None


@pytest.mark.parametrize("mark", [False, 0, "0", None, "false"])
def test_what_is_no_return_still_fails(mark, sample, account_of, incoming_of) -> None:
    body = sample("shiprocket") | {"is_return": mark}
    [event] = bodies.read(body, account_of("shiprocket"), incoming_of({}))
    assert event.kind in OPENING


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("karrio", {"event": "shipment_purchased", "data": {"id": "shp_1", "status": "purchased"}}),
        ("karrio", {"event": "order_created", "data": {}}),
        ("easypost", {"description": "batch.updated", "result": {}}),
        ("uber_direct", {"kind": "event.courier_update"}),
        ("shippo", {"event": "transaction_created", "data": {}}),
        ("sendcloud", {"action": "integration_connected"}),
        ("shipengine", {"resource_type": "API_BATCH"}),
        ("aftership", {"event": "edd_revise"}),
    ],
)
def test_other_peoples_news_is_read_as_nothing(name, body, account_of, incoming_of) -> None:
    assert bodies.read(body, account_of(name), incoming_of({})) == []
    assert bodies.type_of(body) == next(iter(body.values()))


def test_no_sample_of_ours_is_a_test(account_of, now) -> None:
    for name in NAMES:
        raw, _ = samples.failure(account_of(name), now)
        assert raw


@pytest.mark.parametrize(
    "mark",
    [
        *({"mode": "TEST"}, {"environment": "sandbox"}, {"env": "test"}, {"isTest": True}),
        *({"testMode": 1}, {"is_sandbox": "true"}, {"test_label": True}, {"live_mode": "false"}),
        *({"liveMode": 0}, {"livemode": False}),
    ],
)
@pytest.mark.parametrize("place", ["", "data"])
def test_a_test_is_marked_in_many_spellings(mark, place) -> None:
    assert bodies.is_test({place: mark} if place else mark)


@pytest.mark.parametrize(
    "mark",
    [
        *({"mode": "production"}, {"environment": "live"}, {"test": False}, {"test": None}),
        *({"live_mode": True}, {"live_mode": None}, {"livemode": ""}, {"direction": "forward"}),
    ],
)
def test_what_is_real_is_no_test_and_no_return(mark) -> None:
    assert not bodies.is_test({"data": mark})
    assert not bodies._is_return({"data": mark})


@pytest.mark.parametrize(
    "mark",
    [
        *({"isReturn": "yes"}, {"is_return_shipment": 1}, {"returnShipment": True}),
        *({"is_reverse": "1"}, {"direction": "RETURN"}, {"shipment_type": "reverse"}),
    ],
)
def test_a_return_is_marked_in_many_spellings(mark) -> None:
    assert bodies._is_return(mark)
    assert bodies._is_return({"data": mark})
