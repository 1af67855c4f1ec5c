"""SQL on corrections that couriers' own systems are told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.db.connection import Connection
from app.handover.acts_store import Row


def correct(conn: Connection, case_ids: Sequence[int], now: datetime) -> None:
    """Tell the couriers of these cases what was corrected, where they can be told.

    What is told is read when the call is made: one that waits already says it all.
    """
    conn.execute(
        """INSERT INTO handover_acts (case_id, booking_id, account_id, connector, act, key, due_at,
                                      created_at)
           SELECT c.id, coalesce(b.id, 0), a.id, a.connector, 'correct',
                  concat('correct-', c.id, '-',
                         (SELECT count(*) FROM corrections v WHERE v.shipment_id = c.shipment_id)),
                  %(now)s, %(now)s
             FROM cases c JOIN courier_accounts a ON a.id = c.account_id
             LEFT JOIN bookings b ON b.case_id = c.id AND b.state = 'standing'
            WHERE c.id = ANY(%(cases)s) AND a.connector <> 'depot'
              AND NOT EXISTS (SELECT 1 FROM handover_acts h WHERE h.case_id = c.id
                                 AND h.act = 'correct' AND h.state = 'waiting')""",
        {"cases": list(case_ids), "now": now},
    )


def help_said_since(conn: Connection, row: Row) -> bool:
    """Whether the customer said anew what helps at the door since the courier was told last."""
    found = conn.execute(
        """SELECT 1 FROM timeline WHERE case_id = %(case)s AND kind = 'door_help_said'
              AND at > coalesce((SELECT max(created_at) FROM handover_acts
                    WHERE case_id = %(case)s AND act = 'correct' AND id < %(act)s), '-infinity')
            LIMIT 1""",
        {"case": row.case_id, "act": row.id},
    )
    return found.fetchone() is not None


def corrected_since(conn: Connection, row: Row) -> list[dict[str, Any]]:
    """What was corrected since a courier was told last: each as it was, and as it is."""
    return conn.execute(
        """SELECT v.before, v.after FROM corrections v JOIN cases c USING (shipment_id)
            WHERE c.id = %(case)s AND v.state = 'made' AND v.made_at > coalesce(
                  (SELECT max(created_at) FROM handover_acts
                    WHERE case_id = %(case)s AND act = 'correct' AND id < %(act)s), '-infinity')""",
        {"case": row.case_id, "act": row.id},
    ).fetchall()
