"""The dashboard's figures, counted from the rows themselves: what kept figures are held against."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any, NamedTuple

from app.db.connection import connection
from app.insight.figures_model import (
    Calls,
    Choices,
    Ends,
    Figures,
    Gestures,
    Level,
    Promised,
    Silence,
    Sort,
    Spread,
    Unsent,
    Words,
)
from app.insight.figures_store import Whose


class Period(NamedTuple):
    """The cases that began in it."""

    whose: Whose
    since: datetime
    until: datetime


def counted(period: Period) -> Figures:
    """All figures, one statement each."""
    calls = {
        row["recovery"]: Calls(
            spread=_spread(row), levels=_levels(period, row.pop("recovery")), **row
        )
        for row in _rows(_CALLS, period)
    }
    ends = [(row["shipper_id"], _end(row)) for row in _rows(_CASES, period)]
    (gestures,) = _rows(_GESTURES, period)
    (over,), (silence,) = _rows(_OVER, period), _rows(_SILENCE, period)
    (words,), (choices,) = _rows(_WORDS, period), _rows(_CHOICES, period)
    surveys = _rows(_SURVEYS, period)
    return Figures(
        sorts=[Sort(**row) for row in _rows(_SORTS, period)],
        ends=Ends(**Counter(end for _, end in ends)),
        over=_spread(over),
        silence=Silence(_spread(silence), silence["longest"]),
        saved=dict(Counter(shipper for shipper, end in ends if end == "arranged")),
        brought={row["how"]: row["n"] for row in _rows(_BROUGHT, period)},
        gestures=Gestures(
            spread=_spread(gestures), given=tuple(map(tuple, gestures.pop("given"))), **gestures
        ),
        disputed={row["state"]: row["n"] for row in _rows(_DISPUTED, period)},
        calls=calls.get(False, Calls()),
        recoveries=calls.get(True, Calls()),
        words=Words(spread=_spread(words), **words),
        promised=[Promised(**row) for row in _rows(_PROMISED, period)],
        choices=Choices(**choices),
        asked=sum(row["asked"] for row in surveys),
        scores={n: sum(r["asked"] for r in surveys if r["score"] == n) for n in range(1, 6)},
        unsent=[Unsent(**row) for row in _rows(_UNSENT, period)],
    )


def _end(case: dict[str, Any]) -> str:
    """How one case ended, as the dashboard's definition says."""
    bookings = [one for one in case["bookings"] if one["kind"] != "return"]
    idle = any(
        one["state"] == "refused"
        or (one["state"] == "broken" and one["missed"] in {"not_there", "not_confirmed"})
        for one in bookings
    )
    chose = any(one["chosen_by"] == "customer" for one in case["bookings"])
    match case:
        case {"state": "open" | "informed" | "booked"}:
            return "open"
        case {"resolution": "mistake" | "old_news"}:
            return "aside"
        case {"resolution": "delivered" | "collected", "corrected": corrected}:
            return "arranged" if bookings or corrected else "alone"
        case _ if idle:
            return "courier"
        case {"resolution": "returned" | "returned_to_sender"} if not chose:
            return "no_choice"
    return "other"


def _levels(period: Period, recovery: bool) -> tuple[Level, ...]:
    rows = _rows(
        _LEVELS.replace("= 'recovery'", "= 'recovery'" if recovery else "<> 'recovery'"), period
    )
    return tuple(Level(spread=_spread(row), **row) for row in rows)


def _rows(sql: str, period: Period) -> list[dict[str, Any]]:
    values = {"since": period.since, "until": period.until, **period.whose._asdict()}
    return connection().execute((_COHORT + sql).encode(), values).fetchall()


def _spread(row: dict[str, Any]) -> Spread:
    return Spread(*(row.pop("spread") or (None, None)))


