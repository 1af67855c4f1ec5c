"""SQL on look-ups and on how the calls to each shipper go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from psycopg.rows import class_row, tuple_row

from app.contact.lookup.rules import CLOSED, Circuit
from app.db.connection import Connection


class Question(NamedTuple):
    """A look-up that is claimed, with what it takes to ask."""

    id: int
    case_id: int
    shipper_id: int
    shipper: str
    attempt: int
    tries: int
    give_up_at: datetime
    request_id: str
    tracking_number: str
    order_ref: str | None
    url: str | None
    token: bytes | None
    wanted: bool
    """The case still waits for the answer."""


def shippers_with_address(conn: Connection, shipper_ids: Sequence[int]) -> set[int]:
    """Those of the shippers whose own system can be asked."""
    rows = conn.execute(
        "SELECT id FROM shippers WHERE id = ANY(%s) AND lookup_url IS NOT NULL",
        [list(shipper_ids)],
    ).fetchall()
    return {row["id"] for row in rows}


def insert(
    conn: Connection, rows: Sequence[tuple[int, int, str]], now: datetime, give_up_at: datetime
) -> None:
    """Queue look-ups `(case_id, shipper_id, request_id)`; a case has one at a time."""
    conn.execute(
        """INSERT INTO lookups (case_id, shipper_id, due_at, give_up_at, created_at, request_id)
           SELECT c, s, %s, %s, %s, r
             FROM unnest(%s::bigint[], %s::bigint[], %s::text[]) AS t(c, s, r)
               ON CONFLICT (case_id) WHERE state = 'queued' DO NOTHING""",
        [now, give_up_at, now, [r[0] for r in rows], [r[1] for r in rows], [r[2] for r in rows]],
    )


def claim(
    conn: Connection, now: datetime, each: int, limit: int, lease: timedelta
) -> list[tuple[int, int]]:
    """Claim due look-ups: `(id, attempt)`; see migration 0008."""
    with conn.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(
            "SELECT id, attempt FROM claim_lookups(%s, %s, %s, %s)", [now, each, limit, lease]
        )
        return cursor.fetchall()


def lock(conn: Connection, lookup_id: int, attempt: int) -> Question | None:
    """The look-up, locked, if the task message still means it."""
    with conn.cursor(row_factory=class_row(Question)) as cursor:
        return cursor.execute(
            """SELECT l.id, l.case_id, l.shipper_id, h.slug AS shipper, l.attempt, l.tries,
                      l.give_up_at, l.request_id, s.tracking_number, s.order_ref,
                      h.lookup_url AS url, h.lookup_token AS token,
                      EXISTS (SELECT 1 FROM steps p WHERE p.case_id = l.case_id
                                 AND p.name = 'look_up_contact') AS wanted
                 FROM lookups l JOIN shippers h ON h.id = l.shipper_id
                 JOIN cases c ON c.id = l.case_id JOIN shipments s ON s.id = c.shipment_id
                WHERE l.id = %s AND l.attempt = %s AND l.state = 'queued' FOR UPDATE OF l""",
            [lookup_id, attempt],
        ).fetchone()


def calling(conn: Connection, lookup_id: int) -> None:
    """A call is made now."""
    conn.execute("UPDATE lookups SET tries = tries + 1 WHERE id = %s", [lookup_id])


def again(conn: Connection, lookup_id: int, at: datetime, why: str) -> None:
    """Ask later."""
    conn.execute(
        "UPDATE lookups SET due_at = %s, lease_until = NULL, why = %s WHERE id = %s",
        [at, why, lookup_id],
    )


def finish(conn: Connection, lookup_id: int, state: str, why: str | None, now: datetime) -> None:
    """It is over."""
    conn.execute(
        "UPDATE lookups SET state = %s, why = %s, done_at = %s WHERE id = %s",
        [state, why, now, lookup_id],
    )


def give_up(conn: Connection, case_ids: Sequence[int], now: datetime) -> None:
    """End the live look-ups of these cases: their time is over."""
    conn.execute(
        """UPDATE lookups SET state = 'failed', why = coalesce(why, 'no_answer_in_time'),
                  done_at = %s WHERE case_id = ANY(%s) AND state = 'queued'""",
        [now, list(case_ids)],
    )


def circuit(conn: Connection, shipper_id: int) -> Circuit:
    """How the calls to a shipper went lately, locked."""
    with conn.cursor(row_factory=class_row(Circuit)) as cursor:
        row = cursor.execute(
            """SELECT failures, open_until, probe_until FROM lookup_circuits
                WHERE shipper_id = %s FOR UPDATE""",
            [shipper_id],
        ).fetchone()
    return row or CLOSED


def set_circuit(conn: Connection, shipper_id: int, circuit: Circuit) -> None:
    """Write it back."""
    conn.execute(
        """INSERT INTO lookup_circuits (shipper_id, failures, open_until, probe_until)
           VALUES (%s, %s, %s, %s)
               ON CONFLICT (shipper_id) DO UPDATE SET failures = excluded.failures,
                  open_until = excluded.open_until, probe_until = excluded.probe_until""",
        [shipper_id, *circuit],
    )


def say(conn: Connection, shipment_id: int, name: str, language: str | None) -> None:
    """Let the order have what else the answer says, where it has nothing of its own."""
    conn.execute(
        """UPDATE shipments SET name = coalesce(name, nullif(%s, '')),
                  language = coalesce(language, %s) WHERE id = %s""",
        [name, language, shipment_id],
    )


def set_address(conn: Connection, slug: str, url: str | None, token: bytes | None) -> None:
    """Where a shipper's system is asked from now on."""
    row = conn.execute(
        "UPDATE shippers SET lookup_url = %s, lookup_token = %s WHERE slug = %s RETURNING id",
        [url, token, slug],
    ).fetchone()
    if row is not None:  # what went wrong before says nothing of the new address
        conn.execute("DELETE FROM lookup_circuits WHERE shipper_id = %s", [row["id"]])
