"""What one person was called for, and what of it still waits for somebody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.channels import service as channels
from app.db.connection import Connection
from app.dispatch import rules, store
from app.dispatch.rules import Ring
from app.dispatch.states import TaskState


def rings(conn: Connection, person_id: int) -> dict[int, Ring]:
    """What this person was called for by task, the newest first, each by its newest call."""
    found: dict[int, Ring] = {}
    for key in channels.calls_of(conn, person_id):
        ring = rules.ring_of(key)
        if ring is not None:
            found.setdefault(ring.task_id, ring)
    return found


def waiting(conn: Connection, rings: Mapping[int, Ring]) -> list[int]:
    """Those that nobody has and that did not go to others, in the same order."""
    tasks = store.by_ids(conn, list(rings))
    return [
        i
        for i, ring in rings.items()
        if (task := tasks.get(i)) and task.state is TaskState.OPEN and not task.gone_up(ring.level)
    ]


def level(keys: Sequence[str]) -> int | None:
    """The level at which somebody was called last for a task, by `CALLS_ABOUT` it; None: never."""
    return next((ring.level for key in keys if (ring := rules.ring_of(key))), None)
