"""SQL of the figures: what each case counts for, kept and added up (migration 0025).

A key names one thing that is counted, such as `booked:chose`; `_FACTS` is the only place that says
what is. Whoever changes it lets a migration mark all cases, as 0025 does, and looks whether the
triggers there notice what is counted. Figures that are read are exact at any moment: of cases that
changed since they were last counted, what was kept is taken away and what they count for now is
added.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from psycopg.rows import scalar_row, tuple_row

from app.cases.timeline.kinds import Actor, Kind
from app.db.connection import Connection
from app.insight.rules import GROWTH, Piece

_VALUES = {
    "growth": GROWTH,
    "contacts": [Kind.CUSTOMER_REPLY, Kind.CONTACT_ELSEWHERE],
    "choices": [Kind.BOOKED, Kind.REBOOKED],
    "customer": Actor.CUSTOMER,
}


def _sort(interval: str) -> str:
    """The sort of a duration, see `rules.seconds`."""
    length = f"extract(epoch FROM {interval})"
    return f"CASE WHEN {length} < 1 THEN 0 ELSE 1 + floor(ln({length}) / ln(%(growth)s))::int END"


_CASE = "c.id, c.shipper_id, c.depot_id, c.opened_at, c.state, c.resolution, c.fault, c.reason"

_FACTS = f"""
said AS (
    SELECT w.id, w.opened_at, w.state AS case_state, m.audience, m.topic, m.state, m.why, m.done_at
      FROM wanted w JOIN messages m ON m.case_id = w.id
     WHERE m.state NOT IN ('queued', 'sending')
), called AS (
    SELECT w.id, CASE t.kind WHEN 'recovery' THEN t.kind ELSE 'call' END AS about, t.state,
           t.acknowledged_at, t.created_at
      FROM wanted w JOIN dispatch_tasks t ON t.case_id = w.id
     WHERE t.kind IN ('failure', 'promise', 'recovery')
), facts (case_id, key) AS (
    SELECT id, concat_ws(':', 'case', fault, reason, CASE WHEN resolution IN ('delivered',
           'collected') THEN 'delivered' WHEN state = 'closed' THEN 'closed' ELSE 'open' END)
      FROM wanted
    UNION ALL
    SELECT id, concat_ws(':', 'task', about, CASE WHEN state = 'withdrawn'
           AND acknowledged_at IS NULL THEN 'unneeded' ELSE state END)
      FROM called
    UNION ALL
    SELECT id, concat_ws(':', 'taken', about, {_sort("acknowledged_at - created_at")})
      FROM called WHERE acknowledged_at IS NOT NULL
    UNION ALL
    SELECT id, 'told:' || {_sort("min(done_at) - opened_at")}
      FROM said WHERE audience = 'customer' AND state IN ('sent', 'delivered')
     GROUP BY id, opened_at HAVING count(done_at) > 0
    UNION ALL
    SELECT id, 'contact:from_us' FROM said
     WHERE audience = 'customer' AND state IN ('sent', 'delivered')
       AND topic NOT IN ('survey', 'thanks') AND case_state = 'closed'
    UNION ALL
    SELECT w.id, 'contact:from_them' FROM wanted w JOIN timeline t ON t.case_id = w.id
     WHERE w.state = 'closed' AND (t.kind = ANY(%(contacts)s)
           OR (t.kind = ANY(%(choices)s) AND t.actor = %(customer)s))
    UNION ALL
    SELECT w.id, concat_ws(':', 'promise', p.kind, p.state)
      FROM wanted w JOIN promises p ON p.case_id = w.id
    UNION ALL
    SELECT w.id, CASE WHEN bool_or(b.chosen_by = 'customer') THEN 'booked:chose'
                      ELSE 'booked:default' END
      FROM wanted w JOIN bookings b ON b.case_id = w.id GROUP BY w.id
    UNION ALL
    SELECT w.id, 'asked:' || coalesce(s.score, 0) FROM wanted w JOIN surveys s ON s.case_id = w.id
    UNION ALL
    SELECT id, concat_ws(':', 'unsent', audience, state, coalesce(why, '')) FROM said
     WHERE state IN ('suppressed', 'failed', 'unknown')
)"""  # noqa: S608 - put together from pieces of our own

_PENDING = "pending AS (SELECT DISTINCT case_id AS id FROM figure_changes)"


def read(
    conn: Connection,
    shipper_id: int | None,
    pieces: Sequence[Piece],
    depots: Sequence[int] | None = None,
) -> list[tuple[str, int]]:
    """How often there is what each key names: of this shipper, of these depots, or of all."""
    with conn.cursor(row_factory=tuple_row) as cursor:
        sums = [shipper_id or 0] if depots is None else [-depot for depot in depots]
        whose = {"shipper": shipper_id, "depots": depots and list(depots), "sums": sums}
        values = {**whose, **_arrays(pieces), **_VALUES}
        return cursor.execute(_READ.encode(), values).fetchall()


def _arrays(pieces: Sequence[Piece]) -> dict[str, Any]:
    return {name: [getattr(piece, name) for piece in pieces] for name in Piece._fields}


_PIECES = "unnest(%(hours)s::int[], %(begin)s::timestamptz[], %(end)s::timestamptz[])"
_MINE = """(%(shipper)s::bigint IS NULL OR shipper_id = %(shipper)s)
       AND (%(depots)s::bigint[] IS NULL OR depot_id = ANY(%(depots)s))"""
_SUMS = "(VALUES ({0}.shipper_id), (0), (-{0}.depot_id)) AS s(shipper_id)"
"""Of whom a case's figures are summed up: its shipper's, everybody's, and its depot's."""

_READ = f"""
WITH pieces(hours, begins, ends) AS (SELECT * FROM {_PIECES}),
{_PENDING},
former AS (
    SELECT f.keys FROM pending p JOIN case_figures f ON f.case_id = p.id
      JOIN pieces s ON f.opened_at >= s.begins AND f.opened_at < s.ends
     WHERE {_MINE}),
