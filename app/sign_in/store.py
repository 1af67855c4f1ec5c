"""SQL on one-time codes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from psycopg.rows import scalar_row

from app.db.connection import Connection


def lock_address(conn: Connection, address: bytes) -> None:
    """Let nobody else ask for the same address until this transaction ends."""
    conn.execute("SELECT pg_advisory_xact_lock(hashtext(encode(%s, 'hex')))", [address])


def asked(conn: Connection, address: bytes, since: datetime) -> list[datetime]:
    """When codes were asked for this address since then."""
    with conn.cursor(row_factory=scalar_row) as cursor:
        cursor.execute(
            "SELECT asked_at FROM sign_in_codes WHERE address = %s AND asked_at > %s",
            [address, since],
        )
        return cursor.fetchall()


def add(
    conn: Connection,
    *,
    browser: bytes,
    address: bytes,
    person_id: int | None,
    how: str,
    code: bytes,
    now: datetime,
    ends_at: datetime,
) -> int:
    """Insert a code; its id."""
    row = conn.execute(
        """INSERT INTO sign_in_codes (browser, address, person_id, how, code, asked_at, ends_at)
           VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING id""",
        [browser, address, person_id, how, code, now, ends_at],
    ).fetchone()
    assert row is not None  # noqa: S101 - RETURNING gives a row
    return int(row["id"])


def sweep(conn: Connection, before: datetime) -> None:
    """Forget codes that were asked for before then."""
    conn.execute("DELETE FROM sign_in_codes WHERE asked_at < %s", [before])


def try_code(
    conn: Connection, browser: bytes, code: bytes, tries: int, now: datetime
) -> dict[str, Any] | None:
    """Count a try; `person_id, how, tries, used_at`, the last set when it is the right code.

    None when there is nothing to be tried: used, too old, or tried too often.
    """
    return conn.execute(
        """UPDATE sign_in_codes c SET tries = tries + 1,
                  used_at = CASE WHEN code = %(code)s AND EXISTS (SELECT FROM people p
                      WHERE p.id = c.person_id AND p.removed_at IS NULL) THEN %(now)s END
            WHERE browser = %(browser)s AND used_at IS NULL AND tries < %(tries)s
              AND ends_at > %(now)s
        RETURNING person_id, how, tries, used_at""",
        {"browser": browser, "code": code, "tries": tries, "now": now},
    ).fetchone()
