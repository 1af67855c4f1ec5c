"""Counts messages that are about no parcel of ours, so that somebody sees what is not read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app import clock
from app.db.connection import transaction
from app.intake import bodies, store
from app.intake.event import Account
from app.intake.tally import Tally


def _write(counts: Mapping[tuple[int, str], int]) -> None:
    rows = [(account_id, told, number) for (account_id, told), number in counts.items()]
    with transaction() as conn:
        store.count_other(conn, rows, clock.now())


_tally: Tally[tuple[int, str]] = Tally("other", _write, lambda key: (key[0], "…"))


def count(account: Account, body: Any) -> None:
    """One more message that is about nothing of ours."""
    told = "test event" if bodies.is_test(body) else bodies.type_of(body)
    _tally.count((account.id, told))


def flush() -> None:
    """Write what was gathered, for a process that ends."""
    _tally.flush()
