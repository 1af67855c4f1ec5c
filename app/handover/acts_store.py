"""SQL on the outbox of what couriers' own systems are to be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from psycopg.rows import class_row

from app.db.connection import Connection


@dataclass(frozen=True, slots=True)
class Row:
    """An act that was taken, as it was before that."""

    id: int
    case_id: int
    booking_id: int
    account_id: int
    connector: str
    act: str
    key: str
    ref: str
    tries: int
    """Those before this one."""
    attempt: int
    """Which claim this is."""
    pushed: bool
    """Whether the courier may have it already."""
    asked: bool
    request_id: str
    """Of the webhook that began its case."""


class NewAct(NamedTuple):
    """Something that a courier is to be told, or asked."""

    case_id: int
    booking_id: int
    account_id: int
    connector: str
    act: str
    key: str
    ref: str = ""


def insert(conn: Connection, acts: Sequence[NewAct], now: datetime) -> None:
    """Queue acts; a push makes the withdrawal of what it takes the place of due at once."""
    columns: list[list[Any]] = [[act[n] for act in acts] for n in range(7)]
    conn.execute(
        """INSERT INTO handover_acts (case_id, booking_id, account_id, connector, act, key, ref,
                                      due_at, created_at)
           SELECT *, %s, %s FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::text[],
                                        %s::text[], %s::text[], %s::text[])""",
        [now, now, *columns],
    )
    pushed = [act.case_id for act in acts if act.act == "push"]
    if pushed:
        conn.execute(
            """UPDATE handover_acts SET due_at = least(due_at, %s)
                WHERE case_id = ANY(%s) AND act = 'withdraw' AND state = 'waiting'""",
            [now, pushed],
        )


def ask_days(
    conn: Connection, case_ids: Sequence[int], connectors: Sequence[str], now: datetime
) -> bool:
    """Ask the couriers of these cases which days they offer; False where there is nobody to ask."""
    done = conn.execute(
        """INSERT INTO handover_acts (case_id, booking_id, account_id, connector, act, key, due_at,
                                      created_at)
           SELECT c.id, 0, a.id, a.connector, 'can', '', %(now)s, %(now)s
             FROM cases c JOIN courier_accounts a ON a.id = c.account_id
            WHERE c.id = ANY(%(cases)s) AND a.connector = ANY(%(connectors)s)
              AND NOT EXISTS (SELECT 1 FROM handover_acts h WHERE h.case_id = c.id
                                 AND h.act = 'can' AND h.state = 'waiting')""",
        {"cases": list(case_ids), "connectors": list(connectors), "now": now},
    )
    return done.rowcount > 0


FIRST = """(a.act = 'can' OR NOT EXISTS (
    SELECT 1 FROM handover_acts e WHERE e.case_id = a.case_id AND e.id < a.id
       AND e.act <> 'can' AND e.state IN ('waiting', 'calling')))"""
"""Whether an act waits behind no other of its case: they are done in the order of their wishes."""


def accounts_due(conn: Connection, now: datetime, machine: datetime) -> list[int]:
    """The accounts with something to do now."""
    rows = conn.execute(
        f"""SELECT DISTINCT account_id FROM handover_acts a
             WHERE state IN ('waiting', 'calling') AND due_at <= %s
               AND (state = 'waiting' OR lease_until <= %s) AND {FIRST}""".encode(),  # noqa: S608 - a constant
        [now, machine],
    )
    return [row["account_id"] for row in rows]


def next_due(conn: Connection) -> datetime | None:
    """When the next act wants to be done; None when nothing waits."""
    row = conn.execute(
        f"""SELECT min(due_at) AS due FROM handover_acts a
             WHERE state = 'waiting' AND {FIRST}""".encode()  # noqa: S608 - a constant
    ).fetchone()
    return row["due"] if row else None


def take(
    conn: Connection,
    account_id: int,
    now: datetime,
    machine: datetime,
    lease: timedelta,
    room: int,
) -> list[Row]:
    """Take what is due for an account, of each case only the first that is not done.

    A push counts as pushed from here on: should this process be killed, it is asked for first.
    """
    with conn.cursor(row_factory=class_row(Row)) as cursor:
        cursor.execute(
            f"""WITH due AS (
                   SELECT a.* FROM handover_acts a
                    WHERE a.account_id = %(account)s AND a.state IN ('waiting', 'calling')
                      AND a.due_at <= %(now)s
                      AND (a.state = 'waiting' OR a.lease_until <= %(machine)s) AND {FIRST}
                    ORDER BY a.due_at, a.id LIMIT %(room)s FOR UPDATE SKIP LOCKED)
               UPDATE handover_acts a
                  SET state = 'calling', attempt = a.attempt + 1, tries = a.tries + 1,
                      lease_until = %(machine)s + %(lease)s, pushed = a.pushed OR a.act = 'push'
                 FROM due WHERE a.id = due.id
               RETURNING a.id, a.case_id, a.booking_id, a.account_id, a.connector, a.act, a.key,
                         due.ref, due.tries, a.attempt, due.pushed, due.asked,
                         (SELECT c.request_id FROM cases c WHERE c.id = a.case_id) AS request_id
            """.encode(),  # noqa: S608 - a constant
            {
                "account": account_id,
                "now": now,
                "machine": machine,
                "lease": lease,
                "room": room,
            },
        )
        return sorted(cursor.fetchall(), key=lambda row: row.id)


def lock(conn: Connection, act_id: int, attempt: int) -> bool:
    """Lock an act that is still being done by this claim; False when it is not."""
    found = conn.execute(
        """SELECT 1 FROM handover_acts WHERE id = %s AND attempt = %s AND state = 'calling'
              FOR UPDATE""",
        [act_id, attempt],
    )
    return found.fetchone() is not None


def wait(
    conn: Connection,
    act_id: int,
    due_at: datetime,
    why: str | None,
    *,
    pushed: bool,
    asked: bool = False,
    ref: str = "",
) -> None:
    """An act is done, or asked for, at another time."""
    conn.execute(
        """UPDATE handover_acts SET state = 'waiting', due_at = %s, lease_until = NULL, why = %s,
                  pushed = %s, asked = %s, ref = coalesce(nullif(%s, ''), ref) WHERE id = %s""",
        [due_at, why, pushed, asked, ref, act_id],
    )


def end(
    conn: Connection,
    act_id: int,
    outcome: str,
    now: datetime,
    *,
    ref: str = "",
    why: str | None = None,
    asked: bool = False,
    void: bool = False,
) -> None:
    """An act is over."""
    conn.execute(
        """UPDATE handover_acts SET state = %s, outcome = %s, done_at = %s, lease_until = NULL,
                  ref = coalesce(nullif(%s, ''), ref), why = %s, asked = %s WHERE id = %s""",
        ["void" if void else "done", outcome, now, ref, why, asked, act_id],
    )


def void_withdrawals(conn: Connection, booking_id: int, why: str, now: datetime) -> None:
    """What was never placed needs no withdrawal."""
    conn.execute(
        """UPDATE handover_acts SET state = 'void', outcome = %s, done_at = %s
            WHERE booking_id = %s AND act = 'withdraw' AND state = 'waiting'""",
        [why, now, booking_id],
    )


def void_unpushed(conn: Connection, booking_id: int, now: datetime) -> bool:
    """People do it from here: what the courier certainly was not told, it is not told any more.

    False when the courier may have it, or is being told at this moment.
    """
    done = conn.execute(
        """UPDATE handover_acts SET state = 'void', outcome = 'people', done_at = %s
            WHERE booking_id = %s AND act = 'push' AND state = 'waiting' AND NOT pushed""",
        [now, booking_id],
    )
    return done.rowcount > 0


def settle_pushes(conn: Connection, booking_id: int, outcome: str, ref: str, now: datetime) -> None:
    """Somebody else said what became of a push: it is asked for no more."""
    conn.execute(
        """UPDATE handover_acts SET state = 'done', outcome = %s, done_at = %s, lease_until = NULL,
                  ref = coalesce(nullif(%s, ''), ref)
            WHERE booking_id = %s AND act = 'push' AND state = 'waiting'""",
        [outcome, now, ref, booking_id],
    )


def has_later_push(conn: Connection, row: Row) -> bool:
    """Whether something else is to be pushed for the case of this act."""
    found = conn.execute(
        """SELECT 1 FROM handover_acts WHERE case_id = %s AND id > %s AND act = 'push'
              AND account_id = %s AND state IN ('waiting', 'calling') LIMIT 1""",
        [row.case_id, row.id, row.account_id],
    )
    return found.fetchone() is not None


def ref_of(conn: Connection, booking_id: int) -> str:
    """The courier's own id of a booking, as far as it said one."""
    row = conn.execute(
        """SELECT ref FROM handover_acts WHERE booking_id = %s AND act = 'push' AND ref <> ''
            ORDER BY id DESC LIMIT 1""",
        [booking_id],
    ).fetchone()
    return str(row["ref"]) if row else ""


