"""Wake-ups from Redis, for processes that else look once a second."""

from __future__ import annotations

import contextlib
import threading
import time

import redis

from app.chain import wake

_LOOK_EVERY = 1.0  # seconds


def listen(redis_url: str, woken: threading.Event) -> None:
    """Set `woken` at every wake-up from now on, in a thread of its own."""
    threading.Thread(target=_listen, args=(redis_url, woken), daemon=True).start()


def _listen(redis_url: str, woken: threading.Event) -> None:
    while True:
        with contextlib.suppress(redis.RedisError):
            listener = wake.connect(redis_url).pubsub(  # type: ignore[no-untyped-call]
                ignore_subscribe_messages=True
            )
            listener.subscribe(wake.CHANNEL)
            while True:
                if listener.get_message(timeout=_LOOK_EVERY):
                    woken.set()
        time.sleep(_LOOK_EVERY)
