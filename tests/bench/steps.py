"""Cases and steps in bulk, and the processes that run them."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import psutil
from psycopg.types.json import Jsonb

from tests import seed
from tests.bench.stage import Stage
from tests.bench.trivial import POLICY


def prepare(here: Stage) -> seed.World:
    """The bench's own policy for the shipper of the small world."""
    world = here.world()
    with here.connect() as conn:
        conn.execute("CREATE TABLE bench_starts (at float8 NOT NULL, steps int NOT NULL)")
        conn.execute(
            """WITH made AS (INSERT INTO policies (name, body, created_at)
                             VALUES ('bench', %s, now()) RETURNING id)
               UPDATE shippers SET policy_id = made.id FROM made""",
            [Jsonb(POLICY)],
        )
    return world


def arm(here: Stage, world: seed.World, number: int, name: str, due: datetime) -> None:
    """As many new cases, each with this step."""
    with here.connect() as conn, conn.transaction():
        conn.execute(
            """WITH parcels AS (
                   INSERT INTO shipments (shipper_id, depot_id, tracking_number, created_at,
                                          updated_at)
                   SELECT %(shipper)s, %(depot)s, 'S' || n, now(), now()
                     FROM generate_series(1, %(number)s) n RETURNING id),
               opened AS (
                   INSERT INTO cases (shipment_id, shipper_id, account_id, depot_id, policy_id,
                       kind, reason, fault, words, opened_at, updated_at, request_id)
                   SELECT p.id, s.id, %(account)s, %(depot)s, s.policy_id, 'failed', 'unknown',
                          'unknown', '', now(), now(), 'bench'
                     FROM parcels p, shippers s WHERE s.id = %(shipper)s RETURNING id)
               INSERT INTO steps (case_id, name, due_at, request_id)
               SELECT id, %(name)s, %(due)s, 'bench' FROM opened""",
            {
                "shipper": world.shipper_id,
                "depot": world.depot_id,
                "account": world.accounts["onfleet"].id,
                "number": number,
                "name": name,
                "due": due,
            },
        )
        conn.execute("ANALYZE cases")


def run(here: Stage) -> tuple[psutil.Process, psutil.Process]:
    """A clock and a worker with the bench's step types, once both have shown that they work."""
    clock = here.start("clock", "exec python -m tests.bench.clock")
    worker = here.worker("tests.bench.worker")
    return clock, worker


def warm(here: Stage, world: seed.World) -> None:
    """Run some cases, so that nothing is met for the first time."""
    arm(here, world, 100, "bench_one", datetime.now(UTC))
    over(here)


def over(here: Stage, within: float = 60) -> float:
    """When no step is left, by the machine's clock."""
    with here.connect() as conn:
        deadline = time.time() + within
        while conn.execute("SELECT 1 FROM steps LIMIT 1").fetchone():
            if time.time() > deadline:
                raise TimeoutError(here._said())
            time.sleep(0.01)
    return time.time()
