"""SQL of the search: the words of parcels, written by the clock, and whom they find."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from psycopg.rows import class_row

from app.cases.search.rules import Parcel
from app.db.connection import Connection

NEWEST = 3000
"""So many of the newest parcels are looked through before the index is asked."""
_PATIENCE = "100ms"
"""For whoever is changing the same parcel: they go first, the clock comes again."""


def take_changed(conn: Connection, limit: int) -> list[int]:
    """Parcels that have changed, each once; they are no longer listed as such."""
    rows = conn.execute(
        """DELETE FROM parcel_word_changes WHERE ctid = ANY(ARRAY(
               SELECT ctid FROM parcel_word_changes LIMIT %s FOR UPDATE SKIP LOCKED))
           RETURNING shipment_id""",
        [limit],
    ).fetchall()
    return sorted({row["shipment_id"] for row in rows})


def change_all(conn: Connection) -> None:
    """List all parcels as changed, in the order in which somebody may ask for them."""
    conn.execute(
        """INSERT INTO parcel_word_changes
           SELECT shipment_id FROM cases
            GROUP BY shipment_id ORDER BY bool_or(live) DESC, max(id) DESC"""
    )


def parcels(conn: Connection, ids: Sequence[int]) -> list[Parcel]:
    """What is known of these parcels, as far as there is a case of them."""
    with conn.cursor(row_factory=class_row(Parcel)) as cursor:
        cursor.execute(
            """SELECT s.id AS shipment_id, s.tracking_number, s.order_ref,
                      ARRAY[s.name, s.courier_name] AS names,
                      ARRAY[s.phone, s.courier_phone] || array_agg(c.contact_phone) AS phones,
                      ARRAY[s.address, s.courier_address] AS addresses
                 FROM shipments s JOIN cases c ON c.shipment_id = s.id
                WHERE s.id = ANY(%s) GROUP BY s.id""",
            [list(ids)],
        )
        return cursor.fetchall()


def write(conn: Connection, words: Mapping[int, str]) -> None:
    """Keep the words of these parcels instead of those they had; in the caller's transaction.

    Raises:
        psycopg.errors.LockNotAvailable: somebody is changing one of them at this moment.
    """
    conn.execute(f"SET LOCAL lock_timeout = '{_PATIENCE}'")
    conn.execute(
        """INSERT INTO parcel_words SELECT id, words::tsvector
             FROM unnest(%s::bigint[], %s::text[]) AS w(id, words)
               ON CONFLICT (shipment_id) DO UPDATE SET words = excluded.words
            WHERE parcel_words.words <> excluded.words""",
        [list(words), list(words.values())],
    )


def find(conn: Connection, query: str, number: str, limit: int) -> list[int]:
    """The parcels that a query finds, or that have this number, the newest first.

    Their words are written a moment after a parcel; by its number it is found at once.
    """
    rows = conn.execute(
        """SELECT id FROM shipments WHERE tracking_number = ANY(%(numbers)s)
           UNION SELECT id FROM shipments WHERE order_ref = ANY(%(numbers)s)
           UNION SELECT * FROM find_parcels(%(query)s::tsquery, %(newest)s, %(limit)s)
            ORDER BY id DESC LIMIT %(limit)s""",
        {
            "numbers": list({number, number.upper()}),
            "query": query,
            "newest": NEWEST,
            "limit": limit,
        },
    ).fetchall()
    return [row["id"] for row in rows]
