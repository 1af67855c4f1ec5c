"""Standard Webhooks: the published known answer, and our own failure body."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from app.intake import samples
from app.intake.couriers import standard_webhooks
from app.intake.event import Account, Event, Incoming, SignatureRefused, Unreadable


@pytest.fixture
def known(vendor):
    return vendor("standard_webhooks/signature_vector.json")


@pytest.fixture
def signed_at(known):
    return datetime.fromtimestamp(known["timestamp"], UTC)


@pytest.fixture
def account(account_of, known):
    return account_of("standard_webhooks", secrets=(known["secret"],))


@pytest.fixture
def body(account, now):
    return json.loads(samples.failure(account, now)[0])


@pytest.fixture
def one(account: Account, incoming_of: Callable[..., Incoming]) -> Callable[[Any], Event]:
    """The one event that a body becomes."""

    def translate(body: Any) -> Event:
        [event] = standard_webhooks.translate(body, account, incoming_of({"Webhook-Id": "msg_1"}))
        return event

    return translate


def test_the_published_signature(account, known, signed_at, incoming_of) -> None:
    raw = known["body"].encode()
    standard_webhooks.verify(account, incoming_of(known["headers"], raw, at=signed_at))
    for signature in (known["bad_signature_from_the_same_suite"], *known["other_nonmatching"]):
        headers = known["headers"] | {"webhook-signature": signature}
        with pytest.raises(SignatureRefused) as refused:
            standard_webhooks.verify(account, incoming_of(headers, raw, at=signed_at))
        assert refused.value.code == "wrong_signature"


@given(secret=st.binary(min_size=1, max_size=64), body=st.dictionaries(st.text(), st.text()))
def test_the_official_package_accepts_what_we_sign(secret, body) -> None:
    account = sender(secret)
    raw = json.dumps(body, ensure_ascii=False).encode()
    headers = standard_webhooks.sign(account, raw, datetime.now(UTC))
    assert Webhook(account.secrets[0]).verify(raw, headers) == json.loads(raw)
    with pytest.raises(WebhookVerificationError):
        Webhook(account.secrets[0]).verify(raw + b" ", headers)


@given(
    secret=st.binary(min_size=1, max_size=64),
    text=st.text(st.characters(codec="utf-8")),
    name=st.from_regex(r"[!-~]{1,64}", fullmatch=True),
    seconds=st.integers(1_600_000_000, 4_000_000_000),
)
def test_what_the_official_package_signs_is_accepted(secret, text, name, seconds) -> None:
    account, at = sender(secret), datetime.fromtimestamp(seconds, UTC)
    signature = Webhook(account.secrets[0]).sign(name, at, text)
    headers = {
        "webhook-id": name,
        "webhook-timestamp": str(seconds),
        "webhook-signature": signature,
    }
    came = Incoming(headers=headers, query={}, raw=text.encode(), received_at=at)
    standard_webhooks.verify(account, came)
    with pytest.raises(SignatureRefused):
        standard_webhooks.verify(account, replace(came, raw=text.encode() + b" "))


def sender(secret: bytes) -> Account:
    text = "whsec_" + base64.b64encode(secret).decode()
    return Account(1, "official", "standard_webhooks", 1, 1, (text,), {}, {}, "UTC")


def test_the_prefix_of_the_secret_is_optional(account_of, known, signed_at, incoming_of) -> None:
    bare = account_of("standard_webhooks", secrets=(known["secret"].removeprefix("whsec_"),))
    raw = known["body"].encode()
    standard_webhooks.verify(bare, incoming_of(known["headers"], raw, at=signed_at))


@pytest.mark.parametrize(
    "around",
    ["v1a,AAAA {}", "{} v1,AAAA", "v2,x v1,AAAA {}", "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ= {}"],
)
def test_one_matching_signature_of_several_suffices(
    account, known, signed_at, incoming_of, around
) -> None:
    headers = known["headers"] | {
        "webhook-signature": around.format(known["headers"]["webhook-signature"])
    }
    raw = known["body"].encode()
    standard_webhooks.verify(account, incoming_of(headers, raw, at=signed_at))


def test_other_versions_of_the_signature_do_not_count(
    account, known, signed_at, incoming_of
) -> None:
    genuine = known["headers"]["webhook-signature"].removeprefix("v1,")
    headers = known["headers"] | {"webhook-signature": f"v1a,{genuine} v2,{genuine} {genuine}"}
    with pytest.raises(SignatureRefused):
        standard_webhooks.verify(
            account, incoming_of(headers, known["body"].encode(), at=signed_at)
        )


@pytest.mark.parametrize("seconds", [-301, 301, 86400])
def test_old_and_future_messages_are_refused(
    account, known, signed_at, incoming_of, seconds
) -> None:
    raw = known["body"].encode()
    late = incoming_of(known["headers"], raw, at=signed_at + timedelta(seconds=seconds))
    with pytest.raises(SignatureRefused) as refused:
        standard_webhooks.verify(account, late)
    assert refused.value.code == "stale_timestamp"
    near = signed_at + timedelta(seconds=300 if seconds > 0 else -300)
    standard_webhooks.verify(account, incoming_of(known["headers"], raw, at=near))


@pytest.mark.parametrize("text", ["", "now", "1e9", "-5", "१६१४२६५३३०", "9" * 400, "0"])
def test_a_timestamp_that_is_no_time_is_refused(
    account, known, signed_at, incoming_of, text
) -> None:
    headers = known["headers"] | {"webhook-timestamp": text}
    with pytest.raises(SignatureRefused):
        standard_webhooks.verify(account, incoming_of(headers, b"", at=signed_at))


def test_our_own_failure_body(body, one) -> None:
    event = one(body)
    assert event.key == "msg_1"
    assert (event.kind, event.reason, event.fault) == (
        "failed",
        "recipient_unavailable",
        "recipient",
    )
    assert (event.tracking_number, event.order_ref) == ("RK100200300", "ORD-1001")
    assert event.words == "Rang twice, nobody opened"
    assert event.attempt == 1
    assert event.occurred_at == datetime(2026, 3, 2, 14, 4, 30, tzinfo=UTC)
    assert event.raw_time == "2026-03-02T15:04:30+01:00"
    assert (event.phone, event.email, event.language) == (
        "+4930901820",
        "test.user@example.com",
        "de",
    )
    assert event.address
    assert event.address["country"] == "DE"


@pytest.mark.parametrize(
    ("told", "code", "outcome"),
    [
        ("delivery.failed", None, ("failed", "attempt_failed")),
        ("delivery.failed", "lost", ("lost", "lost")),
        ("delivery.failed", "refused", ("refused", "refused")),
        ("delivery.failed", "weather_delay", ("failed", "weather_delay")),
        ("delivery.failed", "gremlins", ("failed", "unknown")),
        ("delivery.refused", None, ("refused", "refused")),
        ("delivery.returned", "not_collected", ("returned", "not_collected")),
        ("delivery.lost", None, ("lost", "lost")),
        ("delivery.damaged", None, ("damaged", "damaged")),
        ("delivery.delivered", "refused", ("delivered", "delivered")),
        ("delivery.warning", "customs_hold", ("warning", "customs_hold")),
        ("delivery.delayed", None, ("warning", "delayed")),
        ("delivery.progress", None, ("progress", "on_the_way")),
        ("delivery.vanished", "lost", ("progress", "unknown")),
    ],
)
def test_types_and_reasons(body, one, told, code, outcome) -> None:
    body["type"] = told
    body["data"] |= {"reason": code, "words": None}
    event = one(body)
    assert (event.kind, event.reason) == outcome


def test_a_time_without_zone_is_the_accounts(body, one) -> None:
    body["data"]["occurred_at"] = "2026-03-02T09:00:00"
    assert one(body).occurred_at == datetime(2026, 3, 2, 14, tzinfo=UTC)


def test_other_types_are_ignored_and_no_type_is_kept(account, known, incoming_of) -> None:
    assert standard_webhooks.translate({"type": "invoice.paid"}, account, incoming_of({})) == []
    with pytest.raises(Unreadable):
        standard_webhooks.translate(json.loads(known["body"]), account, incoming_of({}))
    with pytest.raises(Unreadable, match="tracking_number"):
        standard_webhooks.translate({"type": "delivery.failed"}, account, incoming_of({}))
