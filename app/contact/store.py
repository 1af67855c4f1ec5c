"""SQL on how a case's recipient can be reached."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.contact.rules import Contact
from app.db.connection import Connection


def save(conn: Connection, rows: Sequence[tuple[int, Contact, datetime]], now: datetime) -> None:
    """Write checked contacts: `(case_id, contact, choose_by)`, all in one statement."""
    conn.execute(
        """UPDATE cases c SET contact_phone = r.phone, contact_line = r.line,
                  contact_email = r.email, contact_fault = r.fault, choose_by = r.choose_by,
                  updated_at = %s
             FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[],
                         %s::timestamptz[]) AS r(id, phone, line, email, fault, choose_by)
            WHERE c.id = r.id""",
        [
            now,
            [r[0] for r in rows],
            [r[1].phone for r in rows],
            [r[1].line for r in rows],
            [r[1].email for r in rows],
            [r[1].fault for r in rows],
            [r[2] for r in rows],
        ],
    )
