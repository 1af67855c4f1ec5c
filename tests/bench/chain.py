"""(d) Three durable steps of a case, beside a Celery canvas chain of three no-op tasks.

One worker process of the same pool on each side, the same Redis. Ours are claimed by the clock
from rows, sent in batches, run in the engine, and arm their successors; the chain is published
by a process of its own.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from tests.bench import steps
from tests.bench.canvas import DONE
from tests.bench.report import Figure, Sample, repeated
from tests.bench.stage import ROOT, Servers, Stage, stage
from tests.seed import World

CASES, CHAINS, WARM = 3000, 600, 50


def figures(servers: Servers) -> Iterator[Figure]:
    with stage(servers) as here:
        world = steps.prepare(here)

        def once() -> Sample:
            return {"ours": _ours(here, world), "canvas": _canvas(here)}

        got = repeated("chain", once, by=lambda s: s["ours"] / s["canvas"])
    what = "cases through three durable steps, beside a Celery canvas chain of three no-ops"
    yield Figure(what, "/s", got["ours"], got["canvas"], at_least=2)


def _ours(here: Stage, world: World) -> float:
    steps.run(here)
    steps.warm(here, world)
    due = datetime.now(UTC) + timedelta(seconds=2)
    steps.arm(here, world, CASES, "bench_one", due)
    rate = CASES / (steps.over(here) - due.timestamp())
    here.kill()
    return rate


def _canvas(here: Stage) -> float:
    """The publisher starts, says so, and waits for a line with the number of chains."""
    here.worker("tests.bench.canvas")
    publisher = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.canvas"],
        cwd=ROOT,
        env=here.env,
        stdin=subprocess.PIPE,
        text=True,
    )
    assert publisher.stdin is not None
    with here.redis() as client, publisher, publisher.stdin as lines:

        def run(number: int) -> float:
            client.delete(DONE)
            since = time.time()
            print(number, file=lines, flush=True)
            here.eventually(lambda: client.get(DONE), "all chains have ended")
            return number / (time.time() - since)

        run(WARM)
        rate = run(CHAINS)
    here.kill()
    return rate
