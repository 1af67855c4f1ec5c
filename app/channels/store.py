"""SQL on messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from psycopg.rows import class_row, scalar_row, tuple_row
from psycopg.types.json import Jsonb

from app.cases.model import Resolution
from app.channels.states import NotSent
from app.db.connection import Connection


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one person by one channel. Times are aware, UTC."""

    id: int
    case_id: int
    audience: str
    topic: str
    idempotency_key: str
    channel: str
    recipient: str
    fallback_routes: list[dict[str, str]]
    route: int
    subject: str
    text: str
    spoken: str | None
    """What a call says; None: the text."""
    hint: str | None
    """How to answer it, for a text message that can be answered."""
    html: str | None
    calendar: str | None
    needs_case: str
    not_after: datetime | None
    quiet_hours: dict[str, Any] | None
    state: str
    why: str | None
    withdrawn: str | None
    attempt: int
    tries: int
    provider: str | None
    provider_id: str | None
    person_id: int | None
    """Whom it calls at a depot."""
    gathers: bool
    """Whether it may leave together with others to that person."""
    must_ring: bool
    request_id: str
    language: str


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


_WORDS = {"subject", "text", "spoken", "hint", "html", "calendar"}
"""What stands in `message_words`: written once, while the message goes from state to state."""
_COLUMNS = ", ".join(
    f"{'w' if field.name in _WORDS else 'm'}.{field.name}" for field in fields(Message)
)
_MESSAGE = f"SELECT {_COLUMNS} FROM messages m JOIN message_words w ON w.message_id = m.id"  # noqa: S608 - columns by name


def insert(conn: Connection, rows: Sequence[dict[str, Any]], now: datetime) -> set[str]:
    """Insert messages in one statement; the `idempotency_key`s that were new.

    What still waits to tell a customer how their booking stood is not sent any more.
    """
    new = conn.execute(
        """WITH rows AS MATERIALIZED (
               SELECT DISTINCT ON (idempotency_key) * FROM unnest(%(case_id)s::bigint[],
               %(audience)s::text[], %(topic)s::text[], %(idempotency_key)s::text[],
               %(channel)s::text[], %(recipient)s::text[], %(fallback_routes)s::jsonb[],
               %(subject)s::text[], %(text)s::text[], %(html)s::text[], %(calendar)s::text[],
               %(needs_case)s::text[], %(not_after)s::timestamptz[], %(quiet_hours)s::jsonb[],
               %(due_at)s::timestamptz[], %(request_id)s::text[], %(language)s::text[],
               %(counts)s::bool[], %(why)s::text[], %(spoken)s::text[], %(hint)s::text[],
               %(person_id)s::bigint[], %(must_ring)s::bool[], %(gathers)s::bool[],
               %(made_of)s::jsonb[], %(template)s::text[], %(by_sentences)s::bool[])
               WITH ORDINALITY AS r (case_id, audience, topic, idempotency_key, channel, recipient,
               fallback_routes, subject, text, html, calendar, needs_case, not_after, quiet_hours,
               due_at, request_id, language, counts, why, spoken, hint, person_id, must_ring,
               gathers, made_of, template, by_sentences, place) ORDER BY idempotency_key, place
           ), new AS (
               INSERT INTO messages (case_id, audience, topic, idempotency_key, channel, recipient,
                   fallback_routes, needs_case, not_after, quiet_hours, due_at, request_id,
                   language, counts, why, person_id, must_ring, gathers, account_id, state,
                   created_at, done_at)
               SELECT case_id, audience, topic, idempotency_key, channel, recipient,
                      fallback_routes, needs_case, not_after, quiet_hours, due_at, request_id,
                      language, counts, why, person_id, must_ring, gathers,
                      coalesce((SELECT c.account_id FROM cases c WHERE c.id = r.case_id), 0),
                      CASE WHEN why IS NULL THEN 'queued' ELSE 'suppressed' END, %(now)s,
                      CASE WHEN why IS NOT NULL THEN %(now)s END
                 FROM rows r ORDER BY place
                   ON CONFLICT (idempotency_key) DO NOTHING RETURNING id, idempotency_key
           ), words AS (
               INSERT INTO message_words (message_id, subject, text, html, calendar, spoken, hint,
                   made_of, template)
               SELECT new.id, subject, text, html, calendar, spoken, hint,
                      CASE WHEN by_sentences OR EXISTS (
                               SELECT FROM provider_templates t WHERE t.shipper_id =
                                   (SELECT c.shipper_id FROM cases c WHERE c.id = r.case_id))
                           THEN made_of END, template
                 FROM new JOIN rows r USING (idempotency_key) ORDER BY new.id
           ), forms AS (
               INSERT INTO text_forms SELECT DISTINCT ON (template) template,
                      without_values(made_of) FROM rows r WHERE template IS NOT NULL
                  AND NOT EXISTS (SELECT FROM text_forms f WHERE f.template = r.template)
                   ON CONFLICT DO NOTHING
           ), former AS (
               UPDATE messages m SET state = 'suppressed', why = %(superseded)s, done_at = %(now)s
                 FROM new JOIN rows r USING (idempotency_key)
                WHERE r.topic = 'booking' AND r.audience = 'customer' AND r.why IS NULL
                  AND m.case_id = r.case_id AND m.topic = r.topic AND m.audience = r.audience
                  AND m.state = 'queued')
           SELECT idempotency_key FROM new""",
        {name: [row[name] for row in rows] for name in rows[0]}
        | {"now": now, "superseded": NotSent.SUPERSEDED},
    ).fetchall()
    return {row["idempotency_key"] for row in new}


