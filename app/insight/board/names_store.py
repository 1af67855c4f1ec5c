"""SQL: what shippers, depots and couriers are called, and what a return costs a shipper."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from psycopg.rows import class_row

from app.db.connection import Connection


class Known(NamedTuple):
    """A shipper, a depot or a courier account."""

    of: str
    """`shipper`, `depot` or `courier`."""
    id: int
    slug: str
    """Of an account its courier: several accounts of one are shown as one."""
    name: str
    shipper_id: int | None
    depot_id: int | None
    cost: Decimal | None
    currency: str | None


def known(conn: Connection) -> list[Known]:
    """All of them, by name."""
    with conn.cursor(row_factory=class_row(Known)) as cursor:
        return cursor.execute(
            """SELECT 'shipper' AS of, id, slug, name, id AS shipper_id, NULL::bigint AS depot_id,
                      return_cost AS cost, return_currency AS currency FROM shippers
                UNION ALL
               SELECT 'depot', id, slug, name, NULL, id, NULL, NULL FROM depots
                UNION ALL
               SELECT 'courier', id, courier, courier, shipper_id, depot_id, NULL, NULL
                 FROM courier_accounts
                ORDER BY name, id"""
        ).fetchall()
