"""Vonage: what its answers mean, what it tells, and how it stands beside Twilio."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st
from joserfc.jwk import RSAKey

from app import clock, errors, receive_facts
from app.channels import callbacks, providers, templates
from app.channels.providers.vonage import doctor, sending, signature
from app.channels.service import Route
from app.channels.templates_store import Text
from app.db.connection import transaction
from app.directory.changes import TERMINAL
from app.languages import get, said
from app.settings import Settings
from tests.channels.conftest import with_twilio
from tests.channels.exchange import Exchange
from tests.channels.vonage_edge import (
    APPLICATION,
    FROM,
    KEY,
    SECRET,
    SIGNATURE_SECRET,
    Edge,
    open_edge,
    signed,
)
from tests.channels.world import (
    MAIL,
    PHONE,
    SMS,
    advance,
    enqueue,
    messages,
    read,
    send_due,
    states,
    timeline,
)


def with_vonage(settings: Settings, base: str) -> Settings:
    return replace(
        settings,
        plug_ins={
            **settings.plug_ins,
            "VONAGE_API_KEY": KEY,
            "VONAGE_API_SECRET": SECRET,
            "VONAGE_SIGNATURE_SECRET": SIGNATURE_SECRET,
            "VONAGE_FROM": FROM,
            "VONAGE_API_BASE": base,
        },
        public_url="https://parcels.example.com",
    )


@pytest.fixture
def edge(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Edge]:
    """A Vonage of this test's own, which this process sends through."""
    monkeypatch.setattr(sending, "_TIMEOUT", (1.0, 0.5))
    with open_edge() as edge:
        providers.configure(with_vonage(settings, edge.base))
        yield edge
    providers._chosen.clear()


@pytest.fixture
def web(settings: Settings, edge: Edge) -> FlaskClient:
    app = Flask("test")
    app.config["SETTINGS"] = with_vonage(settings, edge.base)
    errors.register(app)
    app.register_blueprint(callbacks.blueprint())
    receive_facts()
    return app.test_client()


def tell(web: FlaskClient, case: int, status: str, index: int = 0, **more: Any) -> int:
    """A receipt for a message of the case."""
    message = messages(case)[index]
    document = {
        "message_uuid": message["provider_id"] or "early",
        "client_ref": str(message["id"]),
        "to": PHONE.removeprefix("+"),
        "from": FROM.removeprefix("+"),
        "channel": "sms",
        "timestamp": clock.machine_now().isoformat(),
        "status": status,
        "a_field_of_tomorrow": {"ü": 1},
    }
    body, headers = signed(document | more, clock.machine_now())
    return web.post("/callbacks/vonage/status", data=body, headers=headers).status_code


def problem(code: int) -> dict[str, Any]:
    page = f"https://developer.vonage.com/api-errors/messages#{code}"
    return {"type": page, "title": str(code), "detail": "x", "instance": "i"}


@pytest.mark.parametrize("kept", ["in a file", "in one line", "as it is"])
def test_an_application_is_known_by_a_token_for_each_request(
    case: int, settings: Settings, edge: Edge, kept: str, tmp_path: Path
) -> None:
    key = RSAKey.generate_key(2048)
    text = key.as_pem(private=True).decode()
    (tmp_path / "key.pem").write_text(text)
    given = {"in a file": str(tmp_path / "key.pem"), "in one line": text.replace("\n", "\\n")}
    application = {
        "VONAGE_APPLICATION_ID": APPLICATION,
        "VONAGE_PRIVATE_KEY": given.get(kept, text),
    }
    told = with_vonage(settings, edge.base)
    providers.configure(replace(told, plug_ins={**told.plug_ins, **application}))
    edge.public_key = key
    for number in ("one", "two"):
        enqueue(case, SMS, idempotency_key=number)
    assert send_due() == ["sent", "sent"]


def test_a_key_that_is_none_is_named_by_the_doctor(settings: Settings, edge: Edge) -> None:
    told = with_vonage(settings, edge.base)
    wrong = {"VONAGE_APPLICATION_ID": APPLICATION, "VONAGE_PRIVATE_KEY": "/no/such/file"}
    found = doctor.check(replace(told, plug_ins={**told.plug_ins, **wrong}))
    assert not found.ok
    assert "VONAGE_PRIVATE_KEY is no private key" in found.text
    assert "/no/such/file" not in found.text


def test_a_message_goes_as_vonage_publishes_it(case: int, edge: Edge) -> None:
    enqueue(case, SMS, text="Grüße & 50 %")
    assert send_due() == ["sent"]
    (sent,) = edge.sent
    (row,) = messages(case)
    assert sent["to"] == PHONE.removeprefix("+")
    assert sent["text"] == "Grüße & 50 %"
    assert sent["client_ref"] == str(row["id"])
    assert sent["webhook_url"] == "https://parcels.example.com/callbacks/vonage/status"
    assert (row["provider"], row["state"]) == ("vonage", "sent")


