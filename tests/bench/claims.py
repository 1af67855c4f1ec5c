"""(b) What claiming a due step costs when ten thousand wait, and when a million do."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from statistics import median

from app.chain import store
from app.db import connection as db
from tests.bench.report import Figure, Sample, repeated, say
from tests.bench.stage import Servers, Stage, stage

FEW, MANY = 10_000, 1_000_000
DUE = 5_000  # of them, in each repeat
LIMIT, LEASE = 500, timedelta(seconds=15)

_FILL = """INSERT INTO steps (case_id, name, due_at, request_id)
    SELECT n, 'bench', %(now)s + n * interval '1 second' / 10, 'bench'
      FROM generate_series(%(first)s::bigint, %(last)s::bigint) n"""


def figures(servers: Servers) -> Iterator[Figure]:
    with stage(servers) as few, stage(servers) as many:
        _fill(few, FEW)
        _fill(many, MANY)

        def once() -> Sample:
            return {"many": _claim(many), "few": _claim(few)}

        once()
        stale = repeated("claims, stale statistics", once, by=_ratio)
        for place in (few, many):
            with place.connect() as conn:
                conn.execute("ALTER TABLE step_runs RESET (autovacuum_enabled)")
                conn.execute("VACUUM ANALYZE steps, step_runs")
        fresh = repeated("claims", once, by=_ratio)
    what = "claim of a step when 1,000,000 wait, beside 10,000"
    yield Figure(what, "µs", fresh["many"], fresh["few"], at_most=1.3)
    yield Figure(
        f"{what}; statistics from when there were 100",
        "µs",
        stale["many"],
        stale["few"],
        at_most=1.3,
    )


def _ratio(sample: Sample) -> float:
    return sample["many"] / sample["few"]


def _fill(place: Stage, number: int) -> None:
    """Let that many wait, and let the planner believe that they are a hundred."""
    values = {"now": datetime.now(UTC) + timedelta(hours=1)}
    with place.connect() as conn:
        conn.execute("ALTER TABLE step_runs SET (autovacuum_enabled = off)")
        conn.execute(_FILL, values | {"first": 1, "last": 100})
        conn.execute("ANALYZE steps, step_runs")
        conn.execute(_FILL, values | {"first": 101, "last": number - DUE})
    say(f"{number:,} steps wait")


def _claim(place: Stage) -> float:
    """Microseconds of a step, while the due part is claimed; it is replaced beforehand."""
    now = datetime.now(UTC)
    with place.connect() as other:
        other.execute("DELETE FROM steps WHERE case_id < 0")
        other.execute(_FILL, {"now": now - timedelta(hours=1), "first": -DUE, "last": -1})
    db.configure(place.database)
    conn = db.connection()
    took = []
    for _ in range(DUE // LIMIT):
        since = time.perf_counter()
        claimed = store.claim(conn, now, LIMIT, LEASE)
        took.append((time.perf_counter() - since) / LIMIT * 1e6)
        assert len(claimed) == LIMIT
    assert store.claim(conn, now, LIMIT, LEASE) == []
    return median(took)
