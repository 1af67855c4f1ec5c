"""The clock process: claims what is due and sends task messages; what nobody takes it does itself.

A plain loop. It looks every second, earlier when something becomes due earlier, and at
once when it is woken. Any number of clocks may run: claims skip what another one holds.
"""

from __future__ import annotations

import signal
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import psycopg
import redis
import structlog
from kombu.exceptions import OperationalError as BrokerError

import app
from app import clock, settings
from app.cases.search import service as search
from app.chain import engine, registry, store, wake
from app.chain.engine import LEASE
from app.chain.step import StepType
from app.chain.store import Claimed, Ref
from app.channels import outbox
from app.counted import counting
from app.db import connection as db
from app.db import turns
from app.db.connection import Connection
from app.forgetting import copies, forgetting, replaying, retention
from app.insight import rollups
from app.outbound import service as outbound
from app.photos import service as photos
from tasks import dry_runs, duties, sender
from tasks.app import celery
from tasks.background import Background
from tasks.flow import Flow
from tasks.waking import listen

log = structlog.get_logger(__name__)

LOOK_EVERY = 1.0  # seconds
CLAIM = 500  # steps or messages in one claim: bounds the transaction
BATCH = 50  # steps in one task message: they share one transaction
HAND = 10  # steps that the clock runs by itself behind a queue that nobody empties; ever more
HAND_AFTER = 0.25  # seconds since anybody took a task message out of the full queue
REST = 0.1
"""Seconds between two claims of what comes in floods: it shares task messages and transactions."""
FULL = 0.01  # seconds until the next look while the queue is full
REHEARSALS = 10  # single steps that a new clock runs by itself: then it is quick when it has to be
BACKLOG = 8  # task messages in the broker's queue: who comes last in it is not to wait long
SWEEP_EVERY = 10.0  # seconds between two claims that look at all that is due, however old
OVERLAP = timedelta(seconds=3)  # armed so long ago, and visible only now
AUDIT_EVERY = 60.0  # seconds
BEAT_EVERY = 5.0  # seconds
FIGURES_EVERY = 30.0  # seconds; earlier when much has changed
SENDERS_GONE = timedelta(seconds=8)  # since the last sign of life of any sender
STAND_IN_ROOM = 8  # calls at once by one channel while no sender lives
AWAY = 2.0  # seconds without asking a broker that did not answer


