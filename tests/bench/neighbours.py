"""(l) One account's single failures beside another's flood, with the whole chain alive.

The flood is due at one moment: so many cases whose chain begins. The others come one by one, at
the door, and what counts is when their first dispatcher is called.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from statistics import quantiles

from app.intake import samples
from app.intake.event import Account
from tests import seed
from tests.bench import steps
from tests.bench.pacing import post
from tests.bench.report import Figure, Sample, repeated, say
from tests.bench.stage import Servers, Stage, role, stage

FLOOD, QUICK = 20_000, 5_000
WARM = 30  # until nothing is met for the first time
SINGLE = 100  # in 17 seconds
PATIENCE = 20 * 60
"""Seconds after which the customer is told, whatever the dispatcher does."""

_numbers = itertools.count(1)


def figures(servers: Servers) -> Iterator[Figure]:
    def once() -> Sample:
        with stage(servers, REKNOCK_DEMO="1") as here:
            world = here.world()
            port = here.web()
            here.worker()
            here.start("sender", role("sender"))
            here.start("clock", role("clock"))
            account = world.accounts["easypost"]
            _first_calls(here, account, port, WARM)
            alone = _first_calls(here, account, port, SINGLE)
            _flood(here, world)
            beside = _first_calls(here, account, port, SINGLE)
            with here.connect() as conn:
                (left,) = conn.execute(
                    "SELECT count(*) FROM steps WHERE name = 'hear_courier'"
                ).fetchone() or (0,)
            say(f"of the flood {left:,} still wait")
            return {
                "alone": alone[98],
                "beside": beside[98],
                "alone half": alone[49],
                "beside half": beside[49],
            }

    got = repeated("neighbours", once, by=lambda sample: PATIENCE + sample["beside"])
    what = f"single failures while {FLOOD:,} of another account begin, beside none"
    call, note = f"{what}: first call within", "1.1 wanted"
    yield Figure(f"{call}, half of them", "s", got["beside half"], got["alone half"], note=note)
    yield Figure(f"{call}, 99 of 100", "s", got["beside"], got["alone"], note=note)
    yield Figure(
        f"{what}: the customer's first news within, 99 of 100",
        "s",
        [PATIENCE + seconds for seconds in got["beside"]],
        [PATIENCE + seconds for seconds in got["alone"]],
        at_most=1.1,
    )


def _first_calls(here: Stage, account: Account, port: int, number: int) -> list[float]:
    """Seconds from a webhook's commit to its first call: within which 1 of 100, 2 of 100 …"""
    now = datetime.now(UTC)
    ready = [samples.failure(account, now, shipment=f"N{next(_numbers)}") for _ in range(number)]
    cases = post(port, account.slug, ready, per_second=6)
    query = """SELECT extract(epoch FROM min(m.done_at) - c.opened_at)::float8
                 FROM cases c JOIN messages m ON m.case_id = c.id AND m.audience = 'dispatcher'
                  AND m.state = 'delivered'
                WHERE c.id = ANY(%s) GROUP BY c.id"""
    with here.connect() as conn:
        here.eventually(
            lambda: len(conn.execute(query, [cases]).fetchall()) == number,
            "every dispatcher is called",
            within=300,
        )
        took = [float(str(row[0])) for row in conn.execute(query, [cases])]
    return quantiles(took, n=100, method="inclusive")


def _flood(here: Stage, world: seed.World) -> None:
    steps.arm(here, world, FLOOD, "hear_courier", datetime.now(UTC) + timedelta(hours=1))
    with here.connect() as conn:
        conn.execute("""UPDATE shipments SET courier_phone = '+17145554231'
                         WHERE tracking_number LIKE 'S%'""")
        conn.execute(
            """UPDATE steps SET due_at = now(), data = '{"happened": "opened"}'
                WHERE name = 'hear_courier'"""
        )
    time.sleep(1.5)  # the clock sees it by itself
