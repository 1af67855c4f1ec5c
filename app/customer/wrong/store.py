"""SQL on contacts that turned out to be somebody else's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from app.cases.model import Case
from app.customer.wrong.rules import Lately
from app.db.connection import Connection


@dataclass(frozen=True, slots=True)
class Wrong:
    """That somebody said so."""

    id: int
    case_id: int
    contacts: list[str]
    spellings: list[str]
    state: str
    """`stopped`, `held` (a person decides) or `undone`."""
    said_at: datetime


_WRONG = "SELECT id, case_id, contacts, spellings, state, said_at FROM wrong_contacts"


def lately(conn: Connection, case: Case, since: datetime) -> Lately:
    """How many said so of this case's shipper and courier account since then.

    Whoever says it at the same moment waits here, so that no two are the last one that is believed.
    """
    conn.execute("SELECT pg_advisory_xact_lock(hashtext('wrong_contacts'), %s)", [case.account_id])
    row = conn.execute(
        """SELECT count(*) FILTER (WHERE shipper_id = %(shipper)s) AS of_shipper,
                  count(*) FILTER (WHERE account_id = %(account)s) AS of_account
             FROM wrong_contacts
            WHERE (shipper_id = %(shipper)s OR account_id = %(account)s)
              AND said_at > %(since)s AND state <> 'undone'""",
        {"shipper": case.shipper_id, "account": case.account_id, "since": since},
    ).fetchone()
    assert row is not None  # noqa: S101 - a count gives a row
    return Lately(**row)


def insert(
    conn: Connection,
    case: Case,
    contacts: Sequence[str],
    spellings: Sequence[str],
    state: str,
    now: datetime,
) -> Wrong:
    """Keep that it was said, on the link that the case still has."""
    with conn.cursor(row_factory=class_row(Wrong)) as cursor:
        cursor.execute(
            """INSERT INTO wrong_contacts (case_id, shipper_id, account_id, page_key, contacts,
                                           spellings, state, said_at)
               VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
            RETURNING id, case_id, contacts, spellings, state, said_at""",
            [
                case.id,
                case.shipper_id,
                case.account_id,
                case.page_key,
                list(contacts),
                list(spellings),
                state,
                now,
            ],
        )
        return cursor.fetchall()[0]


def of_link(conn: Connection, case_id: int, page_key: bytes) -> Wrong | None:
    """What was said on this link, unless it was taken back."""
    with conn.cursor(row_factory=class_row(Wrong)) as cursor:
        return cursor.execute(
            _WRONG + " WHERE case_id = %s AND page_key = %s AND state <> 'undone'",
            [case_id, page_key],
        ).fetchone()


def find(conn: Connection, wrong_id: int) -> Wrong | None:
    """One by its id."""
    with conn.cursor(row_factory=class_row(Wrong)) as cursor:
        return cursor.execute(_WRONG + " WHERE id = %s", [wrong_id]).fetchone()


def latest(conn: Connection, case_id: int) -> Wrong | None:
    """What was said last on a case, and not taken back."""
    with conn.cursor(row_factory=class_row(Wrong)) as cursor:
        return cursor.execute(
            _WRONG + " WHERE case_id = %s AND state <> 'undone' ORDER BY id DESC LIMIT 1",
            [case_id],
        ).fetchone()


def become(conn: Connection, wrong_id: int, state: str, by: str, now: datetime) -> None:
    """Somebody decided it: `stopped`, or `undone`."""
    conn.execute(
        """UPDATE wrong_contacts SET state = %(state)s,
                  undone_at = CASE WHEN %(state)s = 'undone' THEN %(now)s END,
                  undone_by = CASE WHEN %(state)s = 'undone' THEN %(by)s END
            WHERE id = %(id)s""",
        {"id": wrong_id, "state": state, "by": by, "now": now},
    )


def reached(conn: Connection, case: Case) -> list[str]:
    """The numbers and addresses to which this link of the case has gone."""
    rows = conn.execute(
        """SELECT DISTINCT recipient FROM messages
            WHERE case_id = %s AND audience = 'customer' AND created_at >= %s
              AND state IN ('sending', 'sent', 'delivered', 'unknown')""",
        [case.id, case.page_key_at or case.opened_at],
    ).fetchall()
    return [row["recipient"] for row in rows]
