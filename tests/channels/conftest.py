"""A case, and a Twilio to send through; e-mail goes to the playground's mailbox."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from app.channels import providers
from app.channels.providers.twilio import sending
from app.settings import Settings
from tests.channels.exchange import (
    FROM,
    OTHER_TOKEN,
    SID,
    TOKEN,
    WHATSAPP_FROM,
    Exchange,
    open_exchange,
)
from tests.channels.world import make_case


@pytest.fixture
def case(settings: Settings) -> int:
    """An open case."""
    return make_case()


@pytest.fixture
def exchange(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Exchange]:
    """A Twilio of this test's own, which this process sends through."""
    monkeypatch.setattr(sending, "_TIMEOUT", (1.0, 0.5))
    monkeypatch.setattr(sending, "_ASK_TIMEOUT", (1.0, 1.0))
    with open_exchange() as exchange:
        providers.configure(with_twilio(settings, exchange.base))
        yield exchange
    providers._chosen.clear()


@pytest.fixture
def playground(settings: Settings) -> Iterator[None]:
    """Everything goes to the playground."""
    providers.configure(settings)
    yield
    providers._chosen.clear()


def with_twilio(settings: Settings, base: str) -> Settings:
    return replace(
        settings,
        plug_ins={
            **settings.plug_ins,
            "TWILIO_ACCOUNT_SID": SID,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_OTHER_AUTH_TOKEN": OTHER_TOKEN,
            "TWILIO_FROM": FROM,
            "TWILIO_WHATSAPP_FROM": WHATSAPP_FROM,
            "TWILIO_API_BASE": base,
        },
        public_url="https://parcels.example.com",
    )
