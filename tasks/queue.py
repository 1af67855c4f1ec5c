"""The workers' queue in the broker, as the clock fills it: kept short, and never waited for."""

from __future__ import annotations

import time
from collections.abc import Sequence

import redis
import structlog
from kombu.exceptions import OperationalError as BrokerError

from app.chain import wake
from app.chain.store import Ref
from tasks.app import celery

log = structlog.get_logger(__name__)

BACKLOG = 8  # task messages in the queue: who comes last in it is not to wait long
AWAY = 2.0  # seconds without asking a broker that did not answer


class Queue:
    """What one clock knows of it; all that is said of time is in seconds of the monotonic clock."""

    def __init__(self, redis_url: str) -> None:
        self._redis = wake.connect(redis_url)
        self._away_until = 0.0
        self.full = False
        self.room_at = 0.0
        """When there was room in it last."""

    def room(self) -> int:
        """How many task messages it should still take; all that it may while nobody can tell."""
        self.full = False
        if time.monotonic() < self._away_until:
            return BACKLOG
        try:
            room = BACKLOG - self._redis.llen("chain")
        except redis.RedisError as error:
            self._is_away(error)
            return BACKLOG
        self.full = room <= 0
        if not self.full:
            self.room_at = time.monotonic()
        return room

    def send(self, task: str, refs: Sequence[Ref]) -> bool:
        """Send a task message; False when the broker is away, or its queue is full."""
        if self.full or time.monotonic() < self._away_until:
            return False
        try:
            celery.send_task(task, args=[refs], queue="chain")
        except (BrokerError, redis.RedisError, OSError) as error:
            self._is_away(error)
            return False
        return True

    def _is_away(self, error: Exception) -> None:
        log.warning("broker_away", error=str(error), then="the clock runs the steps itself")
        self._away_until = time.monotonic() + AWAY
