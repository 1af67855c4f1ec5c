"""The figures of the dashboard, read with six statements, whatever the size.

Every figure is about the same cases, those that began in the period, so that figures can be
held against each other. The period is found by the index on `cases.opened_at`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from app.db.connection import Connection
from app.insight import store


class Spread(NamedTuple):
    """Durations in seconds: the middle one, and the one that nine in ten do not exceed."""

    median: float | None
    p90: float | None


class Sort(NamedTuple):
    """Cases of one fault and reason."""

    fault: str
    reason: str
    cases: int
    closed: int
    delivered: int


class Calls(NamedTuple):
    """Dispatch tasks: how many, and what became of them."""

    tasks: int = 0
    acknowledged: int = 0
    waiting: int = 0
    """Open and not acknowledged."""
    unneeded: int = 0
    """Over before anybody acknowledged."""
    resolved: int = 0
    spread: Spread = Spread(None, None)
    """From the task to its acknowledgement."""


class Words(NamedTuple):
    """What was said to customers, and by them."""

    told: int
    """Cases whose customer was sent at least one message that left the house."""
    spread: Spread
    """From the case to the first such message."""
    to_customers: int
    """Messages that left, of closed cases; surveys and thanks are no part of the matter."""
    from_customers: int
    """Replies, choices on the page, and contacts noted from elsewhere, of closed cases."""


class Promises(NamedTuple):
    """Bookings, and who chose."""

    kept: int
    broken: int
    standing: int
    chose: int
    """Cases whose customer chose at least once."""
    defaults: int
    """Cases that only ever had what the policy or a dispatcher booked."""


class Unsent(NamedTuple):
    """Messages that were not sent for one reason."""

    audience: str
    state: str
    why: str
    messages: int


@dataclass(frozen=True, slots=True)
class Figures:
    """All there is to know of one period."""

    sorts: list[Sort]
    calls: Calls
    recoveries: Calls
    words: Words
    promises: Promises
    asked: int
    """Customers who were asked how it was."""
    scores: dict[int, int]
    """How many gave 1, 2, 3, 4, 5."""
    unsent: list[Unsent]


def read(conn: Connection, shipper_id: int | None, since: datetime, until: datetime) -> Figures:
    """The figures of the cases that began in the period; `shipper_id` None means everybody's."""
    cohort = store.Cohort(conn, shipper_id, since, until)
    calls = {row.pop("recovery"): _calls(row) for row in cohort.calls()}
    surveys = cohort.surveys()
    return Figures(
        sorts=[Sort(**row) for row in cohort.sorts()],
        calls=calls.get(False, Calls()),
        recoveries=calls.get(True, Calls()),
        words=_words(cohort.words()),
        promises=Promises(**cohort.promises()),
        asked=sum(row["asked"] for row in surveys),
        scores={n: sum(r["asked"] for r in surveys if r["score"] == n) for n in range(1, 6)},
        unsent=[Unsent(**row) for row in cohort.unsent()],
    )


def _spread(row: dict[str, Any]) -> Spread:
    return Spread(*(row.pop("spread") or (None, None)))


def _calls(row: dict[str, Any]) -> Calls:
    return Calls(spread=_spread(row), **row)


def _words(row: dict[str, Any]) -> Words:
    return Words(spread=_spread(row), **row)
