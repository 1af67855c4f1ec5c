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
    "return_after": 86400,
    "after": {
        "bench_one": {"*": [{"arm": "bench_two"}]},
        "bench_two": {"*": [{"arm": "bench_three"}]},
    },
}


def nothing(_conn: Connection, steps: Sequence[Step], _now: datetime) -> list[Done]:
    return [Done()] * len(steps)


def last(conn: Connection, steps: Sequence[Step], _now: datetime) -> list[Done]:
    """Ends the cases too, or the audit would heal them: an open case needs a next step."""
    ids = [step.case.id for step in steps]
    conn.execute("UPDATE cases SET state = 'closed' WHERE id = ANY(%s)", [ids])
    return [Done()] * len(steps)


def note(conn: Connection, steps: Sequence[Step], now: datetime) -> list[Done]:
    conn.execute("INSERT INTO bench_starts VALUES (%s, %s)", [time.time(), len(steps)])
    return last(conn, steps, now)


for _name in ("bench_one", "bench_two"):
    link(_name, nothing)
link("bench_three", last)
link("bench_note", note)
