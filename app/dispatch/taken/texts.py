"""What somebody reads who took a task on: that it is due, and that it went back."""

from __future__ import annotations

from datetime import datetime

from app.cases.model import Case
from app.dispatch.store import Task
from app.theme.times import When


def reminder(case: Case, task: Task, url: str, now: datetime) -> tuple[str, str]:
    """Subject and text for whoever has it: until when, what comes then, and what they can do."""
    when = When(case.depot.zone, now)
    subject = f"You have it, and it is not finished: {case.parcel.label}"
    at = task.acknowledged_at
    since = f" You took it on {_hour(at, when)}." if at else ""
    then = (
        f" Please finish it by {_hour(task.done_by, when)}, or say there that you need longer; "
        "else others are called."
        if task.done_by
        else f" Please answer by {_hour(task.deadline, when)}."
        if task.deadline
        else " Please finish it."
    )
    return subject, f"{subject}.{since}{then} {url}"


def went_back(case: Case, since: datetime | None, url: str, now: datetime) -> tuple[str, str]:
    """Subject and text for whoever had it: others are called, and how to have it again."""
    when = When(case.depot.zone, now)
    subject = f"Others are called now: {case.parcel.label}"
    had = f" You had it since {_hour(since, when)} and it is not finished." if since else ""
    return subject, f"{subject}.{had} If you are on it, please take it on again: {url}"


def _hour(at: datetime, when: When) -> str:
    return when.time(at) if when.day(at) == "today" else when.short(at)
