"""SQL of what operators look at: the gauges of `/metrics`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.db.connection import Connection


def gauges(conn: Connection, *names: str) -> dict[str, list[dict[str, Any]]]:
    """The rows of these gauges, each with `value` and its labels; one statement."""
    each = (f"(SELECT json_agg(r) FROM ({GAUGES[name]}) r) AS {name}" for name in names)  # noqa: S608
    row = conn.execute(f"SELECT {', '.join(each)}".encode()).fetchone() or {}
    return {name: row[name] or [] for name in names}


def oldest_due(conn: Connection) -> datetime | None:
    """Since when the step that is next to run has been due."""
    due = conn.execute("SELECT due_at FROM step_runs ORDER BY wake_at, id LIMIT 1").fetchone()
    return due["due_at"] if due else None


def oldest_waiting(conn: Connection, now: datetime) -> dict[str, datetime]:
    """Since when the oldest that is due waits, by queue: the channels, couriers, shippers.

    Of the messages of a channel up to a thousand are looked at, of the oldest hour: in a flood the
    answer may be a little younger than the oldest, and costs no more.
    """
    rows = conn.execute(
        """WITH RECURSIVE lanes AS (
               (SELECT channel FROM message_queue WHERE state = 'queued' ORDER BY channel LIMIT 1)
               UNION ALL
               SELECT (SELECT m.channel FROM message_queue m
                        WHERE m.state = 'queued' AND m.channel > l.channel
                        ORDER BY m.channel LIMIT 1)
                 FROM lanes l WHERE l.channel IS NOT NULL)
           SELECT l.channel AS queue, oldest.at FROM lanes l CROSS JOIN LATERAL (
               SELECT min(wake_at) AS at FROM (
                   SELECT wake_at FROM message_queue m
                    WHERE m.state = 'queued' AND m.channel = l.channel
                      AND date_trunc('hour', m.wake_at AT TIME ZONE 'UTC') = (
                          SELECT date_trunc('hour', f.wake_at AT TIME ZONE 'UTC')
                            FROM message_queue f
                           WHERE f.state = 'queued' AND f.channel = l.channel
                           ORDER BY 1 LIMIT 1)
                    LIMIT 1000) few) oldest
            WHERE oldest.at <= %(now)s
           UNION ALL
           SELECT 'handovers', min(due_at) FROM handover_acts
            WHERE state IN ('waiting', 'calling') AND due_at <= %(now)s
           UNION ALL
           SELECT 'webhooks', min(oldest.at) FROM webhook_endpoints e CROSS JOIN LATERAL (
               SELECT min(due_at) AS at FROM webhook_lanes l WHERE l.endpoint_id = e.id) oldest
            WHERE e.state = 'active' AND oldest.at <= %(now)s""",
        {"now": now},
    ).fetchall()
    return {row["queue"]: row["at"] for row in rows if row["at"]}


GAUGES = {
    "cases": "SELECT label AS state, value FROM gauges WHERE gauge = 'cases'",
    "dispatch_tasks": """SELECT CASE tab WHEN 'taken' THEN 'acknowledged' WHEN 'nobody' THEN 'open'
                                ELSE tab END AS state, sum(tasks) AS value
             FROM (SELECT tab, tasks FROM dispatch_counts UNION ALL
                   SELECT tab, change FROM dispatch_count_changes) kept
            WHERE tab IN ('aside', 'open', 'nobody', 'taken') GROUP BY 1 HAVING sum(tasks) <> 0""",
    "exhausted_tasks": """SELECT coalesce(sum(tasks), 0) AS value
             FROM (SELECT tab, tasks FROM dispatch_counts UNION ALL
                   SELECT tab, change FROM dispatch_count_changes) kept WHERE tab = 'nobody'""",
    # as many as are counted at once, or what the clock has counted lately
    "messages_queued": """SELECT CASE WHEN n < 2000 THEN n ELSE greatest(n, (
                   SELECT value FROM gauge_counts WHERE gauge = 'messages_queued')) END AS value
             FROM (SELECT count(*) AS n FROM (
                       SELECT FROM message_queue WHERE state = 'queued' LIMIT 2000) few) counted""",
    "quarantined": "SELECT count(*) AS value FROM courier_events WHERE outcome = 'quarantined'",
    "strangers": """SELECT count(*) AS value FROM inbound_messages
            WHERE meaning = 'stranger' AND received_at > now() - interval '1 day'""",
    "alerts": "SELECT kind, count(*) AS value FROM alerts WHERE ended_at IS NULL GROUP BY kind",
    "unknown_codes": """SELECT a.slug AS account, count(*) AS value FROM unknown_codes u
             JOIN courier_accounts a ON a.id = u.account_id GROUP BY a.slug""",
    # what they call themselves is the courier's to invent, so it stands in no label
    "other_news": """SELECT a.slug AS account, sum(o.events) AS value FROM other_news o
             JOIN courier_accounts a ON a.id = o.account_id GROUP BY a.slug""",
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
    conn.execute(
        """INSERT INTO gauge_counts AS c
           SELECT 'messages_queued', '', count(*) FROM message_queue WHERE state = 'queued'
               ON CONFLICT (gauge, label) DO UPDATE SET value = excluded.value
            WHERE c.value <> excluded.value"""
    )


_WRONG = """
WITH real AS (
    SELECT 'cases' AS gauge, state AS label, count(*) AS value FROM cases
     WHERE live GROUP BY state)
SELECT gauge, label, kept.value AS kept, real.value AS real
  FROM (SELECT * FROM gauges WHERE gauge = 'cases') kept
  FULL JOIN real USING (gauge, label)
 WHERE kept.value IS DISTINCT FROM real.value
"""


def wrong_gauges(conn: Connection) -> list[dict[str, Any]]:
    """Where the counts differ from the rows themselves; walks all of those."""
    return conn.execute(_WRONG).fetchall()


def count_gauges_anew(conn: Connection) -> None:
    """Let the counts be as the rows are: what differs is one more change."""
    conn.execute(
        f"""INSERT INTO gauge_changes
            SELECT gauge, label, coalesce(real, 0) - coalesce(kept, 0)
              FROM ({_WRONG}) wrong""".encode()  # noqa: S608 - a constant
    )
