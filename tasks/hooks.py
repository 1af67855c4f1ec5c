"""The sender's part that tells shippers' systems: few slots, and a slow one never has them all."""

from __future__ import annotations

import queue
import threading
import time
from collections import Counter

import structlog

from app.counted import families
from app.outbound import rules, sending
from app.outbound.queue_store import Due
from app.outbound.rules import After
from app.outbound.sending import Answer
from app.traces import spans
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
            psycopg.OperationalError: the database is away, or two were in each other's way; answers
                wait in memory meanwhile.
        """
        recorded = self.record()
        if not recorded and time.monotonic() - self._looked < LOOK_EVERY:
            return False
        self._looked = time.monotonic()
        return self._take(sending.waiting())

    def record(self) -> bool:
        """Record what was answered; whether anything was."""
        while not self._answers.empty():
            due, answer = self._answers.get()
            self._lane.over(_key(due), failed=False)  # each endpoint stands for itself
            self._of[due.endpoint_id] -= 1
            if answer.body is not None:
                became = rules.after(answer.status, due.tries) if answer.status else "unanswered"
                families.HOOKS.observe(answer.took_ms / 1000, became)
                spans.ended(
                    *(spans.Kind.CALL, "shipper's webhook", due.request_id, answer.took_ms / 1000),
                    failed=became != After.TAKEN,
                    event=due.kind,
                    outcome=str(became),
                    case_id=due.case_id,
                    endpoint_id=due.endpoint_id,
                )
            self._unrecorded.append((due, answer))
        self._lane.give_up()
        if not self._unrecorded:
            return False
        sending.record(self._unrecorded)
        self.under_way -= len(self._unrecorded)
        self._unrecorded.clear()
        return True

    def close(self) -> None:
        """Take no more."""
        self._lane.close()

    def _take(self, endpoints: list[int]) -> bool:
        room = self._room(endpoints)
        taken = sending.take(room) if room else []
        for due in taken:
            self.under_way += 1
            self._of[due.endpoint_id] += 1
            self._start(due)
        return bool(room) and len(taken) == sum(room.values())

    def _room(self, endpoints: list[int]) -> dict[int, int]:
        """How many calls each may have: the fewer it has, the sooner it is given one."""
        left = self._lane.room
        found: Counter[int] = Counter()
        for _ in range(rules.OF_ONE):
            for one in sorted(endpoints, key=lambda endpoint: self._of[endpoint]):
                if left and self._of[one] + found[one] < rules.OF_ONE:
                    found[one] += 1
                    left -= 1
        return dict(found)

    def _start(self, due: Due) -> None:
        def answer() -> None:
            self._answers.put((due, sending.call(due)))
            self._woken.set()

        self._lane.start(_key(due), answer)


def _key(due: Due) -> tuple[int, int]:
    return due.id, due.tries
