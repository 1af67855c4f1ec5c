"""SQL on what waits for a shipper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from app.cases.model import CALL_ONLY
from app.db.connection import Connection


@dataclass(frozen=True, slots=True)
class Waits:
    """A case that goes on once its shipper has said something."""

    case_id: int
    what: str
    """decide, number, address (the customer asked for another one), or gesture."""
    since: datetime
    answer_by: datetime | None
    kind: str
    recipient: str | None
    label: str
    timezone: str


def waiting(conn: Connection, shipper_id: int, limit: int) -> list[Waits]:
    """What waits for a shipper, the most urgent first. What is closed costs nothing."""
    with conn.cursor(row_factory=class_row(Waits)) as cursor:
        cursor.execute(
            """WITH open AS MATERIALIZED (
                   SELECT * FROM cases c
                    WHERE c.live AND c.shipper_id = %(shipper)s AND c.aside_until IS NULL),
                 found AS (
                   SELECT o.id, 'decide' AS what, d.asked_at AS since, d.answer_by
                     FROM open o JOIN decisions d ON d.case_id = o.id AND d.round = o.round
                    WHERE d.decided_at IS NULL AND o.state <> 'booked'
                    UNION ALL
                   SELECT o.id, 'address', r.made_at, NULL
                     FROM open o JOIN corrections r ON r.shipment_id = o.shipment_id
                    WHERE r.state = 'asked'
                    UNION ALL
                   SELECT o.id, 'number', o.opened_at, NULL FROM open o
                    WHERE o.contact_phone IS NULL AND o.contact_email IS NULL
                      AND coalesce(o.contact_fault, '') <> ALL(%(call_only)s)
                      AND EXISTS (SELECT FROM timeline t
                                   WHERE t.case_id = o.id AND t.kind = 'contact_requested')
                    UNION ALL
                   SELECT g.case_id, 'gesture', g.decided_at, NULL FROM gestures g
                    WHERE g.shipper_id = %(shipper)s AND g.state = 'asked')
               SELECT f.id AS case_id, f.what, coalesce(f.since, o.opened_at) AS since,
                      f.answer_by, o.kind, coalesce(s.name, s.courier_name) AS recipient,
                      coalesce(s.order_ref, s.tracking_number) AS label, d.timezone
                 FROM found f JOIN cases o ON o.id = f.id
                 JOIN shipments s ON s.id = o.shipment_id JOIN depots d ON d.id = o.depot_id
                ORDER BY f.answer_by NULLS LAST, since, f.id LIMIT %(limit)s""",
            {"shipper": shipper_id, "call_only": sorted(CALL_ONLY), "limit": limit},
        )
        return cursor.fetchall()


def slug(conn: Connection, shipper_id: int) -> str:
    """A shipper's slug."""
    row = conn.execute("SELECT slug FROM shippers WHERE id = %s", [shipper_id]).fetchone()
    assert row is not None  # noqa: S101 - shippers are never deleted
    return str(row["slug"])