def by_reference(conn: Connection, account_id: int, key: str) -> dict[str, Any] | None:
    """The push that an account knows by our key or by its own id; None when there is none."""
    return conn.execute(
        """SELECT case_id, booking_id, key, ref, connector FROM handover_acts
            WHERE account_id = %s AND act = 'push' AND (key = %s OR ref = %s)
            ORDER BY (key = %s) DESC, id DESC LIMIT 1""",
        [account_id, key, key, key],
    ).fetchone()


def push_of(conn: Connection, account_id: int, booking_id: int) -> dict[str, Any] | None:
    """The push of a booking; None when this account was told of none."""
    return conn.execute(
        """SELECT case_id, booking_id, key, ref, connector FROM handover_acts
            WHERE booking_id = %s AND account_id = %s AND act = 'push' ORDER BY id DESC LIMIT 1""",
        [booking_id, account_id],
    ).fetchone()


def of_case(conn: Connection, case_id: int) -> list[dict[str, Any]]:
    """All acts of a case, oldest first."""
    return conn.execute(
        "SELECT * FROM handover_acts WHERE case_id = %s ORDER BY id", [case_id]
    ).fetchall()


def choices(conn: Connection, rows: Sequence[Row]) -> dict[int, dict[str, Any]]:
    """What is known of the parcels and bookings of these acts, by the act's id."""
    found = conn.execute(
        """SELECT a.id, c.id AS case_id, s.tracking_number, s.courier_ref, s.order_ref,
                  s.status_code AS code, s.attempts, s.last_attempt_at,
                  coalesce(s.name, s.courier_name) AS name,
                  coalesce(c.contact_phone, s.phone, s.courier_phone) AS phone,
                  coalesce(c.contact_email, s.email, s.courier_email) AS email,
                  coalesce(b.leave_address, s.address, s.courier_address) AS address,
                  h.name AS shipper,
                  coalesce(s.directions, '') AS notes,
                  h.country, d.timezone AS zone, b.kind, b.starts_at, b.ends_at,
                  coalesce(p.name, '') AS point, b.state AS booking_state,
                  coalesce(b.leaving, '') AS leaving, coalesce(b.leave_who, '') AS leave_who,
                  coalesce(b.leave_where, '') AS leave_where,
                  coalesce(b.leave_photo, '') AS leave_photo, b.leave_address,
                  coalesce(n.needs, '{}') AS needs, coalesce(n.words, '') AS need_words
             FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS a(id, case_id, booking_id)
             JOIN cases c ON c.id = a.case_id
             JOIN shipments s ON s.id = c.shipment_id
             JOIN shippers h ON h.id = c.shipper_id
             JOIN depots d ON d.id = c.depot_id
             LEFT JOIN bookings b ON b.id = a.booking_id
             LEFT JOIN pickup_points p ON p.id = b.pickup_point_id
             LEFT JOIN access_needs n ON n.shipment_id = s.id""",
        [[r.id for r in rows], [r.case_id for r in rows], [r.booking_id for r in rows]],
    ).fetchall()
    return {row["id"]: row for row in found}
