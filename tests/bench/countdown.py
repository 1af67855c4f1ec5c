"""(e) A hundred thousand waits as Celery countdowns, and as rows: what they cost, what is lost.

The countdowns are genuine messages, multiplied in Redis, since publishing them one by one takes
a minute. Then everything is killed and Redis emptied, as when its machine is lost.
"""

from __future__ import annotations

import json
import sys
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from subprocess import run

import redis

from app import clock
from tests.bench import steps
from tests.bench.canvas import WAIT
from tests.bench.report import Figure, say
from tests.bench.stage import ROOT, Servers, Stage, stage

WAITS = 100_000
PATIENCE = 1200.0  # seconds, on a machine that is busy with other things


def figures(servers: Servers) -> Iterator[Figure]:
    with stage(servers) as here:
        per_wait, stuck, lost = _countdowns(here)
    say(f"countdowns: {per_wait:.2f} kB each, {stuck:,} stuck, {lost:,} lost")
    with stage(servers, REKNOCK_DEMO="1") as here:
        ours_per_wait, ours_lost, took = _rows(here)
    say(f"rows: {ours_per_wait:.3f} kB each, {ours_lost:,} lost, all run {took:.0f} s later")
    what = f"{WAITS:,} waits, beside Celery countdowns"
    yield Figure(f"{what}: memory of a process for each", "kB", [ours_per_wait], [per_wait])
    yield Figure(
        f"{what}: not run by a new worker after SIGKILL and an emptied Redis",
        "",
        [ours_lost],
        [lost],
        note=f"of a worker killed alone it has {stuck:,} that nobody runs for an hour",
    )


def _countdowns(here: Stage) -> tuple[float, float, float]:
    """Kilobytes of worker for each; how many nobody runs after SIGKILL; how many are lost."""
    worker = here.worker("tests.bench.canvas")
    with here.redis() as client:
        command = [sys.executable, "-m", "tests.bench.canvas", "wait"]
        run(command, cwd=ROOT, env=here.env, check=True)
        here.eventually(lambda: client.hlen("unacked") == 1, "the worker listens")
        before = worker.memory_info().rss
        _multiply(client, WAITS)
        say(f"{WAITS:,} countdowns published")
        here.eventually(lambda: client.hlen("unacked") > WAITS, "all are taken", PATIENCE)
        time.sleep(1)
        per_wait = (worker.memory_info().rss - before) / WAITS / 1024
        here.kill()
        here.worker("tests.bench.canvas")
        time.sleep(5)
        stuck = _nobodys(client)
        here.kill()
        client.flushall()
        here.worker("tests.bench.canvas")
        time.sleep(5)
        lost = WAITS - int(client.hlen("unacked"))
        here.kill()
    return per_wait, stuck, lost


def _multiply(client: redis.Redis, number: int) -> None:
    """The one message that waits, again and again under other names."""
    ((_, kept),) = client.hgetall("unacked").items()
    message = json.loads(kept)[0]
    pipe = client.pipeline(transaction=False)
    for i in range(1, number + 1):
        name = str(uuid.uuid4())
        message["headers"] |= {"id": name, "root_id": name}
        message["properties"] |= {"correlation_id": name, "delivery_tag": str(uuid.uuid4())}
        pipe.lpush("chain", json.dumps(message))
        if i % 5000 == 0:
            pipe.execute()


def _nobodys(client: redis.Redis) -> int:
    """Taken by the killed worker and not given back."""
    return min(WAITS, int(client.hlen("unacked"))) if client.llen("chain") == 0 else 0


def _rows(here: Stage) -> tuple[float, float, float]:
    """Kilobytes of clock for each, how many are lost, seconds to run the rest."""
    world = steps.prepare(here)
    ticker, _ = steps.run(here)
    steps.warm(here, world)
    before = ticker.memory_info().rss
    steps.arm(here, world, WAITS, "bench_note", datetime.now(UTC) + timedelta(seconds=WAIT))
    time.sleep(5)
    per_wait = max(0, ticker.memory_info().rss - before) / WAITS / 1024
    clock.advance(timedelta(seconds=WAIT))
    _becomes_busy(here)
    here.kill()
    here.servers.empty_redis()
    ran = _ran(here)
    say(f"killed when {ran:,} had run")
    steps.run(here)
    since = time.time()
    took = steps.over(here, PATIENCE) - since
    lost = WAITS - _ran(here)
    return per_wait, lost, took


def _becomes_busy(here: Stage) -> None:
    here.eventually(lambda: _ran(here) > WAITS / 10, "the worker is in the middle of it")


def _ran(here: Stage) -> int:
    with here.connect() as conn:
        row = conn.execute("SELECT coalesce(sum(steps), 0)::bigint FROM bench_starts").fetchone()
    assert row is not None
    return int(str(row[0]))
