"""SQL on messages that wait to be sent, and on the calls that send them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from psycopg.rows import scalar_row, tuple_row

from app.cases.model import Resolution
from app.channels.store import COLUMNS, Message, as_message
from app.db.connection import Connection


@dataclass(frozen=True, slots=True)
class Due:
    """A locked message and what it depends on, as it is at this moment."""

    message: Message
    case_state: str | None
    """None when its case is gone."""
    shipper_id: int | None
    delivered: bool
    consent: str | None = None
    """On what ground the customer is written to."""
    counts: bool = False
    """Whether the customer did not ask for it."""
    wrote_at: datetime | None = None
    """When a customer last wrote by WhatsApp, for what goes there."""
    templates: dict[str, dict[str, Any]] | None = None
    """The text as providers know it, by their names; see `prepared.Known`."""
    made_of: list[list[Any]] | None = None
    """Its sentences and their values, where a provider knows the text."""
    page_key: bytes | None = None
    """What the link to the customer's page is made of."""
    brand: dict[str, str] | None = None
    """How the shipper looks to its customers; see `app.directory.brand`."""


def channels_waiting(conn: Connection) -> list[str]:
    """The channels of queued messages, due or not: one look into the index for each."""
    with conn.cursor(row_factory=scalar_row) as cursor:
        cursor.execute("SELECT channels_waiting()")
        return cursor.fetchall()


def lock_due(conn: Connection, channel: str, now: datetime, room: int) -> list[int]:
    """Lock the messages that are sent next by this channel, at most `room`; their ids."""
    with conn.cursor(row_factory=scalar_row) as cursor:
        cursor.execute("SELECT lock_due_messages(%s, %s, %s)", [channel, now, room])
        return cursor.fetchall()


def next_due(conn: Connection) -> datetime | None:
    """When the next message wants to be claimed; None when nothing waits."""
    row = conn.execute(
        "SELECT wake_at FROM message_queue WHERE state = 'queued' ORDER BY wake_at, id LIMIT 1"
    ).fetchone()
    return row["wake_at"] if row else None


def read_due(conn: Connection, ids: Sequence[int]) -> list[Due]:
    """Read locked messages, in this order; a statement of its own sees all that is committed.

    What is `delivered` is the same as `Case.arrived`.
    """
    rows = conn.execute(
        f"""SELECT {COLUMNS}, c.state AS case_state, c.shipper_id, c.page_key, s.consent, h.brand,
                   m.counts OR m.route > 1 AS counts,
                   coalesce(CASE WHEN c.state = 'closed' THEN c.resolution = ANY(%s) ELSE
                            s.delivered_at >= c.opened_at AND c.reason <> 'not_received' END, false)
                            AS delivered,
                   CASE WHEN m.channel = 'whatsapp' THEN
                        (SELECT max(sent_at) FROM inbound_messages i
                          WHERE i.channel = 'whatsapp' AND i.sender = m.recipient) END AS wrote_at,
                   t.templates, CASE WHEN t.templates IS NOT NULL THEN w.made_of END AS made_of
              FROM messages m JOIN message_words w ON w.message_id = m.id
              LEFT JOIN cases c ON c.id = m.case_id
              LEFT JOIN shipments s ON s.id = c.shipment_id
              LEFT JOIN shippers h ON h.id = c.shipper_id
              LEFT JOIN LATERAL (
                   SELECT jsonb_object_agg(provider, jsonb_build_object('template_id', template_id,
                              'entity_id', entity_id, 'variables', variables)) AS templates
                     FROM (SELECT DISTINCT ON (provider) * FROM provider_templates
                            WHERE shipper_id = c.shipper_id AND channel = m.channel
                              AND language = m.language AND text IN (w.template, m.topic)
                            ORDER BY provider, text = m.topic) known) t ON m.audience = 'customer'
             WHERE m.id = ANY(%s)
             ORDER BY array_position(%s::bigint[], m.id)""",  # noqa: S608 - columns by name
        [[how for how in Resolution if how.arrived], list(ids), list(ids)],
    ).fetchall()
    about = ("case_state", "shipper_id", "page_key", "brand", "consent", "counts", "delivered")
    beside = (*about, "wrote_at", "templates", "made_of")
    return [
        Due(**{name: row.pop(name) for name in beside}, message=as_message(**row)) for row in rows
    ]


def sending(conn: Connection, rows: Sequence[tuple[int, str]], since: datetime) -> None:
    """Calls to providers begin: `(message_id, provider)`; `since` is machine time."""
    conn.execute(
        """UPDATE messages m SET state = 'sending', sending_since = %s, tries = tries + 1,
                  provider = r.provider, provider_id = NULL
             FROM unnest(%s::bigint[], %s::text[]) AS r(id, provider) WHERE m.id = r.id""",
        [since, [row[0] for row in rows], [row[1] for row in rows]],
    )


class Acceptance(NamedTuple):
    """A call that the provider accepted."""

    message_id: int
    tries: int
    state: str
    provider_id: str


def accepted(conn: Connection, calls: Sequence[Acceptance], now: datetime) -> set[int]:
    """Record accepted calls in one statement; the ids of those not recorded otherwise before."""
    with conn.cursor(row_factory=scalar_row) as cursor:
        cursor.execute(
            """UPDATE messages m SET state = r.state, provider_id = r.provider_id, done_at = %s,
                      why = NULL
                 FROM unnest(%s::bigint[], %s::int[], %s::text[], %s::text[])
                      AS r(id, tries, state, provider_id)
                WHERE m.id = r.id AND m.tries = r.tries AND m.state = 'sending' RETURNING m.id""",
            [now, *([call[n] for call in calls] for n in range(4))],
        )
        return set(cursor.fetchall())


def stale(conn: Connection, before: datetime, limit: int) -> list[tuple[int, int]]:
    """`(message_id, tries)` of calls that began before then and were never recorded."""
    with conn.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(
            """SELECT m.id, m.tries FROM message_queue q JOIN messages m USING (id)
                WHERE q.state = 'sending' AND q.sending_since < %s
                ORDER BY q.sending_since LIMIT %s""",
            [before, limit],
        )
        return cursor.fetchall()
