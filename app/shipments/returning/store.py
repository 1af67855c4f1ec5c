"""SQL on what couriers do by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from app.db.connection import Connection


class Known(NamedTuple):
    """What the hours of a case follow from."""

    case_id: int
    courier: str
    rules: dict[str, Any]
    attempts: int
    last_attempt: datetime
    zone: str
    country: str
    region: str | None


def known(conn: Connection, case_ids: Sequence[int], couriers: Sequence[str]) -> list[Known]:
    """Of the cases whose account has rules, or is one of these couriers."""
    with conn.cursor(row_factory=class_row(Known)) as cursor:
        cursor.execute(
            """SELECT c.id AS case_id, a.courier, a.return_rules AS rules,
                      -- what nobody has found true yet goes by the courier's own, shorter count
                      greatest(0, s.attempts - (SELECT count(*) FROM disputes k
                        WHERE k.case_id = c.id AND NOT k.came AND k.state = 'accepted'))::int
                        AS attempts,
                      coalesce(s.last_attempt_at, c.opened_at) AS last_attempt,
                      d.timezone AS zone, d.country, d.region
                 FROM cases c
                 JOIN courier_accounts a ON a.id = c.account_id
                 JOIN shipments s ON s.id = c.shipment_id
                 JOIN depots d ON d.id = c.depot_id
                WHERE c.id = ANY(%s) AND (a.return_rules <> '{}' OR a.courier = ANY(%s))""",
            [list(case_ids), list(couriers)],
        )
        return cursor.fetchall()


def set_rules(conn: Connection, slug: str, rules: dict[str, Any]) -> bool:
    """Let an account have these rules; False: there is no such account."""
    done = conn.execute(
        "UPDATE courier_accounts SET return_rules = %s WHERE slug = %s", [Jsonb(rules), slug]
    )
    return done.rowcount == 1


def rules_of(conn: Connection, slug: str) -> tuple[str, dict[str, Any]] | None:
    """`(courier, rules)` of an account; None: there is no such account."""
    row = conn.execute(
        "SELECT courier, return_rules FROM courier_accounts WHERE slug = %s", [slug]
    ).fetchone()
    return (row["courier"], row["return_rules"]) if row else None
