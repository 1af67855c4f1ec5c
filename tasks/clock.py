"""The clock process: claims what is due and sends hints; what nobody takes it does itself.

A plain loop. It looks every second, earlier when something becomes due earlier, and at
once when it is woken. Any number of clocks may run: claims skip what another one holds.
"""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import psycopg
import redis
import structlog
from kombu.exceptions import OperationalError as BrokerError

import app
from app import clock, settings
from app.chain import audit, engine, store, wake
from app.chain.store import Ref
from app.channels import outbox
from app.contact.lookup import service as lookup
from app.db import connection as db
from app.db import turns
from app.insight.gaps import service as gaps
from app.shipments.orders import service as orders
from tasks.app import HANDLERS, celery

log = structlog.get_logger(__name__)

LOOK_EVERY = 1.0  # seconds
CLAIM = 500  # steps or messages in one claim: bounds the transaction
BATCH = 50  # steps in one hint: they share one transaction
SENDS = 5  # messages in one hint: they wait for one another's provider
LEASE = timedelta(seconds=15)  # then a hint counts as lost
BACKLOG = 400  # hints in the broker's queue; more would only grow stale
AUDIT_EVERY = 60.0  # seconds
BEAT_EVERY = 5.0  # seconds
AWAY = 2.0  # seconds without asking a broker that did not answer

_AUDIT_LOCK = 7_405_662  # one clock audits at a time


class Clock:
    """One clock; `turn()` is one look."""

    def __init__(self, redis_url: str) -> None:
        self._redis = wake.connect(redis_url)
        self._away_until = 0.0
        self._full = False
        self._next_audit = 0.0
        self._next_beat = 0.0
        self._pool = ThreadPoolExecutor(8, "inline")

    def turn(self) -> bool:
        """Claim and pass on what is due; True when there may be more at once.

        Raises:
            psycopg.OperationalError: the database is away.
        """
        self._beat()
        conn = db.connection()
        now = clock.now()
        outbox.settle_stale(conn, now)
        # Behind a queue that is full the clock lends a hand instead of adding to it.
        self._full = self._broker_is_full()
        limit = BATCH if self._full else CLAIM
        steps = store.claim(conn, now, limit, LEASE)
        by_link: dict[tuple[str, bool], list[Ref]] = defaultdict(list)
        for step in steps:
            by_link[step.link, step.lost].append(Ref(step.id, step.attempt))
        for (link, lost), refs in by_link.items():
            for batch in _batches(refs, BATCH):
                self._pass_on_steps(link, batch, lost=lost)
        messages = outbox.claim(conn, now, limit, LEASE)
        for lost in (False, True):
            refs = [Ref(m.id, m.attempt) for m in messages if m.lost == lost]
            for batch in _batches(refs, SENDS):
                self._pass_on_messages(batch, lost=lost)
        for question in lookup.claim(conn, now, LEASE):
            self._pass_on_lookup(Ref(*question))
        return len(steps) == limit or len(messages) == limit

    def pause(self) -> float:
        """How long there is nothing to do, in seconds."""
        conn = db.connection()
        dues = [due for due in (store.next_due(conn), outbox.next_due(conn)) if due]
        if not dues:
            return LOOK_EVERY
        return min(LOOK_EVERY, max(0.0, (min(dues) - clock.now()).total_seconds()))

    def _pass_on_steps(self, link: str, refs: Sequence[Ref], *, lost: bool) -> None:
        if link not in HANDLERS:
            log.error("unknown_link", link=link, steps=len(refs))
        elif lost:  # nobody took the hint: workers are dead, or hang
            self._pool.submit(_run, link, refs)
        elif not self._hint(link, refs):
            engine.run(link, HANDLERS[link], refs)

    def _pass_on_messages(self, refs: Sequence[Ref], *, lost: bool) -> None:
        if lost:
            for ref in refs:
                self._pool.submit(_send, ref)
        elif not self._hint("send", refs):
            list(self._pool.map(lambda ref: outbox.send(*ref), refs))

    def _pass_on_lookup(self, ref: Ref) -> None:
        if not self._hint("ask_shipper", [ref]):
            self._pool.submit(_ask, ref)  # nobody waits for a shipper's system

    def _hint(self, task: str, refs: Sequence[Ref]) -> bool:
        """Send a hint; False when the broker is away, or its queue is full."""
        if self._full or time.monotonic() < self._away_until:
            return False
        try:
            celery.send_task(task, args=[refs], queue="chain" if task in HANDLERS else "send")
        except (BrokerError, redis.RedisError, OSError) as error:
            self._broker_away(error)
            return False
        return True

    def _broker_is_full(self) -> bool:
        if time.monotonic() < self._away_until:
            return False
        try:
            return max(self._redis.llen("chain"), self._redis.llen("send")) > BACKLOG
        except redis.RedisError as error:
            self._broker_away(error)
            return False

    def _broker_away(self, error: Exception) -> None:
        log.warning("broker_away", error=str(error), then="the clock runs the steps itself")
        self._away_until = time.monotonic() + AWAY

    def _beat(self) -> None:
        """Show that this clock lives; audit, and watch the door, once a minute."""
        if time.monotonic() >= self._next_beat:
            self._next_beat = time.monotonic() + BEAT_EVERY
            turns.beat(db.connection(), "clock", clock.machine_now())
        if time.monotonic() >= self._next_audit:
            self._next_audit = time.monotonic() + AUDIT_EVERY
            with db.transaction() as conn:
                if turns.try_lock(conn, _AUDIT_LOCK):
                    audit.run(clock.now())
            _watch_the_door()


