"""What the two private servers have in common: how one starts, answers and ends."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any, ClassVar

import psutil

from app.cli.errors import ServerError
from app.cli.servers.guard import SERVERS, Guard

START_SECONDS = 30.0
"""Also covers the recovery after a crash, which replays at most a few seconds of work."""
STOP_SECONDS = 10.0
LOG_BYTES = 1_000_000
SOCKET_PATH_LIMIT = 100
"""The kernel takes 107 bytes on Linux and 103 on macOS, the final NUL not counted."""


class Server:
    """One server process whose state lives in `home/<name>`."""

    name: ClassVar[str]
    socket_name: ClassVar[str]
    stop_signal: ClassVar[signal.Signals]

    def __init__(self, home: Path, guard: Guard) -> None:
        self.home = home.absolute()
        self.folder = self.home / self.name
        self.log = self.home / f"{self.name}.log"
        self.sockets = self.folder
        self._guard = guard
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address for clients, once started."""
        raise NotImplementedError

    @property
    def pid(self) -> int | None:
        """The server's process, while it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def start(self) -> None:
        """Start and wait until it answers; nothing happens when it already runs.

        Raises:
            ServerError: it does not come up; with the end of its log.
        """
        if self.pid is not None:
            return
        self.home.mkdir(parents=True, exist_ok=True)
        self._prepare()
        self._clear_orphan()
        self._find_room_for_socket()
        deadline = time.monotonic() + START_SECONDS
        with self._open_log() as log:
            beginning = log.tell()
            while not self._came_up(log, deadline):
                # Processes of a server that was just killed may need a moment to go.
                if time.monotonic() > deadline - START_SECONDS / 2:
                    self.kill()
                    raise ServerError(f"{self.name} does not start.\n{self._tail(beginning)}")
                time.sleep(0.5)
        self._settle()

    def stop(self) -> None:
        """End it in good order; nothing happens when it does not run."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(self.stop_signal)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_SECONDS)
        self.kill()
        if self.sockets != self.folder:
            shutil.rmtree(self.sockets, ignore_errors=True)

    def kill(self) -> None:
        """End it at once with all its children, as a crash of the machine would."""
        if self._process is None:
            return
        with contextlib.suppress(psutil.NoSuchProcess):
            family = psutil.Process(self._process.pid)
            for process in [family, *family.children(recursive=True)]:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
        self._process.wait()
        self._guard.forget(self._process.pid)
        self._process = None

    def restart(self) -> None:
        """Stop and start at the same address."""
        self.stop()
        self.start()

    def command(self) -> list[str]:
        """The command line that runs the server in the foreground."""
        raise NotImplementedError

    def answers(self) -> bool:
        """Whether a client gets an answer now."""
        raise NotImplementedError

    def _identity(self) -> dict[str, Any]:
        """Extra arguments of Popen that say as whom the server runs."""
        return {}

    def _prepare(self) -> None:
        """Make the folder with what the server needs in it."""
        raise NotImplementedError

    def _settle(self) -> None:
        """Finish what needs a running server."""

    def _pid_file(self) -> Path:
        raise NotImplementedError

    def _came_up(self, log: Any, deadline: float) -> bool:
        """Run the server once: True when it answers, False when it ended early."""
        process = subprocess.Popen(
            self.command(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd="/",
            start_new_session=True,  # Ctrl-C is the supervisor's business
            **self._identity(),
        )
        self._process = process
        self._guard.watch(process.pid, self.stop_signal, SERVERS)
        while process.poll() is None:
            if self.answers():
                return True
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        self._guard.forget(process.pid)
        return False

    def _clear_orphan(self) -> None:
        """End a server that outlived its supervisor; forget one whose number was reused."""
        try:
            pid = int(self._pid_file().read_text().split()[0])
            process = psutil.Process(pid)
            ours = Path(process.cwd()) == self.folder.resolve()
        except (FileNotFoundError, IndexError, ValueError, psutil.NoSuchProcess):
            return
        except psutil.AccessDenied:
            ours = False
        if ours:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(self.stop_signal)
                with contextlib.suppress(psutil.TimeoutExpired):
                    process.wait(STOP_SECONDS)
                    return
                process.kill()
                process.wait(STOP_SECONDS)
        elif pid != os.getpid():
            self._pid_file().unlink(missing_ok=True)

    def _find_room_for_socket(self) -> None:
        if len(os.fsencode(self.folder / self.socket_name)) <= SOCKET_PATH_LIMIT:
            self.sockets = self.folder
        elif self.sockets == self.folder:
            self.sockets = Path(tempfile.mkdtemp(prefix="reknock-"))
        elif not self.sockets.exists():
            self.sockets.mkdir(mode=0o700)  # started again: clients know the address

    def _open_log(self) -> Any:
        with contextlib.suppress(FileNotFoundError):
            if self.log.stat().st_size > LOG_BYTES:
                self.log.replace(self.log.with_suffix(".old.log"))
        return self.log.open("ab")

    def _tail(self, beginning: int) -> str:
        with self.log.open("rb") as log:
            log.seek(beginning)
            lines = log.read().decode(errors="replace").splitlines()
        return "\n".join(lines[-8:])
