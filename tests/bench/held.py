"""(k) Claims while somebody keeps an old transaction open; an idle replication slot does the same.

Nothing that died since can be cleaned away then. The clock arms, claims and ends steps as in a
minute at five hundred a second, with its own way to claim; time is moved.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg

from app.chain import changes_store
from app.chain.changes_store import Changes
from app.db import connection as db
from tasks.claims import CLAIM, SWEEP_EVERY, Claims
from tasks.queue import Queue
from tests.bench.report import Figure, Sample, repeated
from tests.bench.stage import Servers, Stage, stage

SECONDS = 60
_FOREVER = "-c idle_in_transaction_session_timeout=0"  # ours end after a minute

_ARM = """INSERT INTO steps (case_id, name, due_at, request_id, account_id)
    SELECT %s::int * 1000000 + n, 'bench', %s, 'bench', n %% 3 FROM generate_series(1, %s) n"""


def figures(servers: Servers) -> Iterator[Figure]:
    def once() -> Sample:
        with (
            stage(servers) as free,
            stage(servers) as held,
            psycopg.connect(held.database, options=_FOREVER) as forgotten,
        ):
            forgotten.execute("SELECT pg_current_xact_id()")
            slow, quick = _claims(held, free)
            return {"held": slow, "free": quick}

    got = repeated("held", once, by=lambda sample: sample["held"] / sample["free"])
    yield Figure(
        f"claims while a transaction is held open for {SECONDS} s, beside none",
        "/s",
        got["held"],
        got["free"],
        at_least=0.9,
    )


def _claims(*places: Stage) -> list[float]:
    """Steps a second of each place, of the time that claims and looks for the next take."""
    clocks = [_Claiming(place) for place in places]
    for second in range(SECONDS):
        for one in clocks:
            one.go_on(second)
    return [SECONDS * CLAIM / one.took for one in clocks]


class _Claiming:
    """One clock on its database."""

    def __init__(self, here: Stage) -> None:
        db.configure(here.database)
        self._conn = db.connect()
        self._claims = Claims(Queue(here.env["REDIS_URL"]))
        self._began = datetime.now(UTC)
        self.took = 0.0

    def go_on(self, second: int) -> None:
        now = self._began + timedelta(seconds=second)
        self._conn.execute(_ARM, [second, now, CLAIM])
        if second % SWEEP_EVERY == 0:
            self._claims._next_sweep = 0.0  # it looks at everything as often as in real time
        since = time.perf_counter()
        claimed = self._claims.claim(self._conn, now, CLAIM + 1)
        self._claims.next_due(self._conn, now + timedelta(seconds=1))
        self.took += time.perf_counter() - since
        assert len(claimed) == CLAIM, len(claimed)
        changes_store.write(self._conn, Changes(over=[step.id for step in claimed]), now)
