"""A depot whose telephones ring: Twilio is played at its edge."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import errors, receive_facts
from app.chain import policy
from app.channels import callbacks, providers, voice
from app.channels.providers.twilio import sending
from app.db.connection import connection
from app.settings import Settings
from tests.channels.conftest import with_twilio
from tests.channels.exchange import Exchange, open_exchange
from tests.channels.phones import Call, Phones
from tests.play import Play

ANA, BEN, CLEO = "+17145554101", "+17145554102", "+17145554103"


class House(Play):
    """The small world; Ana is rung before she is written to, and all leaves by Twilio."""

    def __init__(
        self, settings: Settings, exchange: Exchange, body: dict[str, Any] | None = None
    ) -> None:
        # Each call is looked at by itself, where nobody says otherwise.
        super().__init__(settings, body or {**policy.STANDARD, "gather_within": 0})
        self.exchange = exchange
        connection().execute("UPDATE people SET channels = '{voice,sms,email}' WHERE name = 'Ana'")
        app = Flask("test")
        app.config["SETTINGS"] = settings
        errors.register(app)
        app.register_blueprint(callbacks.blueprint())
        receive_facts()
        self.web: FlaskClient = app.test_client()
        self.phones = Phones(exchange, self.web)

    def ring(self, parcel: str = "P1") -> tuple[int, Call]:
        """A delivery fails and Ana's telephone rings: the case and the call."""
        case_id = self.courier(parcel=parcel)
        (call,) = self.phones.placed()
        assert call.form["To"] == ANA
        assert call.tell("initiated") == call.tell("ringing") == 204
        return case_id, call

    def texts(self) -> list[tuple[str, str]]:
        """`(number, words)` of the text messages to the depot's people."""
        return [
            (form["To"], form["Body"])
            for form in self.exchange.sent
            if form["To"] in {ANA, BEN, CLEO}
        ]

    def rows(self, case_id: int) -> list[tuple[str, str, str | None]]:
        """What became of what was sent to dispatchers, oldest first."""
        found = self.messages(case_id, audience="dispatcher")
        return [(m["channel"], m["state"], m["why"]) for m in found]

    def recall(self) -> list[tuple[str, dict[str, str]]]:
        """Let the sender take back what should ring no more; what Twilio was told."""
        for call in voice.to_recall():
            voice.recall(call)
        return self.exchange.updated


@pytest.fixture
def house(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setattr(sending, "_TIMEOUT", (1.0, 0.5))
    with open_exchange() as exchange:
        yield House(with_twilio(settings, exchange.base), exchange)
    providers._chosen.clear()
