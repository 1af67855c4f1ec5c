"""Steps of the chain that do nothing, or only note when they start: the engine is real."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime

from app.chain import registry
from app.chain.step import Done, Plain, Step, StepType
from app.db.connection import Connection

POLICY = {
    "start": "bench_one",
    "return_after": 86400,
    "after": {
        "bench_one": {"*": [{"arm": "bench_two"}]},
        "bench_two": {"*": [{"arm": "bench_three"}]},
    },
}


def nothing(_conn: Connection, steps: Sequence[Step], _now: datetime) -> list[Done[Plain]]:
    return [Done(Plain.DONE)] * len(steps)


def last(conn: Connection, steps: Sequence[Step], _now: datetime) -> list[Done[Plain]]:
    """Ends the cases too, or the audit would heal them: an open case needs a next step."""
    ids = [step.case.id for step in steps]
    conn.execute("UPDATE cases SET state = 'closed' WHERE id = ANY(%s)", [ids])
    return [Done(Plain.DONE)] * len(steps)


def note(conn: Connection, steps: Sequence[Step], now: datetime) -> list[Done[Plain]]:
    conn.execute("INSERT INTO bench_starts VALUES (%s, %s)", [time.time(), len(steps)])
    return last(conn, steps, now)


registry.register(
    *(
        StepType(name=name, handler=handler, outcomes=Plain, label="bench")
        for name, handler in (
            ("bench_one", nothing),
            ("bench_two", nothing),
            ("bench_three", last),
            ("bench_note", note),
        )
    )
)
