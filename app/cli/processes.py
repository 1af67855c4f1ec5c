"""Runs the processes of a Procfile: names their lines, starts again what dies, ends all."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import IO

from app.cli import environment
from app.cli.servers.guard import APPS, Guard

FIRST_DELAY, LONGEST_DELAY = 0.5, 30.0
STABLE_SECONDS = 30.0
"""A process that lived this long starts again without remembering earlier deaths."""
GRACE_SECONDS = 8.0
"""For requests and tasks under way; a task that takes longer is run again by its lease."""
COLOURS = ("36", "33", "32", "35", "34", "31")


class Speaker:
    """Prints lines under the name of who says them, one at a time."""

    def __init__(self, names: Iterable[str]) -> None:
        self._lock = threading.Lock()
        self._colours = dict(zip(names, COLOURS * 9, strict=False))
        self._width = max(map(len, self._colours))
        self._plain = not sys.stdout.isatty() or "NO_COLOR" in os.environ

    def say(self, name: str, text: str) -> None:
        """Print `text` as a line of `name`."""
        label = f"{name:<{self._width}} |"
        if not self._plain:
            label = f"\x1b[{self._colours.get(name, '0')}m{label}\x1b[0m"
        with self._lock, contextlib.suppress(OSError, ValueError):  # nobody listens any more
            print(label, text, flush=True)


class Process:
    """One line of the Procfile, kept alive."""

    def __init__(self, name: str, command: str) -> None:
        self.name = name
        self.command = command
        self.popen: subprocess.Popen[bytes] | None = None
        self.delay = FIRST_DELAY
        self.started = 0.0
        self.due = 0.0


class Processes:
    """All of them. `tick` often; `stop` once."""

    def __init__(
        self, procfile: Path, env: Mapping[str, str], guard: Guard, speaker: Speaker
    ) -> None:
        self._all = [Process(name, command) for name, command in read_procfile(procfile)]
        self._env = dict(env)
        self._guard = guard
        self._say = speaker.say

    def tick(self) -> None:
        """Start what is to be started now; note what has died."""
        now = time.monotonic()
        for process in self._all:
            if process.popen is None:
                if process.due <= now:
                    self._start(process)
            elif process.popen.poll() is not None:
                self._bury(process)

    def stop(self, in_a_hurry: Callable[[], bool] = lambda: False) -> None:
        """Ask all to end; after the grace, or as soon as somebody hurries, kill the rest."""
        live = [process.popen for process in self._all if process.popen is not None]
        for popen in live:
            if popen.poll() is None:
                popen.terminate()
        deadline = time.monotonic() + GRACE_SECONDS
        while any(popen.poll() is None for popen in live):
            if time.monotonic() > deadline or in_a_hurry():
                break
            time.sleep(0.05)
        for popen in live:
            self._end_group(popen)

    def _start(self, process: Process) -> None:
        popen = subprocess.Popen(
            ["/bin/sh", "-c", process.command],
            cwd=environment.ROOT,
            env=self._env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is ours; the group can be ended as a whole
        )
        self._guard.watch(popen.pid, signal.SIGTERM, APPS)
        process.popen, process.started = popen, time.monotonic()
        if popen.stdout is not None:
            reader = threading.Thread(
                target=self._relay, args=(process.name, popen.stdout), daemon=True
            )
            reader.start()

    def _bury(self, process: Process) -> None:
        if process.popen is None:
            return
        self._end_group(process.popen)  # what a killed parent left, such as web workers
        if time.monotonic() - process.started > STABLE_SECONDS:
            process.delay = FIRST_DELAY
        process.due = time.monotonic() + process.delay
        how = _how_it_ended(process.popen.returncode)
        self._say(process.name, f"{how}; starting again in {process.delay:g} s")
        process.delay = min(process.delay * 2, LONGEST_DELAY)
        process.popen = None

    def _end_group(self, popen: subprocess.Popen[bytes]) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(popen.pid, signal.SIGKILL)
        popen.wait()
        self._guard.forget(popen.pid)

    def _relay(self, name: str, lines: IO[bytes]) -> None:
        with lines:
            for line in filter(bytes.strip, lines):
                self._say(name, line.decode(errors="replace").rstrip())


def read_procfile(path: Path) -> list[tuple[str, str]]:
    """The `(name, command)` pairs of a Procfile."""
    pairs = (line.partition(":") for line in path.read_text().splitlines())
    return [
        (name.strip(), command.strip())
        for name, _, command in pairs
        if command and not name.lstrip().startswith("#")
    ]


def _how_it_ended(code: int) -> str:
    if code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"ended with status {code}"
