"""The supervisor's side of the watchdog."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
from typing import IO, cast

from app.cli.servers import watchdog
from app.cli.servers.lock import HomeLock

APPS, SERVERS = 0, 1
"""Stages: what uses the servers ends before the servers do."""


class Guard:
    """Makes sure that watched processes end with this one, even if this one is SIGKILLed."""

    def __init__(self, lock: HomeLock | None = None) -> None:
        """`lock` stays held until the watchdog, too, has ended."""
        self._lock = lock
        self._watched: dict[int, str] = {}
        self._process: subprocess.Popen[str] | None = None
        self._input: IO[str] | None = None

    def watch(self, pid: int, number: signal.Signals, stage: int) -> None:
        """End the group leader `pid` by signal `number` if this process dies first."""
        line = f"watch {pid} {int(number)} {stage}\n"
        self._watched[pid] = line
        self._tell(line)

    def forget(self, pid: int) -> None:
        """`pid` has ended by itself, or was ended."""
        if self._watched.pop(pid, None) is not None:
            self._tell(f"forget {pid}\n")

    def close(self) -> None:
        """Everything watched has ended; let the watchdog go too."""
        if self._process is None or self._input is None:
            return
        with contextlib.suppress(BrokenPipeError):
            self._input.close()
        self._process.wait()
        self._process = self._input = None

    def _tell(self, line: str) -> None:
        if self._input is not None:
            try:
                self._input.write(line)
                self._input.flush()
            except BrokenPipeError:
                self.close()  # somebody killed it
            else:
                return
        self._input = self._start()
        self._input.write("".join(self._watched.values()))
        self._input.flush()

    def _start(self) -> IO[str]:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", watchdog.__file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,  # a program that reads our output must not wait for it
            cwd="/",
            start_new_session=True,  # Ctrl-C and kills of our group must not reach it
            pass_fds=self._lock.files if self._lock else (),
            text=True,
        )
        return cast("IO[str]", self._process.stdin)
