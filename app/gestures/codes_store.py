"""SQL on lists of codes: each is reserved for one gesture, once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from app.db.connection import Connection


class Reserved(NamedTuple):
    """A code of a list that belongs to a gesture now."""

    id: int
    code: bytes
    amount: int


class Code(NamedTuple):
    """A code of a list, sealed, and what it is worth."""

    code: bytes
    digest: str
    amount: int
    currency: str
    expires_on: date | None


def add(conn: Connection, shipper_id: int, codes: Sequence[Code]) -> int:
    """Add codes to a shipper's list; how many are new."""
    return conn.execute(
        """INSERT INTO gesture_codes (shipper_id, code, digest, amount, currency, expires_on)
           SELECT %s, * FROM unnest(%s::bytea[], %s::text[], %s::bigint[], %s::text[], %s::date[])
               ON CONFLICT (shipper_id, digest) DO NOTHING""",
        [shipper_id, *(list(column) for column in zip(*codes, strict=True))],
    ).rowcount


def reserve(
    conn: Connection, shipper_id: int, currency: str, most: int, valid_on: date
) -> Reserved | None:
    """Lock the best free code up to an amount that is still good then; None without one.

    Whoever looks meanwhile takes another one.
    """
    row = conn.execute(
        """SELECT id, code, amount FROM gesture_codes
            WHERE shipper_id = %s AND currency = %s AND amount <= %s AND gesture_id IS NULL
              AND (expires_on IS NULL OR expires_on > %s)
            ORDER BY amount DESC, id LIMIT 1 FOR UPDATE SKIP LOCKED""",
        [shipper_id, currency, most, valid_on],
    ).fetchone()
    return Reserved(**row) if row else None


def best(conn: Connection, shipper_id: int, currency: str, most: int, valid_on: date) -> int | None:
    """What the code that `reserve` would take is worth; None without one."""
    row = conn.execute(
        """SELECT max(amount) AS amount FROM gesture_codes
            WHERE shipper_id = %s AND currency = %s AND amount <= %s AND gesture_id IS NULL
              AND (expires_on IS NULL OR expires_on > %s)""",
        [shipper_id, currency, most, valid_on],
    ).fetchone()
    return row["amount"] if row else None


def use(conn: Connection, code_id: int, gesture_id: int) -> None:
    """A code that is locked belongs to this gesture."""
    conn.execute("UPDATE gesture_codes SET gesture_id = %s WHERE id = %s", [gesture_id, code_id])


def free(conn: Connection, shipper_id: int, on: date) -> dict[str, int]:
    """How many codes are left of a shipper's list, by what each is worth: `500 EUR`."""
    rows = conn.execute(
        """SELECT amount, currency, count(*) AS n FROM gesture_codes
            WHERE shipper_id = %s AND gesture_id IS NULL
              AND (expires_on IS NULL OR expires_on > %s)
            GROUP BY amount, currency ORDER BY currency, amount""",
        [shipper_id, on],
    ).fetchall()
    return {f"{row['amount']} {row['currency']}": row["n"] for row in rows}
