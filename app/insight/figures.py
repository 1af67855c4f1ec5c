"""SQL of the dashboard: six statements, whatever the size.

Every figure is about the same cases, those that began in the period, so that figures can be
held against each other. The period is found by the index on `cases.opened_at`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from app.db.connection import Connection

_COHORT = """
WITH cohort AS NOT MATERIALIZED (
    SELECT id, opened_at, state, resolution, fault, reason FROM cases
     WHERE opened_at > %(since)s AND opened_at <= %(until)s
       AND (%(shipper_id)s::bigint IS NULL OR shipper_id = %(shipper_id)s))
"""


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
    values = {"shipper_id": shipper_id, "since": since, "until": until}

    def ask(sql: str) -> list[dict[str, Any]]:
        return conn.execute((_COHORT + sql).encode(), values).fetchall()

    calls = {row.pop("recovery"): _calls(row) for row in ask(_CALLS)}
    surveys = ask(_SURVEYS)
    return Figures(
        sorts=[Sort(**row) for row in ask(_SORTS)],
        calls=calls.get(False, Calls()),
        recoveries=calls.get(True, Calls()),
        words=_words(ask(_WORDS)[0]),
        promises=Promises(**ask(_PROMISES)[0]),
        asked=sum(row["asked"] for row in surveys),
        scores={n: sum(r["asked"] for r in surveys if r["score"] == n) for n in range(1, 6)},
        unsent=[Unsent(**row) for row in ask(_UNSENT)],
    )


def _spread(row: dict[str, Any]) -> Spread:
    return Spread(*(row.pop("spread") or (None, None)))


def _calls(row: dict[str, Any]) -> Calls:
    return Calls(spread=_spread(row), **row)


def _words(row: dict[str, Any]) -> Words:
    return Words(spread=_spread(row), **row)


_SORTS = """
SELECT fault, reason, count(*) AS cases, count(*) FILTER (WHERE state = 'closed') AS closed,
       count(*) FILTER (WHERE resolution = 'delivered') AS delivered
  FROM cohort GROUP BY fault, reason ORDER BY cases DESC, fault, reason
"""

_CALLS = """
SELECT t.kind = 'recovery' AS recovery, count(*) AS tasks,
       count(t.acknowledged_at) AS acknowledged,
       count(*) FILTER (WHERE t.state = 'open') AS waiting,
       count(*) FILTER (WHERE t.state = 'withdrawn' AND t.acknowledged_at IS NULL) AS unneeded,
       count(*) FILTER (WHERE t.state = 'resolved') AS resolved,
       percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY
           extract(epoch FROM t.acknowledged_at - t.created_at)::float8)
           FILTER (WHERE t.acknowledged_at IS NOT NULL) AS spread
  FROM cohort c JOIN dispatch_tasks t ON t.case_id = c.id GROUP BY 1
"""

_WORDS = """,
said AS (
    SELECT c.id, c.state, extract(epoch FROM min(m.done_at) - c.opened_at)::float8 AS first,
           count(*) FILTER (WHERE m.topic NOT IN ('survey', 'thanks')) AS messages
      FROM cohort c JOIN messages m ON m.case_id = c.id
     WHERE m.audience = 'customer' AND m.state IN ('sent', 'delivered')
     GROUP BY c.id, c.state, c.opened_at),
heard AS (
    SELECT count(*) AS contacts FROM cohort c JOIN timeline t ON t.case_id = c.id
     WHERE c.state = 'closed' AND (t.kind IN ('customer_reply', 'contact_elsewhere')
           OR (t.kind IN ('booked', 'rebooked') AND t.actor = 'customer')))
SELECT count(first) AS told,
       percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY first) AS spread,
       coalesce(sum(messages) FILTER (WHERE state = 'closed'), 0)::bigint AS to_customers,
       (SELECT contacts FROM heard) AS from_customers
  FROM said
"""

_PROMISES = """,
chosen AS (
    SELECT b.case_id, bool_or(b.chosen_by = 'customer') AS by_customer,
           count(*) FILTER (WHERE b.state = 'kept') AS kept,
           count(*) FILTER (WHERE b.state = 'broken') AS broken,
           count(*) FILTER (WHERE b.state = 'standing') AS standing
      FROM cohort c JOIN bookings b ON b.case_id = c.id GROUP BY b.case_id)
SELECT coalesce(sum(kept), 0)::bigint AS kept, coalesce(sum(broken), 0)::bigint AS broken,
       coalesce(sum(standing), 0)::bigint AS standing,
       count(*) FILTER (WHERE by_customer) AS chose,
       count(*) FILTER (WHERE NOT by_customer) AS defaults
  FROM chosen
"""

_SURVEYS = """
SELECT s.score, count(*) AS asked FROM cohort c JOIN surveys s ON s.case_id = c.id GROUP BY s.score
"""

_UNSENT = """
SELECT m.audience, m.state, coalesce(m.why, '') AS why, count(*) AS messages
  FROM cohort c JOIN messages m ON m.case_id = c.id
 WHERE m.state IN ('suppressed', 'failed', 'unknown')
 GROUP BY m.audience, m.state, m.why ORDER BY messages DESC, why, audience
"""
