"""SQL on gestures: each is reserved by conditions that no two can both meet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from psycopg.rows import kwargs_row
from psycopg.types.json import Jsonb

from app.db.connection import Connection
from app.db.together import Rows
from app.gestures.model import Gesture, Kind, Made, Rules, State

_COLUMNS = ", ".join(field.name for field in fields(Gesture))


def _gesture(*, kind: str, state: str, **row: Any) -> Gesture:
    return Gesture(kind=Kind(kind), state=State(state), **row)


def rules(conn: Connection, shipper_ids: Sequence[int]) -> dict[int, Rules]:
    """The rules of those of these shippers that have any."""
    rows = conn.execute(
        "SELECT shipper_id, rules FROM gesture_rules WHERE shipper_id = ANY(%s)",
        [list(shipper_ids)],
    ).fetchall()
    return {row["shipper_id"]: Rules.read(row["rules"]) for row in rows}


def put_rules(conn: Connection, shipper_id: int, wanted: Rules) -> None:
    """Let these be a shipper's rules."""
    conn.execute(
        """INSERT INTO gesture_rules (shipper_id, rules) VALUES (%s, %s)
               ON CONFLICT (shipper_id) DO UPDATE SET rules = excluded.rules""",
        [shipper_id, Jsonb(wanted.as_json())],
    )


def drop_rules(conn: Connection, shipper_id: int) -> None:
    """Let a shipper make no gestures any more."""
    conn.execute("DELETE FROM gesture_rules WHERE shipper_id = %s", [shipper_id])


def hold_customers(conn: Connection, keys: Sequence[tuple[int, str]]) -> None:
    """Lock these customers `(shipper, key)` until the transaction ends, in one order for all."""
    wanted = sorted(set(keys))
    conn.execute(
        """INSERT INTO gesture_customers AS c (shipper_id, customer_key)
           SELECT * FROM unnest(%s::bigint[], %s::text[])
               ON CONFLICT (shipper_id, customer_key)
               DO UPDATE SET customer_key = excluded.customer_key""",
        [[shipper for shipper, _ in wanted], [key for _, key in wanted]],
    )


def given(conn: Connection, shipper_id: int, keys: Sequence[str], since: datetime) -> int:
    """How many gestures a customer with any of these keys got since then, or is going to."""
    row = conn.execute(
        """SELECT count(*) AS n FROM gestures WHERE shipper_id = %s AND customer_keys && %s
              AND decided_at > %s AND state IN ('asked', 'made')""",
        [shipper_id, list(keys), since],
    ).fetchone()
    return int(row["n"]) if row else 0


def spend(conn: Connection, shipper_id: int, month: date, amount: int, budget: int) -> bool:
    """Take an amount of a month's budget; False when that would pass it."""
    row = conn.execute(
        """INSERT INTO gesture_budgets AS b (shipper_id, month, spent)
           SELECT %(shipper)s, %(month)s, %(amount)s WHERE %(amount)s <= %(budget)s
               ON CONFLICT (shipper_id, month) DO UPDATE SET spent = b.spent + excluded.spent
                WHERE b.spent + excluded.spent <= %(budget)s
           RETURNING spent""",
        {"shipper": shipper_id, "month": month, "amount": amount, "budget": budget},
    ).fetchone()
    return row is not None


def spent(conn: Connection, shipper_id: int, month: date) -> int:
    """What of a month's budget is given or reserved."""
    row = conn.execute(
        "SELECT spent FROM gesture_budgets WHERE shipper_id = %s AND month = %s",
        [shipper_id, month],
    ).fetchone()
    return int(row["spent"]) if row else 0


def insert(
    conn: Connection,
    shipper_id: int,
    case_id: int,
    kind: Kind,
    why: str,
    state: State,
    amount: int,
    currency: str,
    month: date,
    keys: Sequence[str],
    since: datetime,
    now: datetime,
    *,
    by: str | None,
) -> Gesture | None:
    """Insert a gesture; None when this case has one of this kind."""
    made = state is State.MADE
    with conn.cursor(row_factory=kwargs_row(_gesture)) as cursor:
        return cursor.execute(
            f"""INSERT INTO gestures (shipper_id, case_id, kind, why, state, amount, currency,
                       month, customer_keys, since, decided_at, settled_at, settled_by)
                VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
                    ON CONFLICT (shipper_id, case_id, kind) DO NOTHING
                RETURNING {_COLUMNS}""",  # noqa: S608 - columns by name
            [
                *(shipper_id, case_id, kind, why, state, amount, currency, month, list(keys)),
                *(since, now, now if made else None, by if made else None),
            ],
        ).fetchone()


