"""SQL on calls that nobody has answered, as customers are told of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from app.db.connection import Connection
from app.db.together import Rows
from app.dispatch.store import CALLED_BY


class InVain(NamedTuple):
    """How often somebody was called for what nobody has taken on."""

    rings: int
    since: datetime
    exhausted: bool
    """Whether everybody was called."""
    had: bool = False
    """Whether somebody had taken it on before, and did not finish it."""


class Unanswered(NamedTuple):
    """What somebody was called for and nobody has taken on, and when the next call is made."""

    calls: InVain
    again: datetime | None


def unanswered(conn: Connection, case_ids: Sequence[int]) -> dict[int, Unanswered]:
    """By case, what is called for because of its delivery, where nobody has taken it on."""
    rows = conn.execute(
        f"""SELECT DISTINCT ON (t.case_id) t.case_id, t.rings, t.rung_since,
                  t.exhausted_at IS NOT NULL AS exhausted, t.turn > 0 AS had, s.due_at
             FROM dispatch_tasks t
             LEFT JOIN steps s ON s.case_id = t.case_id AND s.name = {CALLED_BY}
            WHERE t.case_id = ANY(%s) AND t.state = 'open' AND t.kind IN ('failure', 'promise')
              AND t.rung_since IS NOT NULL
            ORDER BY t.case_id, t.id DESC""",  # noqa: S608 - a constant
        [list(case_ids)],
    ).fetchall()
    return {
        row["case_id"]: Unanswered(
            InVain(row["rings"], row["rung_since"], row["exhausted"], row["had"]), row["due_at"]
        )
        for row in rows
    }


def question_in_vain(conn: Connection, case_id: int) -> InVain | None:
    """How often everybody was called for what the customer of a case asked, and nobody came."""
    row = conn.execute(
        """SELECT rings, rung_since AS since, exhausted_at IS NOT NULL AS exhausted, turn > 0 AS had
             FROM dispatch_tasks
            WHERE case_id = %s AND state = 'open' AND kind = 'question'
              AND rung_since IS NOT NULL AND exhausted_at IS NOT NULL
            ORDER BY id DESC LIMIT 1""",
        [case_id],
    ).fetchone()
    return InVain(**row) if row else None


IN_VAIN = Rows(
    InVain._fields,
    """SELECT rings, rung_since AS since, exhausted_at IS NOT NULL AS exhausted, turn > 0 AS had
         FROM dispatch_tasks
        WHERE case_id = %(case)s AND state = 'open' AND kind IN ('failure', 'promise')
          AND rung_since IS NOT NULL
        ORDER BY id DESC LIMIT 1""",
    InVain,
)
"""How often somebody was called for what nobody has taken on of a case's delivery."""
