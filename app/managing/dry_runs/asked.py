"""Dry runs that were asked for on a page, done one by one by a process of their own."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import structlog

from app import clock
from app.db import connection as db
from app.db.connection import Connection
from app.errors import Problem
from app.languages.language import mark
from app.managing.dry_runs import service, store
from app.managing.dry_runs.service import Tried
from app.managing.dry_runs.world import TooLong

log = structlog.get_logger(__name__)

LOST = service.LONGEST + timedelta(minutes=1)
"""So long after its beginning its process does not come back."""
_ATTEMPTS = 2
_MOST_WAITING = 5
_TOLD_EVERY = 1.0  # seconds


def ask(conn: Connection, tried: Tried, by: str, now: datetime) -> int:
    """Have it done soon; its number.

    Raises:
        Problem: 409, others have to be done first.
    """
    if store.waiting(conn) >= _MOST_WAITING:
        detail = mark("Other policies are being tried. Please wait a minute and try it again.")
        raise Problem(409, "dry_runs_wait", detail)
    return store.add(conn, tried, by, now)


def do_next() -> bool:
    """Do the next one; False when there is none."""
    live = db.connection()
    asked = store.claim(live, clock.machine_now(), LOST)
    if asked is None:
        return False
    if asked.attempts > _ATTEMPTS:
        store.end(live, asked.id, None, mark("It did not come to an end, twice."))
        return True
    told = 0.0

    def progress(done: int, whole: int) -> None:
        nonlocal told
        if time.monotonic() - told > _TOLD_EVERY:
            told = time.monotonic()
            store.progress(live, asked.id, done, whole)

    result, why = None, None
    try:
        result = service.run(asked.tried, progress)
    except TooLong:
        why = mark("It took too long. Try it on fewer cases.")
    except Exception as error:  # noqa: BLE001 - whoever asked shall hear that it came to nothing
        log.error("dry_run_failed", number=asked.id, error=type(error).__name__)  # noqa: TRY400
        why = mark("It cannot be replayed.")
    store.end(live, asked.id, result, why)
    return True
