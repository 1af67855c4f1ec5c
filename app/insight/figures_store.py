"""SQL of the figures: what each case counts for, kept and added up (migrations 0025 and 0135).

Figures that are read are exact at any moment: of cases that changed since they were last counted,
what was kept is taken away and what they count for now is added.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from psycopg.rows import class_row, scalar_row

from app.db.connection import Connection
from app.insight.figures_facts_store import CASE, FACTS, PENDING, VALUES
from app.insight.rules import Piece


class Whose(NamedTuple):
    """Whose cases are counted: None stands for all. At most two of the three are named."""

    shipper_id: int | None = None
    depots: Sequence[int] | None = None
    accounts: Sequence[int] | None = None


class By(StrEnum):
    """What figures are told apart by; the values are columns."""

    SHIPPER = "shipper_id"
    DEPOT = "depot_id"
    ACCOUNT = "account_id"


class Count(NamedTuple):
    """How often there is what a key names."""

    turn: int
    """Which of the periods that were asked for."""
    side: int
    """The shipper, depot or account where they are told apart, else 0."""
    day: date | None
    """Of how cases ended: when they began. Else None, and where sides are told apart."""
    key: str
    number: int


def read(
    conn: Connection,
    whose: Whose,
    periods: Sequence[Sequence[Piece]],
    by: By | None = None,
    only: Sequence[str] | None = None,
) -> list[Count]:
    """What is counted in each of the periods; of keys that begin like `only`, or of all."""
    values = {
        "shipper": whose.shipper_id,
        "depots": None if whose.depots is None else list(whose.depots),
        "accounts": None if whose.accounts is None else list(whose.accounts),
        "only": list(only) if only else None,
        "turns": [turn for turn, pieces in enumerate(periods) for _ in pieces],
        **{
            name: [getattr(piece, name) for pieces in periods for piece in pieces]
            for name in Piece._fields
        },
        **VALUES,
    }
    with conn.cursor(row_factory=class_row(Count)) as cursor:
        return cursor.execute(_read(whose, by).encode(), values).fetchall()


def _read(whose: Whose, by: By | None) -> str:
    """The statement: which blocks it reads is said in it, as this is planned far better so."""
    named = {
        By.SHIPPER: ("= %(shipper)s", whose.shipper_id),
        By.DEPOT: ("= ANY(%(depots)s)", whose.depots),
        By.ACCOUNT: ("= ANY(%(accounts)s)", whose.accounts),
    }
    asked = [f"{column} {said}" for column, (said, of) in named.items() if of is not None]
    sums = [
        f"{column} {said if of is not None else '<> 0' if column is by else '= 0'}"
        for column, (said, of) in named.items()
    ]
    sides = {row: f"{row}.{by}" if by else "0" for row in "fbw"}
    mine = " AND ".join(asked) or "true"
    day = "NULL::date" if by else _DAY  # nobody asks for the days of each side
    return _READ.format(mine=mine, sums=" AND ".join(sums), day=day, **sides)


_DAY = "CASE WHEN starts_with(key, 'end:') THEN (at AT TIME ZONE 'UTC')::date END"


_PIECES = """unnest(%(turns)s::int[], %(hours)s::int[], %(begin)s::timestamptz[],
                   %(end)s::timestamptz[])"""
SUMS = """(VALUES (0, 0, 0), ({0}.shipper_id, 0, 0), (0, {0}.depot_id, 0), (0, 0, {0}.account_id),
          ({0}.shipper_id, {0}.depot_id, 0), ({0}.shipper_id, 0, {0}.account_id),
          (0, {0}.depot_id, {0}.account_id)) AS s(shipper_id, depot_id, account_id)"""
"""Of whom a case's figures are summed up; 0 stands for all."""

_READ = f"""
WITH pieces(turn, hours, begins, ends) AS (SELECT * FROM {_PIECES}),
{PENDING},
former AS (
    SELECT s.turn, {{f}} AS side, f.opened_at, f.keys
      FROM pending p JOIN case_figures f ON f.case_id = p.id
      JOIN pieces s ON f.opened_at >= s.begins AND f.opened_at < s.ends
     WHERE {{mine}}),
wanted AS (
    SELECT {CASE}, s.turn FROM pending p JOIN cases c ON c.id = p.id
      JOIN pieces s ON c.opened_at >= s.begins AND c.opened_at < s.ends
     WHERE {{mine}}),
{FACTS},
counted(turn, side, at, key, n) AS (
    SELECT s.turn, {{b}}, b.starts_at, u.key, u.n
      FROM pieces s CROSS JOIN LATERAL (
        SELECT * FROM figure_blocks
         WHERE hours = s.hours AND {{sums}}
           AND starts_at >= s.begins AND starts_at < s.ends OFFSET 0) b
     CROSS JOIN LATERAL unnest(b.keys, b.counts) AS u(key, n)
    UNION ALL
    SELECT s.turn, {{f}}, f.opened_at, unnest(f.keys), 1
      FROM pieces s JOIN case_figures f ON f.opened_at >= s.begins AND f.opened_at < s.ends
     WHERE s.hours = 0 AND {{mine}}
    UNION ALL
    SELECT turn, side, opened_at, unnest(keys), -1 FROM former
    UNION ALL
    SELECT w.turn, {{w}}, w.opened_at, f.key, 1 FROM facts f JOIN wanted w ON w.id = f.case_id)
SELECT turn, side, {{day}} AS day, key, sum(n)::bigint AS number
  FROM counted WHERE %(only)s::text[] IS NULL OR split_part(key, ':', 1) = ANY(%(only)s)
 GROUP BY 1, 2, 3, 4 HAVING sum(n) <> 0
"""  # noqa: S608 - put together from pieces of our own


