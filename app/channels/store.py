"""SQL on messages: made, and what becomes of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from psycopg.rows import kwargs_row
from psycopg.types.json import Jsonb

from app.cases.timeline.kinds import Topic
from app.channels import packed_words
from app.channels.states import NotSent
from app.db.connection import Connection
from app.frozen import frozen

Routes = list[dict[str, str]]
"""Ways as they are kept: each a channel and a recipient."""


@frozen()
class Message:
    """One message to one person by one channel. Times are aware, UTC."""

    id: int
    case_id: int
    audience: str
    topic: str
    idempotency_key: str
    channel: str
    recipient: str
    fallback_routes: Routes
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
    """By which request it came: where its row does not say, by its case's."""
    language: str
    created_at: datetime


_WORDS = {"subject", "text", "spoken", "hint", "html", "calendar"}
"""What stands in `message_words`: written once, while the message goes from state to state."""


REQUEST = """coalesce(nullif(m.request_id, ''), (SELECT c.request_id FROM cases c
    WHERE c.id = m.case_id), '') AS request_id"""
"""By which request a message came: it is kept where it is another than its case's."""
COLUMNS = "w.packed, " + ", ".join(
    REQUEST
    if field.name == "request_id"
    else f"{'w' if field.name in _WORDS else 'm'}.{field.name}"
    for field in fields(Message)
)


def as_message(**row: Any) -> Message:
    """A row of `COLUMNS`."""
    return Message(**packed_words.read(row))


_CHOOSING = (
    *(Topic.FAILURE, Topic.REMINDER, Topic.DECISION, Topic.PLACE, Topic.PROMISE),
    *(Topic.NEWS, Topic.NOBODY, Topic.STALLED),
)
"""What asks the customer to choose, or says what is done until they do."""

_MESSAGE = f"SELECT {COLUMNS} FROM messages m JOIN message_words w ON w.message_id = m.id"  # noqa: S608 - columns by name


def insert(conn: Connection, rows: Sequence[dict[str, Any]], now: datetime) -> set[str]:
    """Insert messages in one statement; the `idempotency_key`s that were new.

    What still waits to tell a customer how their booking stood is not sent any more, also where the
    shipper decided something else. Nor is what waits for the morning to ask them for a choice, once
    they chose and are told so at once.
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
               %(made_of)s::jsonb[], %(template)s::text[], %(by_sentences)s::bool[],
               CASE WHEN words_are_packed() THEN %(packed)s::bytea[] END)
               WITH ORDINALITY AS r (case_id, audience, topic, idempotency_key, channel, recipient,
               fallback_routes, subject, text, html, calendar, needs_case, not_after, quiet_hours,
               due_at, request_id, language, counts, why, spoken, hint, person_id, must_ring,
               gathers, made_of, template, by_sentences, packed, place)
                ORDER BY idempotency_key, place
           ), new AS (
               INSERT INTO messages (case_id, audience, topic, idempotency_key, channel, recipient,
                   fallback_routes, needs_case, not_after, quiet_hours, due_at, request_id,
                   language, counts, why, person_id, must_ring, gathers, account_id, state,
                   created_at, done_at)
               SELECT case_id, audience, topic, idempotency_key, channel, recipient,
                      fallback_routes, needs_case, not_after, quiet_hours, due_at,
                      CASE WHEN r.request_id = c.request_id THEN '' ELSE r.request_id END,
                      language, counts, why, person_id, must_ring, gathers,
                      coalesce(c.account_id, 0),
                      CASE WHEN why IS NULL THEN 'queued' ELSE 'suppressed' END, %(now)s,
                      CASE WHEN why IS NOT NULL THEN %(now)s END
                 FROM rows r LEFT JOIN LATERAL (SELECT account_id, request_id FROM cases
                                                 WHERE id = r.case_id OFFSET 0) c ON true
                ORDER BY place
                   ON CONFLICT (idempotency_key) DO NOTHING RETURNING id, idempotency_key
           ), words AS (
               INSERT INTO message_words (message_id, packed, subject, text, html, calendar, spoken,
                   hint, made_of, template)
               SELECT new.id, packed, CASE WHEN packed IS NULL THEN subject ELSE '' END,
                      CASE WHEN packed IS NULL THEN text ELSE '' END, html, calendar, spoken,
                      CASE WHEN packed IS NULL THEN hint END,
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
                WHERE r.topic IN ('booking', 'decision') AND r.audience = 'customer'
                  AND r.why IS NULL AND m.state = 'queued'
                  AND m.case_id = r.case_id AND m.audience = r.audience
                  AND (m.topic = 'booking'
                       OR r.topic = 'booking' AND m.topic = ANY(%(choosing)s)
                       AND m.quiet_hours IS NOT NULL AND r.quiet_hours IS NULL))
           SELECT idempotency_key FROM new""",
        {name: [row[name] for row in rows] for name in rows[0]}
        | {"now": now, "superseded": NotSent.SUPERSEDED, "choosing": list(_CHOOSING)},
    ).fetchall()
    return {row["idempotency_key"] for row in new}


