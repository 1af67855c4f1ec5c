"""SQL on the register of who wants no messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from psycopg.rows import class_row, scalar_row, tuple_row

from app.db.connection import Connection
from app.db.together import Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """That somebody wants nothing by a channel from a shipper, and the proof of it."""

    id: int
    shipper_id: int
    """0: from nobody who writes from here."""
    channel: str
    recipient: str
    at: datetime
    why: str
    """By which way it came: reply, call, provider, page, staff or api."""
    unclear: bool
    words: str
    provider: str
    provider_id: str
    answered: bool
    by: str
    lifted_at: datetime | None
    lifted_why: str | None
    lifted_by: str | None

    @property
    def stands(self) -> bool:
        """Whether it was not taken back."""
        return self.lifted_at is None


_COLUMNS = """id, shipper_id, channel, recipient, at, why, unclear, words, provider, provider_id,
    answered, by, lifted_at, lifted_why, lifted_by"""


def insert(conn: Connection, rows: Sequence[dict[str, object]]) -> bool:
    """Write refusals; whether anything is new.

    What stands already stays, but a clear word makes an unclear one clear.
    """
    with conn.cursor() as cursor:
        cursor.executemany(
            """INSERT INTO opt_outs (shipper_id, channel, recipient, at, why, unclear, words,
                      provider, provider_id, answered, by)
               VALUES (%(shipper_id)s, %(channel)s, %(recipient)s, %(at)s, %(why)s, %(unclear)s,
                      %(words)s, %(provider)s, %(provider_id)s, %(answered)s, %(by)s)
               ON CONFLICT (channel, recipient, shipper_id) WHERE lifted_at IS NULL DO UPDATE SET
                      at = excluded.at, why = excluded.why, unclear = false,
                      words = excluded.words, provider = excluded.provider,
                      provider_id = excluded.provider_id, answered = excluded.answered,
                      by = excluded.by
                WHERE opt_outs.unclear AND NOT excluded.unclear""",
            rows,
        )
        return cursor.rowcount > 0


def lift(
    conn: Connection,
    pairs: Sequence[tuple[str, str]],
    shipper_id: int | None,
    why: str,
    by: str,
    now: datetime,
    *,
    only_unclear: bool = False,
) -> int:
    """Take back what stands of these `(channel, recipient)`; of one shipper, or of all."""
    return conn.execute(
        """UPDATE opt_outs o SET lifted_at = %(now)s, lifted_why = %(why)s, lifted_by = %(by)s
             FROM unnest(%(channels)s::text[], %(recipients)s::text[]) AS p(channel, recipient)
            WHERE o.channel = p.channel AND o.recipient = p.recipient AND o.lifted_at IS NULL
              AND (%(shipper)s::bigint IS NULL OR o.shipper_id IN (0, %(shipper)s))
              AND (o.unclear OR NOT %(only_unclear)s)""",
        {
            "channels": [channel for channel, _ in pairs],
            "recipients": [recipient for _, recipient in pairs],
            "shipper": shipper_id,
            "why": why,
            "by": by,
            "now": now,
            "only_unclear": only_unclear,
        },
    ).rowcount


Standing = dict[tuple[str, str, int], bool]
"""Whether a refusal is an unclear one, by channel, recipient and shipper."""
NOBODY_THERE = -1
"""In place of a shipper: mail to this address comes back, or the number is a landline."""


def standing(conn: Connection, pairs: Sequence[tuple[str, str]]) -> Standing:
    """What stands of these `(channel, recipient)`, and where no mail or text message arrives."""
    with conn.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(
            """SELECT o.channel, o.recipient, o.shipper_id, o.unclear FROM opt_outs o
                 JOIN unnest(%s::text[], %s::text[]) AS p(channel, recipient)
                USING (channel, recipient) WHERE o.lifted_at IS NULL
                UNION ALL
               SELECT CASE WHEN recipient LIKE '+%%' THEN 'sms' ELSE 'email' END, recipient, %s,
                      false
                 FROM bounced_addresses WHERE recipient = ANY(%s::text[])""",
            [
                [pair[0] for pair in pairs],
                [pair[1] for pair in pairs],
                NOBODY_THERE,
                [pair[1] for pair in pairs if pair[0] in {"email", "sms"}],
            ],
        )
        return {(channel, who, shipper): unclear for channel, who, shipper, unclear in cursor}


def of_recipients(
    conn: Connection, recipients: Sequence[str], shipper_id: int | None
) -> list[Refusal]:
    """All of these numbers and addresses, standing or not, oldest first."""
    with conn.cursor(row_factory=class_row(Refusal)) as cursor:
        cursor.execute(
            f"""SELECT {_COLUMNS} FROM opt_outs WHERE recipient = ANY(%(who)s)
                   AND (%(shipper)s::bigint IS NULL OR shipper_id IN (0, %(shipper)s))
                 ORDER BY id""",  # noqa: S608 - columns by name
            {"who": list(recipients), "shipper": shipper_id},
        )
        return cursor.fetchall()


OF_CASE = Rows(
    tuple(field.name for field in fields(Refusal)),
    f"""SELECT {_COLUMNS} FROM opt_outs
         WHERE recipient IN (SELECT unnest(ARRAY[contact_phone, lower(contact_email)])
                               FROM cases WHERE id = %(case)s)
           AND shipper_id IN (0, (SELECT shipper_id FROM cases WHERE id = %(case)s))
           AND lifted_at IS NULL ORDER BY id""",  # noqa: S608 - columns by name
    Refusal,
)
"""What stands under a name against writing to the customer of a case."""
UNNAMED: Rows[dict[str, int]] = Rows(
    ("id",),
    """SELECT id FROM opt_outs WHERE length(recipient) = 64 AND strpos(recipient, '@') = 0
          AND shipper_id IN (0, (SELECT shipper_id FROM cases WHERE id = %(case)s)) LIMIT 1""",
    dict,
)
"""One row where somebody refused and was forgotten since: whether it was this customer, the key
tells."""


def shippers_who_wrote(conn: Connection, spellings: Sequence[str]) -> list[int]:
    """The shippers whose parcels somebody was written to about, or has an open case with."""
    with conn.cursor(row_factory=scalar_row) as cursor:
        cursor.execute(
            """SELECT c.shipper_id FROM messages m JOIN cases c ON c.id = m.case_id
                WHERE m.audience = 'customer' AND m.recipient = ANY(%(who)s)
                UNION
               SELECT shipper_id FROM cases WHERE id IN (SELECT open_cases_with(%(who)s))""",
            {"who": list(spellings)},
        )
        return cursor.fetchall()


def cases_of(conn: Connection, spellings: Sequence[str], shippers: Sequence[int]) -> list[int]:
    """Open cases of these shippers whose customer has this number or address; 0 means all."""
    with conn.cursor(row_factory=scalar_row) as cursor:
        cursor.execute(
            """SELECT id FROM cases WHERE id IN (SELECT open_cases_with(%(who)s))
                  AND (0 = ANY(%(shippers)s) OR shipper_id = ANY(%(shippers)s))
                UNION
               SELECT c.id FROM messages m JOIN cases c ON c.id = m.case_id
                WHERE m.audience = 'customer' AND m.recipient = ANY(%(who)s)
                  AND m.channel = 'voice' AND c.live AND c.contact_call = m.recipient
                  AND (0 = ANY(%(shippers)s) OR c.shipper_id = ANY(%(shippers)s))""",
            {"who": list(spellings), "shippers": list(shippers)},
        )
        return cursor.fetchall()
