"""The sender process: hands messages to their providers, each channel in a lane of its own.

The loop takes as many messages of a channel as its lane has room for; what is not taken is safe in
Postgres. Calls run in the lane's own threads, which hold no connection to the database, so that a
provider that hangs fills its lane and slows no other. The loop alone reads and writes the
database: one transaction takes a batch, one statement records a batch.
"""

from __future__ import annotations

import queue
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from functools import partial

import psycopg
import structlog

import app
from app import clock
from app.channels import inbox, looking, outbox, providers, rules, voice
from app.channels.deciding import Call
from app.channels.outbox import Answer
from app.channels.providers.base import Accepted
from app.channels.routing import DeliveryUpdate
from app.channels.shares.service import Watch
from app.contact.lookup import service as lookup
from app.counted import families
from app.db import connection as db
from app.db import turns
from app.handover import outbox as handover
from app.traces import spans
from tasks import process
from tasks.handing import Handing
from tasks.hooks import Hooks
from tasks.lanes import Lane
from tasks.waking import listen

log = structlog.get_logger(__name__)

LOOK_EVERY = 1.0  # seconds
ROOM = 160
"""Calls at once by one channel. A provider that answers in 300 ms takes about 500 a second."""
LOOKUPS = 4
"""Look-ups at once; a shipper's system answers more slowly than a provider."""
RECALLS = 2
"""Calls at once by which a telephone is to ring no more."""
RECALL_EVERY = 0.5  # seconds
LOOKUP_LEASE = timedelta(seconds=15)
NAME = "sender"
BEAT_EVERY = 2.0  # seconds
FETCH_EVERY = 60.0
"""Seconds between two looks for messages that no callback has told; the first is at the start."""
GRACE = 6.0
"""Seconds at the end for calls under way; what they leave is settled as unknown."""
GIVEN_UP = rules.STALE_AFTER.total_seconds()
"""After so many seconds a call's message is taken for unknown, and its thread for lost."""
HELD = 0.1
"""Seconds until the next look when what is due cannot be taken: its lane is full, mostly."""


class Sender:
    """Takes, calls, records. `turn()` is one look; only one thread may call it."""

    def __init__(self, room: int = ROOM) -> None:
        self.woken = threading.Event()
        self.watch = Watch()
        self._room = room
        self._lanes: dict[str, Lane] = {}
        self._answers: queue.SimpleQueue[tuple[Lane, Call, Answer]] = queue.SimpleQueue()
        self._unrecorded: list[tuple[Call, Answer]] = []
        self._under_way = 0
        self._handing = Handing(self.woken)
        self._hooks = Hooks(self.woken)
        self._lookups = ThreadPoolExecutor(LOOKUPS + 1, "look-up")
        self._lookup_room = threading.Semaphore(LOOKUPS)
        self._recalls = ThreadPoolExecutor(RECALLS, "recall")
        self._recall_at = 0.0

    def answered(self, lane: Lane, call: Call, answer: Answer) -> None:
        """A call is over; said by the lane's threads."""
        self._answers.put((lane, call, answer))
        self.woken.set()

    def turn(self, *, taking: bool = True) -> bool:
        """Record what was answered, and take what there is room for.

        True when there may be more to take at once.

        Raises:
            psycopg.OperationalError: the database is away; answers wait in memory meanwhile.
        """
        self._record()
        if not taking:
            self._handing.record()
            self._hooks.record()
            return False
        more = [self._try(self._lane(name)) for name in outbox.channels_waiting(db.connection())]
        self._look_up()
        self._recall()
        return any([*more, self._handing.turn(), self._hooks.turn()])

    def _lane(self, channel: str) -> Lane:
        if channel not in self._lanes:
            self._lanes[channel] = Lane(channel, self._room, GIVEN_UP)
        return self._lanes[channel]

    def _record(self) -> None:
        while not self._answers.empty():
            lane, call, answer = self._answers.get()
            failed, provider = _failed(call, answer), call.chosen.provider.name
            took = clock.machine_now() - call.since
            self.watch.heard(lane.name, provider, took, failed=failed)
            outcome = "accepted" if isinstance(answer, Accepted) else answer.state
            families.CALLS.observe(
                *(took.total_seconds(), provider, lane.name, outcome),
                request_id=call.message.request_id,
            )
            spans.ended(
                *(spans.Kind.CALL, provider, call.message.request_id, took.total_seconds()),
                failed=failed,
                channel=lane.name,
                outcome=outcome,
                case_id=call.message.case_id,
                message_id=call.message.id,
            )
            # of several providers the others go on, and its share becomes small
            lane.over(_key(call), failed=failed and lane.name not in providers.shared())
            self._under_way -= 1
            self._unrecorded.append((call, answer))
        for lane in self._lanes.values():
            lane.give_up()
        if self._unrecorded:
            outbox.record(self._unrecorded)
            self._unrecorded.clear()

    def _try(self, lane: Lane) -> bool:
        """Take for a lane; a fault of ours in one lane stops no other."""
        try:
            return self._take(lane)
        except psycopg.OperationalError:
            raise
        except Exception as error:  # noqa: BLE001 - its text may hold a number
            log.error("take_failed", channel=lane.name, error=type(error).__name__)  # noqa: TRY400
            return False

    def _take(self, lane: Lane) -> bool:
        room = min(lane.room, lane.circuit.room(time.monotonic()))
        away = lane.circuit.open and room == 0
        if away:
            room = self._room
        if room == 0:
            return False
        batch = outbox.take(lane.name, room, away=away)
        for call in batch.calls:
            self._under_way += 1
            self._start(lane, call)
        return batch.found == room and (away or lane.room > 0)

    def _start(self, lane: Lane, call: Call) -> None:
        lane.start(_key(call), lambda: self.answered(lane, call, outbox.call(call)))

    def _look_up(self) -> None:
        room = 0
        while room < LOOKUPS and self._lookup_room.acquire(blocking=False):
            room += 1
        claimed: list[tuple[int, int]] = []
        try:
            if room:
                claimed = lookup.claim(db.connection(), clock.now(), LOOKUP_LEASE, room)
        finally:
            for _ in range(room - len(claimed)):
                self._lookup_room.release()
        for lookup_id, attempt in claimed:
            self._lookups.submit(self._ask, lookup_id, attempt)

    def _ask(self, lookup_id: int, attempt: int) -> None:
        try:
            _in_thread(lambda: lookup.ask(lookup_id, attempt))  # its lease brings it back
        finally:
            self._lookup_room.release()

    def _recall(self) -> None:
        if time.monotonic() < self._recall_at:
            return
        self._recall_at = time.monotonic() + RECALL_EVERY
        for call in voice.to_recall():
            self._recalls.submit(_in_thread, partial(voice.recall, call))

    def in_background(self, act: Callable[[], object]) -> None:
        """Do something slow and rare in a thread of its own."""
        self._lookups.submit(_in_thread, act)

    def close(self) -> None:
        """Let the calls under way come to their end, and record them; not for long."""
        until = time.monotonic() + GRACE
        while self._busy() and time.monotonic() < until:
            self.woken.wait(0.1)
            self.woken.clear()
            with suppress(psycopg.OperationalError):  # it may be back in time
                self._record()
                self._handing.record()
                self._hooks.record()
        for lane in self._lanes.values():
            lane.close()
        self._handing.close()
        self._hooks.close()
        self._lookups.shutdown(wait=False, cancel_futures=True)
        self._recalls.shutdown(wait=False)

    def _busy(self) -> bool:
        return bool(
            self._under_way or self._unrecorded or self._handing.under_way or self._hooks.under_way
        )


