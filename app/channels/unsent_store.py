"""SQL on what became of the messages to a case's customer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import NamedTuple

from psycopg.rows import class_row

from app.channels.states import (
    MessageState,
    NotSent,
    channel_words,
    providers_code,
    reason_words,
    state_words,
)
from app.db.connection import Connection
from app.db.together import Rows


@dataclass(frozen=True, slots=True)
class Told:
    """A message to a customer, and what became of it."""

    id: int
    at: datetime
    channel: str
    topic: str
    state: str
    why: str | None
    done_at: datetime | None
    read_at: datetime | None
    due_at: datetime

    @property
    def by(self) -> str:
        """Its channel, in words."""
        return channel_words(self.channel)

    @property
    def outcome(self) -> str:
        """What became of it, in words."""
        return state_words(MessageState(self.state))

    @property
    def waits_until(self) -> datetime | None:
        """When it leaves, as far as that is known; None where it does not wait."""
        return self.due_at if self.state == MessageState.QUEUED else None

    @property
    def reason(self) -> str:
        """Why it did not arrive, or not yet, in words; empty where it did."""
        return reason_words(self.why)

    @property
    def code(self) -> str:
        """The provider's own code for it, where there is one beside the words."""
        return providers_code(self.why)


_COLUMNS = """id, created_at AS at, channel, topic, state, coalesce(why, withdrawn) AS why, done_at,
    read_at, due_at"""
_NAMES = tuple(field.name for field in fields(Told))
OF_CASE = Rows(
    _NAMES,
    f"""SELECT {_COLUMNS} FROM messages
         WHERE case_id = %(case)s AND audience = 'customer' ORDER BY id""",  # noqa: S608
    Told,
)
"""All that was to be said to the customer, oldest first."""
NOT_ARRIVED = Rows(
    _NAMES,
    f"""SELECT {_COLUMNS} FROM messages
         WHERE case_id = %(case)s AND audience = 'customer'
           AND (state IN ('failed', 'unknown', 'suppressed')
                OR (state = 'queued' AND why IS NOT NULL)) ORDER BY id""",  # noqa: S608
    Told,
)
"""What of it did not arrive, or nobody knows of, or is held up."""


class Ended(NamedTuple):
    """How the last message to the customer of a case ended, or what holds it up for long."""

    case_id: int
    state: str
    why: str | None


def last_ended(conn: Connection, case_ids: Sequence[int]) -> list[Ended]:
    """How the last message to each of these customers ended, where one did.

    One whose provider has been away for long comes first: it has not ended, and does not arrive.
    """
    with conn.cursor(row_factory=class_row(Ended)) as cursor:
        cursor.execute(
            """SELECT DISTINCT ON (case_id) case_id, state, why FROM messages
                WHERE case_id = ANY(%s) AND audience = 'customer'
                  AND (state IN ('sent', 'delivered', 'failed', 'unknown')
                       OR (state = 'queued' AND why = %s))
                ORDER BY case_id, state = 'queued' DESC, done_at DESC NULLS LAST, id DESC""",
            [list(case_ids), NotSent.STILL_AWAY],
        )
        return cursor.fetchall()
