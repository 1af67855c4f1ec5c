"""The sender's part that tells shippers' systems: few slots, and a slow one never has them all."""

from __future__ import annotations

import queue
import threading
import time
from collections import Counter

import psycopg
import structlog

from app.outbound import rules, sending
from app.outbound.queue_store import Due
from app.outbound.sending import Answer
from tasks.lanes import Lane

log = structlog.get_logger(__name__)

LOOK_EVERY = 0.2
"""Seconds between two looks for endpoints that something is due for."""


class Hooks:
    """Takes, posts, records. Only the sender's loop calls it, except for the lane's threads."""

    def __init__(self, woken: threading.Event) -> None:
        self.under_way = 0
        self._woken = woken
        self._lane = Lane("webhooks", rules.SLOTS, rules.LEASE.total_seconds())
        self._of: Counter[int] = Counter()
        self._answers: queue.SimpleQueue[tuple[Due, Answer]] = queue.SimpleQueue()
        self._unrecorded: list[tuple[Due, Answer]] = []
        self._looked = 0.0

    def turn(self) -> bool:
        """Record what was answered and take what there is room for; True when there may be more.

        Raises:
            psycopg.OperationalError: the database is away; answers wait in memory meanwhile.
        """
        recorded = self.record()
        if not recorded and time.monotonic() - self._looked < LOOK_EVERY:
            return False
        self._looked = time.monotonic()
        more = [self._take(endpoint_id) for endpoint_id in self._in_turn(sending.waiting())]
        return any(more)

    def record(self) -> bool:
        """Record what was answered; whether anything was."""
        while not self._answers.empty():
            due, answer = self._answers.get()
            self._lane.over(_key(due), failed=False)  # each endpoint stands for itself
            self._of[due.endpoint_id] -= 1
            self._unrecorded.append((due, answer))
        self._lane.give_up()
        done = bool(self._unrecorded)
        while self._unrecorded:
            sending.record(*self._unrecorded[-1])
            self._unrecorded.pop()
            self.under_way -= 1
        return done

    def close(self) -> None:
        """Take no more."""
        self._lane.close()

    def _in_turn(self, endpoints: list[int]) -> list[int]:
        """Those with the fewest calls first, so that a busy one does not come before the others."""
        return sorted(endpoints, key=lambda endpoint_id: self._of[endpoint_id])

    def _take(self, endpoint_id: int) -> bool:
        room = min(self._lane.room, rules.OF_ONE - self._of[endpoint_id])
        if room <= 0:
            return False
        try:
            taken = sending.take(endpoint_id, room)
        except psycopg.OperationalError:
            raise
        except Exception as error:  # noqa: BLE001 - one endpoint's fault stops no other
            log.error("take_failed", endpoint_id=endpoint_id, error=type(error).__name__)  # noqa: TRY400
            return False
        for due in taken:
            self.under_way += 1
            self._of[endpoint_id] += 1
            self._start(due)
        return len(taken) == room

    def _start(self, due: Due) -> None:
        def answer() -> None:
            self._answers.put((due, sending.call(due)))
            self._woken.set()

        self._lane.start(_key(due), answer)


def _key(due: Due) -> tuple[int, int]:
    return due.id, due.tries
