"""SQL on what the journeys came to: cases, promises, what people are called for."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from psycopg.rows import class_row, scalar_row

from app.db.connection import Connection


class Life(NamedTuple):
    """A case: how long it was open, and how it ended."""

    id: int
    order_ref: str
    opened_at: datetime
    closed_at: datetime | None
    resolution: str | None
    kept: bool
    """Whether something waits for it, or somebody is called for it or has it."""
    unanswered: int
    """Questions that nobody has answered."""
    contact_phone: str | None
    contact_email: str | None

    @property
    def ways(self) -> set[tuple[str, str]]:
        """By which channels, and where, its customer can be written to."""
        known = (("sms", self.contact_phone), ("email", self.contact_email))
        return {(channel, at) for channel, at in known if at}


class Hour(NamedTuple):
    """An hour that was promised."""

    case_id: int
    kind: str
    made_at: datetime
    due_at: datetime
    wait_until: datetime
    state: str
    settled_at: datetime | None
    settled_by: str | None


class Booked(NamedTuple):
    """Something that was booked."""

    id: int
    case_id: int
    kind: str
    starts_at: datetime
    ends_at: datetime


class Call(NamedTuple):
    """A task that a message calls somebody for."""

    id: int
    case_id: int
    kind: str
    state: str


def lives(conn: Connection) -> list[Life]:
    """All cases, in order."""
    with conn.cursor(row_factory=class_row(Life)) as cursor:
        cursor.execute(
            """SELECT c.id, s.order_ref, c.opened_at, c.closed_at, c.resolution,
                      c.state = 'closed' OR EXISTS (SELECT 1 FROM steps t WHERE t.case_id = c.id)
                      OR EXISTS (SELECT 1 FROM dispatch_tasks t WHERE t.case_id = c.id
                                    AND t.state IN ('open', 'acknowledged')) AS kept,
                      (SELECT count(*) FROM questions q WHERE q.case_id = c.id
                          AND q.answered_at IS NULL) AS unanswered,
                      c.contact_phone, c.contact_email
                 FROM cases c JOIN shipments s ON s.id = c.shipment_id ORDER BY c.id"""
        )
        return cursor.fetchall()


def hours(conn: Connection) -> list[Hour]:
    """All promises, by case, oldest first."""
    with conn.cursor(row_factory=class_row(Hour)) as cursor:
        cursor.execute(
            """SELECT case_id, kind, made_at, due_at, wait_until, state, settled_at, settled_by
                 FROM promises ORDER BY case_id, id"""
        )
        return cursor.fetchall()


def keeperless(conn: Connection) -> list[int]:
    """Open cases that nothing waits for and nobody is called for or has."""
    with conn.cursor(row_factory=scalar_row) as cursor:
        cursor.execute(
            """SELECT id FROM cases c WHERE state <> 'closed'
                  AND NOT EXISTS (SELECT 1 FROM steps t WHERE t.case_id = c.id)"""
        )
        return cursor.fetchall()


def booked_since(conn: Connection, booking_id: int) -> list[Booked]:
    """What was booked after this."""
    with conn.cursor(row_factory=class_row(Booked)) as cursor:
        cursor.execute(
            """SELECT id, case_id, kind, starts_at, ends_at FROM bookings
                WHERE id > %s ORDER BY id""",
            [booking_id],
        )
        return cursor.fetchall()


def calls(conn: Connection, message_id: int) -> list[Call]:
    """What a message calls somebody for: one thing, or all that it stands for."""
    with conn.cursor(row_factory=class_row(Call)) as cursor:
        cursor.execute(
            """SELECT DISTINCT t.id, t.case_id, t.kind, t.state
                 FROM messages m JOIN dispatch_tasks t
                   ON t.case_id = m.case_id AND m.topic = 'task-' || t.id
                WHERE m.id = %(id)s OR m.bundle_id = %(id)s ORDER BY t.id""",
            {"id": message_id},
        )
        return cursor.fetchall()


def cases_of(conn: Connection, order_ref: str) -> list[int]:
    """The cases of a parcel, the newest first."""
    with conn.cursor(row_factory=scalar_row) as cursor:
        cursor.execute(
            """SELECT c.id FROM cases c JOIN shipments s ON s.id = c.shipment_id
                WHERE s.order_ref = %s ORDER BY c.id DESC""",
            [order_ref],
        )
        return cursor.fetchall()


def failing(conn: Connection) -> list[dict[str, Any]]:
    """Steps that could not be run, and why."""
    return conn.execute(
        """SELECT case_of_step(id) AS case_id, name, tries, last_error FROM step_runs
            WHERE last_error IS NOT NULL"""
    ).fetchall()


def interrupt(conn: Connection, message_id: int, since: datetime) -> None:
    """What is left of a message whose sender was killed while its provider was called."""
    conn.execute("UPDATE messages SET sending_since = %s WHERE id = %s", [since, message_id])


class Waiting(NamedTuple):
    """What waits: since or until when for steps, and for the messages of each channel."""

    step: datetime | None
    messages: dict[str, datetime]
    passed: datetime | None
    """When the next open promise is over."""
    booked: int
    """The newest booking."""

    def due(self, now: datetime) -> list[str]:
        """The channels by which something has to leave."""
        return [channel for channel, at in self.messages.items() if at <= now]

    def first(self) -> datetime | None:
        """The first moment of all."""
        return min(filter(None, (self.step, *self.messages.values())), default=None)


def waiting(conn: Connection) -> Waiting:
    """What waits, in one look."""
    row = conn.execute(
        """SELECT (SELECT min(wake_at) FROM step_runs) AS step,
                  (SELECT min(wait_until) FROM open_promises) AS passed,
                  (SELECT coalesce(max(id), 0) FROM bookings) AS booked,
                  (SELECT coalesce(json_object_agg(channel, at), '{}') FROM (
                      SELECT channel, min(wake_at) AS at FROM messages
                       WHERE state = 'queued' GROUP BY channel) q) AS messages"""
    ).fetchone()
    assert row is not None  # noqa: S101 - it is one row always
    at = {channel: datetime.fromisoformat(at) for channel, at in row["messages"].items()}
    return Waiting(row["step"], at, row["passed"], row["booked"])
