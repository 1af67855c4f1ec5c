"""SQL on what a customer was told before, and on surveys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from app.cases.timeline.kinds import Kind, Topic
from app.db.connection import Connection
from app.db.together import Rows

_ACTS = [
    Kind.ACKNOWLEDGED,
    Kind.RESOLVED,
    Kind.CONTACT_SUPPLIED,
    Kind.CONTACT_ELSEWHERE,
    Kind.BOOKED,
    Kind.REBOOKED,
]
"""What a person does for a parcel; a call that nobody answers is none, nor is putting it off."""


class Told(NamedTuple):
    """What the customer of a case was told before."""

    apologised: bool = False
    nothing_new: int = 0
    """How often there was nothing new, since a person last did something."""


def told(conn: Connection, case_ids: Sequence[int]) -> dict[int, Told]:
    """What the customers of these cases were told before."""
    rows = conn.execute(
        """SELECT case_id, bool_or(sorry) AS apologised,
                  count(*) FILTER (WHERE nothing_new AND id > acted) AS nothing_new
             FROM (SELECT case_id, id, coalesce((facts->>'sorry')::bool, false) AS sorry,
                          kind = %(told)s AND facts->>'topic' = ANY(%(news)s) AS nothing_new,
                          coalesce(max(id) FILTER (WHERE kind = ANY(%(acts)s))
                                   OVER (PARTITION BY case_id), 0) AS acted
                     FROM timeline WHERE case_id = ANY(%(cases)s)) t
            GROUP BY case_id""",
        {
            "cases": list(case_ids),
            "acts": _ACTS,
            "told": Kind.CUSTOMER_TOLD,
            "news": [Topic.NEWS, Topic.NOBODY],
        },
    ).fetchall()
    found = {row["case_id"]: Told(row["apologised"], row["nothing_new"]) for row in rows}
    return {case_id: found.get(case_id, Told()) for case_id in case_ids}


def ask_survey(conn: Connection, case_id: int, now: datetime) -> None:
    """Remember that the customer is asked, if they were not before."""
    conn.execute(
        "INSERT INTO surveys (case_id, asked_at) VALUES (%s, %s) ON CONFLICT DO NOTHING",
        [case_id, now],
    )


def answered(conn: Connection, case_id: int) -> bool:
    """Whether the customer said how it went."""
    row = conn.execute("SELECT answered_at FROM surveys WHERE case_id = %s", [case_id]).fetchone()
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


class SaidIfGood(NamedTuple):
    """A customer said whether it is good now."""

    before: bool
    """Whether they had said so before."""


def ask_if_good(conn: Connection, case_id: int, now: datetime) -> bool:
    """Remember that the customer is asked whether it is good now; False if they were before."""
    return bool(
        conn.execute(
            """UPDATE surveys SET good_asked_at = %s
                WHERE case_id = %s AND good_asked_at IS NULL AND score IS NOT NULL""",
            [now, case_id],
        ).rowcount
    )


def say_if_good(conn: Connection, case_id: int, good: bool, now: datetime) -> SaidIfGood | None:
    """Keep whether it is good now; None where nobody asked."""
    row = conn.execute(
        """UPDATE surveys s SET good_now = %(good)s, good_said_at = %(now)s
             FROM surveys o WHERE s.case_id = %(case)s AND o.case_id = s.case_id
              AND s.good_asked_at IS NOT NULL
           RETURNING o.good_said_at IS NOT NULL AS before""",
        {"good": good, "now": now, "case": case_id},
    ).fetchone()
    return SaidIfGood(row["before"]) if row else None


def invite(
    conn: Connection, shipper_id: int, keys: Sequence[str], case_id: int, now: datetime
) -> None:
    """Remember that a customer with these keys is invited, if none of them was before."""
    conn.execute(
        """INSERT INTO invitations (shipper_id, customer_key, case_id, invited_at)
           SELECT %(shipper)s, key, %(case)s, %(now)s FROM unnest(%(keys)s::text[]) key
            WHERE NOT EXISTS (SELECT 1 FROM invitations i WHERE i.shipper_id = %(shipper)s
                                 AND i.customer_key = ANY(%(keys)s))
               ON CONFLICT DO NOTHING""",
        {"shipper": shipper_id, "case": case_id, "now": now, "keys": list(keys)},
    )


def invited(conn: Connection, case_ids: Sequence[int]) -> set[int]:
    """By which of these cases their customers were invited to recommend the shipper."""
    rows = conn.execute(
        "SELECT DISTINCT case_id FROM invitations WHERE case_id = ANY(%s)", [list(case_ids)]
    ).fetchall()
    return {row["case_id"] for row in rows}


INVITED: Rows[dict[str, datetime]] = Rows(
    ("invited_at",), "SELECT invited_at FROM invitations WHERE case_id = %(case)s LIMIT 1", dict
)
"""Whether a case led to an invitation: a row, or none."""
