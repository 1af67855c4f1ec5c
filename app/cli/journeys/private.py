"""Servers of a run's own: whatever this copy or its operator has is neither read nor touched."""

from __future__ import annotations

import logging
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import app
from app import logs, settings
from app.cli.servers import Embedded
from app.db import connection, migrate

_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it, which nobody else reads
_ROOM = 2 * 1024**3


@contextmanager
def room() -> Iterator[Path]:
    """A new folder for worlds, which is removed at the end with whatever is left in it."""
    folder = Path(tempfile.mkdtemp(prefix="rk-", dir=_memory()))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def world(inside: Path | None = None) -> Iterator[None]:
    """Configure this process for an empty database in a new folder, which is removed at the end.

    `DATABASE_URL` and all else in the environment is left aside, so no provider is known either.
    """
    home = Path(tempfile.mkdtemp(prefix="rk-", dir=inside or _memory()))
    try:
        with Embedded(home, durable=False) as servers:
            mine = settings.load(
                {
                    "DATABASE_URL": servers.postgres.url,
                    "REDIS_URL": servers.redis.url,
                    "REKNOCK_HOME": str(home / "home"),
                    "SECRET_KEY": secrets.token_urlsafe(32),
                }
            )
            migrate.upgrade(mine.database_url)
            app.configure(mine)
            logs.configure(mine.log_format, logging.ERROR)
            yield
            connection.close()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _memory() -> Path | None:
    """Where files are kept in memory, if there is such a place and room enough."""
    if not _MEMORY.is_dir() or not os.access(_MEMORY, os.W_OK | os.X_OK):
        return None
    return _MEMORY if shutil.disk_usage(_MEMORY).free > _ROOM else None
