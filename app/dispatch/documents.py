"""What a depot's own dispatch system gets: tasks as JSON, in the envelope of Standard Webhooks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson

from app.access import links
from app.cases.model import Case
from app.dispatch.states import TaskKind
from app.dispatch.store import Task

CALLED = "dispatch_task.called"
SEVERAL = "dispatch_tasks.called"


def called(case: Case, task: Task, text: str, now: datetime) -> str:
    """Somebody is called for a task; `text` says it in words."""
    return _envelope(CALLED, {**_task(case, task), "text": text}, now)


def several(tasks: Sequence[tuple[Case, Task]], text: str, now: datetime) -> str:
    """Somebody is called for several at once."""
    data = {"tasks": [_task(case, task) for case, task in tasks], "text": text}
    return _envelope(SEVERAL, data, now)


def test(text: str, now: datetime) -> str:
    """Nobody is called: somebody tries whether it arrives."""
    return _envelope("test", {"text": text}, now)


def example() -> str:
    """What a call looks like, for the reference."""
    task = {
        "id": 4711,
        "kind": TaskKind.FAILURE,
        "case_id": 4242,
        "tracking_number": "1Z999AA10123456784",
        "order_ref": "ORD-1001",
        "depot": "Anaheim Depot",
        "reason": "nobody_home",
        "words": "Nobody answered the door",
        "attempts": 1,
        "deadline": "2026-11-28T17:00:00+00:00",
        "link": links.place("/console/tasks/4711"),
        "text": "Delivery failed: ORD-1001 (Nobody answered the door). …",
    }
    said = {"type": CALLED, "timestamp": "2026-11-26T09:00:00+00:00", "data": task}
    return orjson.dumps(said, option=orjson.OPT_INDENT_2).decode()


def _task(case: Case, task: Task) -> dict[str, Any]:
    return {
        "id": task.id,
        "kind": task.kind,
        "case_id": case.id,
        "tracking_number": case.parcel.tracking_number,
        "order_ref": case.parcel.order_ref,
        "depot": case.depot.name,
        "reason": case.reason,
        "words": case.words,
        "attempts": case.parcel.attempts,
        "deadline": case.act_by,
        "link": links.place(f"/console/tasks/{task.id}"),
    }


def _envelope(kind: str, data: dict[str, Any], now: datetime) -> str:
    return orjson.dumps({"type": kind, "timestamp": now, "data": data}).decode()
