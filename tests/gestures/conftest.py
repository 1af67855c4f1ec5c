"""A world of its own for every test, with a shipper that gives vouchers."""

from __future__ import annotations

from typing import Any

from app import clock
from app.db.connection import transaction
from app.directory.changes import TERMINAL
from app.managing import gestures
from tests.channels.world import read
from tests.pages.conftest import client
from tests.play import play

__all__ = ["client", "play"]

RULES: dict[str, Any] = {
    "currency": "USD",
    "first": "5.00",
    "regular": "8.00",
    "month": "100.00",
    "times": 1,
    "days": 90,
}


def shipper() -> dict[str, Any]:
    """The first that the world has."""
    (row,) = read("SELECT id, slug FROM shippers ORDER BY id LIMIT 1")
    return row


def gives(**rules: Any) -> None:
    """Let the shipper give so."""
    with transaction() as conn:
        gestures.put(conn, TERMINAL, shipper()["slug"], {**RULES, **rules}, clock.now())


def codes(*worth: str, prefix: str = "SORRY") -> None:
    """Let it have codes worth these amounts."""
    given = [{"code": f"{prefix}-{n}", "amount": one} for n, one in enumerate(worth)]
    with transaction() as conn:
        gestures.add_codes(conn, TERMINAL, shipper()["slug"], given, clock.now())


def rows() -> list[dict[str, Any]]:
    """All gestures, oldest first."""
    return read("SELECT * FROM gestures ORDER BY id")


def spent() -> int:
    """What is taken of all budgets."""
    (row,) = read("SELECT coalesce(sum(spent), 0)::bigint AS n FROM gesture_budgets")
    return int(row["n"])