wanted AS (
    SELECT {_CASE} FROM pending p JOIN cases c ON c.id = p.id
      JOIN pieces s ON c.opened_at >= s.begins AND c.opened_at < s.ends
     WHERE {_MINE}),
{_FACTS}
SELECT key, sum(n)::bigint FROM (
    SELECT unnest(b.keys) AS key, unnest(b.counts) AS n
      FROM pieces s CROSS JOIN LATERAL (
        SELECT keys, counts FROM figure_blocks
         WHERE shipper_id = ANY(%(sums)s) AND hours = s.hours
           AND starts_at >= s.begins AND starts_at < s.ends OFFSET 0) b
    UNION ALL
    SELECT unnest(f.keys), 1
      FROM pieces s JOIN case_figures f ON f.opened_at >= s.begins AND f.opened_at < s.ends
     WHERE s.hours = 0 AND {_MINE}
    UNION ALL SELECT unnest(keys), -1 FROM former
    UNION ALL SELECT key, 1 FROM facts) counted
 GROUP BY key HAVING sum(n) <> 0
"""  # noqa: S608 - put together from pieces of our own


def waiting(conn: Connection, limit: int) -> int:
    """How many changes wait to be counted; of more than `limit` nobody wants the number."""
    row = conn.execute(
        "SELECT count(*) AS n FROM (SELECT FROM figure_changes LIMIT %s) c", [limit]
    ).fetchone()
    return int(row["n"]) if row else 0


def take(conn: Connection, limit: int) -> list[int]:
    """Take at most so many changes; for each the case it is about."""
    with conn.cursor(row_factory=scalar_row) as cursor:
        cursor.execute(
            """DELETE FROM figure_changes WHERE ctid = ANY(ARRAY(
                   SELECT ctid FROM figure_changes LIMIT %s)) RETURNING case_id""",
            [limit],
        )
        return cursor.fetchall()


def count(conn: Connection, case_ids: Sequence[int], since: datetime) -> None:
    """Keep what these cases count for now, and put the difference into the sums.

    Cases that began before `since` are forgotten. One process at a time.
    """
    values = {"ids": list(case_ids), "since": since, **_VALUES}
    longer = conn.execute(_COUNT.encode(), values).fetchall()
    if longer:
        names = ("shipper_id", "hours", "starts_at")
        conn.execute(_SHORTEN, {name: [row[name] for row in longer] for name in names})


_COUNT = f"""
WITH wanted AS (
    SELECT {_CASE} FROM cases c WHERE c.id = ANY(%(ids)s) AND c.opened_at >= %(since)s),
{_FACTS},
fresh AS (
    SELECT w.id AS case_id, w.shipper_id, w.opened_at, array_agg(f.key ORDER BY f.key) AS keys,
           w.depot_id
      FROM wanted w JOIN facts f ON f.case_id = w.id
     GROUP BY w.id, w.shipper_id, w.opened_at, w.depot_id),
former AS (SELECT * FROM case_figures WHERE case_id = ANY(%(ids)s)),
gone AS (
    DELETE FROM case_figures WHERE case_id IN
        (SELECT case_id FROM former EXCEPT SELECT case_id FROM fresh)),
kept AS (
    INSERT INTO case_figures SELECT * FROM fresh EXCEPT SELECT * FROM former
        ON CONFLICT (case_id) DO UPDATE SET shipper_id = excluded.shipper_id,
           opened_at = excluded.opened_at, keys = excluded.keys, depot_id = excluded.depot_id),
changes AS (
    SELECT s.shipper_id, b.hours, date_trunc(b.unit, opened_at, 'UTC') AS starts_at, key,
           sum(n) AS n
      FROM (SELECT shipper_id, depot_id, opened_at, unnest(keys) AS key, 1 AS n FROM fresh
             UNION ALL
            SELECT shipper_id, depot_id, opened_at, unnest(keys), -1 FROM former) c
     CROSS JOIN (VALUES (1, 'hour'), (24, 'day')) AS b(hours, unit)
     CROSS JOIN LATERAL {_SUMS.format("c")}
     WHERE s.shipper_id IS NOT NULL
     GROUP BY 1, 2, 3, 4 HAVING sum(n) <> 0),
