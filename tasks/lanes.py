"""A lane: the threads by which one provider or courier is called, so that it slows no other."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from typing import TypeAlias

import structlog

from app.channels.circuit import Circuit

log = structlog.get_logger(__name__)

Key: TypeAlias = tuple[int, int]
"""What is called for, and for the how-many-eth time."""


class Lane:
    """One provider's threads, how many calls it has room for, and how it is doing.

    Only the sender's loop uses it. Threads are kept, since providers keep a connection in each;
    they are daemons, since one whose provider never returns must not keep the process alive.
    """

    def __init__(self, name: str, room: int, given_up: float) -> None:
        """After `given_up` seconds a call counts as failed, and its thread as lost."""
        self.name = name
        self.room = room
        self.circuit = Circuit()
        self._given_up = given_up
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._threads = 0
        self._running = 0
        self._since: dict[Key, float] = {}

    def start(self, key: Key, call: Callable[[], None]) -> None:
        """Make one call; it gives its answer to the loop by itself."""
        self.room -= 1
        self._since[key] = time.monotonic()
        self.circuit.calling()
        self.run(call)

    def run(self, job: Callable[[], None]) -> None:
        """Do a job in a thread that is free, or else in a new one."""
        self._running += 1
        if self._threads < self._running:
            self._threads += 1
            threading.Thread(target=self._work, name=f"send-{self.name}", daemon=True).start()
        self._jobs.put(job)

    def over(self, key: Key, *, failed: bool) -> None:
        """A call is over, however late."""
        self._running -= 1
        if self._since.pop(key, None) is not None:
            self._free(failed=failed)

    def give_up(self) -> None:
        """Take calls for failed that should have been over long ago: others get their room."""
        before = time.monotonic() - self._given_up
        for key, since in list(self._since.items()):
            if since > before:
                return  # they stand in the order in which they began
            del self._since[key]
            self._free(failed=True)
            log.error("call_given_up", id=key[0], lane=self.name)

    def _free(self, *, failed: bool) -> None:
        self.room += 1
        self.circuit.heard(failed=failed, now=time.monotonic())

    def close(self) -> None:
        """Take no more calls; those under way are not waited for."""
        for _ in range(self._threads):
            self._jobs.put(None)

    def _work(self) -> None:
        while job := self._jobs.get():
            job()
