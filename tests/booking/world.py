"""What a booking test does to the world: a depot, its cases, and what became of them."""

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any

from psycopg.types.json import Jsonb

from app.booking import service
from app.booking.rows import BookingState, ChosenBy
from app.booking.service import Booking, Options
from app.cases import service as cases
from app.cases.model import Case
from app.db.connection import connection, transaction

NOW = datetime(2026, 6, 10, 9, 0, tzinfo=UTC)  # a Wednesday without holidays near


def insert(table: str, **row: Any) -> int:
    columns = ", ".join(row)
    marks = ", ".join(["%s"] * len(row))
    found = (
        connection()
        .execute(
            f"INSERT INTO {table} ({columns}) VALUES ({marks}) RETURNING *",
            list(row.values()),
        )
        .fetchone()
    )
    assert found is not None
    return int(found.get("id", 0))


def read(query: str, *values: Any) -> list[dict[str, Any]]:
    return connection().execute(query, list(values)).fetchall()


@dataclass
class World:
    """One depot, and what is done to its cases; every verb is a transaction of its own."""

    shipper: int
    account: int
    depot: int
    policy: int
    numbers: Any = field(default_factory=lambda: itertools.count(1))

    def case(self, **columns: Any) -> int:
        shipment = insert(
            "shipments",
            shipper_id=self.shipper,
            tracking_number=f"T{next(self.numbers)}",
            address=Jsonb(
                {"line1": "Sonnenallee 12", "line2": None, "postcode": "12045", "city": "Berlin"}
            ),
            created_at=NOW,
            updated_at=NOW,
        )
        row = {
            "shipment_id": shipment,
            "shipper_id": self.shipper,
            "account_id": self.account,
            "depot_id": self.depot,
            "policy_id": self.policy,
            "kind": "failed",
            "reason": "nobody_home",
            "fault": "consignee",
            "words": "nobody there",
            "opened_at": NOW,
            "updated_at": NOW,
            "return_by": NOW + timedelta(days=7),
            "request_id": "r-1",
        }
        return insert("cases", **(row | columns))

    def rule(self, weekday: int, starts: int, ends: int, capacity: int = 3) -> None:
        insert(
            "slot_rules",
            depot_id=self.depot,
            weekday=weekday,
            starts=time(starts),
            ends=time(ends),
            capacity=capacity,
            cutoff=timedelta(hours=2),
        )

    def point(self, name: str = "Kiosk", capacity: int = 3, **columns: Any) -> str:
        row = {
            "depot_id": self.depot,
            "name": name,
            "address": "Karl-Marx-Str. 1, Berlin",
            "hours": "Mo-Sa 8-20",
            "ready_in": timedelta(hours=4),
            "keeps_for": timedelta(days=5),
            "capacity": capacity,
        }
        return f"point:{insert('pickup_points', **(row | columns))}"

    def sibling(self) -> int:
        """Another depot, of which this one's cases know nothing."""
        (row,) = read("SELECT slug, catch_all_id FROM depots WHERE id = %s", self.depot)
        return insert(
            "depots",
            slug=f"{row['slug']}-sibling",
            name="Elsewhere",
            timezone="UTC",
            country="DE",
            address="-",
            catch_all_id=row["catch_all_id"],
            created_at=NOW,
        )

    def slots(self) -> list[dict[str, Any]]:
        return read("SELECT * FROM slots WHERE depot_id = %s ORDER BY starts_at", self.depot)

    def taken(self, choice: str) -> int:
        kind, number = choice.split(":")
        table = "slots" if kind == "slot" else "pickup_points"
        return int(read(f"SELECT taken FROM {table} WHERE id = %s", int(number))[0]["taken"])

    def fill(self, choice: str) -> None:
        kind, number = choice.split(":")
        table = "slots" if kind == "slot" else "pickup_points"
        connection().execute(
            f"UPDATE {table} SET taken = capacity WHERE id = %s",
            [int(number)],
        )

    def options(self, case_id: int, now: datetime = NOW) -> Options:
        with transaction() as conn:
            return service.options(conn, lock(case_id), now)

    def choose(
        self, case_id: int, choice: str, by: ChosenBy = ChosenBy.CUSTOMER, now: datetime = NOW
    ) -> Any:
        with transaction() as conn:
            return service.choose(conn, lock(case_id), choice, by, now).booking

    def choose_default(self, case_id: int, now: datetime = NOW) -> Booking | None:
        with transaction() as conn:
            booked = service.choose_default(conn, lock(case_id), now)
            return booked.booking if booked else None

    def settle(self, case_id: int, state: BookingState, now: datetime = NOW) -> Booking | None:
        with transaction() as conn:
            return service.settle(conn, lock(case_id), state, now)


def lock(case_id: int) -> Case:
    case = cases.lock(connection(), case_id)
    assert case is not None
    return case


def read_case(case_id: int) -> dict[str, Any]:
    return read("SELECT * FROM cases WHERE id = %s", case_id)[0]


def steps(case_id: int) -> list[str]:
    return [r["name"] for r in read("SELECT name FROM steps WHERE case_id = %s", case_id)]