def said(conn: Connection, idempotency_keys: Sequence[str]) -> set[str]:
    """Those of the keys that there are messages of."""
    with conn.cursor(row_factory=scalar_row) as cursor:
        cursor.execute(
            "SELECT idempotency_key FROM messages WHERE idempotency_key = ANY(%s)",
            [list(idempotency_keys)],
        )
        return set(cursor.fetchall())


def counted(
    conn: Connection, case_ids: Sequence[int], since: datetime
) -> dict[int, list[datetime]]:
    """When these cases' customers were written to about their parcels, unasked, since then.

    Oldest first, and whichever of a parcel's cases it was for.
    """
    found: dict[int, list[datetime]] = {case_id: [] for case_id in case_ids}
    rows = conn.execute(
        """SELECT c.id AS case_id, m.created_at
             FROM cases c JOIN cases o ON o.shipment_id = c.shipment_id
             JOIN messages m ON m.case_id = o.id
            WHERE c.id = ANY(%s) AND m.counts AND m.state <> 'suppressed' AND m.created_at > %s
            ORDER BY m.id""",
        [list(found), since],
    ).fetchall()
    for row in rows:
        found[row["case_id"]].append(row["created_at"])
    return found


def left(conn: Connection, shipment_ids: Sequence[int], *, queued: bool) -> dict[int, int]:
    """How many texts and calls the customers of these parcels got unasked, by parcel.

    With `queued` also those that wait.
    """
    rows = conn.execute(
        """SELECT c.shipment_id, count(*) AS number FROM messages m JOIN cases c ON c.id = m.case_id
            WHERE c.shipment_id = ANY(%s) AND m.audience = 'customer' AND m.channel <> 'email'
              AND (m.counts OR m.route > 1)
              AND (m.state IN ('sending', 'sent', 'delivered', 'unknown')
                   OR m.state = 'queued' AND %s)
            GROUP BY c.shipment_id""",
        [list(shipment_ids), queued],
    ).fetchall()
    return {row["shipment_id"]: row["number"] for row in rows}


