"""Counts that cost a request nothing: gathered in memory, written once a second.

A thread of its own writes them, so that a flood costs the database one statement a second. A
process that is killed loses at most the last second's counts.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

import psycopg

_PAUSE = 1.0  # seconds
_MOST = 1000  # distinct keys between two writes; who invents new ones fills no memory

Key = TypeVar("Key")


class Tally(Generic[Key]):
    """Counts by key; `write` puts a batch of them into the database."""

    def __init__(
        self, name: str, write: Callable[[Mapping[Key, int]], None], lump: Callable[[Key], Key]
    ) -> None:
        self._name = name
        self._write = write
        self._lump = lump
        self._counts: Counter[Key] = Counter()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def count(self, key: Key) -> None:
        """One more; beyond the limit of keys it counts for what `lump` makes of it."""
        with self._lock:
            full = len(self._counts) >= _MOST and key not in self._counts
            self._counts[self._lump(key) if full else key] += 1
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()

    def flush(self) -> None:
        """Write what was gathered; what cannot be written now is kept."""
        with self._lock:
            # Another process writes the same rows: in one order, neither waits for the other.
            batch = dict(sorted(self._counts.items()))
            self._counts.clear()
        if not batch:
            return
        try:
            self._write(batch)
        except psycopg.Error as error:
            logging.getLogger(__name__).warning("%s not written: %s", self._name, error)
            with self._lock:
                self._counts.update(batch)

    def _run(self) -> None:
        pause = threading.Event()
        while True:
            pause.wait(_PAUSE)
            self.flush()
