"""(f) Two thousand steps due at the same moment: how late the last one starts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from tests.bench import steps
from tests.bench.report import Figure, Sample, repeated
from tests.bench.stage import Servers, stage

STEPS = 2000


def figures(servers: Servers) -> Iterator[Figure]:
    with stage(servers) as here:
        world = steps.prepare(here)
        steps.run(here)
        steps.warm(here, world)

        def once() -> Sample:
            due = datetime.now(UTC) + timedelta(seconds=3)
            with here.connect() as conn:
                conn.execute("TRUNCATE bench_starts")
                steps.arm(here, world, STEPS, "bench_note", due)
                steps.over(here)
                row = conn.execute("SELECT max(at), sum(steps) FROM bench_starts").fetchone()
            assert row is not None
            assert row[1] == STEPS, row
            return {"late": (float(str(row[0])) - due.timestamp())}

        got = repeated("burst", once, by=lambda sample: sample["late"])
    yield Figure(
        f"{STEPS:,} steps due at once: the last starts late by", "s", got["late"], at_most=0.5
    )
