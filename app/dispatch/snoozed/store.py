"""SQL of calls that are put off."""

from __future__ import annotations

from datetime import datetime

from app.db.connection import Connection


def snooze(conn: Connection, task_id: int, until: datetime, event: str | None) -> datetime:
    """Somebody has put the calls off until then, or until the event.

    Returns:
        Until when the last of the case's tasks waits for that event.
    """
    row = conn.execute(
        """WITH put_off AS (
               UPDATE dispatch_tasks SET snoozed_until = %(until)s, wakes_on = %(event)s
                WHERE id = %(id)s RETURNING case_id)
           SELECT greatest(%(until)s, max(t.snoozed_until)) AS until FROM put_off p
             LEFT JOIN dispatch_tasks t ON t.case_id = p.case_id AND t.id <> %(id)s
                   AND t.state = 'open' AND t.wakes_on = %(event)s""",
        {"id": task_id, "until": until, "event": event},
    ).fetchone()
    found: datetime = row["until"] if row else until
    return found


def woken(conn: Connection, case_id: int, event: str, now: datetime) -> list[int]:
    """The tasks of a case whose calls were put off for this; they are put off no longer."""
    rows = conn.execute(
        """UPDATE dispatch_tasks SET snoozed_until = NULL, wakes_on = NULL
            WHERE case_id = %s AND state = 'open' AND wakes_on = %s AND snoozed_until > %s
           RETURNING id""",
        [case_id, event, now],
    ).fetchall()
    return sorted(row["id"] for row in rows)