_COHORT = """
WITH cohort AS NOT MATERIALIZED (
    SELECT id, shipper_id, opened_at, closed_at, state, resolution, fault, reason FROM cases
     WHERE opened_at > %(since)s AND opened_at <= %(until)s
       AND (%(shipper_id)s::bigint IS NULL OR shipper_id = %(shipper_id)s)
       AND (%(depots)s::bigint[] IS NULL OR depot_id = ANY(%(depots)s))
       AND (%(accounts)s::bigint[] IS NULL OR account_id = ANY(%(accounts)s)))
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

_LEVELS = """
SELECT t.level, count(*) AS taken, percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY
           extract(epoch FROM t.acknowledged_at - t.created_at)::float8) AS spread
  FROM cohort c JOIN dispatch_tasks t ON t.case_id = c.id
 WHERE t.kind IN ('failure', 'promise', 'recovery') AND t.kind = 'recovery'
   AND t.acknowledged_at IS NOT NULL GROUP BY 1 ORDER BY 1
"""

_CASES = """
SELECT c.shipper_id, c.state, c.resolution,
       (SELECT coalesce(json_agg(b), '[]') FROM bookings b WHERE b.case_id = c.id) AS bookings,
       EXISTS (SELECT FROM corrections k
                WHERE k.case_id = c.id AND k.state IN ('made', 'agreed')) AS corrected
  FROM cohort c
"""

_OVER = """
SELECT percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY
           extract(epoch FROM closed_at - opened_at)::float8) AS spread
  FROM cohort WHERE state = 'closed' AND resolution NOT IN ('mistake', 'old_news')
"""

_SILENCE = """,
heard AS (
    SELECT m.case_id, m.done_at AS at FROM messages m
     WHERE m.audience = 'customer' AND m.state IN ('sent', 'delivered')
     UNION ALL
    SELECT t.case_id, t.at FROM timeline t WHERE t.kind = 'contact_elsewhere'),
gaps AS (
    SELECT c.id, max(extract(epoch FROM n.at - l.at)::float8) AS gap
      FROM cohort c
     CROSS JOIN LATERAL (SELECT c.closed_at AS at UNION ALL SELECT h.at FROM heard h
                          WHERE h.case_id = c.id AND h.at <= c.closed_at) n
     CROSS JOIN LATERAL (SELECT max(p.at) AS at
                           FROM (SELECT c.opened_at AS at UNION ALL
                                 SELECT h.at FROM heard h WHERE h.case_id = c.id) p
                          WHERE p.at < n.at) l
     WHERE c.state = 'closed' AND n.at > c.opened_at GROUP BY c.id)
SELECT max(gap) AS longest, percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY gap) AS spread
  FROM gaps
"""

_BROUGHT = """
SELECT coalesce(b.missed, b.state) AS how, count(*) AS n
  FROM cohort c JOIN bookings b ON b.case_id = c.id
 WHERE b.kind IN ('pickup', 'redelivery') AND b.state IN ('kept', 'broken') GROUP BY 1
"""

_GESTURES = """,
given AS (SELECT g.* FROM cohort c JOIN gestures g ON g.case_id = c.id)
SELECT count(*) FILTER (WHERE state = 'made') AS made,
       count(*) FILTER (WHERE state = 'asked') AS waiting,
       count(*) FILTER (WHERE state IN ('refused', 'lapsed')) AS refused,
       (SELECT coalesce(json_agg(json_build_array(currency, n) ORDER BY currency), '[]')
          FROM (SELECT currency, sum(amount) AS n FROM given WHERE state = 'made' AND amount > 0
                   AND kind <> 'refund' GROUP BY 1) s) AS given,
       percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY
           extract(epoch FROM decided_at - since)::float8)
           FILTER (WHERE why = 'promise' AND state = 'made') AS spread
  FROM given
"""

_DISPUTED = """
SELECT d.state, count(*) AS n FROM cohort c JOIN disputes d ON d.case_id = c.id
 WHERE NOT d.came GROUP BY 1
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
    SELECT b.case_id, bool_or(b.chosen_by = 'customer') AS by_customer,
           bool_or(b.kind <> 'return') AS again
      FROM cohort c JOIN bookings b ON b.case_id = c.id GROUP BY b.case_id)
SELECT count(*) FILTER (WHERE by_customer) AS chose,
       count(*) FILTER (WHERE NOT by_customer) AS defaults, count(*) FILTER (WHERE again) AS again
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
