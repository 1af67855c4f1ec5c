"""That a customer is reached by another number or address now; who minds it says so at start."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from app.cases.model import Case
from app.db.connection import Connection

_minded: list[Callable[[Connection, Case, Case, datetime], None]] = []


def minded_by(mind: Callable[[Connection, Case, Case, datetime], None]) -> None:
    """Say who has to know."""
    _minded[:] = [mind]


def moved(conn: Connection, before: Case, after: Case, now: datetime) -> None:
    """Let them know, where somebody who could be reached is reached elsewhere now."""
    ways = [(one.contact_phone or one.contact_call, one.contact_email) for one in (before, after)]
    if any(was and now_is and was != now_is for was, now_is in zip(*ways, strict=True)):
        for mind in _minded:
            mind(conn, before, after, now)
