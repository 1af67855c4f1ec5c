"""Accounts, requests and vendors' samples for the adapters' tests."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.intake import samples
from app.intake.event import Account, Incoming

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


@pytest.fixture
def account_of() -> Callable[..., Account]:
    """An account of a courier with fresh credentials; keywords replace its fields."""

    def make(courier: str, **changes: Any) -> Account:
        made = samples.credentials(courier)
        account = Account(
            id=1,
            slug=courier,
            courier=courier,
            shipper_id=1,
            depot_id=1,
            secrets=made.secrets,
            headers=made.headers,
            config=made.config,
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
