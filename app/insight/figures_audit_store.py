"""SQL of the figures' audit: what is kept against the cases themselves."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from app.db.connection import Connection
from app.insight.figures_facts_store import CASE, FACTS, PENDING, VALUES
from app.insight.figures_store import SUMS


def wrong(conn: Connection, day: datetime) -> list[dict[str, Any]]:
    """Where what is kept of a day (UTC) differs from its cases themselves.

    `hours` says of whose sums: 24 of the day's, 0 of single cases'. Cases whose
    change is still to be counted are left out on both sides.
    """
    values = {"begin": day, "end": day + timedelta(days=1), **VALUES}
    return conn.execute(_WRONG.encode(), values).fetchall()


_WRONG = f"""
WITH {PENDING},
wanted AS (
    SELECT {CASE} FROM cases c WHERE c.opened_at >= %(begin)s AND c.opened_at < %(end)s
       AND NOT EXISTS (SELECT FROM pending p WHERE p.id = c.id)),
{FACTS},
of_day AS (
    SELECT f.shipper_id, f.depot_id, f.account_id, key, count(*) AS n,
           EXISTS (SELECT FROM pending p WHERE p.id = f.case_id) AS waits
      FROM case_figures f CROSS JOIN unnest(f.keys) AS u(key)
     WHERE f.opened_at >= %(begin)s AND f.opened_at < %(end)s
     GROUP BY 1, 2, 3, 4, waits),
kept AS (
    SELECT hours, shipper_id, depot_id, account_id, key, sum(n)::bigint AS kept FROM (
        SELECT hours, shipper_id, depot_id, account_id, unnest(keys) AS key, unnest(counts) AS n
          FROM figure_blocks WHERE starts_at >= %(begin)s AND starts_at < %(end)s
        UNION ALL
        SELECT 24, s.*, d.key, -d.n FROM of_day d
         CROSS JOIN LATERAL {SUMS.format("d")} WHERE d.waits
        UNION ALL
        SELECT 0, s.*, d.key, d.n FROM of_day d
         CROSS JOIN LATERAL {SUMS.format("d")} WHERE NOT d.waits) parts
     GROUP BY 1, 2, 3, 4, 5 HAVING sum(n) <> 0),
really AS (
    SELECT w.shipper_id, w.depot_id, w.account_id, f.key, count(*) AS n
      FROM facts f JOIN wanted w ON w.id = f.case_id GROUP BY 1, 2, 3, 4),
counted AS (
    SELECT h.hours, s.*, r.key, sum(r.n)::bigint AS real
      FROM really r CROSS JOIN (VALUES (0), (24)) AS h(hours)
     CROSS JOIN LATERAL {SUMS.format("r")}
     GROUP BY 1, 2, 3, 4, 5)
SELECT hours, shipper_id, depot_id, account_id, key, kept, real
  FROM kept FULL JOIN counted USING (hours, shipper_id, depot_id, account_id, key)
 WHERE kept IS DISTINCT FROM real ORDER BY shipper_id, depot_id, account_id, hours, key
"""  # noqa: S608 - put together from pieces of our own


def count_anew(conn: Connection, day: datetime) -> None:
    """Drop what is kept of a day (UTC) and let its cases be counted. One process at a time."""
    values = {"begin": day, "end": day + timedelta(days=1)}
    for statement in (
        "DELETE FROM figure_blocks WHERE starts_at >= %(begin)s AND starts_at < %(end)s",
        "DELETE FROM case_figures WHERE opened_at >= %(begin)s AND opened_at < %(end)s",
        """INSERT INTO figure_changes
           SELECT id FROM cases WHERE opened_at >= %(begin)s AND opened_at < %(end)s""",
    ):
        conn.execute(statement, values)
