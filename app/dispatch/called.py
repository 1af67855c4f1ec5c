"""What one person was called for, and what of it still waits for somebody."""

from __future__ import annotations

from collections.abc import Mapping

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


def level(conn: Connection, case_id: int, task_id: int, person_id: int) -> int | None:
    """The level at which this person was called last for a task; None if they never were."""
    keys = channels.calls_about(conn, case_id, person_id, f"task-{task_id}")
    return next((ring.level for key in keys if (ring := rules.ring_of(key))), None)
