"""SQL on what came of cases: the same for those that were and for those of a scratch world."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from app.db.connection import Connection


class CaseEnd(NamedTuple):
    """How a case went."""

    id: int
    opened_at: datetime
    closed_at: datetime | None
    ended: str
    """As what it was closed, else its state."""
    first_call: datetime | None
    acknowledged: datetime | None
    words: list[datetime]
    """When the customer heard something."""


def calls(conn: Connection, case_ids: Sequence[int]) -> dict[tuple[str, str], int]:
    """How often whom was called about these, by `(name, channel)`; a bundle is one call."""
    rows = conn.execute(
        """SELECT coalesce(p.name, m.recipient) AS name, m.channel, count(*) AS n
             FROM messages m LEFT JOIN people p ON p.id = m.person_id
            WHERE m.audience = 'dispatcher' AND m.tries > 0 AND m.state <> 'suppressed'
              AND (m.case_id = ANY(%(ids)s) AND m.topic LIKE 'task-%%'
                   OR m.id IN (SELECT bundle_id FROM messages
                                WHERE case_id = ANY(%(ids)s) AND bundle_id IS NOT NULL))
            GROUP BY 1, 2""",
        {"ids": list(case_ids)},
    )
    return {(row["name"], row["channel"]): row["n"] for row in rows}


def ends(conn: Connection, case_ids: Sequence[int]) -> list[CaseEnd]:
    """How these went, in order of their ids."""
    rows = conn.execute(
        """SELECT c.id, c.opened_at, c.closed_at, coalesce(c.resolution, c.state) AS ended,
                  t.first_call, t.acknowledged,
                  ARRAY(SELECT done_at FROM messages m
                         WHERE m.case_id = c.id AND m.audience = 'customer'
                           AND m.state IN ('sent', 'delivered') AND m.done_at IS NOT NULL
                         ORDER BY done_at) AS words
             FROM cases c, LATERAL (
                 SELECT min(at) FILTER (WHERE kind = 'dispatcher_called') AS first_call,
                        min(at) FILTER (WHERE kind = 'acknowledged') AS acknowledged
                   FROM timeline WHERE case_id = c.id) t
            WHERE c.id = ANY(%s) ORDER BY c.id""",
        [list(case_ids)],
    )
    return [CaseEnd(**row) for row in rows]
