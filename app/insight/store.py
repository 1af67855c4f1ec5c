"""SQL of what operators look at: the dashboard's figures and the gauges of `/metrics`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.cases.timeline.kinds import Actor, Kind
from app.db.connection import Connection


@dataclass(frozen=True, slots=True)
class Cohort:
    """The cases that began in a period; `shipper_id` None means everybody's.

    Each method is one statement.
    """

    conn: Connection
    shipper_id: int | None
    since: datetime
    until: datetime

    def sorts(self) -> list[dict[str, Any]]:
        """Cases by fault and reason, the most frequent first."""
        return self._rows(_SORTS)

    def calls(self) -> list[dict[str, Any]]:
        """Dispatch tasks, those of recoveries apart."""
        return self._rows(_CALLS)

    def words(self) -> dict[str, Any]:
        """What was said to customers, and by them."""
        return self._rows(_WORDS)[0]

    def promises(self) -> dict[str, Any]:
        """Bookings by how they ended, and who chose."""
        return self._rows(_PROMISES)[0]

    def surveys(self) -> list[dict[str, Any]]:
        """Surveys by score; None is unanswered."""
        return self._rows(_SURVEYS)

    def unsent(self) -> list[dict[str, Any]]:
        """Messages that did not leave, by reason."""
        return self._rows(_UNSENT)

    def _rows(self, sql: str) -> list[dict[str, Any]]:
        period = {"shipper_id": self.shipper_id, "since": self.since, "until": self.until}
        return self.conn.execute((_COHORT + sql).encode(), period | _FROM_CUSTOMERS).fetchall()


def gauge(conn: Connection, name: str) -> list[dict[str, Any]]:
    """The rows of one gauge: `value` and its labels."""
    return conn.execute(GAUGES[name].encode()).fetchall()


def oldest_due(conn: Connection) -> datetime | None:
    """Since when the step that is next to run has been due."""
    due = conn.execute("SELECT due_at FROM steps ORDER BY wake_at, id LIMIT 1").fetchone()
    return due["due_at"] if due else None


GAUGES = {
    "cases": "SELECT label AS state, value FROM gauges WHERE gauge = 'cases'",
    "dispatch_tasks": """SELECT CASE tab WHEN 'taken' THEN 'acknowledged' ELSE tab END AS state,
                                sum(tasks) AS value
             FROM (SELECT tab, tasks FROM dispatch_counts UNION ALL
                   SELECT tab, change FROM dispatch_count_changes) kept
            WHERE tab IN ('aside', 'open', 'taken') GROUP BY tab HAVING sum(tasks) <> 0""",
    "messages_queued": """SELECT coalesce(sum(value), 0) AS value FROM gauges
            WHERE gauge = 'messages_queued'""",
    "quarantined": "SELECT count(*) AS value FROM courier_events WHERE outcome = 'quarantined'",
    "alerts": "SELECT kind, count(*) AS value FROM alerts WHERE ended_at IS NULL GROUP BY kind",
    "unknown_codes": """SELECT a.slug AS account, count(*) AS value FROM unknown_codes u
             JOIN courier_accounts a ON a.id = u.account_id GROUP BY a.slug""",
    "other_news": """SELECT a.slug AS account, o.type, o.events AS value FROM other_news o
             JOIN courier_accounts a ON a.id = o.account_id""",
    "refusals_today": """SELECT account, code, count AS value FROM refusals
            WHERE day = (SELECT max(day) FROM refusals)""",
}


def fold_gauges(conn: Connection) -> None:
    """Add the changes to the counts, all at once: whoever reads meanwhile sees both or neither."""
    conn.execute(
        """WITH changes AS (DELETE FROM gauge_changes RETURNING *)
           INSERT INTO gauge_counts AS c
           SELECT gauge, label, sum(change) FROM changes
            GROUP BY gauge, label HAVING sum(change) <> 0
               ON CONFLICT (gauge, label) DO UPDATE SET value = c.value + excluded.value"""
    )


def wrong_gauges(conn: Connection) -> list[dict[str, Any]]:
    """Where the counts differ from the rows themselves; walks all of those."""
    return conn.execute(
        """WITH real AS (
               SELECT 'cases' AS gauge, state AS label, count(*) AS value FROM cases
                WHERE state <> 'closed' GROUP BY state
               UNION ALL
               SELECT 'messages_queued', '', count(*) FROM messages WHERE state = 'queued'
               HAVING count(*) > 0)
           SELECT gauge, label, kept.value AS kept, real.value AS real
             FROM gauges kept FULL JOIN real USING (gauge, label)
            WHERE kept.value IS DISTINCT FROM real.value"""
    ).fetchall()


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
  FROM cohort c JOIN dispatch_tasks t ON t.case_id = c.id GROUP BY 1
"""

_FROM_CUSTOMERS = {
    "contacts": [Kind.CUSTOMER_REPLY, Kind.CONTACT_ELSEWHERE],
    "choices": [Kind.BOOKED, Kind.REBOOKED],
    "customer": Actor.CUSTOMER,
}
_WORDS = """,
said AS (
    SELECT c.id, c.state, extract(epoch FROM min(m.done_at) - c.opened_at)::float8 AS first,
           count(*) FILTER (WHERE m.topic NOT IN ('survey', 'thanks')) AS messages
      FROM cohort c JOIN messages m ON m.case_id = c.id
     WHERE m.audience = 'customer' AND m.state IN ('sent', 'delivered')
     GROUP BY c.id, c.state, c.opened_at),
heard AS (
    SELECT count(*) AS contacts FROM cohort c JOIN timeline t ON t.case_id = c.id
     WHERE c.state = 'closed' AND (t.kind = ANY(%(contacts)s)
           OR (t.kind = ANY(%(choices)s) AND t.actor = %(customer)s)))
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
