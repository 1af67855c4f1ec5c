"""One task for every step type there is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg
import structlog

from app.chain import engine, registry
from app.chain.step import StepType
from app.chain.store import Ref
from tasks.app import celery

log = structlog.get_logger(__name__)


def make(step_type: StepType[Any]) -> None:
    """Make the task that runs steps of this type."""

    @celery.task(name=step_type.name)
    def run(refs: Sequence[Sequence[int]]) -> None:
        try:
            engine.run(step_type, [Ref(*ref) for ref in refs])
        except psycopg.OperationalError as error:
            # The leases bring these steps back when the database is there again.
            log.warning("database_away", step=step_type.name, steps=len(refs), error=str(error))


for each in registry.step_types().values():
    make(each)
