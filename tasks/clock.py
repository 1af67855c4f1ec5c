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
from datetime import timedelta
from typing import Any

import psycopg
import structlog

from app import clock
from app.chain import engine, registry
from app.chain.step import StepType
from app.chain.store import Claimed, Ref
from app.db import connection as db
from app.db import turns
from tasks import claims, process, sender
from tasks.app import celery
from tasks.queue import Queue
from tasks.rounds import Rounds
from tasks.waking import listen

log = structlog.get_logger(__name__)

LOOK_EVERY = 1.0  # seconds
FULL = 0.01  # seconds until the next look while the queue is full
REHEARSALS = 10  # single steps that a new clock runs by itself: then it is quick when it has to be
SENDERS_GONE = timedelta(seconds=8)  # since the last sign of life of any sender
STAND_IN_ROOM = 8  # calls at once by one channel while no sender lives


class Clock:
    """One clock; `turn()` is one look."""

    def __init__(self, redis_url: str, keep_days: Mapping[str, int] | None = None) -> None:
        self._queue = Queue(redis_url)
        self.claims = claims.Claims(self._queue)
        self._rehearsals = REHEARSALS
        self._rounds = Rounds(keep_days or {})
        self._pool = ThreadPoolExecutor(8, "inline")
        self._stand_in = sender.Sender(STAND_IN_ROOM)
        self._alone = False
        self._next_look_for_senders = 0.0

    def turn(self) -> bool:
        """Claim and pass on what is due; True when there may be more at once.

        Raises:
            psycopg.OperationalError: the database is away.
        """
        steps, more = self.claims.some(db.connection(), clock.now())
        for (name, lost), refs in _by_name(self._run_single_ones(steps)).items():
            for batch in _batches(refs, claims.BATCH):
                self._pass_on_steps(name, batch, lost=lost)
        self._stand_in_for_senders()
        self._rounds.go()
        return more

    def _run_single_ones(self, steps: list[Claimed]) -> list[Claimed]:
        """While some accounts' steps come in floods, run here what belongs to others.

        In the broker's queue it would wait behind the flood. Returns the rest.
        """
        floods = self.claims.saw(step.account_id for step in steps)
        rehearsal = len(steps) == 1 and self._rehearsals > 0
        self._rehearsals -= rehearsal
        others = [step for step in steps if step.account_id not in floods]
        single = others if floods or rehearsal else []
        if len(single) > claims.BATCH:  # a flood of many: all wait alike
            return steps
        for (name, _), refs in _by_name(single).items():
            step_type = registry.step_type(name)
            if step_type is None:
                engine.refuse(name, refs)
            else:
                engine.run(step_type, refs)
        return [step for step in steps if step not in single]

    def pause(self) -> float:
        """How long there is nothing to do, in seconds."""
        if self._queue.full:
            return FULL
        conn = db.connection()
        now = clock.now()
        due = self.claims.next_due(conn, now + timedelta(seconds=LOOK_EVERY))
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
        elif not self._queue.send(name, refs):
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
        self._rounds.close()


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
    config = process.begin()
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
