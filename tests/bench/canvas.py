"""The peer: bare Celery on the same broker, as its documentation shows it."""

from __future__ import annotations

import os
import sys
import threading

import redis
from celery import Celery, chain

DONE = "bench:done"
WAIT = 3600  # seconds

celery = Celery("canvas", broker=os.environ.get("BROKER_URL"))
# No results are kept, and logs are as quiet as ours: the least that Celery can do.
celery.conf.update(
    task_ignore_result=True,
    task_default_queue="chain",
    broker_connection_retry_on_startup=True,
)


class _Ended:
    """Counts chains; the last of as many as were asked for says so."""

    lock = threading.Lock()
    number = 0


@celery.task(name="wait")
def wait() -> None:
    pass


@celery.task(name="one")
def one() -> None:
    pass


@celery.task(name="two")
def two() -> None:
    pass


@celery.task(name="three")
def three(of: int) -> None:
    with _Ended.lock:
        _Ended.number += 1
        last = _Ended.number == of
        if last:
            _Ended.number = 0
    if last:
        redis.Redis.from_url(os.environ["REDIS_URL"]).incr(DONE)


def publish(number: int) -> None:
    for _ in range(number):
        chain(one.si(), two.si(), three.si(number)).apply_async()


if __name__ == "__main__":
    if sys.argv[1:] == ["wait"]:
        wait.apply_async(countdown=WAIT)
    else:
        for line in sys.stdin:
            publish(int(line))
