"""SQL on promises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, NamedTuple

from psycopg.rows import kwargs_row

from app.db import unlogged
from app.db.connection import Connection
from app.db.together import Rows
from app.promises.model import Kind, Promise, State

_NAMES = tuple(field.name for field in fields(Promise))
_COLUMNS = ", ".join(_NAMES)


class Wanted(NamedTuple):
    """An hour that is going to be said.

    `wait_until` is when it is known at last whether it was kept, where that is later: a courier
    reports a delivery a while after it.
    """

    case_id: int
    kind: Kind
    due_at: datetime
    about: int = 0
    wait_until: datetime | None = None


class Unkept(NamedTuple):
    """A promise that nothing and nobody is going to keep."""

    case_id: int
    kind: str
    due_at: datetime


def _promise(*, kind: str, state: str, **row: Any) -> Promise:
    return Promise(kind=Kind(kind), state=State(state), **row)


def make(conn: Connection, wanted: Sequence[Wanted], by: str, now: datetime) -> list[Promise]:
    """Insert open promises, instead of those of the same case, kind and subject that are open.

    One statement. Returns the new ones and those that they took the place of, in no order.
    """
    rows = [
        one._replace(wait_until=max(one.due_at, one.wait_until or one.due_at)) for one in wanted
    ]
    values = rows[0] if len(rows) == 1 else map(list, zip(*rows, strict=True))
    with conn.cursor(row_factory=kwargs_row(_promise)) as cursor:
        cursor.execute(
            _MAKE_ONE if len(rows) == 1 else _MAKE,
            {**dict(zip(_TYPES, values, strict=True)), "by": by, "now": now},
        )
        return cursor.fetchall()


_TYPES = {
    "case_id": "bigint",
    "kind": "text",
    "due_at": "timestamptz",
    "about": "bigint",
    "wait_until": "timestamptz",
}
"""Of what is `Wanted`."""


def _make(wanted: str) -> bytes:
    """The statement for what this SELECT wants."""
    return f"""WITH wanted ({", ".join(_TYPES)}) AS ({wanted}),
                former AS (
                    UPDATE promises p
                       SET state = CASE WHEN %(now)s <= p.due_at THEN 'kept' ELSE 'broken' END,
                           settled_at = %(now)s, settled_by = %(by)s
                      FROM wanted w WHERE p.case_id = w.case_id AND p.kind = w.kind
                       AND p.about = w.about AND p.state = 'open' RETURNING p.*),
                made AS (
                    INSERT INTO promises (case_id, kind, about, due_at, wait_until, made_at)
                    SELECT w.case_id, w.kind, w.about, w.due_at, w.wait_until, %(now)s
                      -- read first, so that what it ends makes room for what is inserted
                      FROM wanted w LEFT JOIN former f USING (case_id, kind, about)
                    RETURNING *)
                SELECT {_COLUMNS} FROM former UNION ALL SELECT {_COLUMNS} FROM made""".encode()  # noqa: S608 - names of columns


_MAKE = _make(f"SELECT * FROM unnest({', '.join(f'%({n})s::{of}[]' for n, of in _TYPES.items())})")  # noqa: S608
# Of one alone the server knows that it is one: it goes by an index, however few promises there are.
_MAKE_ONE = _make(f"VALUES ({', '.join(f'%({n})s::{of}' for n, of in _TYPES.items())})")


def settle(
    conn: Connection,
    case_ids: Sequence[int],
    kinds: Sequence[Kind] | None,
    about: int | None,
    state: State,
    by: str,
    *,
    in_time_until: datetime | None,
    now: datetime,
) -> list[Promise]:
    """Settle what is open of these cases; what was settled.

    What was due before `in_time_until`, the moment of the deed, is broken instead of kept.
    """
    with conn.cursor(row_factory=kwargs_row(_promise)) as cursor:
        cursor.execute(
            f"""UPDATE promises SET settled_at = %(now)s, settled_by = %(by)s,
                       state = CASE WHEN due_at < %(at)s THEN 'broken' ELSE %(state)s END
                 WHERE case_id = ANY(%(cases)s) AND state = 'open'
                   AND (%(kinds)s::text[] IS NULL OR kind = ANY(%(kinds)s))
                   AND (%(about)s::bigint IS NULL OR about = %(about)s)
             RETURNING {_COLUMNS}""",  # noqa: S608
            {
                "cases": list(case_ids),
                "kinds": None if kinds is None else list(kinds),
                "about": about,
                "state": state,
                "by": by,
                "at": in_time_until,
                "now": now,
            },
        )
        return cursor.fetchall()


def passed_since(
    conn: Connection, written: Mapping[int, tuple[int, datetime]], now: datetime
) -> set[int]:
    """The keys of words since which an hour has passed that was promised when they were written."""
    rows = conn.execute(
        """SELECT w.key FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[])
                AS w(key, case_id, at)
            WHERE EXISTS (SELECT FROM promises p
                           WHERE p.case_id = w.case_id AND p.made_at <= w.at
                             AND p.due_at > w.at AND p.due_at < %s)""",
        [
            list(written),
            [case_id for case_id, _ in written.values()],
            [at for _, at in written.values()],
            now,
        ],
    )
    return {row["key"] for row in rows}


def make_whole(conn: Connection) -> None:
    """Fill again what tells which promises are open, if it was lost."""
    if not unlogged.whole(conn, unlogged.Part.PROMISES):
        conn.execute("SELECT fill_open_promises()")


def settle_passed(conn: Connection, by: str, now: datetime, limit: int) -> list[Promise]:
    """What has passed and nobody settled is broken; at most `limit`, the oldest first.

    Its cases are locked until the transaction ends; who has one locked is not waited for.
    """
    with conn.cursor(row_factory=kwargs_row(_promise)) as cursor:
        cursor.execute(
            f"""UPDATE promises p SET state = 'broken', settled_at = %(now)s, settled_by = %(by)s
                  FROM (SELECT p.case_id AS of_case, p.id AS passed
                          FROM open_promises p JOIN cases c ON c.id = p.case_id
                         WHERE p.wait_until < %(now)s
                         ORDER BY p.wait_until, p.id LIMIT %(limit)s
                           FOR NO KEY UPDATE OF c SKIP LOCKED) o
                 WHERE p.case_id = o.of_case AND p.id = o.passed AND p.state = 'open'
             RETURNING {_COLUMNS}""",  # noqa: S608
            {"now": now, "by": by, "limit": limit},
        )
        return cursor.fetchall()


def broken_by_end(conn: Connection, case_ids: Sequence[int]) -> list[int]:
    """Which of these cases broke a promise by when they ended."""
    rows = conn.execute(
        """SELECT DISTINCT p.case_id FROM promises p JOIN cases c ON c.id = p.case_id
            WHERE p.case_id = ANY(%s) AND p.state = 'broken' AND p.settled_by = c.resolution""",
        [list(case_ids)],
    ).fetchall()
    return [row["case_id"] for row in rows]


OF_CASE = Rows(
    _NAMES,
    f"SELECT {_COLUMNS} FROM promises WHERE case_id = %(case)s ORDER BY id",  # noqa: S608
    _promise,
)
"""All promises of a case, oldest first."""


def of_cases(conn: Connection, case_ids: Sequence[int]) -> list[Promise]:
    """All promises of these cases, oldest first."""
    with conn.cursor(row_factory=kwargs_row(_promise)) as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS} FROM promises WHERE case_id = ANY(%s) ORDER BY case_id, id",  # noqa: S608
            [list(case_ids)],
        )
        return cursor.fetchall()


def unkept(conn: Connection, until: datetime | None, limit: int) -> list[Unkept]:
    """Open promises, due before `until`, that no step is going to keep in time, and no person.

    A step of the case that runs by then, or a task that somebody is called for or has.
    """
    rows = conn.execute(
        """SELECT p.case_id, p.kind, p.due_at FROM open_promises p
            WHERE p.wait_until < coalesce(%s, 'infinity'::timestamptz)
              AND NOT EXISTS (SELECT 1 FROM steps s
                               WHERE s.case_id = p.case_id AND s.due_at <= p.wait_until)
              AND NOT EXISTS (SELECT 1 FROM dispatch_tasks t
                               WHERE t.case_id = p.case_id AND t.state IN ('open', 'acknowledged'))
            ORDER BY p.wait_until, p.id LIMIT %s""",
        [until, limit],
    ).fetchall()
    return [Unkept(**row) for row in rows]


def overdue(conn: Connection, now: datetime) -> int:
    """How many promises have passed and are not settled yet."""
    row = conn.execute(
        "SELECT count(*) AS value FROM open_promises WHERE wait_until < %s", [now]
    ).fetchone()
    return int(row["value"]) if row else 0
