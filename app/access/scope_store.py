"""SQL on whose things are: to which depot and which shipper each belongs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from psycopg.rows import class_row

from app.db.connection import Connection


class Owner(NamedTuple):
    """Whose something is; None where that is nobody's, or not known yet."""

    depot_id: int | None
    shipper_id: int | None


_OWNERS = {
    "case": "SELECT depot_id, shipper_id FROM cases WHERE id = ANY(%s::bigint[])",
    "task": """SELECT t.depot_id, c.shipper_id FROM dispatch_tasks t
                 JOIN cases c ON c.id = t.case_id WHERE t.id = ANY(%s::bigint[])""",
    "parcel": "SELECT depot_id, shipper_id FROM shipments WHERE tracking_number = ANY(%s)",
    # Whoever sees every depot, or none, or is of a shipper, is nobody's but an admin's.
    "person": """SELECT unnest(CASE WHEN role = 'admin' OR depots IS NULL OR depots = '{}'
                                    THEN ARRAY[NULL]::bigint[] ELSE depots END) AS depot_id,
                        NULL::bigint AS shipper_id
                   FROM people WHERE id = ANY(%s::bigint[]) AND removed_at IS NULL""",
    "depot": "SELECT id AS depot_id, NULL::bigint AS shipper_id FROM depots WHERE slug = ANY(%s)",
    "account": "SELECT depot_id, shipper_id FROM courier_accounts WHERE slug = ANY(%s)",
    "gesture": """SELECT c.depot_id, g.shipper_id FROM gestures g
                    JOIN cases c ON c.id = g.case_id WHERE g.id = ANY(%s::bigint[])""",
    "endpoint": """SELECT NULL::bigint AS depot_id, shipper_id
                     FROM webhook_endpoints WHERE id = ANY(%s::bigint[])""",
    "shipper": """SELECT NULL::bigint AS depot_id, id AS shipper_id
                    FROM shippers WHERE slug = ANY(%s)""",
    "rota": "SELECT depot_id, NULL::bigint AS shipper_id FROM rotas WHERE slug = ANY(%s)",
}


def owners(conn: Connection, kind: str, names: Sequence[int | str]) -> list[Owner]:
    """Whose these are, of those that there are."""
    with conn.cursor(row_factory=class_row(Owner)) as cursor:
        cursor.execute(_OWNERS[kind].encode(), [list(names)])
        return cursor.fetchall()
