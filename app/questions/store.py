"""SQL on questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, NamedTuple

from psycopg.rows import kwargs_row, scalar_row

from app.db.connection import Connection
from app.db.together import Rows
from app.questions.model import Question, Wants

_MOVED = ("booked", "rebooked", "courier_progress", "courier_delivered")
"""Kinds of entries that say that something moved."""
_NAMES = tuple(field.name for field in fields(Question))
_COLUMNS = ", ".join(_NAMES)


def _question(*, wants: str, **row: Any) -> Question:
    return Question(wants=Wants(wants), **row)


def _read(conn: Connection, sql: str, values: Sequence[Any] | Mapping[str, Any]) -> list[Question]:
    with conn.cursor(row_factory=kwargs_row(_question)) as cursor:
        return cursor.execute(sql.encode(), values).fetchall()


def insert(
    conn: Connection,
    case_id: int,
    text: str,
    wants: Wants,
    channel: str,
    sender: str,
    answer_by: datetime,
    now: datetime,
    *,
    goes_up: bool,
) -> Question:
    """Insert a question."""
    (made,) = _read(
        conn,
        f"""INSERT INTO questions (case_id, text, wants, channel, sender, answer_by, asked_at,
                   goes_up)
            VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING {_COLUMNS}""",  # noqa: S608
        [case_id, text, wants, channel, sender, answer_by, now, goes_up],
    )
    return made


OF_CASE = Rows(
    _NAMES,
    f"SELECT {_COLUMNS} FROM questions WHERE case_id = %(case)s ORDER BY id",  # noqa: S608
    _question,
)
"""All questions of a case, oldest first."""


def of_case(conn: Connection, case_id: int) -> list[Question]:
    """All questions of a case, oldest first."""
    return OF_CASE.read(conn, case=case_id)


def open_of(conn: Connection, case_ids: Sequence[int]) -> dict[int, list[Question]]:
    """The questions of these cases that nobody has answered, by case, oldest first."""
    found: dict[int, list[Question]] = {}
    for question in _read(
        conn,
        f"""SELECT {_COLUMNS} FROM questions
             WHERE case_id = ANY(%s) AND answered_at IS NULL ORDER BY id""",  # noqa: S608
        [list(case_ids)],
    ):
        found.setdefault(question.case_id, []).append(question)
    return found


def name(conn: Connection, case_id: int, keeper: str) -> None:
    """Who answers what is open on this case."""
    conn.execute(
        "UPDATE questions SET keeper = %s WHERE case_id = %s AND answered_at IS NULL",
        [keeper, case_id],
    )


class Thread(NamedTuple):
    """All that a customer asked on a case and nobody answered."""

    about: int
    """The first question."""
    newest: int
    by: datetime
    """The soonest hour that was promised."""
    goes_up: bool


def threads(conn: Connection, case_ids: Sequence[int]) -> dict[int, Thread]:
    """What is open on these cases, by case."""
    rows = conn.execute(
        """SELECT case_id, min(id) AS about, max(id) AS newest, min(answer_by) AS by,
                  bool_or(goes_up) AS goes_up
             FROM questions WHERE case_id = ANY(%s) AND answered_at IS NULL
            GROUP BY case_id""",
        [list(case_ids)],
    ).fetchall()
    return {row.pop("case_id"): Thread(**row) for row in rows}


def told(conn: Connection, question_id: int, keeper: str, now: datetime) -> None:
    """The customer is told who answers; the first telling is remembered."""
    conn.execute(
        "UPDATE questions SET keeper = %s, told_at = coalesce(told_at, %s) WHERE id = %s",
        [keeper, now, question_id],
    )


def move(conn: Connection, question_id: int, answer_by: datetime) -> None:
    """The hour was moved: the next level is to be called."""
    conn.execute(
        "UPDATE questions SET answer_by = %s, late = late + 1, goes_up = true WHERE id = %s",
        [answer_by, question_id],
    )


def raise_up(conn: Connection, case_id: int) -> None:
    """The next level is to be called for what is open."""
    conn.execute(
        "UPDATE questions SET goes_up = true WHERE case_id = %s AND answered_at IS NULL", [case_id]
    )


def went_up(conn: Connection, case_ids: Sequence[int]) -> None:
    """The next level was called for what is open."""
    conn.execute(
        "UPDATE questions SET goes_up = false WHERE case_id = ANY(%s) AND goes_up",
        [list(case_ids)],
    )


def settle(
    conn: Connection,
    case_id: int,
    by: str,
    answer: str | None,
    wants: Sequence[Wants],
    now: datetime,
) -> list[Question]:
    """What is open of these sorts is answered, the newest with the words; it, oldest first."""
    settled = _read(
        conn,
        f"""UPDATE questions q SET answered_at = %(now)s, answered_by = %(by)s,
                   answer = CASE WHEN q.id = (SELECT max(id) FROM questions
                                  WHERE case_id = %(case)s AND answered_at IS NULL
                                    AND wants = ANY(%(wants)s))
                                 THEN %(answer)s ELSE NULL END
             WHERE q.case_id = %(case)s AND q.answered_at IS NULL AND q.wants = ANY(%(wants)s)
         RETURNING {_COLUMNS}""",  # noqa: S608
        {"case": case_id, "by": by, "answer": answer, "wants": list(wants), "now": now},
    )
    return sorted(settled, key=lambda question: question.id)


def withdraw(conn: Connection, question_id: int, by: str, now: datetime) -> list[Question]:
    """Nobody has to answer this one; empty where somebody has."""
    return _read(
        conn,
        f"""UPDATE questions SET answered_at = %s, answered_by = %s
             WHERE id = %s AND answered_at IS NULL RETURNING {_COLUMNS}""",  # noqa: S608
        [now, by, question_id],
    )


def contacts_since_progress(conn: Connection, case_id: int) -> int:
    """How often the customer was in touch since anything moved: a booking, a scan, a new case."""
    row = conn.execute(
        """SELECT count(*) AS n FROM timeline
            WHERE case_id = %(case)s AND kind IN ('customer_reply', 'contact_elsewhere')
              AND id > coalesce((SELECT max(id) FROM timeline
                                  WHERE case_id = %(case)s AND kind = ANY(%(moved)s)), 0)""",
        {"case": case_id, "moved": list(_MOVED)},
    ).fetchone()
    return int(row["n"]) if row else 0


def told_since(conn: Connection, sender: str, since: datetime) -> int:
    """How many of our answers to this sender's messages said who will answer, since then."""
    row = conn.execute(
        """SELECT count(*) AS n FROM messages
            WHERE audience = 'customer' AND recipient = %s AND topic = 'question'
              AND created_at > %s""",
        [sender, since],
    ).fetchone()
    return int(row["n"]) if row else 0


WITHOUT_CLOCK = """
SELECT DISTINCT q.case_id FROM questions q
 WHERE q.answered_at IS NULL AND NOT EXISTS (
       SELECT 1 FROM steps s WHERE s.case_id = q.case_id AND s.name = 'promise_answer')
 ORDER BY q.case_id LIMIT %s"""


def without_clock(conn: Connection, limit: int) -> list[int]:
    """Cases with an open question and no step that looks after its hour."""
    with conn.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(WITHOUT_CLOCK, [limit]).fetchall()
