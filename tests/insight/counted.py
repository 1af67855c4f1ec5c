"""The dashboard's figures, counted from the rows themselves: what kept figures are held against."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from app.db.connection import connection
from app.insight.figures import Calls, Choices, Figures, Promised, Sort, Spread, Unsent, Words


class Period(NamedTuple):
    """The cases that began in it; `shipper_id` None means everybody's."""

    shipper_id: int | None
    since: datetime
    until: datetime


def counted(period: Period) -> Figures:
    """All figures, one statement each."""
    calls = {
        row.pop("recovery"): Calls(spread=_spread(row), **row) for row in _rows(_CALLS, period)
    }
    (words,), (choices,) = _rows(_WORDS, period), _rows(_CHOICES, period)
    surveys = _rows(_SURVEYS, period)
    return Figures(
        sorts=[Sort(**row) for row in _rows(_SORTS, period)],
        calls=calls.get(False, Calls()),
        recoveries=calls.get(True, Calls()),
        words=Words(spread=_spread(words), **words),
        promised=[Promised(**row) for row in _rows(_PROMISED, period)],
        choices=Choices(**choices),
        asked=sum(row["asked"] for row in surveys),
        scores={n: sum(r["asked"] for r in surveys if r["score"] == n) for n in range(1, 6)},
        unsent=[Unsent(**row) for row in _rows(_UNSENT, period)],
    )


def _rows(sql: str, period: Period) -> list[dict[str, Any]]:
    return connection().execute((_COHORT + sql).encode(), period._asdict()).fetchall()


def _spread(row: dict[str, Any]) -> Spread:
    return Spread(*(row.pop("spread") or (None, None)))


_COHORT = """
WITH cohort AS NOT MATERIALIZED (
    SELECT id, opened_at, state, resolution, fault, reason FROM cases
     WHERE opened_at > %(since)s AND opened_at <= %(until)s
       AND (%(shipper_id)s::bigint IS NULL OR shipper_id = %(shipper_id)s))
"""

_SORTS = """
SELECT fault, reason, count(*) AS cases, count(*) FILTER (WHERE state = 'closed') AS closed,
       count(*) FILTER (WHERE resolution IN ('delivered', 'collected')) AS delivered
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
  FROM cohort c JOIN dispatch_tasks t ON t.case_id = c.id
 WHERE t.kind IN ('failure', 'promise', 'recovery') GROUP BY 1
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

_PROMISED = """
SELECT p.kind, count(*) FILTER (WHERE p.state = 'kept') AS kept,
       count(*) FILTER (WHERE p.state = 'broken') AS broken,
       count(*) FILTER (WHERE p.state = 'open') AS open,
       count(*) FILTER (WHERE p.state = 'released') AS released
  FROM cohort c JOIN promises p ON p.case_id = c.id
 GROUP BY p.kind ORDER BY count(*) DESC, p.kind
"""

_CHOICES = """,
chosen AS (
    SELECT b.case_id, bool_or(b.chosen_by = 'customer') AS by_customer
      FROM cohort c JOIN bookings b ON b.case_id = c.id GROUP BY b.case_id)
SELECT count(*) FILTER (WHERE by_customer) AS chose,
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
 GROUP BY m.audience, m.state, m.why ORDER BY messages DESC, why, audience, state
"""
