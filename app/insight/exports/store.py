"""SQL of exports: each kind is read in pages by its key, a thousand rows at a time.

One cursor over a whole export would be one transaction for as long as somebody downloads it, and
what dies meanwhile could not be cleaned away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from psycopg.rows import tuple_row

from app.channels import packed_words
from app.db.connection import Connection

AT_ONCE = 1000


class Scope(NamedTuple):
    """Whose rows, and of which time."""

    shipper_id: int | None
    """None: of every shipper."""
    depots: list[int] | None
    """None: of every depot."""
    since: datetime | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Kind:
    """What an export has: the names of its columns, and how they are read after a key."""

    columns: tuple[str, ...]
    sql: str
    begins: tuple[Any, ...] = (0,)
    """The key before all; the last columns of a row are its own, and are not shown."""
    made: Callable[[tuple[Any, ...]], tuple[Any, ...]] = tuple
    """Makes a row of what was read."""


_MINE = """(%(shipper)s::bigint IS NULL OR c.shipper_id = %(shipper)s)
  AND (%(depots)s::bigint[] IS NULL OR c.depot_id = ANY(%(depots)s))"""
_TIME = """(%(since)s::timestamptz IS NULL OR {at} >= %(since)s)
  AND (%(until)s::timestamptz IS NULL OR {at} < %(until)s)"""


def _of_cases(columns: str, tables: str, key: str, at: str, more: str = "true") -> str:
    return f"""
        SELECT {columns}, {key} FROM {tables}
         WHERE {key} > %(after)s AND {_MINE} AND {_TIME.format(at=at)} AND {more}
         ORDER BY {key} LIMIT {AT_ONCE}"""  # noqa: S608 - constants


def _with_its_text(row: tuple[Any, ...]) -> tuple[Any, ...]:
    *before, text, packed, key = row
    words = packed_words.read({"text": text, "packed": packed})
    return (*before, words["text"], key)


KINDS = {
    "cases": Kind(
        (
            *("id", "tracking_number", "order_ref", "shipper", "depot", "courier", "kind", "state"),
            *("reason", "fault", "words", "recipient", "phone", "email", "opened_at"),
            *("acknowledged_at", "acknowledged_by", "informed_at", "closed_at", "resolution"),
            "round",
        ),
        _of_cases(
            """c.id, s.tracking_number, s.order_ref, h.slug, d.slug, a.courier, c.kind, c.state,
               c.reason, c.fault, c.words, coalesce(s.name, s.courier_name), c.contact_phone,
               c.contact_email, c.opened_at, c.acknowledged_at, c.acknowledged_by, c.informed_at,
               c.closed_at, c.resolution, c.round""",
            """cases c JOIN shipments s ON s.id = c.shipment_id
                 JOIN shippers h ON h.id = c.shipper_id JOIN depots d ON d.id = c.depot_id
                 JOIN courier_accounts a ON a.id = c.account_id""",
            "c.id",
            "c.opened_at",
        ),
    ),
    "messages": Kind(
        (
            *("id", "case_id", "audience", "topic", "channel", "recipient", "language", "state"),
            *("why", "provider", "created_at", "done_at", "read_at", "price", "currency", "text"),
        ),
        _of_cases(
            """m.id, m.case_id, m.audience, m.topic, m.channel, m.recipient, m.language, m.state,
               m.why, m.provider, m.created_at, m.done_at, m.read_at, m.price, m.price_unit,
               w.text, w.packed""",
            """messages m JOIN cases c ON c.id = m.case_id
                 JOIN message_words w ON w.message_id = m.id""",
            "m.id",
            "m.created_at",
            # what staff were told is no shipper's
            "(%(shipper)s::bigint IS NULL OR m.audience IN ('customer', 'shipper'))",
        ),
        made=_with_its_text,
    ),
    "promises": Kind(
        ("id", "case_id", "kind", "made_at", "due_at", "state", "settled_at", "settled_by"),
        _of_cases(
            """p.id, p.case_id, p.kind, p.made_at, p.due_at, p.state, p.settled_at,
               p.settled_by""",
            "promises p JOIN cases c ON c.id = p.case_id",
            "p.id",
            "p.made_at",
        ),
    ),
    "disputes": Kind(
        (
            *("id", "case_id", "attempted_at", "reason", "code", "courier_words", "came"),
            *("customer_words", "said_at", "finding", "state", "settled_at", "settled_by", "why"),
        ),
        _of_cases(
            """t.id, t.case_id, t.attempted_at, t.reason, t.code, t.words, t.came, t.said,
               t.said_at, t.finding, t.state, t.settled_at, t.settled_by, t.why""",
            "disputes t JOIN cases c ON c.id = t.case_id",
            "t.id",
            "t.said_at",
        ),
    ),
    # of a shipper its own days, of staff with some depots those of the depots, else of each shipper
    "figures": Kind(
        ("day", "of", "figure", "count"),
        f"""
        SELECT b.starts_at::date, coalesce(h.slug, d.slug), f.key, f.n, b.starts_at,
               b.shipper_id + b.depot_id, f.key
          FROM figure_blocks b
          LEFT JOIN shippers h ON h.id = b.shipper_id
          LEFT JOIN depots d ON d.id = b.depot_id
         CROSS JOIN LATERAL (SELECT key, sum(n) AS n FROM unnest(b.keys, b.counts) u(key, n)
                              GROUP BY key HAVING sum(n) <> 0) f
         WHERE b.hours = 24 AND b.account_id = 0 AND (
                   b.starts_at, b.shipper_id + b.depot_id, f.key) > (
                   %(after)s::timestamptz, %(after2)s::bigint, %(after3)s::text)
           AND CASE WHEN %(shipper)s::bigint IS NOT NULL
                    THEN b.shipper_id = %(shipper)s AND b.depot_id = 0
                    WHEN %(depots)s::bigint[] IS NOT NULL
                    THEN b.shipper_id = 0 AND b.depot_id = ANY(%(depots)s)
                    ELSE b.shipper_id <> 0 AND b.depot_id = 0 END
           AND {_TIME.format(at="b.starts_at")}
         ORDER BY b.starts_at, b.shipper_id + b.depot_id, f.key LIMIT {AT_ONCE}""",  # noqa: S608
        ("-infinity", 0, ""),
    ),
}


def pages(conn: Connection, kind: Kind, scope: Scope) -> Iterator[list[tuple[Any, ...]]]:
    """The rows, a page at a time; no transaction is open in between."""
    after = kind.begins
    values: dict[str, Any] = scope._asdict() | {"shipper": scope.shipper_id}
    while True:
        values |= dict(zip(("after", "after2", "after3"), after, strict=False))
        with conn.cursor(row_factory=tuple_row) as cursor:
            rows = [*map(kind.made, cursor.execute(kind.sql.encode(), values))]
        if rows:
            after = rows[-1][len(kind.columns) :]
            yield [row[: len(kind.columns)] for row in rows]
        if len(rows) < AT_ONCE:
            return


def count(conn: Connection, name: str, scope: Scope) -> int | None:
    """About how many rows there are, to show how far it is; None of figures."""
    table = {"cases": "cases", "messages": "messages"}.get(name)
    if table is None or scope.since or scope.until:
        return None
    row = conn.execute(
        "SELECT reltuples::bigint AS n FROM pg_class WHERE oid = %s::regclass", [table]
    ).fetchone()
    return int(row["n"]) if row and row["n"] > 0 else None