class Clock:
    """One clock; `turn()` is one look."""

    def __init__(self, redis_url: str, keep_days: Mapping[str, int] | None = None) -> None:
        self._redis = wake.connect(redis_url)
        self._away_until = 0.0
        self._full = False
        self._emptied = 0.0
        self._hand = HAND
        self._flow = Flow()
        self._rests_until = 0.0
        self._rehearsals = REHEARSALS
        self._since = store.EVER
        self._next_sweep = 0.0
        self._next_audit = 0.0
        self._next_stale = 0.0
        self._next_beat = 0.0
        self._next_figures = 0.0
        self._background = Background()
        self._keep_days = keep_days or {}
        self._pool = ThreadPoolExecutor(8, "inline")
        self._stand_in = sender.Sender(STAND_IN_ROOM)
        self._alone = False
        self._next_look_for_senders = 0.0

    def turn(self) -> bool:
        """Claim and pass on what is due; True when there may be more at once.

        Raises:
            psycopg.OperationalError: the database is away.
        """
        steps, more = self._claim_some(db.connection(), clock.now())
        for (name, lost), refs in _by_name(self._run_single_ones(steps)).items():
            for batch in _batches(refs, BATCH):
                self._pass_on_steps(name, batch, lost=lost)
        self._stand_in_for_senders()
        self._beat()
        return more

    def _claim_some(self, conn: Connection, now: datetime) -> tuple[list[Claimed], bool]:
        """Claim as many steps as the broker's queue should still take; whether there may be more.

        What comes in floods is claimed now and then, and whoever comes beside it at once. Behind a
        queue that is full the clock does not add to it. While workers empty it, the clock
        is there for whoever comes beside a flood; where nobody has come lately, or nobody takes
        anything out, it lends a hand, and the longer the more.
        """
        room = self._room()
        floods = self._flow.floods()
        rests = bool(floods) and time.monotonic() < self._rests_until
        busy = self._flow.others() and time.monotonic() < self._emptied + HAND_AFTER
        if rests if room > 0 else busy:
            others = store.claim_others(conn, now, BATCH, LEASE, self._since, floods)
            return others, len(others) == BATCH
        if room > 0:
            limit = min(CLAIM, room * BATCH)
        else:
            limit, self._hand = self._hand, min(2 * self._hand, BATCH)
        steps = self._claim(conn, now, limit)
        if len(steps) < limit:
            self._rests_until = time.monotonic() + REST
        return steps, len(steps) == limit

    def _run_single_ones(self, steps: list[Claimed]) -> list[Claimed]:
        """While some accounts' steps come in floods, run here what belongs to others.

        In the broker's queue it would wait behind the flood. Returns the rest.
        """
        self._flow.saw((step.account_id for step in steps), time.monotonic())
        floods = self._flow.floods()
        rehearsal = len(steps) == 1 and self._rehearsals > 0
        self._rehearsals -= rehearsal
        others = [step for step in steps if step.account_id not in floods]
        single = others if floods or rehearsal else []
        if len(single) > BATCH:  # a flood of many: all wait alike
            return steps
        for (name, _), refs in _by_name(single).items():
            step_type = registry.step_type(name)
            if step_type is None:
                engine.refuse(name, refs)
            else:
                engine.run(step_type, refs)
        return [step for step in steps if step not in single]

    def _claim(self, conn: Connection, now: datetime, limit: int) -> list[Claimed]:
        """Claim, and remember from when on the next claim has to look.

        What an earlier one has left dead would be walked over, and as long as somebody keeps a
        transaction open it cannot be cleaned away.
        """
        if time.monotonic() >= self._next_sweep:
            self._next_sweep = time.monotonic() + SWEEP_EVERY
            self._since = store.EVER
        steps = store.claim(conn, now, limit, LEASE, self._since)
        oldest = store.next_due(conn, self._since) if len(steps) == limit else None
        self._since = min(oldest or now, now - OVERLAP)
        return steps

    def pause(self) -> float:
        """How long there is nothing to do, in seconds."""
        if self._full:
            return FULL
        conn = db.connection()
        now = clock.now()
        due = store.next_due(conn, self._since, now + timedelta(seconds=LOOK_EVERY))
        if due is None:
            return LOOK_EVERY
        # What is due and was not claimed is held by somebody else at this moment.
        return min(LOOK_EVERY, max(0.01, (due - now).total_seconds()))

    def _pass_on_steps(self, name: str, refs: Sequence[Ref], *, lost: bool) -> None:
        step_type = registry.step_type(name)
        if step_type is None:
            engine.refuse(name, refs)
        elif lost:  # nobody took the task message: workers are dead, or hang
            self._pool.submit(_run, step_type, refs)
        elif not self._send(name, refs):
            engine.run(step_type, refs)

    def _stand_in_for_senders(self) -> None:
        """Send messages here while no sender process lives; never beside one that does."""
        if time.monotonic() >= self._next_look_for_senders:
            self._next_look_for_senders = time.monotonic() + LOOK_EVERY
            seen = turns.last_beat(db.connection(), sender.NAME)
            self._alone = seen is None or clock.machine_now() - seen > SENDERS_GONE
        try:
            self._stand_in.turn(taking=self._alone)
        except psycopg.OperationalError:
            raise
        except Exception as error:  # noqa: BLE001 - the steps of the chain must go on
            log.error("stand_in_failed", error=type(error).__name__)  # noqa: TRY400

    def close(self) -> None:
        """Record what the stand-in's calls under way come to, and end what is done beside."""
        self._stand_in.close()
        self._background.close()

    def _send(self, task: str, refs: Sequence[Ref]) -> bool:
        """Send a task message; False when the broker is away, or its queue is full."""
        if self._full or time.monotonic() < self._away_until:
            return False
        try:
            celery.send_task(task, args=[refs], queue="chain")
        except (BrokerError, redis.RedisError, OSError) as error:
            self._broker_away(error)
            return False
        return True

    def _room(self) -> int:
        """How many task messages the broker's queue should still take."""
        self._full = False
        if time.monotonic() < self._away_until:
            return BACKLOG
        try:
            room = BACKLOG - self._redis.llen("chain")
        except redis.RedisError as error:
            self._broker_away(error)
            return BACKLOG
        self._full = room <= 0
        if not self._full:
            self._emptied, self._hand = time.monotonic(), HAND
        return room

    def _broker_away(self, error: Exception) -> None:
        log.warning("broker_away", error=str(error), then="the clock runs the steps itself")
        self._away_until = time.monotonic() + AWAY

    def _beat(self) -> None:
        """Show that this clock lives; keep counts and promises; audit and watch once a minute."""
        if time.monotonic() >= self._next_stale:
            self._next_stale = time.monotonic() + LOOK_EVERY
            outbox.settle_stale(db.connection())
        if time.monotonic() >= self._next_beat:
            self._next_beat = time.monotonic() + BEAT_EVERY
            turns.beat(db.connection(), "clock", clock.machine_now())
            duties.do(duties.fold_counts)
            duties.do(duties.settle_promises)
            duties.do(self._keep_house)
            self._background.start("words", search.catch_up)
            self._background.start("dry runs", dry_runs.start)
            self._background.start("forgetting", forgetting.forget_again)
            self._background.start("copies", copies.some)
        if time.monotonic() >= self._next_audit:
            self._next_audit = time.monotonic() + AUDIT_EVERY
            for duty in (
                duties.audit_cases,
                duties.audit_questions,
                duties.watch_the_couriers,
                duties.watch_rotas,
                duties.expire_orders,
            ):
                duties.do(duty)

    def _keep_house(self) -> None:
        """Count figures and drop what is old, beside all else: there may be a million of each."""
        if time.monotonic() >= self._next_figures or rollups.much_changed():
            self._next_figures = time.monotonic() + FIGURES_EVERY
            self._background.start("figures", rollups.count_some)
            self._background.start("retention", self._make_room)
            self._background.start("photos", photos.sweep)
            self._background.start("restored", replaying.look)

    def _make_room(self) -> bool:
        more = retention.make_some_room(self._keep_days)
        return outbound.forget_some(clock.now()) or more