def settle(
    conn: Connection,
    gesture_id: int,
    state: State,
    by: str,
    code: bytes | None,
    now: datetime,
) -> Gesture | None:
    """A gesture that was asked for is made, refused or lapsed; None when it is over already.

    The amount of one that is not made goes back to the budget it came of.
    """
    with conn.cursor(row_factory=kwargs_row(_gesture)) as cursor:
        settled = cursor.execute(
            f"""UPDATE gestures SET state = %s, settled_at = %s, settled_by = %s, code = %s
                 WHERE id = %s AND state = 'asked' RETURNING {_COLUMNS}""",  # noqa: S608
            [state, now, by, code, gesture_id],
        ).fetchone()
    if settled and state is not State.MADE and settled.kind is not Kind.REFUND:
        conn.execute(
            "UPDATE gesture_budgets SET spent = spent - %s WHERE shipper_id = %s AND month = %s",
            [settled.amount, settled.shipper_id, settled.month],
        )
    return settled


def of_kind(conn: Connection, case_id: int, kind: Kind) -> bool:
    """Whether a case has a gesture of this kind, whatever became of it."""
    row = conn.execute(
        "SELECT 1 FROM gestures WHERE case_id = %s AND kind = %s", [case_id, kind]
    ).fetchone()
    return row is not None


def set_code(conn: Connection, gesture_id: int, code: bytes) -> None:
    """A gesture has this code."""
    conn.execute("UPDATE gestures SET code = %s WHERE id = %s", [code, gesture_id])


def find(conn: Connection, gesture_id: int) -> Gesture | None:
    """A gesture by its id."""
    with conn.cursor(row_factory=kwargs_row(_gesture)) as cursor:
        return cursor.execute(
            f"SELECT {_COLUMNS} FROM gestures WHERE id = %s",  # noqa: S608
            [gesture_id],
        ).fetchone()


def of_case(conn: Connection, case_id: int) -> list[Gesture]:
    """A case's gestures, oldest first."""
    with conn.cursor(row_factory=kwargs_row(_gesture)) as cursor:
        return cursor.execute(
            f"SELECT {_COLUMNS} FROM gestures WHERE case_id = %s ORDER BY id",  # noqa: S608
            [case_id],
        ).fetchall()


def code(conn: Connection, gesture_id: int) -> bytes | None:
    """The code of a gesture that is made, sealed; None where it has none."""
    row = conn.execute(
        "SELECT code FROM gestures WHERE id = %s AND state = 'made'", [gesture_id]
    ).fetchone()
    return row["code"] if row else None


def listed(
    conn: Connection, shipper_id: int | None, before: int, limit: int
) -> list[dict[str, Any]]:
    """Gestures with their parcels, the newest first, older than the id `before`; 0 is the first."""
    return conn.execute(
        """SELECT g.id, g.case_id, g.kind, g.why, g.state, g.amount, g.currency, g.decided_at,
                  g.settled_at, g.settled_by, s.tracking_number, h.slug AS shipper
             FROM gestures g JOIN cases c ON c.id = g.case_id
             JOIN shipments s ON s.id = c.shipment_id JOIN shippers h ON h.id = g.shipper_id
            WHERE (%(shipper)s::bigint IS NULL OR g.shipper_id = %(shipper)s)
              AND (%(before)s = 0 OR g.id < %(before)s)
            ORDER BY g.id DESC LIMIT %(limit)s""",
        {"shipper": shipper_id, "before": before, "limit": limit},
    ).fetchall()


def _made(*, kind: str, **row: Any) -> Made:
    return Made(kind=Kind(kind), **row)


MADE = Rows(
    ("kind", "amount", "currency", "code"),
    """SELECT kind, amount, currency, code FROM gestures
        WHERE case_id = %(case)s AND state = 'made' ORDER BY id""",
    _made,
)
"""What the customer of a case was given, with sealed codes."""
