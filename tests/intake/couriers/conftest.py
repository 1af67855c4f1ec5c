"""Accounts, requests and vendors' samples for the adapters' tests."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from app.contact.lookup import guard
from app.intake import samples
from app.intake.couriers import _keys, adapter
from app.intake.event import Account, Event, Incoming

NOW = datetime(2026, 3, 2, 14, 6, tzinfo=UTC)
VENDOR = Path(__file__).parent / "samples"


class Sent(dict[str, str]):
    """Headers as a server passes them on, also those that werkzeug's own class refuses to hold."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        super().__init__({name.lower(): value for name, value in headers.items()})

    def get(self, key: str, default: Any = None) -> Any:
        return super().get(key.lower(), default)


@pytest.fixture
def now() -> datetime:
    """When the tests' requests come in."""
    return NOW


class KeyServer:
    """A courier's JWKS address: what it answers, and how often it was asked."""

    def __init__(self) -> None:
        self.body = b"{}"
        self.status = 200
        self.asked = 0
        self.trickles, self.goes_on = threading.Event(), threading.Event()
        self.elsewhere = ""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked += 1
                self.send_response(outer.status)
                if outer.elsewhere:
                    self.send_header("Location", outer.elsewhere)
                self.end_headers()
                self.wfile.write(outer.body[:1])
                self.wfile.flush()
                if outer.trickles.is_set():
                    outer.goes_on.wait(30)
                self.wfile.write(outer.body[1:])

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/jwks"

    def publish(self, *private_keys: str) -> None:
        """Answer with the public halves of these keys."""
        self.status = 200
        self.body = json.dumps(samples.jwks(*private_keys)).encode()

    def fail(self) -> None:
        """Answer with an error from now on."""
        self.status = 503


@pytest.fixture
def key_server() -> Iterator[KeyServer]:
    """A local JWKS address, with nothing cached before or after."""
    server = KeyServer()
    before, guard._allowed = guard._allowed, guard._allowed._replace(everything=True)
    thread = Thread(target=server.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    _keys.forget()
    yield server
    _keys.forget()
    guard._allowed = before
    server.server.shutdown()
    server.server.server_close()
    thread.join()


@cache
def credentials(courier: str) -> samples.Credentials:
    """Credentials that last as long as the tests: a key pair takes long to make."""
    return samples.credentials(courier)


@pytest.fixture
def account_of(request: pytest.FixtureRequest) -> Callable[..., Account]:
    """An account of a courier that its samples fit; keywords replace its fields."""

    def make(courier: str, **changes: Any) -> Account:
        made = credentials(courier)
        config = made.config
        if courier == "shipengine":
            server = request.getfixturevalue("key_server")
            server.publish(*made.secrets)
            config = {"jwks_url": server.address}
        account = Account(
            id=1,
            slug=courier,
            courier=courier,
            shipper_id=1,
            depot_id=1,
            secrets=made.secrets,
            headers=made.headers,
            config=config,
            timezone="America/New_York",
        )
        return replace(account, **changes)

    return make


@pytest.fixture
def incoming_of() -> Callable[..., Incoming]:
    """A request with these headers and this body, received at `NOW` or `at`."""

    def make(
        headers: Mapping[str, str],
        raw: bytes = b"{}",
        *,
        at: datetime = NOW,
        query: Mapping[str, str] | None = None,
    ) -> Incoming:
        return Incoming(headers=Sent(headers), query=query or {}, raw=raw, received_at=at)

    return make


@pytest.fixture
def sample(account_of: Callable[..., Account]) -> Callable[[str], Any]:
    """Our sample of a courier's failure, parsed."""

    def load(courier: str) -> Any:
        return json.loads(samples.failure(account_of(courier), NOW)[0])

    return load


@pytest.fixture
def read(
    account_of: Callable[..., Account], incoming_of: Callable[..., Incoming]
) -> Callable[..., Event]:
    """The one event that a courier's body becomes; keywords change the account."""

    def translate(courier: str, body: Any, **changes: Any) -> Event:
        account = account_of(courier, **changes)
        [event] = adapter(courier).translate(body, account, incoming_of({}))
        return event

    return translate


@pytest.fixture
def vendor() -> Callable[[str], Any]:
    """A vendor's own sample, parsed, by its path under samples/."""

    def load(path: str) -> Any:
        return json.loads((VENDOR / path).read_bytes())

    return load


@pytest.fixture
def vendor_bytes() -> Callable[[str], bytes]:
    """A vendor's own sample, byte for byte."""

    def load(path: str) -> bytes:
        return (VENDOR / path).read_bytes()

    return load
