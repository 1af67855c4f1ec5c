"""A world whose courier account is connected to a played courier, Heron."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.db.connection import transaction
from app.handover import accounts
from app.handover.connectors import http
from tests.handover.connectors import guide
from tests.handover.edge import Edge, opened
from tests.play import Play, play

__all__ = ["play"]


@pytest.fixture
def heron(play: Play, tmp_path: Path) -> Iterator[Edge]:
    """The played courier; the world's account tells it of bookings."""
    with guide.registered(tmp_path / "plug-ins"):
        played = importlib.import_module("play_heron").Played()
        http.forget_tokens()
        with opened(played) as edge:
            connect("standard-webhooks", "heron", {**played.values, "base": edge.base})
            yield edge
            assert edge.faults == []


def connect(slug: str, connector: str, values: dict[str, str]) -> None:
    with transaction() as conn:
        accounts.connect(conn, slug, connector, values)
