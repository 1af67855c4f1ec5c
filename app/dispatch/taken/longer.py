"""The verb of somebody who needs longer for what they took on."""

from __future__ import annotations

from datetime import datetime

from app.db.connection import transaction
from app.dispatch import refusals, service
from app.dispatch.states import TaskState
from app.dispatch.store import Task
from app.dispatch.taken import service as taken
from app.errors import Problem
from app.theme.times import When


def longer(task_id: int, by: str, until: datetime, now: datetime) -> Task:
    """Say that whoever has a task needs until then; the others are called only afterwards.

    Raises:
        Problem: 404 no such task; 409 it is over, nobody has it or somebody else does; 422 that
            hour has passed, or comes too late.
    """
    with transaction() as conn:
        task, case = service.lock(conn, task_id)
        refusals.refuse_over(task, case)
        if task.state is not TaskState.ACKNOWLEDGED:
            when = When(case.depot.zone, now)
            went = f" It went back {when.moment(task.went_back_at)}." if task.went_back_at else ""
            detail = f"Nobody has it at the moment.{went} Please take it on first."
            raise Problem(409, "nobody_has_it", detail)
        if task.acknowledged_by != by:
            raise Problem(409, "not_yours", f"{task.acknowledged_by} has this task.")
        refusals.refuse_hour(task, case, until, now)
        taken.longer(conn, task, case, by, until, now)
        return service.reread(conn, task_id)
