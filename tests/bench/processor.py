"""Processor time of what runs for a benchmark: rates on shared cores say little of others."""

from __future__ import annotations

from contextlib import suppress

import psutil

from tests.bench.stage import Stage


def seconds(here: Stage) -> float:
    """Seconds that the processes of a stage have used, with Postgres and Redis."""
    servers = (here.servers.postgres.pid, here.servers.redis.pid)
    return sum(_family(pid) for pid in (*here.pids(), *servers) if pid is not None)


def _family(root: int) -> float:
    """Those of a process, of all below it, and of those below it that are over."""
    total = 0.0
    with suppress(psutil.NoSuchProcess):
        top = psutil.Process(root)
        for process in (top, *top.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                total += sum(process.cpu_times()[:4])
    return total