def waiting(conn: Connection, limit: int) -> int:
    """How many changes wait to be counted; of more than `limit` nobody wants the number."""
    row = conn.execute(
        "SELECT count(*) AS n FROM (SELECT FROM figure_changes LIMIT %s) c", [limit]
    ).fetchone()
    return int(row["n"]) if row else 0


def change_all(conn: Connection, since: datetime) -> None:
    """List all cases that began since then as changed."""
    conn.execute(
        """INSERT INTO figure_changes
           SELECT id FROM cases WHERE opened_at >= %s ORDER BY id DESC""",
        [since],
    )


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
    values = {"ids": list(case_ids), "since": since, **VALUES}
    longer = conn.execute(_COUNT.encode(), values).fetchall()
    if longer:
        conn.execute(_SHORTEN, {name: [row[name] for row in longer] for name in longer[0]})


_COUNT = f"""
WITH wanted AS (
    SELECT {CASE} FROM cases c WHERE c.id = ANY(%(ids)s) AND c.opened_at >= %(since)s),
{FACTS},
fresh AS (
    SELECT w.id AS case_id, w.shipper_id, w.opened_at, array_agg(f.key ORDER BY f.key) AS keys,
           w.depot_id, w.account_id
      FROM wanted w JOIN facts f ON f.case_id = w.id
     GROUP BY w.id, w.shipper_id, w.opened_at, w.depot_id, w.account_id),
former AS (SELECT * FROM case_figures WHERE case_id = ANY(%(ids)s)),
gone AS (
    DELETE FROM case_figures WHERE case_id IN
        (SELECT case_id FROM former EXCEPT SELECT case_id FROM fresh)),
kept AS (
    INSERT INTO case_figures SELECT * FROM fresh EXCEPT SELECT * FROM former
        ON CONFLICT (case_id) DO UPDATE SET shipper_id = excluded.shipper_id,
           opened_at = excluded.opened_at, keys = excluded.keys, depot_id = excluded.depot_id,
           account_id = excluded.account_id),
changes AS (
    SELECT shipper_id, depot_id, account_id, date_trunc('day', opened_at, 'UTC') AS starts_at, key,
           sum(n) AS n
      FROM (SELECT shipper_id, depot_id, account_id, opened_at, unnest(keys) AS key, 1 AS n
              FROM fresh
             UNION ALL
            SELECT shipper_id, depot_id, account_id, opened_at, unnest(keys), -1 FROM former) c
     GROUP BY 1, 2, 3, 4, 5 HAVING sum(n) <> 0),
sums AS (
    SELECT s.shipper_id, s.depot_id, s.account_id, 24 AS hours, c.starts_at, c.key,
           sum(c.n) AS n
      FROM changes c
     CROSS JOIN LATERAL {SUMS.format("c")}
     GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(c.n) <> 0),
added AS (
    SELECT shipper_id, depot_id, account_id, hours, starts_at, array_agg(key) AS keys,
           array_agg(n)::int[] AS counts
      FROM sums GROUP BY 1, 2, 3, 4, 5),
put AS (
    INSERT INTO figure_blocks AS b (shipper_id, depot_id, account_id, hours, starts_at, keys,
                                    counts)
    SELECT * FROM added
        ON CONFLICT (hours, shipper_id, account_id, depot_id, starts_at)
        DO UPDATE SET keys = b.keys || excluded.keys, counts = b.counts || excluded.counts
    RETURNING shipper_id, depot_id, account_id, hours, starts_at, cardinality(keys) AS length)
SELECT shipper_id, depot_id, account_id, hours, starts_at
  FROM put JOIN added USING (shipper_id, depot_id, account_id, hours, starts_at)
 WHERE cardinality(keys) BETWEEN random() * length / 2 AND length - 1
"""  # noqa: S608 - put together from pieces of our own


_SHORTEN = """
WITH long AS (
    SELECT * FROM unnest(%(shipper_id)s::bigint[], %(depot_id)s::bigint[], %(account_id)s::bigint[],
                         %(hours)s::int[], %(starts_at)s::timestamptz[])
             AS l(shipper_id, depot_id, account_id, hours, starts_at)),
short AS (
    SELECT l.*, s.keys, s.counts
      FROM long l JOIN figure_blocks f USING (shipper_id, depot_id, account_id, hours, starts_at)
     CROSS JOIN LATERAL (
        SELECT coalesce(array_agg(key) FILTER (WHERE n <> 0), '{}') AS keys,
               coalesce(array_agg(n) FILTER (WHERE n <> 0), '{}')::int[] AS counts
          FROM (SELECT key, sum(n) AS n FROM unnest(f.keys, f.counts) AS u(key, n)
                 GROUP BY key) each) s)
UPDATE figure_blocks b SET keys = s.keys, counts = s.counts FROM short s
 WHERE (b.shipper_id, b.depot_id, b.account_id, b.hours, b.starts_at)
     = (s.shipper_id, s.depot_id, s.account_id, s.hours, s.starts_at)
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
