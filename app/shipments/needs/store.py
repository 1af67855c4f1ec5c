"""SQL on what helps at the door."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from app.db.connection import Connection
from app.db.together import Rows


class Needs(NamedTuple):
    """What the customer of a parcel asked for, and since when it may be passed on."""

    needs: list[str]
    words: str
    consent_at: datetime


OF_CASE = Rows(
    Needs._fields,
    """SELECT n.needs, n.words, n.consent_at FROM access_needs n
        WHERE n.shipment_id = (SELECT shipment_id FROM cases WHERE id = %(case)s)""",
    Needs,
)
"""What the customer of a case asked for, if anything."""


def put(
    conn: Connection, shipment_id: int, needs: Sequence[str], words: str, now: datetime
) -> None:
    """Keep what somebody asks for instead of what they asked for before."""
    conn.execute(
        """INSERT INTO access_needs (shipment_id, needs, words, consent_at)
           VALUES (%s, %s, %s, %s) ON CONFLICT (shipment_id) DO UPDATE
              SET needs = excluded.needs, words = excluded.words,
                  consent_at = excluded.consent_at""",
        [shipment_id, list(needs), words, now],
    )


def forget(conn: Connection, shipment_id: int) -> bool:
    """Keep nothing of it; False where nothing was kept."""
    done = conn.execute("DELETE FROM access_needs WHERE shipment_id = %s", [shipment_id])
    return done.rowcount > 0
