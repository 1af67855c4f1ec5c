"""What a test of the channels does to the world, and how it reads what became of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from app import clock
from app.access import secret
from app.cases import store as case_store
from app.chain import policy
from app.channels import outbox, refusals, service
from app.channels.deciding import Call
from app.channels.providers import Chosen
from app.channels.providers.base import Carrier, Provider
from app.channels.service import Draft, Route
from app.db.connection import Connection, connection, transaction

PHONE = "+491701234567"
EMAIL = "kim@example.com"
SMS, MAIL = Route("sms", PHONE), Route("email", EMAIL)


def refused(conn: Connection, channel: str, recipient: str, why: str) -> None:
    """Somebody wants nothing by this channel, from anybody."""
    said = refusals.Said(channel=channel, recipient=recipient, why=why, shippers=[0])
    refusals.refuse(conn, said, clock.now())


def insert(table: str, **row: Any) -> int:
    columns, marks = ", ".join(row), ", ".join(["%s"] * len(row))
    found = (
        connection()
        .execute(
            f"INSERT INTO {table} ({columns}) VALUES ({marks}) RETURNING id", list(row.values())
        )
        .fetchone()
    )
    assert found is not None
    return int(found["id"])


def read(query: str, *values: Any) -> list[dict[str, Any]]:
    return connection().execute(query, list(values)).fetchall()


def run(query: str, *values: Any) -> None:
    connection().execute(query, list(values))


def make_case(tracking: str = "T1", **columns: Any) -> int:
    """An open case of a shop with one depot; each call makes a world of its own."""
    secret.configure("a-secret-of-tests")  # a mail to a customer holds a code
    now = clock.now()
    with transaction() as conn:
        policy_id = policy.create(conn, tracking, policy.STANDARD, now)
        shop = {"slug": tracking, "name": "Shop", "country": "DE", "policy_id": policy_id}
        shipper = insert("shippers", created_at=now, **shop)
        person = insert("people", name="Ana", phone="+4915112345678", created_at=now)
        place = {"slug": tracking, "name": "Depot", "timezone": "Europe/Berlin", "country": "DE"}
        depot = insert("depots", address="Hafen 1", catch_all_id=person, created_at=now, **place)
        account = insert(
            "courier_accounts",
            slug=tracking,
            courier="onfleet",
            shipper_id=shipper,
            depot_id=depot,
            secrets=[],
            timezone="Europe/Berlin",
            created_at=now,
        )
        shipment = insert(
            "shipments",
            shipper_id=shipper,
            tracking_number=tracking,
            created_at=now,
            updated_at=now,
        )
        row = {
            "shipment_id": shipment,
            "shipper_id": shipper,
            "account_id": account,
            "depot_id": depot,
            "policy_id": policy_id,
            "kind": "failed",
            "reason": "nobody_home",
            "fault": "consignee",
            "words": "nobody there",
            "opened_at": now,
            "updated_at": now,
            "request_id": "r-1",
        }
        return insert("cases", **(row | columns))


def close(case_id: int, resolution: str = "returned") -> None:
    now = clock.now()
    run("SELECT close_case(%s, %s, %s, %s, 'courier')", case_id, resolution, now, now)


def deliver(case_id: int) -> None:
    """The courier hands the parcel over; the case itself is not closed yet."""
    run(
        "UPDATE shipments SET delivered_at = %s WHERE id = "
        "(SELECT shipment_id FROM cases WHERE id = %s)",
        clock.now(),
        case_id,
    )


def enqueue(case_id: int, *routes: Route, **changes: Any) -> None:
    plain: dict[str, Any] = {
        "case_id": case_id,
        "audience": "customer",
        "topic": "failure",
        "idempotency_key": f"case-{case_id}:failure",
        "routes": routes,
        "subject": "Your parcel",
        "text": "Nobody was there. Choose: https://example.com/c/tok-1",
        "request_id": "r-1",
    }
    with transaction() as conn:
        service.enqueue(conn, [Draft(**(plain | changes))], clock.now())


def take(channel: str = "sms", room: int = 100) -> list[Call]:
    """What a sender takes of this channel now."""
    return outbox.take(channel, room).calls


def finish(call: Call) -> str:
    """Call the provider and record it; what became of it."""
    (outcome,) = outbox.record([(call, outbox.call(call))])
    return outcome


def send_due() -> list[str]:
    """Send all that is due now: what became of messages that need no call, then of the others."""
    outcomes = []
    for channel in outbox.channels_waiting(connection())[::-1]:
        batch = outbox.take(channel, 100)
        outcomes += batch.settled + outbox.record([(c, outbox.call(c)) for c in batch.calls])
    return outcomes


def messages(case_id: int) -> list[dict[str, Any]]:
    return service.for_case(connection(), case_id)


def states(case_id: int) -> list[tuple[str, str, str | None]]:
    """`(channel, state, why)` of every message of the case."""
    return [(m["channel"], m["state"], m["why"]) for m in messages(case_id)]


def timeline(case_id: int) -> list[tuple[str, dict[str, Any]]]:
    rows = case_store.read_timeline(connection(), case_id)
    return [(row["kind"], row["facts"]) for row in rows]


def links(case_id: int) -> list[str]:
    """The links of the chain that the case waits for."""
    return [r["name"] for r in read("SELECT name FROM steps WHERE case_id = %s", case_id)]


def interrupt(case_id: int, ago: timedelta = timedelta(seconds=61)) -> None:
    """What is left when a process is killed between the taking and the recording."""
    run(
        """UPDATE messages SET state = 'sending', tries = tries + 1, provider = 'twilio',
                  sending_since = %s WHERE case_id = %s AND state = 'queued'""",
        clock.machine_now() - ago,
        case_id,
    )


def settle_stale() -> int:
    return outbox.settle_stale()


def carried_by(channel: str, carrier: Carrier) -> Chosen:
    """A test's own provider that gives no receipts and promises nothing."""
    return Chosen(Provider(name="a-test", package="", channels=(channel,)), carrier)


def advance(**by: float) -> datetime:
    return clock.advance(timedelta(**by))
