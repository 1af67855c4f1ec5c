"""What one person was called for, and what of it still waits for somebody."""

from __future__ import annotations

from collections.abc import Collection

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


def waiting(conn: Connection, task_ids: Collection[int]) -> list[int]:
    """Those that nobody has, in the same order."""
    tasks = store.by_ids(conn, list(task_ids))
    return [i for i in task_ids if i in tasks and tasks[i].state is TaskState.OPEN]
