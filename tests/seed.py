"""A small world for tests: one shipper, one depot with a ladder of two and a catch-all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.chain import policy
from app.db.connection import transaction
from app.directory import service as directory
from app.intake import accounts
from app.intake.event import Account

SECRETS = {
    "onfleet": "0123456789abcdef0123456789abcdef",
    "easypost": "sécret",
    "standard_webhooks": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
}


@dataclass(frozen=True)
class World:
    """What was made, by id; `accounts` by courier."""

    shipper_id: int
    depot_id: int
    people: dict[str, int]
    accounts: dict[str, Account]


def world(
    now: datetime, body: dict[str, Any] | None = None, couriers: dict[str, str] = SECRETS
) -> World:
    """Make it in the configured database."""
    with transaction() as conn:
        policy_id = policy.create(conn, "standard", body or policy.STANDARD, now)
        shipper_id = _insert(
            conn,
            """INSERT INTO shippers (slug, name, email, phone, country, policy_id, created_at)
               VALUES ('oak', 'Hollow Oak Books', 'care@example.com', '+17145550100', 'US', %s, %s)
               RETURNING id""",
            [policy_id, now],
        )
        people = {
            name: _insert(
                conn,
                """INSERT INTO people (name, phone, email, channels, created_at, depots)
                   VALUES (%s, %s, %s, %s, %s, NULL) RETURNING id""",
                [name, phone, f"{name.lower()}@example.com", channels, now],
            )
            for name, phone, channels in (
                ("Ana", "+17145554101", ["sms"]),
                ("Ben", "+17145554102", ["sms"]),
                ("Cleo", "+17145554103", ["sms", "email"]),
            )
        }
        depot_id = _insert(
            conn,
            """INSERT INTO depots (slug, name, timezone, country, region, address, phone,
                                   catch_all_id, created_at)
               VALUES ('anaheim', 'Anaheim depot', 'America/Los_Angeles', 'US', 'CA',
                       '1 Depot Way, Anaheim', '+17145550199', %s, %s) RETURNING id""",
            [people["Cleo"], now],
        )
        for level, (name, minutes) in enumerate((("Ana", 5), ("Ben", 10)), 1):
            conn.execute(
                "INSERT INTO ladder_levels VALUES (%s, %s, %s, %s)",
                [depot_id, level, people[name], timedelta(minutes=minutes)],
            )
        for weekday in range(1, 7):
            for starts, ends in (("09:00", "12:00"), ("13:00", "17:00")):
                conn.execute(
                    "INSERT INTO slot_rules VALUES (%s, %s, %s, %s, 3, %s)",
                    [depot_id, weekday, starts, ends, timedelta(hours=3)],
                )
        conn.execute(
            """INSERT INTO pickup_points
                   (depot_id, name, address, hours, ready_in, keeps_for, capacity)
               VALUES (%s, 'Corner shop', '5 Katella Ave', 'Daily 8–20', '4 hours', '5 days', 9)""",
            [depot_id],
        )
        for courier, secret in couriers.items():
            directory.add_account(
                conn,
                slug=courier.replace("_", "-"),
                courier=courier,
                shipper_id=shipper_id,
                depot_id=depot_id,
                secrets=[secret],
                headers={},
                config={},
                timezone="America/Los_Angeles",
                now=now,
            )
    accounts.forget()
    found = {courier: accounts.find(courier.replace("_", "-")) for courier in couriers}
    return World(shipper_id, depot_id, people, {name: acc for name, acc in found.items() if acc})


def _insert(conn, sql: str, values: list[Any]) -> int:
    return int(conn.execute(sql, values).fetchone()["id"])
