"""A connector is a file and one line; that it keeps the rules, test_every_connector shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.handover import connectors
from tests.handover.connectors import guide


def test_one_file_and_one_line_make_a_connector(tmp_path: Path) -> None:
    before = [connector.name for connector in connectors.registered()]
    with guide.registered(tmp_path / "plug-ins"):
        heron = connectors.named("heron")
        assert heron is not None
        assert [c.name for c in connectors.registered()] == [*before, "heron"]
        assert heron.faults({"client_id": "us", "secret": "s"}) == []
        assert heron.faults({"client_id": "us", "base": "heron.example", "colour": "blue"}) == [
            "secret is missing",
            "colour is not known; there are base, client_id, secret",
            "base must begin with https:// or http://",
        ]
        account = heron.account(1, "heron-1", {"client_id": "us", "secret": "hush"}, "UTC")
        assert account.base == "https://api.heron.example"
        assert "hush" not in repr(account)
    with pytest.raises(LookupError, match="there are depot"):
        connectors.named("heron")


def test_people_are_the_default() -> None:
    assert connectors.named(connectors.DEPOT) is None
