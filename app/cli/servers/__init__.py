"""The private Postgres and Redis: real servers of this copy alone, under its home.

They start with `reknock up` (and with the tests), listen on unix sockets only, and end with
the process that started them, however that ends.
"""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

from app.cli.errors import ServerError
from app.cli.servers.base import Server
from app.cli.servers.guard import Guard
from app.cli.servers.lock import HomeLock
from app.cli.servers.postgres import Postgres
from app.cli.servers.redis import Redis

__all__ = ["Embedded", "Guard", "HomeLock", "Postgres", "Redis", "Server", "ServerError"]


class Embedded:
    """Both servers of one home, for a `with` block or by `start` and `stop`."""

    def __init__(self, home: Path, *, durable: bool = True) -> None:
        """`durable=False` trades safety against power cuts for speed; for tests."""
        self.lock = HomeLock(home)
        self.guard = Guard(self.lock)
        self.postgres = Postgres(home, self.guard, durable=durable)
        self.redis = Redis(home, self.guard)

    def start(self) -> None:
        """Start both.

        Raises:
            ServerError: the home is in use, or a server does not come up.
        """
        self.lock.take()
        self.postgres.start()
        self.redis.start()

    def stop(self) -> None:
        """Stop both; what they hold stays, except Redis's task messages."""
        self.redis.stop()
        self.postgres.stop()
        self.guard.close()
        self.lock.give_back()

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
