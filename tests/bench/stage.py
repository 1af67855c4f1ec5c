"""Where a benchmark plays: private durable servers, a database, and real processes on them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import psutil
import psycopg
import redis

from app import clock, configure, settings
from app.chain import policy
from app.cli import environment
from app.cli.servers import Embedded, Guard
from app.cli.servers.guard import APPS
from app.db import connection as db
from tests import seed
from tests.pages.web import free_port
from tests.servers import TestServers

ROOT = environment.ROOT
SID = "AC00000000000000000000000000000000"


class Servers(TestServers):
    """Those of the tests: they do not wait for the disk, so that no disk is measured.

    With `durable` they do, as in production.
    """

    def __init__(self, *, durable: bool = False) -> None:
        super().__init__()
        self._embedded = Embedded(self.home, durable=durable)
        self.postgres = self._embedded.postgres
        self.redis = self._embedded.redis


class Stage:
    """One database with its environment; what is started here ends with it."""

    def __init__(self, servers: TestServers, database: str, home: Path, **env: str) -> None:
        self.servers = servers
        self.database = database
        self.home = home
        self.env = {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(home),
            "REKNOCK_HOME": str(home),
            "DATABASE_URL": database,
            "REDIS_URL": servers.redis.url,
            "SECRET_KEY": "a-secret-key-for-tests-and-nothing-else",
            "PYTHONWARNINGS": "ignore:You're running the worker with superuser",
        } | env
        self._guard = Guard()
        self._running: list[subprocess.Popen[bytes]] = []
        self.settings = settings.load(self.env)
        self.env["BROKER_URL"] = self.settings.broker_url

    def world(self) -> seed.World:
        """The small world of the tests; this process is connected to it from now on.

        Every dispatcher is called by itself, and customers at any hour: what waits for others or
        for the morning has no time to measure.
        """
        self.attach()
        return seed.world(
            datetime.now(UTC), {**policy.STANDARD, "gather_within": 0, "quiet_hours": None}
        )

    def attach(self) -> None:
        configure(self.settings)

    @contextmanager
    def connect(self) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
        with psycopg.connect(self.database, autocommit=True) as conn:
            yield conn

    def redis(self) -> redis.Redis:
        return redis.Redis.from_url(self.env["REDIS_URL"])

    def start(self, name: str, command: str, **env: str) -> psutil.Process:
        """Run a command of the shell from the repository's root."""
        with (self.home / f"{name}.log").open("ab") as log:
            popen = subprocess.Popen(
                ["/bin/sh", "-c", command],
                cwd=ROOT,
                env=self.env | env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._guard.watch(popen.pid, signal.SIGTERM, APPS)
        self._running.append(popen)
        return psutil.Process(popen.pid)

    def pids(self) -> list[int]:
        """Of what was started here and not ended."""
        return [popen.pid for popen in self._running]

    def web(self, app: str = "app.wsgi:whole") -> int:
        """`docker/web`, with this application instead; its port, once it answers."""
        port = free_port()
        command = role("web").replace("app.wsgi:whole", app)
        self.start("web", command, PORT=str(port), PUBLIC_URL=f"http://127.0.0.1:{port}")
        self.eventually(lambda: _listens(port), f"{app} answers")
        return port

    def worker(self, module: str = "tasks.worker") -> psutil.Process:
        """`docker/worker`, with this Celery application instead."""
        return self.start("worker", role("worker").replace("tasks.worker", module))

    def kill(self) -> None:
        """SIGKILL whatever runs here."""
        for popen in self._running:
            with suppress(ProcessLookupError):
                os.killpg(popen.pid, signal.SIGKILL)
            popen.wait()
            self._guard.forget(popen.pid)
        self._running.clear()

    def eventually(self, true: Callable[[], object], what: str, within: float = 60) -> None:
        """Wait until it is true."""
        deadline = time.monotonic() + within
        while not true():
            if time.monotonic() > deadline:
                raise TimeoutError(f"not within {within:g} s: {what}\n{self._said()}")
            time.sleep(0.02)

    def close(self) -> None:
        self.kill()
        self._guard.close()
        db.close()
        clock._shift = None

    def _said(self) -> str:
        ends = [path.read_text()[-1500:] for path in sorted(self.home.glob("*.log"))]
        return "\n---\n".join(ends)


@contextmanager
def stage(servers: TestServers, **env: str) -> Iterator[Stage]:
    """A fresh one."""
    servers.empty_redis()
    with servers.database() as database, tempfile.TemporaryDirectory(prefix="rk-") as home:
        made = Stage(servers, database, Path(home), **env)
        try:
            yield made
        finally:
            made.close()


def role(name: str) -> str:
    """What a process of the service runs, as the image does."""
    return (ROOT / "docker" / name).read_text()


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True
