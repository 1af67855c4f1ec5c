"""The process that does the dry runs that were asked for; a clock starts it, beside all else.

A replay takes the processor for a while, moves time and must be given up when it takes too long,
so it has a process of its own, which anybody may end at any time.
"""

from __future__ import annotations

import os
import subprocess
import sys

import structlog

import app
from app import settings
from app.db import connection as db
from app.managing.dry_runs import asked, store

log = structlog.get_logger(__name__)

_NICE = 10
"""Whoever is called must not wait for it."""


def start() -> bool:
    """Let a process of its own do what was asked for, and wait for it; False: nothing is left."""
    if not store.waiting(db.connection()):
        return False
    db.close()  # whoever waits needs no connection
    try:
        subprocess.run(
            [sys.executable, "-m", "tasks.dry_runs"],
            check=True,
            timeout=asked.LOST.total_seconds(),
            stdout=subprocess.DEVNULL,
        )
    except (subprocess.SubprocessError, OSError) as error:
        log.warning("dry_run_ended", error=type(error).__name__)
    return False


def main() -> None:
    """Do all that was asked for."""
    os.nice(_NICE)
    app.configure(settings.load())
    while asked.do_next():
        pass


if __name__ == "__main__":
    main()
