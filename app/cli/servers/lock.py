"""One copy per home: a lock that the kernel gives back when its holders are gone.

The watchdog of a copy holds it too, so that a new copy waits until whatever a killed one
left behind has ended.
"""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

import psutil

from app.cli.errors import ServerError

LEFTOVERS_SECONDS = 15.0


class HomeLock:
    """The right to run servers under `home`."""

    def __init__(self, home: Path) -> None:
        self.path = home / "lock"
        self.files: tuple[int, ...] = ()
        """The open file that carries the lock, for a process that shall hold it too."""

    def take(self) -> None:
        """Hold the lock until `give_back` or the end of this process and its watchdog.

        Raises:
            ServerError: another copy holds it.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        deadline = time.monotonic() + LEFTOVERS_SECONDS
        while not _lock(file, fcntl.LOCK_EX):
            holder = os.pread(file, 20, 0).decode().strip()
            if time.monotonic() > deadline or (holder and psutil.pid_exists(int(holder))):
                os.close(file)
                raise ServerError(
                    f"Reknock already runs from {self.path.parent} (process {holder}). Stop it, "
                    "or give this copy a place and a port of its own: REKNOCK_HOME=… PORT=…"
                )
            time.sleep(0.1)
        os.ftruncate(file, 0)
        os.pwrite(file, f"{os.getpid()}\n".encode(), 0)
        self.files = (file,)

    def give_back(self) -> None:
        """Let others run; nothing happens when the lock is not held."""
        for file in self.files:
            fcntl.flock(file, fcntl.LOCK_UN)
            os.close(file)
        self.files = ()

    def held(self) -> bool:
        """Whether any process, this one too, holds the lock now."""
        try:
            file = os.open(self.path, os.O_RDONLY)
        except FileNotFoundError:
            return False
        free = _lock(file, fcntl.LOCK_SH)
        os.close(file)
        return not free


def _lock(file: int, kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