def channels_waiting(conn: Connection) -> list[str]:
    """The channels of queued messages, due or not: one look into the index for each."""
    with conn.cursor(row_factory=scalar_row) as cursor:
        cursor.execute(
            """WITH RECURSIVE lanes AS (
                   (SELECT channel FROM messages WHERE state = 'queued' ORDER BY channel LIMIT 1)
                   UNION ALL
                   SELECT (SELECT m.channel FROM messages m
                            WHERE m.state = 'queued' AND m.channel > l.channel
                            ORDER BY m.channel LIMIT 1)
                     FROM lanes l WHERE l.channel IS NOT NULL)
               SELECT channel FROM lanes WHERE channel IS NOT NULL"""
        )
        return cursor.fetchall()


def lock_due(conn: Connection, channel: str, now: datetime, room: int) -> list[int]:
    """Lock the messages that are sent next by this channel, at most `room`; their ids."""
    with conn.cursor(row_factory=scalar_row) as cursor:
        cursor.execute("SELECT lock_due_messages(%s, %s, %s)", [channel, now, room])
        return cursor.fetchall()


def next_due(conn: Connection) -> datetime | None:
    """When the next message wants to be claimed; None when nothing waits."""
    row = conn.execute(
        "SELECT wake_at FROM messages WHERE state = 'queued' ORDER BY wake_at, id LIMIT 1"
    ).fetchone()
    return row["wake_at"] if row else None


def quiet_anew(conn: Connection, case_id: int, hours: dict[str, Any] | None) -> None:
    """Give other quiet hours to what waits for the customer, where it heeds any."""
    conn.execute(
        """UPDATE messages SET quiet_hours = %s
            WHERE case_id = %s AND audience = 'customer' AND state = 'queued'
              AND quiet_hours IS NOT NULL""",
        [Jsonb(hours) if hours else None, case_id],
    )


def lock(conn: Connection, message_id: int) -> Message | None:
    """The message, locked until the transaction ends; None if there is none."""
    with conn.cursor(row_factory=class_row(Message)) as cursor:
        cursor.execute(_MESSAGE + " WHERE m.id = %s FOR NO KEY UPDATE OF m", [message_id])
        return cursor.fetchone()


def message(conn: Connection, message_id: int) -> Message | None:
    """The message; None if there is none."""
    with conn.cursor(row_factory=class_row(Message)) as cursor:
        cursor.execute(_MESSAGE + " WHERE m.id = %s", [message_id])
        return cursor.fetchone()


def case_of(conn: Connection, message_id: int) -> int | None:
    """The case a message belongs to; it never changes."""
    row = conn.execute("SELECT case_id FROM messages WHERE id = %s", [message_id]).fetchone()
    return row["case_id"] if row else None