@pytest.mark.parametrize(
    ("answer", "became"),
    [
        ((422, problem(1170)), ("failed", "invalid_number")),
        ((422, {"title": "Invalid params"}), ("failed", "vonage_http_422")),
        ((429, problem(1000)), ("queued", "vonage_1000")),
        ((402, {}), ("queued", "vonage_http_402")),
        ((503, b"<html>"), ("queued", "vonage_http_503")),
        ((500, {}), ("unknown", "vonage_http_500")),
        ((202, b"not json"), ("unknown", "vonage_http_202")),
        ((202, []), ("unknown", "vonage_http_202")),
        ("hang", ("unknown", "vonage_no_answer")),
    ],
)
def test_every_answer_says_whether_it_left(
    case: int, edge: Edge, answer: Any, became: tuple[str, str]
) -> None:
    edge.answers = [answer]
    enqueue(case, SMS, MAIL)
    send_due()
    assert states(case)[0][1:] == became


def test_what_may_have_left_is_never_repeated_to_a_customer_by_the_other_provider(
    case: int, settings: Settings, exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "_TIMEOUT", (1.0, 0.5))
    with open_edge() as edge:
        both = with_vonage(with_twilio(settings, exchange.base), edge.base)
        providers.configure(replace(both, provider_order=("vonage", "twilio")))
        edge.answers = ["hang"]
        enqueue(case, SMS, MAIL)
        send_due()
        assert states(case)[0] == ("sms", "unknown", "vonage_no_answer")
        edge.answers = [(429, problem(1000))]
        enqueue(case, SMS, idempotency_key="second")
        send_due()
        advance(seconds=6)
        send_due()
        assert len(edge.sent) == 2
        assert len(exchange.sent) == 1  # what was certainly refused, and nothing else
    assert messages(case)[-1]["provider"] == "twilio"


def test_receipts_come_twice_and_in_any_order_with_their_price(
    case: int, web: FlaskClient, edge: Edge
) -> None:
    enqueue(case, SMS, MAIL)
    send_due()
    for status in ("delivered", "submitted", "delivered", "news"):
        used = {"price": "0.0333", "currency": "EUR"} if status == "submitted" else None
        assert tell(web, case, status, usage=used) == 200
    assert states(case) == [("sms", "delivered", None)]
    (row,) = read("SELECT price, price_unit FROM messages")
    assert row == {"price": Decimal("0.0333"), "price_unit": "EUR"}


@pytest.mark.parametrize(("code", "why"), [(1240, "opted_out"), (1260, "vonage_1260")])
def test_what_is_rejected_later_goes_another_way(
    case: int, web: FlaskClient, edge: Edge, code: int, why: str
) -> None:
    enqueue(case, SMS, MAIL)
    send_due()
    assert tell(web, case, "rejected", error=problem(code)) == 200
    assert states(case)[0] == ("sms", "failed", why)
    assert states(case)[1][0] == "email"
    assert bool(read("SELECT 1 FROM opt_outs")) == (why == "opted_out")


def test_a_reply_reaches_the_case_once(case: int, web: FlaskClient, edge: Edge) -> None:
    enqueue(case, SMS)
    send_due()
    document = {
        "channel": "sms",
        "message_uuid": "u-1",
        "to": FROM.removeprefix("+"),
        "from": PHONE.removeprefix("+"),
        "timestamp": clock.machine_now().isoformat(),
        "message_type": "text",
        "text": "blue door, after five",
        "sms": {"num_messages": "1", "keyword": "BLUE"},
    }
    for _ in range(2):
        body, headers = signed(document, clock.machine_now())
        assert web.post("/callbacks/vonage/inbound", data=body, headers=headers).status_code == 200
    words = [facts["words"] for kind, facts in timeline(case) if kind == "customer_reply"]
    assert words == ["blue door, after five"]


def test_only_what_vonage_signed_just_now_is_heard(case: int, web: FlaskClient, edge: Edge) -> None:
    document = {"message_uuid": "u-1", "from": "49170", "text": "STOP"}
    now = clock.machine_now()
    genuine, headers = signed(document, now)
    forged = (
        (genuine, {"Content-Type": "application/json"}),
        (genuine + b" ", headers),
        signed(document, now, secret="another secret, long enough for its kind"),
        signed(document, now - timedelta(minutes=6)),
        signed(document, now, payload_hash="0" * 64),
        signed(document, now, iat="soon"),
    )
    for body, said_ in forged:
        assert web.post("/callbacks/vonage/inbound", data=body, headers=said_).status_code == 403
    assert read("SELECT 1 FROM inbound_messages") == []
    ok = web.post("/callbacks/vonage/inbound", data=genuine, headers=headers)
    assert ok.status_code == 200


@settings_of_hypothesis(max_examples=60)
@given(st.text(max_size=80))
def test_no_signature_is_a_crash(text: str) -> None:
    now = clock.machine_now()
    for shown in (text, f"Bearer {text}", f"Bearer {text}.{text}.{text}"):
        assert signature.fault(SIGNATURE_SECRET, shown, b"{}", now)


def test_india_reads_the_ids_of_a_registered_text(case: int, edge: Edge) -> None:
    text = said.say(get("hi"), "Choose it here: {url}", url="https://example.com/c/t")
    (row,) = read("SELECT shipper_id FROM cases WHERE id = %s", case)
    key = Text(row["shipper_id"], "sms", said.key("failure", text.made_of), "hi", "vonage")
    with transaction() as conn:
        templates.put(conn, TERMINAL, key, "1107160000", "1201159", [], clock.now())
    enqueue(case, Route("sms", "+919812345678"), text=text, language="hi")
    send_due()
    (sent,) = edge.sent
    assert sent["sms"] == {
        "encoding_type": "auto",
        "content_id": "1107160000",
        "entity_id": "1201159",
    }
    assert sent["text"] == text
