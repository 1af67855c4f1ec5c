"""(j) Webhooks with the whole chain alive: workers, sender and clock beside the door.

An empty database, and one with a million closed cases, in turns. The door alone is measured by
`intake`; here what it takes is worked on at the same time, by the same processors.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from statistics import median

from app.intake import samples
from app.intake.event import Account
from tests.bench import crowd, growth, processor
from tests.bench.load import per_second, request
from tests.bench.report import Figure, Sample, repeated, say
from tests.bench.stage import Servers, Stage, role, stage

WEBHOOKS = 6000  # of a repeat
WARM = 200
CORES_FOR = 1500  # webhooks a second
LOOK, IDLE = 5.0, 0.1  # seconds, and what is used of them by a copy that has nothing to do
CLOSED, QUICK = 1_000_000, 50_000

_numbers = itertools.count(1)


def figures(_: Servers) -> Iterator[Figure]:
    servers = Servers(durable=True)
    try:
        servers.start()
        yield from _figures(servers)
    finally:
        servers.stop()


def _figures(servers: Servers) -> Iterator[Figure]:
    with (
        stage(servers) as door,
        stage(servers, REKNOCK_DEMO="1") as empty,
        stage(servers, REKNOCK_DEMO="1") as full,
    ):
        old = full.world()
        crowd.seed(full, old, crowd.Size(open=0, closed=CLOSED))
        growth.fold()
        _catch_up(full)
        say(f"{CLOSED:,} closed cases")
        alone = door.world().accounts["onfleet"]
        accounts = [(empty, empty.world().accounts["onfleet"]), (full, old.accounts["onfleet"])]
        port = door.web()

        def once() -> Sample:
            door.attach()
            taken_alone = per_second(door, port, _requests(alone, WEBHOOKS), '"accepted"')
            empty_of_cases, beside_closed = (_rates(*one) for one in accounts)
            taken, worked, cost = empty_of_cases
            taken_full, worked_full, cost_full = beside_closed
            return {
                "door": taken_alone,
                "taken": taken,
                "worked": worked,
                "cost": cost,
                "taken full": taken_full,
                "worked full": worked_full,
                "cost full": cost_full,
            }

        got = repeated("alive", once, by=lambda sample: sample["worked full"] / sample["worked"])
    alive, disk = "webhooks with the whole chain alive", "commits wait for the disk"
    beside = f"{CLOSED:,} closed cases, beside none; {disk}"
    yield Figure(f"{alive}, beside the door alone; {disk}", "/s", got["taken"], got["door"])
    yield Figure(f"{alive}: {beside}", "/s", got["taken full"], got["taken"], at_least=0.95)
    yield Figure(
        f"{alive}, processor time of all until the dispatcher is called: {beside}",
        "ms",
        got["cost full"],
        got["cost"],
        note=f"{CORES_FOR:,}/s want {median(got['cost']) * CORES_FOR / 1000:.1f} cores",
    )
    yield Figure(
        f"{alive}, until the last dispatcher is called: {beside}",
        "/s",
        got["worked full"],
        got["worked"],
        at_least=0.95,
    )


def _catch_up(here: Stage) -> None:
    """Let a clock do beside all else what so many cases that came at once give it to do.

    It counts them, writes the words they are found by, and clears what is old. Of cases that are
    there for long it has done so.
    """
    here.start("clock", role("clock"))

    def rests() -> bool:
        before = processor.seconds(here)
        time.sleep(LOOK)
        return processor.seconds(here) - before < IDLE * LOOK

    here.eventually(rests, "the clock has caught up", within=900)
    here.kill()
    with here.connect() as conn:
        conn.execute("VACUUM ANALYZE")


def _rates(here: Stage, account: Account) -> tuple[float, float, float]:
    """Webhooks taken a second, cases a second until the last dispatcher was called, ms of each."""
    here.attach()
    here.servers.empty_redis()
    port = here.web()
    here.worker()
    here.start("sender", role("sender"))
    here.start("clock", role("clock"))
    _post(here, port, account, WARM)
    before = processor.seconds(here)
    rate, worked = _post(here, port, account, WEBHOOKS)
    used = processor.seconds(here) - before
    here.kill()
    return rate, worked, used / WEBHOOKS * 1000


def _post(here: Stage, port: int, account: Account, number: int) -> tuple[float, float]:
    requests = _requests(account, number)
    with here.connect() as conn:
        row = conn.execute("SELECT coalesce(max(id), 0) FROM messages").fetchone()
        assert row is not None
        since = time.perf_counter()
        rate = per_second(here, port, requests, '"accepted"')

        def called() -> bool:
            sent = conn.execute(
                """SELECT count(*) FROM messages
                    WHERE id > %s AND audience = 'dispatcher' AND state = 'delivered'""",
                row,
            ).fetchone()
            return sent is not None and int(str(sent[0])) >= number

        here.eventually(called, "every dispatcher is called", within=120)
    return rate, number / (time.perf_counter() - since)


def _requests(account: Account, number: int) -> list[bytes]:
    now = datetime.now(UTC)
    return [
        request(account.slug, *samples.failure(account, now, shipment=f"V{next(_numbers)}"))
        for _ in range(number)
    ]
