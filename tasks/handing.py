"""The sender's part that tells couriers of bookings, each courier account in a lane of its own."""

from __future__ import annotations

import queue
import threading
import time
from datetime import timedelta

import psycopg
import structlog

from app.counted import families
from app.db import connection as db
from app.handover import outbox, rules
from app.handover.connectors.base import Answer, Can
from app.handover.outbox import Call
from app.traces import spans
from tasks.lanes import Key, Lane

log = structlog.get_logger(__name__)

ROOM = 32
"""Calls at once for one account. A courier that answers in 300 ms takes about 100 a second."""
LOOK_EVERY = 0.2
"""Seconds between two looks while messages keep the loop busy."""


class Handing:
    """Takes, calls, records. Only the sender's loop calls it, except for the lanes' threads."""

    def __init__(self, woken: threading.Event, room: int = ROOM) -> None:
        self.under_way = 0
        """Calls whose answers are not recorded yet."""
        self._woken = woken
        self._room = room
        self._lanes: dict[int, Lane] = {}
        self._rests_until: dict[int, float] = {}
        self._answers: queue.SimpleQueue[tuple[Lane, Call, Answer | Can, float]] = (
            queue.SimpleQueue()
        )
        self._unrecorded: list[tuple[Call, Answer | Can]] = []
        self._looked = 0.0

    def turn(self) -> bool:
        """Record what was answered, and take what there is room for.

        True when there may be more to take at once.

        Raises:
            psycopg.OperationalError: the database is away; answers wait in memory meanwhile.
        """
        answered = self.record()
        if not answered and time.monotonic() - self._looked < LOOK_EVERY:
            return False
        self._looked = time.monotonic()
        more = [self._try(account_id) for account_id in outbox.accounts_due(db.connection())]
        return any(more)

    def record(self) -> bool:
        """Record what was answered; whether anything was.

        Raises:
            psycopg.OperationalError: the database is away; the answers are kept.
        """
        while not self._answers.empty():
            lane, call, answer, took = self._answers.get()
            failed = outbox.failed(answer)
            lane.over(_key(call), failed=failed)
            self._rest(call, outbox.pause(answer))
            row, outcome = call.row, type(answer).__name__.lower()
            families.HANDOVERS.add(row.connector, str(row.act), outcome)
            spans.ended(
                *(spans.Kind.CALL, row.connector, row.request_id, took),
                failed=failed,
                act=str(row.act),
                outcome=outcome,
                case_id=row.case_id,
                booking_id=row.booking_id,
            )
            self._unrecorded.append((call, answer))
        for lane in self._lanes.values():
            lane.give_up()
        done = bool(self._unrecorded)
        while self._unrecorded:
            outbox.record(self._unrecorded[-1:])
            self._unrecorded.pop()
            self.under_way -= 1
        return done

    def close(self) -> None:
        """Take no more calls."""
        for lane in self._lanes.values():
            lane.close()

    def _try(self, account_id: int) -> bool:
        """Take for an account; a fault of ours in one lane stops no other."""
        try:
            return self._take(account_id)
        except psycopg.errors.DeadlockDetected:
            return False  # what was to be taken is taken at the next look
        except psycopg.OperationalError:
            raise
        except Exception as error:  # noqa: BLE001 - its text may hold a number
            log.error("take_failed", account_id=account_id, error=type(error).__name__)  # noqa: TRY400
            return False

    def _take(self, account_id: int) -> bool:
        lane = self._lanes.get(account_id)
        if lane is None:
            lane = self._lanes[account_id] = Lane(
                f"courier-{account_id}", self._room, rules.LEASE.total_seconds()
            )
        now = time.monotonic()
        room = min(lane.room, lane.circuit.room(now))
        if room == 0 or now < self._rests_until.get(account_id, 0.0):
            return False
        calls = outbox.take(account_id, room)
        for call in calls:
            self.under_way += 1
            self._start(lane, call)
        return len(calls) == room and lane.room > 0

    def _start(self, lane: Lane, call: Call) -> None:
        def answer() -> None:
            began = time.monotonic()
            said = outbox.call(call)
            self._answers.put((lane, call, said, time.monotonic() - began))
            self._woken.set()

        lane.start(_key(call), answer)

    def _rest(self, call: Call, wait: timedelta) -> None:
        """A courier asked for a pause: it is for the whole account."""
        if wait:
            self._rests_until[call.row.account_id] = time.monotonic() + wait.total_seconds()


def _key(call: Call) -> Key:
    return call.row.id, call.row.attempt
