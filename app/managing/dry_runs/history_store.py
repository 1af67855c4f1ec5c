"""SQL on what really happened to past cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from psycopg.rows import class_row

from app.db.connection import Connection


@dataclass(frozen=True, slots=True)
class Past:
    """A case that was, and its parcel."""

    id: int
    shipment_id: int
    account: str
    opened_at: datetime
    closed_at: datetime | None
    resolution: str | None
    label: str
    tracking_number: str
    courier_ref: str | None
    held: dict[str, Any] | None


class Said(NamedTuple):
    """An entry of a timeline."""

    case_id: int
    at: datetime
    kind: str
    actor: str
    facts: dict[str, Any]


class Asked(NamedTuple):
    """What a customer asked, in what words and by which way."""

    text: str
    wants: str
    channel: str
    sender: str


class Outcome(NamedTuple):
    """What became of a message."""

    case_id: int
    audience: str
    channel: str
    recipient: str
    state: str
    why: str | None


def cases(conn: Connection, shipper_id: int, since: datetime | None, most: int) -> list[Past]:
    """A shipper's newest cases, oldest first."""
    with conn.cursor(row_factory=class_row(Past)) as cursor:
        cursor.execute(
            """SELECT * FROM (
                   SELECT c.id, c.shipment_id, a.slug AS account, c.opened_at, c.closed_at,
                          c.resolution, coalesce(s.order_ref, s.tracking_number) AS label,
                          s.tracking_number, s.courier_ref, s.held
                     FROM cases c JOIN shipments s ON s.id = c.shipment_id
                     JOIN courier_accounts a ON a.id = c.account_id
                    WHERE c.shipper_id = %(shipper)s
                      AND c.opened_at >= coalesce(%(since)s::timestamptz, '-infinity')
                    ORDER BY c.id DESC LIMIT %(most)s) newest
                ORDER BY id""",
            {"shipper": shipper_id, "since": since, "most": most},
        )
        return cursor.fetchall()


def timelines(conn: Connection, case_ids: Sequence[int]) -> list[Said]:
    """What happened to these, in order."""
    rows = conn.execute(
        """SELECT case_id, at, kind, actor, facts FROM timeline
            WHERE case_id = ANY(%s) ORDER BY case_id, at, id""",
        [list(case_ids)],
    )
    return [Said(**row) for row in rows]


def tasks(conn: Connection, case_ids: Sequence[int]) -> dict[int, tuple[int, str, int]]:
    """By id: of which case a task is, its kind, and the how-manieth of that kind it is there."""
    rows = conn.execute(
        """SELECT id, case_id, kind,
                  (row_number() OVER (PARTITION BY case_id, kind ORDER BY id))::int AS number
             FROM dispatch_tasks WHERE case_id = ANY(%s)""",
        [list(case_ids)],
    )
    return {row["id"]: (row["case_id"], row["kind"], row["number"]) for row in rows}


def questions(conn: Connection, case_ids: Sequence[int]) -> dict[int, Asked]:
    """What the customers of these asked, by the question's id."""
    rows = conn.execute(
        "SELECT id, text, wants, channel, sender FROM questions WHERE case_id = ANY(%s)",
        [list(case_ids)],
    )
    return {row.pop("id"): Asked(**row) for row in rows}


def outcomes(conn: Connection, case_ids: Sequence[int]) -> list[Outcome]:
    """What became of the messages about these that left, in order."""
    rows = conn.execute(
        """SELECT case_id, audience, channel, recipient, state, why FROM messages
            WHERE case_id = ANY(%s) AND tries > 0 ORDER BY id""",
        [list(case_ids)],
    )
    return [Outcome(**row) for row in rows]
