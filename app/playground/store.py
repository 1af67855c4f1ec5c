"""SQL on what the playground shows: messages that arrived, recent cases, a courier's last words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.channels import packed_words
from app.db import packed
from app.db.connection import Connection
from app.languages import sms

_SHOWN = 8
_AT_MOST = 1000


def messages(
    conn: Connection, to: str | None = None, case_id: int | None = None
) -> list[dict[str, Any]]:
    """What reached the phones and the mailbox, oldest first, at most the newest 1000.

    Rows: `id, at, channel, to, audience, topic, case_id, subject, text, written, calendar,
    language, rings, missed`; text messages as a phone gets them, of a call what is spoken, and what
    is `written` instead when nobody answers, and which keys a customer is `offered`.
    """
    rows = conn.execute(
        """SELECT * FROM (
               SELECT id, coalesce(done_at, created_at) AS at, channel, recipient AS "to",
                      audience, topic, case_id, packed, subject, text, hint, spoken,
                      calendar IS NOT NULL AS calendar, language, offered,
                      channel = 'voice' AND state = 'sent' AND withdrawn IS NULL AS rings,
                      channel = 'voice' AND state <> 'delivered' AS missed
                 FROM messages JOIN message_words ON message_id = id
                WHERE provider = 'playground'
                  AND (state IN ('sent', 'delivered') OR channel = 'voice' AND state = 'failed')
                  AND (%(to)s::text IS NULL OR recipient = %(to)s)
                  AND (%(case)s::bigint IS NULL OR case_id = %(case)s OR id IN
                       (SELECT bundle_id FROM messages WHERE case_id = %(case)s))
                ORDER BY id DESC LIMIT %(most)s) newest
            ORDER BY at, id""",
        {"to": to, "case": case_id, "most": _AT_MOST},
    ).fetchall()
    return [_as_it_arrived(packed_words.read(row)) for row in rows]


def _as_it_arrived(row: dict[str, Any]) -> dict[str, Any]:
    text, hint, spoken = row["text"], row.pop("hint"), row.pop("spoken")
    row["written"] = text
    if row["channel"] == "voice":
        row["text"] = spoken or text
    elif row["channel"] == "sms":
        row["text"] = sms.as_sent(f"{text} {hint}" if hint else text, row["language"])
    return row


def gathered(conn: Connection, case_id: int) -> datetime | None:
    """When the depot hears of this case together with others; None when nothing waits."""
    row = conn.execute(
        """SELECT min(due_at) AS at FROM messages
            WHERE case_id = %s AND state = 'queued' AND gathers""",
        [case_id],
    ).fetchone()
    return row["at"] if row else None


def until_morning(conn: Connection, case_id: int) -> datetime | None:
    """When the customer hears what was written at night; None when nothing waits for that."""
    row = conn.execute(
        """SELECT min(due_at) AS at FROM messages
            WHERE case_id = %s AND state = 'queued' AND audience = 'customer'
              AND quiet_hours IS NOT NULL""",
        [case_id],
    ).fetchone()
    return row["at"] if row else None


def recent_cases(conn: Connection) -> list[dict[str, Any]]:
    """The newest cases: `id, state, resolution, tracking_number, courier`."""
    return conn.execute(
        """SELECT c.id, c.state, c.resolution, s.tracking_number, a.courier
             FROM cases c JOIN shipments s ON s.id = c.shipment_id
             JOIN courier_accounts a ON a.id = c.account_id
            ORDER BY c.id DESC LIMIT %s""",
        [_SHOWN],
    ).fetchall()


def account_of(conn: Connection, case_id: int) -> str:
    """The account, by its slug, whose courier reported a case."""
    row = conn.execute(
        """SELECT a.slug FROM cases c JOIN courier_accounts a ON a.id = c.account_id
            WHERE c.id = %s""",
        [case_id],
    ).fetchone()
    return row["slug"] if row else ""


def case_exists(conn: Connection, case_id: int) -> bool:
    """Whether there is such a case."""
    return conn.execute("SELECT 1 FROM cases WHERE id = %s", [case_id]).fetchone() is not None


def last_body(conn: Connection, account_id: int) -> bytes | None:
    """What this account's courier posted last, byte for byte; None if nothing yet."""
    row = conn.execute(
        """SELECT body FROM courier_events WHERE account_id = %s AND outcome <> 'quarantined'
              AND body <> '' ORDER BY id DESC LIMIT 1""",
        [account_id],
    ).fetchone()
    return packed.unpack(row["body"]) if row else None


def last_shipment(conn: Connection, account_id: int) -> dict[str, Any] | None:
    """The shipment of this account that a courier failed with last.

    Its `tracking_number` and `courier_ref`, the newest `event_id` of its case, and when the
    `latest` event of it happened.
    """
    return conn.execute(
        """SELECT s.tracking_number, s.courier_ref, e.event_id, e.latest FROM cases c
             JOIN shipments s ON s.id = c.shipment_id,
             LATERAL (SELECT max(id) AS event_id, max(occurred_at) AS latest
                        FROM courier_events WHERE case_id = c.id) e
            WHERE c.account_id = %s ORDER BY c.id DESC LIMIT 1""",
        [account_id],
    ).fetchone()
