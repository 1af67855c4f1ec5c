"""SQL on decisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from psycopg.rows import kwargs_row

from app.db.connection import Connection
from app.db.together import Rows
from app.decisions.model import Choice, Decision

_NAMES = tuple(field.name for field in fields(Decision))
_COLUMNS = ", ".join(f"d.{name}" for name in _NAMES)


def _decision(*, decision: str | None, **row: Any) -> Decision:
    return Decision(decision=Choice(decision) if decision else None, **row)


def _only(row: Decision | None) -> Decision:
    assert row is not None  # noqa: S101 - RETURNING gives a row
    return row


def ask(
    conn: Connection, case_id: int, round_: int, now: datetime, answer_by: datetime
) -> Decision:
    """The decision that this round waits for, asked once more."""
    with conn.cursor(row_factory=kwargs_row(_decision)) as cursor:
        cursor.execute(
            f"""INSERT INTO decisions AS d (case_id, round, asked_at, answer_by, asked)
                VALUES (%s, %s, %s, %s, 1)
                    ON CONFLICT (case_id, round) WHERE decided_at IS NULL
                    DO UPDATE SET asked = d.asked + 1
                RETURNING {_COLUMNS}""",  # noqa: S608
            [case_id, round_, now, answer_by],
        )
        return _only(cursor.fetchone())


def overdue(conn: Connection, decision_id: int, now: datetime) -> Decision:
    """The ladder is called for it from now on."""
    with conn.cursor(row_factory=kwargs_row(_decision)) as cursor:
        cursor.execute(
            f"UPDATE decisions d SET overdue_at = %s WHERE id = %s RETURNING {_COLUMNS}",  # noqa: S608
            [now, decision_id],
        )
        return _only(cursor.fetchone())


OF_CASE = Rows(
    _NAMES,
    f"SELECT {_COLUMNS} FROM decisions d WHERE d.case_id = %(case)s ORDER BY d.id",  # noqa: S608
    _decision,
)
"""All of a case, oldest first."""


def latest(conn: Connection, case_ids: Sequence[int]) -> dict[int, Decision]:
    """What was decided last about each of these cases, by case."""
    with conn.cursor(row_factory=kwargs_row(_decision)) as cursor:
        cursor.execute(
            f"""SELECT DISTINCT ON (d.case_id) {_COLUMNS} FROM decisions d
                 WHERE d.case_id = ANY(%s) AND d.decided_at IS NOT NULL
                 ORDER BY d.case_id, d.decided_at DESC, d.id DESC""",  # noqa: S608
            [list(case_ids)],
        )
        return {row.case_id: row for row in cursor}


def decide(
    conn: Connection,
    case_id: int,
    round_: int,
    decision: Choice,
    note: str,
    note_for: str,
    by: str,
    now: datetime,
) -> Decision:
    """Write what was decided: on the row that waits for it in this round, else on its own."""
    with conn.cursor(row_factory=kwargs_row(_decision)) as cursor:
        cursor.execute(
            f"""WITH waiting AS (
                    UPDATE decisions d SET decided_at = %(now)s, decision = %(decision)s,
                           decided_by = %(by)s, note = %(note)s, note_for = %(note_for)s
                     WHERE d.case_id = %(case)s AND d.round = %(round)s AND d.decided_at IS NULL
                    RETURNING {_COLUMNS}),
                unasked AS (
                    INSERT INTO decisions AS d
                           (case_id, round, decided_at, decision, decided_by, note, note_for)
                    SELECT %(case)s, %(round)s, %(now)s, %(decision)s, %(by)s, %(note)s,
                           %(note_for)s WHERE NOT EXISTS (SELECT FROM waiting)
                    RETURNING {_COLUMNS})
                SELECT * FROM waiting UNION ALL SELECT * FROM unasked""",  # noqa: S608
            {
                "case": case_id,
                "round": round_,
                "decision": decision,
                "note": note,
                "note_for": note_for,
                "by": by,
                "now": now,
            },
        )
        return _only(cursor.fetchone())
