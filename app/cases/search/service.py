"""Verbs of the search."""

from __future__ import annotations

from psycopg.errors import LockNotAvailable

from app.cases.search import rules, store
from app.db import unlogged
from app.db.connection import Connection, connection, transaction

AT_ONCE = 500
"""Parcels whose words are written in one transaction."""


def catch_up() -> bool:
    """Write the words of some parcels that have changed; whether there may be more.

    After a crash of the server all of them have.
    """
    if not unlogged.whole(connection(), unlogged.Part.WORDS):
        with transaction() as conn:
            if unlogged.filled(conn, unlogged.Part.WORDS):
                store.change_all(conn)
    try:
        with transaction() as conn:
            changed = store.take_changed(conn, AT_ONCE)
            if changed:
                found = {
                    parcel.shipment_id: rules.as_vector(rules.words(parcel))
                    for parcel in store.parcels(conn, changed)
                }
                store.write(conn, found)
    except LockNotAvailable:
        return False
    return len(changed) > 0


def find(conn: Connection, text: str, limit: int) -> list[int]:
    """The parcels that somebody who types this may mean, the newest first."""
    wanted = rules.query(text)
    return store.find(conn, wanted, text.strip(), limit) if wanted else []
