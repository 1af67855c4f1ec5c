"""Of a webhook that is not believed only a count is kept, and the count is cheap.

Counts are gathered in memory and written once a second by a thread of its own, so a flood
of forgeries costs the database one row.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter

import psycopg

from app import clock
from app.db.connection import transaction
from app.intake import store

_PAUSE = 1.0  # seconds
_MOST = 1000  # distinct pairs; a forger who invents accounts fills no memory

_counts: Counter[tuple[str, str]] = Counter()
_lock = threading.Lock()
_thread: threading.Thread | None = None


def count(account: str, code: str) -> None:
    """One more webhook refused, for `account`, because of `code`."""
    global _thread  # noqa: PLW0603 - one writer per process is the point
    with _lock:
        key = (account, code)
        _counts[key if len(_counts) < _MOST or key in _counts else ("", code)] += 1
        if _thread is None:
            _thread = threading.Thread(target=_write, name="refusals", daemon=True)
            _thread.start()


def _write() -> None:
    pause = threading.Event()
    while True:
        pause.wait(_PAUSE)
        with _lock:
            batch = dict(_counts)
            _counts.clear()
        if not batch:
            continue
        try:
            with transaction() as conn:
                rows = [(account, code, number) for (account, code), number in batch.items()]
                store.count_refusals(conn, rows, clock.now().date())
        except psycopg.Error as error:
            logging.getLogger(__name__).warning("refusals not counted: %s", error)
            with _lock:
                _counts.update(batch)
