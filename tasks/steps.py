"""One task for every step type there is."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

import psycopg
import structlog

from app.chain import engine, registry
from app.chain.step import StepType
from app.chain.store import Ref
from tasks.app import celery

log = structlog.get_logger(__name__)

FEW = 10
"""Steps in a task message. More are a flood's, or at least in no hurry."""
_many = threading.BoundedSemaphore(max(1, (os.cpu_count() or 2) // 2))
"""Large task messages take turns, one for two processors, since each keeps one busy in Postgres or
here: whoever comes beside a flood finds the other one free. What the flood loses is little."""


def make(step_type: StepType[Any]) -> None:
    """Make the task that runs steps of this type."""

    @celery.task(name=step_type.name)
    def run(refs: Sequence[Sequence[int]]) -> None:
        try:
            with _many if len(refs) > FEW else nullcontext():
                engine.run(step_type, [Ref(*ref) for ref in refs])
        except psycopg.OperationalError as error:
            # The leases bring these steps back when the database is there again.
            log.warning("database_away", step=step_type.name, steps=len(refs), error=str(error))


for each in registry.step_types().values():
    make(each)
