"""SQL on surveys: when a customer was asked, and the answer."""

from __future__ import annotations

from datetime import datetime

from app.db.connection import Connection


def ask_survey(conn: Connection, case_id: int, now: datetime) -> bool:
    """Remember that the customer is asked, if they were not before; whether they answered."""
    row = conn.execute(
        """INSERT INTO surveys AS s (case_id, asked_at) VALUES (%s, %s)
           ON CONFLICT (case_id) DO UPDATE SET asked_at = s.asked_at
           RETURNING answered_at""",
        [case_id, now],
    ).fetchone()
    return row is not None and row["answered_at"] is not None


def answer_survey(conn: Connection, case_id: int, score: int, words: str, now: datetime) -> bool:
    """Keep an answer, or correct it; whether it is the first one."""
    row = conn.execute(
        """INSERT INTO surveys AS s (case_id, asked_at, answered_at, score, words)
           VALUES (%s, %s, %s, %s, %s) ON CONFLICT (case_id) DO UPDATE
              SET answered_at = excluded.answered_at, score = excluded.score,
                  words = excluded.words
           RETURNING (SELECT o.answered_at IS NULL FROM surveys o
                       WHERE o.case_id = s.case_id) AS first""",
        [case_id, now, now, score, words],
    ).fetchone()
    return row is not None and row["first"] is not False
