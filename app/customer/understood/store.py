"""SQL on what messages offered by number, and on what was done on an answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from psycopg.rows import class_row

from app.db.connection import Connection

SCORES = "scores"
"""The kind of an offer that asks how it went."""


class Offer(NamedTuple):
    """What a message let its customer choose from, by number.

    `choices` are `slot:<id>`; the ids of cases where the kind is "cases"; else scores.
    """

    case_id: int
    message_key: str
    kind: str
    choices: Sequence[str]
    words: str
    offered_at: datetime


class Act(NamedTuple):
    """What was done on an answer: something booked, somebody asked, or a number called wrong."""

    id: int
    case_id: int
    booking_id: int | None
    question_id: int | None
    wrong_id: int | None
    former_id: int | None
    restores: bool
    """Whether it stood before, and stands again after an undo."""
    said_at: datetime
    done_at: datetime
    undone_at: datetime | None


_ACT = ", ".join(Act._fields)


def offer(conn: Connection, offers: Sequence[Offer]) -> None:
    """Remember what messages offer; one that is said again offers what it did."""
    if not offers:
        return
    with conn.cursor() as cursor:
        cursor.executemany(
            """INSERT INTO reply_offers (case_id, message_key, kind, choices, words, offered_at)
               SELECT %(case_id)s, %(message_key)s, %(kind)s, %(choices)s, %(words)s,
                      %(offered_at)s
                WHERE NOT EXISTS (SELECT FROM reply_offers WHERE message_key = %(message_key)s)""",
            [one._asdict() | {"choices": list(one.choices)} for one in offers],
        )


def last_offers(
    conn: Connection, case_ids: Sequence[int], since: datetime, until: datetime
) -> list[Offer]:
    """The newest offer of each kind of these cases between the two moments; newest first."""
    with conn.cursor(row_factory=class_row(Offer)) as cursor:
        cursor.execute(
            """SELECT case_id, message_key, kind, choices, words, offered_at FROM (
                   SELECT DISTINCT ON (case_id, kind) * FROM reply_offers
                    WHERE case_id = ANY(%s) AND offered_at > %s AND offered_at <= %s
                    ORDER BY case_id, kind, id DESC) newest
                ORDER BY offered_at DESC, id DESC""",
            [list(case_ids), since, until],
        )
        return cursor.fetchall()


def offer_of(conn: Connection, message_id: int) -> Offer | None:
    """What one message offered, whichever way it went in the end."""
    with conn.cursor(row_factory=class_row(Offer)) as cursor:
        return cursor.execute(
            """SELECT o.case_id, o.message_key, o.kind, o.choices, o.words, o.offered_at
                 FROM messages m JOIN reply_offers o ON o.message_key =
                      CASE WHEN m.route > 1 THEN regexp_replace(m.idempotency_key, ':[0-9]+$', '')
                           ELSE m.idempotency_key END
                WHERE m.id = %s""",
            [message_id],
        ).fetchone()


class Done(NamedTuple):
    """What is remembered of what was done on an answer."""

    case_id: int
    said_at: datetime
    """When it was written, as its provider says."""
    booking_id: int | None = None
    former_id: int | None = None
    """What stood before."""
    restores: bool = False
    question_id: int | None = None
    wrong_id: int | None = None


def done(conn: Connection, what: Done, now: datetime) -> None:
    """Remember what was done on an answer."""
    conn.execute(
        """INSERT INTO reply_acts (case_id, said_at, booking_id, former_id, restores, question_id,
                                   wrong_id, done_at)
                VALUES (%s, %s, %s, %s, %s, %s, %s, %s)""",
        [*what, now],
    )


def by_bookings(conn: Connection, booking_ids: Sequence[int]) -> dict[int, Act]:
    """Which of these bookings were made on an answer, and on which."""
    with conn.cursor(row_factory=class_row(Act)) as cursor:
        cursor.execute(
            f"""SELECT DISTINCT ON (booking_id) {_ACT} FROM reply_acts
                 WHERE booking_id = ANY(%s) ORDER BY booking_id, id DESC""",  # noqa: S608 - columns by name
            [list(booking_ids)],
        )
        return {one.booking_id or 0: one for one in cursor.fetchall()}


def last_booked(conn: Connection, case_id: int) -> Act | None:
    """What was booked last on an answer about this case."""
    with conn.cursor(row_factory=class_row(Act)) as cursor:
        return cursor.execute(
            f"""SELECT {_ACT} FROM reply_acts WHERE case_id = %s AND booking_id IS NOT NULL
                 ORDER BY said_at DESC, id DESC LIMIT 1""",  # noqa: S608 - columns by name
            [case_id],
        ).fetchone()


def last_act(conn: Connection, case_ids: Sequence[int]) -> Act | None:
    """What was done last on an answer about one of these cases."""
    with conn.cursor(row_factory=class_row(Act)) as cursor:
        return cursor.execute(
            f"""SELECT {_ACT} FROM reply_acts WHERE case_id = ANY(%s)
                 ORDER BY said_at DESC, id DESC LIMIT 1""",  # noqa: S608 - columns by name
            [list(case_ids)],
        ).fetchone()


def undone(conn: Connection, act_id: int, now: datetime) -> None:
    """It was taken back."""
    conn.execute("UPDATE reply_acts SET undone_at = %s WHERE id = %s", [now, act_id])