def read_due(conn: Connection, ids: Sequence[int]) -> list[Due]:
    """Read locked messages, in this order; a statement of its own sees all that is committed.

    What is `delivered` is the same as `Case.arrived`.
    """
    rows = conn.execute(
        f"""SELECT {_COLUMNS}, c.state AS case_state, c.shipper_id, c.page_key, s.consent, h.brand,
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
    return [Due(**{name: row.pop(name) for name in beside}, message=Message(**row)) for row in rows]


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


def finish(
    conn: Connection,
    message_id: int,
    state: str,
    why: str | None,
    provider_id: str | None,
    now: datetime,
) -> None:
    """The message has come to `state`."""
    conn.execute(
        """UPDATE messages SET state = %s, why = %s, done_at = %s,
                  provider_id = coalesce(provider_id, %s) WHERE id = %s""",
        [state, why, now, provider_id, message_id],
    )


def read(conn: Connection, message_id: int, now: datetime) -> None:
    """Somebody has looked at the message; the first time counts."""
    conn.execute(
        "UPDATE messages SET read_at = coalesce(read_at, %s) WHERE id = %s", [now, message_id]
    )


def priced(conn: Connection, message_id: int, amount: Decimal, currency: str) -> None:
    """What a message cost; what its provider says last counts."""
    conn.execute(
        "UPDATE messages SET price = %s, price_unit = %s WHERE id = %s",
        [amount, currency, message_id],
    )


def requeue(conn: Connection, message_id: int, due_at: datetime, why: str | None) -> None:
    """Let the message wait again; task messages that are still on their way become stale."""
    conn.execute(
        """UPDATE messages SET state = 'queued', due_at = %s, why = %s, attempt = attempt + 1,
                  lease_until = NULL, sending_since = NULL WHERE id = %s""",
        [due_at, why, message_id],
    )


def insert_next(
    conn: Connection, message_id: int, idempotency_key: str, due_at: datetime, now: datetime
) -> None:
    """The same message by the first of its further ways; once, however often it is asked.

    A way that was kept back because this one seemed to have gone well is opened again. Where this
    one never left, the further way is what the customer has heard unasked. How a booking stood is
    not told by a further way once they were told how it stands now.
    """
    conn.execute(
        """WITH next AS (
               INSERT INTO messages (case_id, audience, topic, idempotency_key, channel, recipient,
                   fallback_routes, route, needs_case, not_after, quiet_hours, due_at, created_at,
                   request_id, account_id, person_id, must_ring, gathers, language, counts)
               SELECT case_id, audience, topic, %(key)s, fallback_routes->0->>'channel',
                      fallback_routes->0->>'recipient', fallback_routes - 0, route + 1, needs_case,
                      not_after, quiet_hours, %(due_at)s, %(now)s, request_id, account_id,
                      person_id, must_ring, gathers, language, counts AND state = 'suppressed'
                 FROM messages m WHERE id = %(id)s AND NOT (
                          m.audience = 'customer' AND m.topic = 'booking' AND EXISTS (
                              SELECT 1 FROM messages n WHERE n.case_id = m.case_id
                                 AND n.audience = 'customer' AND n.topic = 'booking'
                                 AND n.id > m.id AND n.route = 1 AND n.state <> 'suppressed'))
                   ON CONFLICT (idempotency_key) DO UPDATE SET state = 'queued', why = NULL,
                      done_at = NULL, due_at = excluded.due_at, lease_until = NULL,
                      attempt = messages.attempt + 1
                WHERE messages.state = 'suppressed' AND messages.why = 'went_another_way'
               RETURNING id)
           INSERT INTO message_words (message_id, subject, text, html, calendar, spoken, hint,
               made_of, template)
           SELECT next.id, subject, text, html, calendar, spoken, hint, made_of, template
             FROM next JOIN message_words w ON w.message_id = %(id)s
               ON CONFLICT (message_id) DO NOTHING""",
        {"key": idempotency_key, "due_at": due_at, "now": now, "id": message_id},
    )


def suppress_keys(
    conn: Connection, idempotency_keys: Sequence[str], why: str, now: datetime
) -> None:
    """Keep queued messages with these keys from going out."""
    conn.execute(
        """UPDATE messages SET state = 'suppressed', why = %s, done_at = %s
            WHERE idempotency_key = ANY(%s) AND state = 'queued'""",
        [why, now, list(idempotency_keys)],
    )


class Withdrawn(NamedTuple):
    """How many messages were taken back, and how many calls are to ring no more."""

    suppressed: int
    recalled: int


def withdraw(
    conn: Connection,
    case_ids: Sequence[int],
    topic: str | None,
    needs_case: str | None,
    why: str,
    now: datetime,
    audience: str | None = None,
) -> Withdrawn:
    """Suppress what is queued, and mark what left so that nothing more comes of it."""
    rows = conn.execute(
        """UPDATE messages SET withdrawn = %(why)s,
                  recall = CASE WHEN channel IN ('voice', 'chat') AND state <> 'queued'
                       THEN 'wanted' END,
                  state = CASE state WHEN 'queued' THEN 'suppressed' ELSE state END,
                  why = CASE state WHEN 'queued' THEN %(why)s ELSE why END,
                  done_at = CASE state WHEN 'queued' THEN %(now)s ELSE done_at END
            WHERE case_id = ANY(%(cases)s) AND (%(topic)s::text IS NULL OR topic = %(topic)s)
              AND (%(needs)s::text IS NULL OR needs_case = %(needs)s)
              AND (%(audience)s::text IS NULL OR audience = %(audience)s)
              AND state IN ('queued', 'sending', 'sent')
        RETURNING state, recall""",
        {
            "cases": list(case_ids),
            "topic": topic,
            "needs": needs_case,
            "audience": audience,
            "why": why,
            "now": now,
        },
    ).fetchall()
    return Withdrawn(
        sum(row["state"] == "suppressed" for row in rows),
        sum(row["recall"] == "wanted" for row in rows),
    )


def stale(conn: Connection, before: datetime, limit: int) -> list[tuple[int, int]]:
    """`(message_id, tries)` of calls that began before then and were never recorded."""
    with conn.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(
            """SELECT id, tries FROM messages WHERE state = 'sending' AND sending_since < %s
                ORDER BY sending_since LIMIT %s""",
            [before, limit],
        )
        return cursor.fetchall()


def by_provider(conn: Connection, provider: str, provider_id: str) -> int | None:
    """The id of the message that the provider calls so."""
    row = conn.execute(
        "SELECT id FROM messages WHERE provider = %s AND provider_id = %s",
        [provider, provider_id],
    ).fetchone()
    return row["id"] if row else None


def case_of_recipient(conn: Connection, spellings: Sequence[str]) -> int | None:
    """The case on which a customer was last written to at this address, by what left the house.

    Where nothing left yet, what is queued counts.
    """
    row = conn.execute(
        """SELECT m.case_id FROM messages m JOIN cases c ON c.id = m.case_id
            WHERE m.audience = 'customer' AND m.recipient = ANY(%s)
            ORDER BY m.state IN ('sending', 'sent', 'delivered', 'unknown') DESC, m.id DESC
            LIMIT 1""",
        [list(spellings)],
    ).fetchone()
    return row["case_id"] if row else None


def open_cases_of(conn: Connection, spellings: Sequence[str]) -> list[int]:
    """Open cases whose customer has this number or address, the newest first; at most five."""
    with conn.cursor(row_factory=scalar_row) as cursor:
        cursor.execute(
            """SELECT id FROM (
                   SELECT id FROM cases WHERE live AND contact_phone = ANY(%(who)s)
                   UNION
                   SELECT id FROM cases WHERE live AND contact_email = ANY(%(who)s)
               ) found ORDER BY id DESC LIMIT 5""",
            {"who": list(spellings)},
        )
        return cursor.fetchall()


class StaffMessage(NamedTuple):
    """A message to somebody at a depot."""

    case_id: int
    idempotency_key: str


def last_to_staff(conn: Connection, spellings: Sequence[str]) -> StaffMessage | None:
    """The last message to a dispatcher at this address."""
    row = conn.execute(
        """SELECT case_id, idempotency_key FROM messages
            WHERE audience = 'dispatcher' AND recipient = ANY(%s) AND topic LIKE 'task-%%'
            ORDER BY id DESC LIMIT 1""",
        [list(spellings)],
    ).fetchone()
    return StaffMessage(**row) if row else None


def calls_of(conn: Connection, person_id: int, most: int) -> list[str]:
    """The `idempotency_key`s of what called somebody for a task, the newest first."""
    with conn.cursor(row_factory=scalar_row) as cursor:
        cursor.execute(
            """SELECT idempotency_key FROM messages WHERE person_id = %s AND topic LIKE 'task-%%'
                ORDER BY id DESC LIMIT %s""",
            [person_id, most],
        )
        return cursor.fetchall()


def for_case(conn: Connection, case_id: int) -> list[dict[str, Any]]:
    """All messages of a case, oldest first."""
    return conn.execute(
        """SELECT id, audience, topic, channel, recipient, fallback_routes, route, subject, text,
                  state, why, withdrawn, due_at, attempt, tries, provider, provider_id, not_after,
                  read_at, price, price_unit,
                  created_at, done_at, request_id
             FROM messages JOIN message_words ON message_id = id WHERE case_id = %s ORDER BY id""",
        [case_id],
    ).fetchall()
