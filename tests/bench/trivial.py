"""Links of the chain that do nothing, or only note when they start: the engine is real."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime

from app.chain.engine import Done, Step
from app.db.connection import Connection
from tasks.app import link

POLICY = {
    "start": "bench_one",
    "after": {
        "bench_one": {"*": [{"arm": "bench_two"}]},
        "bench_two": {"*": [{"arm": "bench_three"}]},
    },
}


def nothing(_conn: Connection, steps: Sequence[Step], _now: datetime) -> list[Done]:
    return [Done()] * len(steps)


def note(conn: Connection, steps: Sequence[Step], _now: datetime) -> list[Done]:
    conn.execute("INSERT INTO bench_starts VALUES (%s, %s)", [time.time(), len(steps)])
    return [Done()] * len(steps)


for _name in ("bench_one", "bench_two", "bench_three"):
    link(_name, nothing)
link("bench_note", note)
