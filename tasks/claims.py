"""Which steps a clock claims when: no more than workers take, and nobody waits behind a flood."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import datetime, timedelta

from app.chain import store
from app.chain.engine import LEASE
from app.chain.store import Claimed
from app.db.connection import Connection
from tasks.flow import Flow
from tasks.queue import Queue

CLAIM = 500  # steps in one claim: bounds the transaction
BATCH = 50  # steps in one task message: they share one transaction
HAND = 10  # steps that the clock runs by itself behind a queue that nobody empties; ever more
HAND_AFTER = 0.25  # seconds since anybody took a task message out of the full queue
REST = 0.1
"""Seconds between two claims of what comes in floods: it shares task messages and transactions."""
SWEEP_EVERY = 10.0  # seconds between two claims that look at all that is due, however old
OVERLAP = timedelta(seconds=3)  # armed so long ago, and visible only now


class Claims:
    """Those of one clock."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue
        self._flow = Flow()
        self._hand = HAND
        self._rests_until = 0.0
        self._since = store.EVER
        self._next_sweep = 0.0

    def some(self, conn: Connection, now: datetime) -> tuple[list[Claimed], bool]:
        """Claim as many steps as the queue should still take; whether there may be more.

        What comes in floods is claimed now and then, and whoever comes beside it at once. Behind a
        queue that is full the clock does not add to it. While workers empty it, the clock
        is there for whoever comes beside a flood; where nobody has come lately, or nobody takes
        anything out, it lends a hand, and the longer the more.
        """
        room = self._queue.room()
        if room > 0:
            self._hand = HAND
        floods = self.floods()
        rests = bool(floods) and time.monotonic() < self._rests_until
        busy = self._flow.others() and time.monotonic() < self._queue.room_at + HAND_AFTER
        if rests if room > 0 else busy:
            others = store.claim_others(conn, now, BATCH, LEASE, self._since, floods)
            return others, len(others) == BATCH
        if room > 0:
            limit = min(CLAIM, room * BATCH)
        else:
            limit, self._hand = self._hand, min(2 * self._hand, BATCH)
        steps = self.claim(conn, now, limit)
        if len(steps) < limit:
            self._rests_until = time.monotonic() + REST
        return steps, len(steps) == limit

    def claim(self, conn: Connection, now: datetime, limit: int) -> list[Claimed]:
        """Claim, and remember from when on the next claim has to look.

        What an earlier one has left dead would be walked over, and as long as somebody keeps a
        transaction open it cannot be cleaned away.
        """
        if time.monotonic() >= self._next_sweep:
            self._next_sweep = time.monotonic() + SWEEP_EVERY
            self._since = store.EVER
        steps = store.claim(conn, now, limit, LEASE, self._since)
        oldest = self.next_due(conn) if len(steps) == limit else None
        self._since = min(oldest or now, now - OVERLAP)
        return steps

    def next_due(self, conn: Connection, until: datetime = store.NEVER) -> datetime | None:
        """When the next step wants to be claimed, as far as a claim would look."""
        return store.next_due(conn, self._since, until)

    def saw(self, accounts: Iterable[int]) -> list[int]:
        """Steps of these courier accounts were claimed; which accounts' come in floods."""
        self._flow.saw(accounts, time.monotonic())
        return self.floods()

    def floods(self) -> list[int]:
        """The courier accounts whose steps come in floods."""
        return self._flow.floods()
