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
from datetime import timedelta

import psycopg
import structlog

import app
from app import clock, settings
from app.channels import inbox, outbox
from app.channels.circuit import Circuit
from app.channels.outbox import Answer, Call
from app.channels.routing import DeliveryUpdate
from app.contact.lookup import service as lookup
from app.db import connection as db
from app.db import turns
from tasks.waking import listen

log = structlog.get_logger(__name__)

LOOK_EVERY = 1.0  # seconds
ROOM = 160
"""Calls at once by one channel. A provider that answers in 300 ms takes about 500 a second."""
LOOKUPS = 4
"""Look-ups at once; a shipper's system answers more slowly than a provider."""
LOOKUP_LEASE = timedelta(seconds=15)
NAME = "sender"
BEAT_EVERY = 2.0  # seconds
FETCH_EVERY = 300.0
"""Seconds between two looks for messages that no callback has told; the first is at the start."""
GRACE = 6.0
"""Seconds at the end for calls under way; what they leave is settled as unknown."""


class Lane:
    """One channel: its threads, how many of them are free, and how its provider is doing."""

    def __init__(self, channel: str, room: int) -> None:
        self.channel = channel
        self.room = room
        self.circuit = Circuit()
        self._threads = ThreadPoolExecutor(room, f"send-{channel}")

    def start(self, call: Call, sender: Sender) -> None:
        """Make one call; its answer comes to the sender's loop."""
        self.room -= 1
        self.circuit.calling()
        self._threads.submit(lambda: sender.answered(self, call, outbox.call(call)))

    def close(self) -> None:
        """Take no more calls; those under way are not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class Sender:
    """Takes, calls, records. `turn()` is one look; only one thread may call it."""

    def __init__(self, room: int = ROOM) -> None:
        self.woken = threading.Event()
        self._room = room
        self._lanes: dict[str, Lane] = {}
        self._answers: queue.SimpleQueue[tuple[Lane, Call, Answer]] = queue.SimpleQueue()
        self._under_way = 0
        self._lookups = ThreadPoolExecutor(LOOKUPS, "look-up")
        self._lookup_room = threading.Semaphore(LOOKUPS)

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
            return False
        more = [self._take(self._lane(name)) for name in outbox.channels_waiting(db.connection())]
        self._look_up()
        return any(more)

    def _lane(self, channel: str) -> Lane:
        if channel not in self._lanes:
            self._lanes[channel] = Lane(channel, self._room)
        return self._lanes[channel]

    def _record(self) -> None:
        batch = []
        while not self._answers.empty():
            lane, call, answer = self._answers.get()
            lane.room += 1
            self._under_way -= 1
            lane.circuit.heard(failed=_failed(answer), now=time.monotonic())
            batch.append((call, answer))
        if batch:
            outbox.record(batch)

    def _take(self, lane: Lane) -> bool:
        room = min(lane.room, lane.circuit.room(time.monotonic()))
        away = lane.circuit.open and room == 0
        if away:
            room = self._room
        if room == 0:
            return False
        batch = outbox.take(lane.channel, room, away=away)
        for call in batch.calls:
            self._under_way += 1
            lane.start(call, self)
        return batch.found == room and (away or lane.room > 0)

    def _look_up(self) -> None:
        if not self._lookup_room.acquire(blocking=False):
            return
        self._lookup_room.release()
        for lookup_id, attempt in lookup.claim(db.connection(), clock.now(), LOOKUP_LEASE):
            self._lookups.submit(self._ask, lookup_id, attempt)

    def _ask(self, lookup_id: int, attempt: int) -> None:
        with self._lookup_room:  # what fails is brought back by its lease
            _in_thread(lambda: lookup.ask(lookup_id, attempt))

    def in_background(self, act: Callable[[], object]) -> None:
        """Do something slow and rare in a thread of its own."""
        self._lookups.submit(_in_thread, act)

    def close(self) -> None:
        """Let the calls under way come to their end, and record them; not for long."""
        until = time.monotonic() + GRACE
        while self._under_way and time.monotonic() < until:
            self.woken.wait(0.1)
            self.woken.clear()
            self._record()
        for lane in self._lanes.values():
            lane.close()
        self._lookups.shutdown(wait=False, cancel_futures=True)


def _in_thread(act: Callable[[], object]) -> None:
    try:
        act()
    except Exception:
        log.exception("background_failed")
    finally:
        db.close()  # such acts are rare, and connections are few


def _failed(answer: Answer) -> bool:
    """Whether an answer speaks against the provider, and not against one message."""
    return isinstance(answer, DeliveryUpdate) and (answer.temporary or answer.state == "unknown")


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    config = settings.load()
    app.configure(config)
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
            if time.monotonic() >= fetch:
                sender.in_background(lambda: inbox.fetch_missed(config))
                fetch = time.monotonic() + FETCH_EVERY
            pause = 0.0 if sender.turn() else _pause()
        except psycopg.OperationalError as error:
            log.warning("database_away", error=str(error))
            pause = LOOK_EVERY
        if pause:
            sender.woken.wait(pause)
    sender.close()


def _pause() -> float:
    """Seconds until the next message is due, at most until the next look."""
    due = outbox.next_due(db.connection())
    if due is None:
        return LOOK_EVERY
    return min(LOOK_EVERY, max(0.01, (due - clock.now()).total_seconds()))


if __name__ == "__main__":
    main()