def _watch_the_door() -> None:
    try:
        gaps.watch(clock.now())
        orders.expire(clock.now())
    except psycopg.OperationalError:
        raise
    except Exception:  # what only watches must never stop what calls
        log.exception("watch_failed")


def _run(link: str, refs: Sequence[Ref]) -> None:
    log.warning("hint_lost", link=link, steps=len(refs), then="the clock runs the steps itself")
    try:
        engine.run(link, HANDLERS[link], refs)
    except psycopg.OperationalError as error:
        log.warning("database_away", error=str(error))


def _send(ref: Ref) -> None:
    log.warning("hint_lost", message_id=ref.step_id, then="the clock sends it itself")
    try:
        outbox.send(*ref)
    except psycopg.OperationalError as error:
        log.warning("database_away", error=str(error))


def _ask(ref: Ref) -> None:
    try:
        lookup.ask(*ref)
    except Exception:  # the lease brings it back
        log.exception("lookup_failed", lookup_id=ref.step_id)


def _batches(refs: Sequence[Ref], size: int) -> Iterator[Sequence[Ref]]:
    for start in range(0, len(refs), size):
        yield refs[start : start + size]


def _listen(redis_url: str, woken: threading.Event) -> None:
    """Set `woken` at every wake-up, as long as there is a Redis to listen to."""
    while True:
        with contextlib.suppress(redis.RedisError):
            listener = wake.connect(redis_url).pubsub(  # type: ignore[no-untyped-call]
                ignore_subscribe_messages=True
            )
            listener.subscribe(wake.CHANNEL)
            while True:
                if listener.get_message(timeout=LOOK_EVERY):
                    woken.set()
        time.sleep(LOOK_EVERY)


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    config = settings.load()
    app.configure(config)
    celery.conf.update(broker_url=config.broker_url)
    celery.loader.import_default_modules()
    stopping = threading.Event()
    woken = threading.Event()

    def stop(*_: object) -> None:
        stopping.set()
        woken.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    threading.Thread(target=_listen, args=(config.redis_url, woken), daemon=True).start()
    ticker = Clock(config.redis_url)
    while not stopping.is_set():
        woken.clear()
        try:
            pause = 0.0 if ticker.turn() else ticker.pause()
        except psycopg.OperationalError as error:
            log.warning("database_away", error=str(error))
            pause = LOOK_EVERY
        if pause:
            woken.wait(pause)


if __name__ == "__main__":
    main()
