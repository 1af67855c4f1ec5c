"""The verb of somebody who needs longer for what they took on."""

from __future__ import annotations

from datetime import datetime

from app.db.connection import transaction
from app.dispatch import refusals, service
from app.dispatch.states import TaskState
from app.dispatch.store import Task
from app.dispatch.taken import service as taken
from app.errors import Problem
from app.languages.language import mark
from app.languages.sentence import sentence
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
            detail = mark("Nobody has it at the moment. Please take it on first.")
            if back := task.went_back_at:
                detail = sentence(
                    "Nobody has it at the moment: it went back {moment}. Please take it on first.",
                    moment=lambda language: When(case.depot.zone, now, language).moment(back),
                )
            raise Problem(409, "nobody_has_it", detail)
        if task.acknowledged_by != by:
            raise Problem(
                409, "not_yours", sentence("{who} has this task.", who=task.acknowledged_by)
            )
        refusals.refuse_hour(task, case, until, now)
        taken.longer(conn, task, case, by, until, now)
        return service.reread(conn, task_id)
