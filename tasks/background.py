"""What a clock does beside all else now and then, so that nothing that is due waits for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import psycopg
import structlog

from app.db import connection as db

log = structlog.get_logger(__name__)


class Background:
    """Duties that are done in batches, each for as long as it says that there is more."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(4, "background")
        self._running: dict[str, Future[None]] = {}
        self._stopping = threading.Event()

    def start(self, name: str, some: Callable[[], bool]) -> None:
        """Begin with a duty, unless it is still under way; `some` does a batch."""
        running = self._running.get(name)
        if running is None or running.done():
            self._running[name] = self._pool.submit(self._run, name, some)

    def close(self) -> None:
        """End after the batches under way; what is left is done by the next clock."""
        self._stopping.set()
        self._pool.shutdown()

    def _run(self, name: str, some: Callable[[], bool]) -> None:
        try:
            while some() and not self._stopping.is_set():
                pass
        except psycopg.OperationalError as error:
            log.warning("database_away", error=str(error))
        except Exception:
            log.exception("watch_failed", duty=name)
        finally:
            db.close()  # in between the thread holds no connection
