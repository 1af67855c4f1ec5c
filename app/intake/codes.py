"""Codes that no adapter knows: counted, so that somebody sees a new one appear."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import structlog

from app import clock
from app.db.connection import transaction
from app.intake import store
from app.intake.event import Account, Event
from app.intake.tally import Tally

log = structlog.get_logger(__name__)


def _write(counts: Mapping[tuple[int, str, str], int]) -> None:
    rows = [
        (account_id, code, words, number) for (account_id, code, words), number in counts.items()
    ]
    with transaction() as conn:
        fresh = store.count_codes(conn, rows, clock.now())
    for account_id, number in Counter(account_id for account_id, _ in fresh).items():
        # A courier can write anything where its code stands, so the code itself is not logged.
        log.warning("unknown_code", account_id=account_id, codes=number)


_tally: Tally[tuple[int, str, str]] = Tally("codes", _write, lambda key: (key[0], "…", ""))


def count(account: Account, events: Iterable[Event]) -> None:
    """Count those of an account's new events whose code says nothing to its adapter."""
    for event in events:
        if event.reason == "unknown" and event.code:
            _tally.count((account.id, event.code, event.words[:100]))


def flush() -> None:
    """Write what was gathered, for a process that ends."""
    _tally.flush()