def quiet_anew(conn: Connection, case_id: int, hours: dict[str, Any] | None) -> None:
    """Give other quiet hours to what waits for the customer, where it heeds any."""
    conn.execute(
        """UPDATE messages SET quiet_hours = %s
            WHERE case_id = %s AND audience = 'customer' AND state = 'queued'
              AND quiet_hours IS NOT NULL""",
        [Jsonb(hours) if hours else None, case_id],
    )


def reroute(
    conn: Connection,
    message_id: int,
    ways: Sequence[tuple[str, str]],
    quiet_hours: dict[str, Any] | None,
) -> Routes:
    """Let these be the further ways of a message, not in these hours; the ways as it has them."""
    further = [{"channel": channel, "recipient": recipient} for channel, recipient in ways]
    conn.execute(
        "UPDATE messages SET fallback_routes = %s, quiet_hours = %s WHERE id = %s",
        [Jsonb(further), Jsonb(quiet_hours) if quiet_hours else None, message_id],
    )
    return further


def lock(conn: Connection, message_id: int) -> Message | None:
    """The message, locked until the transaction ends; None if there is none."""
    with conn.cursor(row_factory=kwargs_row(as_message)) as cursor:
        cursor.execute(_MESSAGE + " WHERE m.id = %s FOR NO KEY UPDATE OF m", [message_id])
        return cursor.fetchone()


def message(conn: Connection, message_id: int) -> Message | None:
    """The message; None if there is none."""
    with conn.cursor(row_factory=kwargs_row(as_message)) as cursor:
        cursor.execute(_MESSAGE + " WHERE m.id = %s", [message_id])
        return cursor.fetchone()


def say(conn: Connection, message_id: int, text: str) -> None:
    """Let the message say this when it leaves."""
    conn.execute("UPDATE message_words SET text = %s WHERE message_id = %s", [text, message_id])


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


def say_why(conn: Connection, message_id: int, why: str) -> None:
    """Write down why a message still waits."""
    conn.execute("UPDATE messages SET why = %s WHERE id = %s", [why, message_id])


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
           INSERT INTO message_words (message_id, packed, subject, text, html, calendar, spoken,
               hint, made_of, template)
           SELECT next.id, packed, subject, text, html, calendar, spoken, hint, made_of, template
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
    # Of one case the server keeps the plan; it makes a new one for each short list.
    of_cases = "case_id = %(case)s" if len(case_ids) == 1 else "case_id = ANY(%(cases)s)"
    rows = conn.execute(
        f"""UPDATE messages SET withdrawn = %(why)s,
                  recall = CASE WHEN channel IN ('voice', 'chat') AND state <> 'queued'
                       THEN 'wanted' END,
                  state = CASE state WHEN 'queued' THEN 'suppressed' ELSE state END,
                  why = CASE state WHEN 'queued' THEN %(why)s ELSE why END,
                  done_at = CASE state WHEN 'queued' THEN %(now)s ELSE done_at END
            WHERE {of_cases} AND (%(topic)s::text IS NULL OR topic = %(topic)s)
              AND (%(needs)s::text IS NULL OR needs_case = %(needs)s)
              AND (%(audience)s::text IS NULL OR audience = %(audience)s)
              AND state IN ('queued', 'sending', 'sent')
        RETURNING state, recall""",  # noqa: S608 - one of the two above
        {
            "case": next(iter(case_ids), None),
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
