"""(n) Bookings that are handed over to a courier's system and confirmed by it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from app.db.connection import transaction
from app.handover import accounts
from tests import seed
from tests.bench import steps
from tests.bench.report import Figure, Sample, repeated
from tests.bench.stage import Servers, Stage, role, stage
from tests.pages.web import free_port

NUMBER = 600
ANSWERS_IN = 0.3  # seconds


def figures(servers: Servers) -> Iterator[Figure]:
    got = repeated("handing", lambda: _once(servers), by=lambda sample: sample["rate"])
    yield Figure(
        "bookings that a courier confirms, answering in 300 ms, one account, one sender process",
        "/s",
        got["rate"],
        at_least=50,
    )


def _once(servers: Servers) -> Sample:
    port = free_port()
    with stage(servers, REKNOCK_DEMO="1") as here:  # a demo may ask this machine
        world = here.world()
        here.start("courier", f"exec python -m tests.bench.provider {port} {ANSWERS_IN} confirmed")
        with transaction() as conn:
            values = {
                "base": f"http://127.0.0.1:{port}",
                "secret": seed.SECRETS["standard_webhooks"],
            }
            accounts.connect(conn, "onfleet", "webhook", values)
        _book(here, world)
        return {"rate": NUMBER / _time(here)}


def _book(here: Stage, world: seed.World) -> None:
    """As many bookings that wait to be handed over, each of another parcel."""
    steps.arm(here, world, NUMBER, "bench_none", datetime.now(UTC) + timedelta(days=1))
    with here.connect() as conn, conn.transaction():
        conn.execute("UPDATE cases SET state = 'booked'")
        conn.execute(
            """INSERT INTO slots (depot_id, starts_at, ends_at, cutoff_at, capacity, taken)
               VALUES (%s, now() + '1 day', now() + '27 hours', now() + '20 hours', %s, %s)""",
            [world.depot_id, NUMBER, NUMBER],
        )
        conn.execute(
            """INSERT INTO bookings (case_id, round, kind, slot_id, starts_at, ends_at, cutoff_at,
                                     chosen_by, sequence, created_at)
               SELECT c.id, 1, 'redelivery', s.id, s.starts_at, s.ends_at, s.cutoff_at, 'customer',
                      0, now() FROM cases c, slots s WHERE s.capacity = %s""",
            [NUMBER],
        )
        conn.execute(
            """INSERT INTO handovers (booking_id, case_id, connector, made_at, people_at,
                                      confirm_by)
               SELECT id, case_id, 'webhook', now(), now() + '2 hours', now() + '4 hours'
                 FROM bookings"""
        )
        conn.execute(
            """INSERT INTO handover_acts (case_id, booking_id, account_id, connector, act, key,
                                          due_at, created_at)
               SELECT b.case_id, b.id, c.account_id, 'webhook', 'push', 'bench-' || b.id, now(),
                      now() FROM bookings b JOIN cases c ON c.id = b.case_id"""
        )
    with here.connect() as conn:
        conn.execute("ANALYZE")


def _time(here: Stage) -> float:
    """Seconds from the first booking that is confirmed to the last; a sender starts now."""
    here.start("sender", role("sender"))
    with here.connect() as conn:

        def confirmed() -> int:
            row = conn.execute(
                "SELECT count(*) FROM bookings WHERE confirmed_at IS NOT NULL"
            ).fetchone()
            assert row is not None
            return int(str(row[0]))

        here.eventually(confirmed, "the first booking is confirmed")
        since = time.perf_counter()
        here.eventually(lambda: confirmed() == NUMBER, "all are confirmed", within=120)
        return time.perf_counter() - since
