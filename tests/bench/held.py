"""(k) Claims while somebody keeps an old transaction open; an idle replication slot does the same.

Nothing that died since can be cleaned away then. The clock arms, claims and ends steps as in two
hundred seconds at five hundred a second, with its own way to claim; time is moved.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg

from app.chain import changes_store
from app.chain.changes_store import Changes
from app.db import connection as db
from tasks.clock import CLAIM, OVERLAP, Clock
from tests.bench.report import Figure, Sample, repeated
from tests.bench.stage import Servers, Stage, stage

SECONDS = 200

_ARM = """INSERT INTO steps (case_id, name, due_at, request_id, account_id)
    SELECT n, 'bench', %s, 'bench', n %% 3 FROM generate_series(1, %s) n"""


def figures(servers: Servers) -> Iterator[Figure]:
    def once() -> Sample:
        with stage(servers) as free, stage(servers) as held:
            with psycopg.connect(held.database) as forgotten:
                forgotten.execute("SELECT pg_current_xact_id()")
                slow = _claims(held)
            return {"held": slow, "free": _claims(free)}

    got = repeated("held", once, by=lambda sample: sample["held"] / sample["free"])
    yield Figure(
        f"claims while a transaction is held open for {SECONDS} s, beside none",
        "/s",
        got["held"],
        got["free"],
        at_least=0.9,
    )


def _claims(here: Stage) -> float:
    """Steps a second, of the time that claims and looks for the next take."""
    here.attach()
    conn, ticker = db.connection(), Clock(here.env["REDIS_URL"])
    began, took = datetime.now(UTC), 0.0
    for second in range(SECONDS):
        now = began + timedelta(seconds=second)
        conn.execute(_ARM, [now, CLAIM])
        if second % OVERLAP.seconds == 0:
            ticker._next_sweep = 0.0  # it looks at everything as often as in real time
        since = time.perf_counter()
        claimed = ticker._claim(conn, now, CLAIM + 1)
        ticker.pause()
        took += time.perf_counter() - since
        assert len(claimed) == CLAIM, len(claimed)
        changes_store.write(conn, Changes(over=[step.id for step in claimed]), now)
    ticker.close()
    return SECONDS * CLAIM / took