def _run(step_type: StepType[Any], refs: Sequence[Ref]) -> None:
    log.warning(
        "task_message_lost",
        step=step_type.name,
        steps=len(refs),
        then="the clock runs the steps itself",
    )
    try:
        engine.run(step_type, refs)
    except psycopg.OperationalError as error:
        log.warning("database_away", error=str(error))


def _by_name(steps: Sequence[Claimed]) -> dict[tuple[str, bool], list[Ref]]:
    """Steps by `(name, lost)`."""
    by_name: dict[tuple[str, bool], list[Ref]] = defaultdict(list)
    for step in steps:
        by_name[step.name, step.lost].append(Ref(step.id, step.attempt))
    return by_name


def _batches(refs: Sequence[Ref], size: int) -> Iterator[Sequence[Ref]]:
    for start in range(0, len(refs), size):
        yield refs[start : start + size]


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    config = settings.load()
    app.configure(config)
    counting.publish(config.redis_url)
    celery.conf.update(broker_url=config.broker_url)
    celery.loader.import_default_modules()
    stopping = threading.Event()
    woken = threading.Event()

    def stop(*_: object) -> None:
        stopping.set()
        woken.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    listen(config.redis_url, woken)
    ticker = Clock(config.redis_url, config.keep_days)
    while not stopping.is_set():
        woken.clear()
        try:
            pause = 0.0 if ticker.turn() else ticker.pause()
        except psycopg.OperationalError as error:
            log.warning("database_away", error=str(error))
            pause = LOOK_EVERY
        if pause:
            woken.wait(pause)
    ticker.close()


if __name__ == "__main__":
    main()
