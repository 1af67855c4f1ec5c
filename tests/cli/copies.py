"""Whole copies of the service, started as an operator starts them."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

from tests.pages.web import free_port

PYTHON = sys.executable
ROOT = Path(__file__).resolve().parents[2]

PROCFILE = f"""\
web: exec {PYTHON} -I {Path(__file__).with_name("little_web.py")} "$PORT"
idle: exec sleep 1000
"""
"""Two processes that need nothing of the app: these tests are about who starts and ends them."""


def eventually(true: Callable[[], object], seconds: float = 180) -> None:
    """Fail unless `true` becomes so; for what other processes do in their own time."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"still not so after {seconds} s"
        time.sleep(0.05)


class Copy:
    """One `reknock up` with its own home and port."""

    def __init__(self, home: Path, **env: str) -> None:
        self.home = home
        self.port = free_port()
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(home.parent),
            "PORT": str(self.port),
            "REKNOCK_HOME": str(home),
        } | env
        home.parent.mkdir(exist_ok=True)
        self.procfile = home.parent / "Procfile"
        self.procfile.write_text(PROCFILE)
        self.lines: list[str] = []
        self._process: subprocess.Popen[str] | None = None

    @property
    def process(self) -> subprocess.Popen[str]:
        assert self._process is not None
        return self._process

    def start(self, *words: str) -> Copy:
        """With the two little processes, unless `words` say otherwise."""
        self.lines.clear()
        self._process = self.reknock("up", *(words or ("--procfile", str(self.procfile))))
        threading.Thread(target=self._listen, args=[self._process], daemon=True).start()
        self.says("Ctrl-C stops everything")
        return self

    def reknock(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [PYTHON, "-P", "-m", "app.cli", *words],
            env=self.env,
            cwd=self.home.parent,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE if words[0] != "up" else subprocess.STDOUT,
            text=True,
        )

    def says(self, text: str) -> None:
        eventually(lambda: self.said(text) or self.process.poll() is not None)
        assert self.said(text), self.lines

    def said(self, text: str) -> bool:
        return any(text in line for line in self.lines)

    def ends(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(60)

    def kill(self, pid: int) -> None:
        os.kill(pid, signal.SIGKILL)

    def url(self, name: str) -> str:
        run = json.loads((self.home / "run.json").read_text())
        url: str = run["environment"][name]
        return url

    def left(self) -> list[psutil.Process]:
        """Every live process that belongs to this copy."""
        return [process for process in psutil.process_iter() if self._owns(process)]

    def pids(self, words: str) -> list[int]:
        """Those of its live processes whose command line has `words` in it."""
        return [process.pid for process in self.left() if words in _command_of(process)]

    def _owns(self, process: psutil.Process) -> bool:
        with contextlib.suppress(psutil.Error, OSError):
            if process.status() == psutil.STATUS_ZOMBIE or process.pid == os.getpid():
                return False
            if Path(process.cwd()).is_relative_to(self.home):
                return True  # Postgres overwrites its environment
            return process.environ().get("REKNOCK_HOME") == str(self.home)
        return False

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with process.stdout as lines:
            for line in lines:
                self.lines.append(line.rstrip())


@contextlib.contextmanager
def copies(number: int, **env: str) -> Iterator[list[Copy]]:
    """Copies that are not started yet; whatever of them still runs at the end is killed."""
    with tempfile.TemporaryDirectory(prefix="rk-") as folder:
        made = [Copy(Path(folder, str(i), "home"), **env) for i in range(number)]
        try:
            yield made
        finally:
            for copy in made:
                if copy._process is not None and copy.process.poll() is None:
                    copy.ends(signal.SIGTERM)
            eventually(lambda: not any(copy.left() for copy in made))


def _command_of(process: psutil.Process) -> str:
    with contextlib.suppress(psutil.Error):
        return " ".join(process.cmdline())
    return ""