added AS (
    SELECT shipper_id, hours, starts_at, array_agg(key) AS keys, array_agg(n)::int[] AS counts
      FROM changes GROUP BY 1, 2, 3),
put AS (
    INSERT INTO figure_blocks AS b SELECT * FROM added
        ON CONFLICT (shipper_id, hours, starts_at)
        DO UPDATE SET keys = b.keys || excluded.keys, counts = b.counts || excluded.counts
    RETURNING shipper_id, hours, starts_at, cardinality(keys) AS length)
SELECT shipper_id, hours, starts_at FROM put JOIN added USING (shipper_id, hours, starts_at)
 WHERE cardinality(keys) BETWEEN random() * length / 2 AND length - 1
"""  # noqa: S608 - put together from pieces of our own


_SHORTEN = """
UPDATE figure_blocks b SET keys = s.keys, counts = s.counts
  FROM (SELECT shipper_id, hours, starts_at,
               coalesce(array_agg(key) FILTER (WHERE n <> 0), '{}') AS keys,
               coalesce(array_agg(n) FILTER (WHERE n <> 0), '{}')::int[] AS counts
          FROM (SELECT shipper_id, hours, starts_at, key, sum(n) AS n
                  FROM (SELECT shipper_id, hours, starts_at, unnest(f.keys) AS key,
                               unnest(f.counts) AS n
                          FROM unnest(%(shipper_id)s::bigint[], %(hours)s::int[],
                                      %(starts_at)s::timestamptz[])
                               AS l(shipper_id, hours, starts_at)
                          JOIN figure_blocks f USING (shipper_id, hours, starts_at)) each
                 GROUP BY 1, 2, 3, 4) sums
         GROUP BY 1, 2, 3) s
 WHERE (b.shipper_id, b.hours, b.starts_at) = (s.shipper_id, s.hours, s.starts_at)
"""
"""Changes are put behind what a block holds, which is quick, and keys come several times then. It
is left to chance which blocks are added up, the likelier the more was put there: they stay at most
about half as long again as they need be, and a change pays for some keys, not for a day's."""


def forget(conn: Connection, before: datetime, limit: int) -> None:
    """Drop what is kept of cases and days from before then, of cases at most `limit`."""
    conn.execute(
        """DELETE FROM case_figures WHERE case_id IN (SELECT case_id FROM case_figures
            WHERE opened_at < %s ORDER BY opened_at LIMIT %s)""",
        [before, limit],
    )
    conn.execute("DELETE FROM figure_blocks WHERE starts_at < %s", [before])


def wrong(conn: Connection, day: datetime) -> list[dict[str, Any]]:
    """Where what is kept of a day (UTC) differs from its cases themselves.

    `hours` says of whose sums: 24 of the day's, 1 of its hours', 0 of single cases'. Cases whose
    change is still to be counted are left out on both sides.
    """
    values = {"begin": day, "end": day + timedelta(days=1), **_VALUES}
    return conn.execute(_WRONG.encode(), values).fetchall()


_WRONG = f"""
WITH {_PENDING},
wanted AS (
    SELECT {_CASE} FROM cases c WHERE c.opened_at >= %(begin)s AND c.opened_at < %(end)s
       AND NOT EXISTS (SELECT FROM pending p WHERE p.id = c.id)),
{_FACTS},
of_day AS (
    SELECT f.shipper_id, f.depot_id, f.keys,
           EXISTS (SELECT FROM pending p WHERE p.id = f.case_id) AS waits
      FROM case_figures f WHERE f.opened_at >= %(begin)s AND f.opened_at < %(end)s),
kept AS (
    SELECT hours, shipper_id, key, sum(n)::bigint AS kept FROM (
        SELECT hours, shipper_id, unnest(keys) AS key, unnest(counts) AS n FROM figure_blocks
         WHERE starts_at >= %(begin)s AND starts_at < %(end)s
        UNION ALL
        SELECT h.hours, s.shipper_id, unnest(d.keys), -1 FROM of_day d
         CROSS JOIN (VALUES (1), (24)) AS h(hours)
         CROSS JOIN LATERAL {_SUMS.format("d")}
         WHERE d.waits AND s.shipper_id IS NOT NULL
        UNION ALL
        SELECT 0, s.shipper_id, unnest(d.keys), 1 FROM of_day d
         CROSS JOIN LATERAL {_SUMS.format("d")}
         WHERE NOT d.waits AND s.shipper_id IS NOT NULL) parts
     GROUP BY 1, 2, 3 HAVING sum(n) <> 0),
counted AS (
    SELECT h.hours, s.shipper_id, f.key, count(*) AS real
      FROM facts f JOIN wanted w ON w.id = f.case_id
     CROSS JOIN (VALUES (0), (1), (24)) AS h(hours)
     CROSS JOIN LATERAL {_SUMS.format("w")}
     GROUP BY 1, 2, 3)
SELECT hours, shipper_id, key, kept, real FROM kept FULL JOIN counted USING (hours, shipper_id, key)
 WHERE kept IS DISTINCT FROM real ORDER BY shipper_id, hours, key
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
