"""Of a webhook that is not believed only a count is kept, and the count is cheap."""

from __future__ import annotations

from collections.abc import Mapping

from app import clock
from app.db.connection import transaction
from app.intake import store
from app.intake.tally import Tally


def _write(counts: Mapping[tuple[str, str], int]) -> None:
    rows = [(account, code, number) for (account, code), number in counts.items()]
    with transaction() as conn:
        store.count_refusals(conn, rows, clock.now().date())


_tally: Tally[tuple[str, str]] = Tally("refusals", _write, lambda key: ("", key[1]))


def count(account: str, code: str) -> None:
    """One more webhook refused, for `account`, because of `code`."""
    _tally.count((account, code))
