"""SQL that forgets what is found by an id, as the map of columns says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache

from psycopg.rows import scalar_row, tuple_row

from app.db.connection import Connection
from app.forgetting import columns
from app.forgetting.columns import Table

_AT_ONCE = 5000
_NEVER_THE_SAME = "gen_random_uuid"
"""What is made anew each time is no reason to write a row again."""


def forget(
    conn: Connection, ids: Mapping[str, Sequence[int]], kinds: Sequence[str] = ()
) -> dict[str, int]:
    """Put nothing in the place of all that is about these parcels; how many rows of each table.

    `ids` are those of `columns.BY_ID`. Only what is of these kinds goes, where some are named. A
    row in which nothing is left is not counted.
    """
    counts = {}
    for table in columns.tables().values():
        if table.whose in ids and (statement := _statement(table, tuple(kinds))):
            rows = conn.execute(statement, [list(ids[table.whose])]).rowcount
            counts[table.name] = 0 if table.made else rows
    return {name: rows for name, rows in counts.items() if rows}


@cache
def _statement(table: Table, kinds: tuple[str, ...]) -> bytes:
    theirs = f"{table.key} = ANY(%s) AND {table.but}"
    named = {column for kind in kinds for column in table.early.get(kind, ())}
    if kinds and not named:
        return b""
    if table.drop:
        return f"DELETE FROM {table.name} WHERE {theirs}".encode()  # noqa: S608 - from the map
    said = {name: sql for name, sql in table.forget.items() if sql and (not kinds or name in named)}
    if not said:
        return b""
    sets = ", ".join(f"{column} = {sql}" for column, sql in said.items())
    left = " OR ".join(
        f"{column} IS DISTINCT FROM {sql}"
        for column, sql in said.items()
        if _NEVER_THE_SAME not in sql
    )
    return f"UPDATE {table.name} SET {sets} WHERE {theirs} AND ({left})".encode()  # noqa: S608


def mark(conn: Connection, parcel_ids: Sequence[int], now: datetime, again: datetime) -> None:
    """These are forgotten, and are looked at once more then: something may be on its way."""
    conn.execute(
        """UPDATE shipments SET forgotten_at = %(now)s
            WHERE id = ANY(%(ids)s) AND forgotten_at IS NULL""",
        {"ids": list(parcel_ids), "now": now},
    )
    conn.execute(
        "INSERT INTO forgotten_again SELECT unnest(%s::bigint[]), %s", [list(parcel_ids), again]
    )


def take_again(conn: Connection, now: datetime, limit: int) -> list[int]:
    """Parcels to be looked at once more; they are no longer listed."""
    with conn.cursor(row_factory=scalar_row) as cursor:
        found = cursor.execute(
            """DELETE FROM forgotten_again WHERE ctid = ANY(ARRAY(
                   SELECT ctid FROM forgotten_again WHERE due_at <= %s ORDER BY due_at LIMIT %s
                      FOR UPDATE SKIP LOCKED))
               RETURNING shipment_id""",
            [now, limit],
        ).fetchall()
    return sorted(set(found))


def every_parcel(conn: Connection) -> Iterator[tuple[int, int, str, datetime]]:
    """`(id, shipper, tracking number, when it was made)` of every parcel, a few at a time."""
    with conn.cursor("every_parcel", row_factory=tuple_row) as cursor:
        cursor.itersize = _AT_ONCE
        cursor.execute("SELECT id, shipper_id, tracking_number, created_at FROM shipments")
        yield from cursor


def every_contact(conn: Connection) -> Iterator[str]:
    """The numbers and addresses that are kept beside parcels, a few at a time."""
    with conn.cursor("every_contact", row_factory=scalar_row) as cursor:
        cursor.itersize = _AT_ONCE
        cursor.execute(
            """SELECT recipient FROM opt_outs UNION SELECT recipient FROM customer_channels
                UNION SELECT sender FROM inbound_messages"""
        )
        yield from cursor


def provider_copies(conn: Connection, message_ids: Sequence[int]) -> list[tuple[str, str, str]]:
    """`(provider, channel, id)` of what providers have of these messages."""
    rows = conn.execute(
        """SELECT provider, channel, provider_id FROM messages
            WHERE id = ANY(%s) AND provider IS NOT NULL AND provider_id IS NOT NULL""",
        [list(message_ids)],
    )
    return [(row["provider"], row["channel"], row["provider_id"]) for row in rows]


def written_copies(conn: Connection, case_ids: Sequence[int]) -> list[tuple[str, str, str]]:
    """The same of what the customer wrote, as far as the timeline still says it."""
    rows = conn.execute(
        """SELECT i.provider, i.channel, i.provider_id FROM timeline t
             JOIN inbound_messages i ON i.provider_id = t.facts ->> 'provider_id'
            WHERE t.case_id = ANY(%s) AND t.kind IN ('customer_reply', 'customer_word')
              AND t.facts ->> 'provider_id' <> ''""",
        [list(case_ids)],
    )
    return [(row["provider"], row["channel"], row["provider_id"]) for row in rows]