def _in_thread(act: Callable[[], object]) -> None:
    try:
        act()
    except Exception:
        log.exception("background_failed")
    finally:
        db.close()  # such acts are rare, and connections are few


def _key(call: Call) -> tuple[int, int]:
    return call.message.id, call.outgoing.tries


def _failed(call: Call, answer: Answer) -> bool:
    """Whether an answer speaks against the provider, and not against one message, or one host."""
    if call.chosen.provider.many_hosts:
        return False
    return isinstance(answer, DeliveryUpdate) and (answer.temporary or answer.state == "unknown")


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    config = process.begin()
    sender = Sender()
    stopping = threading.Event()

    def stop(*_: object) -> None:
        stopping.set()
        sender.woken.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    listen(config.redis_url, sender.woken)
    app.receive_facts()
    beat = fetch = 0.0
    while not stopping.is_set():
        sender.woken.clear()
        try:
            if time.monotonic() >= beat:
                turns.beat(db.connection(), NAME, clock.machine_now())
                beat = time.monotonic() + BEAT_EVERY
                sender.watch.tell()
            if time.monotonic() >= fetch:
                sender.in_background(lambda: inbox.fetch_missed(config))
                sender.in_background(looking.look_after)
                fetch = time.monotonic() + FETCH_EVERY
            pause = 0.0 if sender.turn() else _pause()
        except psycopg.OperationalError as error:
            log.warning("database_away", error=str(error))
            pause = LOOK_EVERY
        except Exception as error:  # noqa: BLE001 - what is under way must still be recorded
            log.error("turn_failed", error=type(error).__name__)  # noqa: TRY400
            pause = LOOK_EVERY
        if pause:
            sender.woken.wait(pause)
    sender.close()


def _pause() -> float:
    """Seconds until the next message is due, at most until the next look."""
    dues = [outbox.next_due(db.connection()), handover.next_due(db.connection())]
    due = min((at for at in dues if at), default=None)
    if due is None:
        return LOOK_EVERY
    ahead = (due - clock.now()).total_seconds()
    return min(LOOK_EVERY, max(0.01, ahead)) if ahead > 0 else HELD


if __name__ == "__main__":
    main()
