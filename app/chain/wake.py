"""The wake-up: "something is due" told to the clocks, best effort and coalesced.

The caller only sets a flag; a thread of its own tells Redis. However many webhooks come in,
at most one wake-up is on its way, and none of them waits for it. Wake-ups that follow one
another closely come ever more seldom, so that a flood costs little and a single case waits for
nothing. If Redis is away nothing is lost: clocks look by themselves every second.
"""

from __future__ import annotations

import logging
import os
import threading
import time

import redis

CHANNEL = "reknock:wake"
_SHORTEST, _LONGEST = 0.002, 0.064  # seconds; what happens within shares one wake-up
_RETRY = 1.0  # seconds; clocks look by themselves as often

_flag = threading.Event()
_lock = threading.Lock()
_url = ""
_thread: tuple[int, threading.Thread] | None = None


def configure(redis_url: str) -> None:
    """Say once per process where the clocks listen."""
    global _url  # noqa: PLW0603 - one broker per process is the point
    _url = redis_url


def connect(redis_url: str) -> redis.Redis:
    """A client that gives up quickly: a wake-up is not worth waiting for."""
    return redis.Redis.from_url(redis_url, socket_connect_timeout=0.5, socket_timeout=1.0)


def soon() -> None:
    """Wake the clocks shortly. Never blocks, never raises."""
    global _thread  # noqa: PLW0603
    if not _flag.is_set():
        _flag.set()
    if _thread is None or _thread[0] != os.getpid():  # threads do not survive a fork
        with _lock:
            if _thread is None or _thread[0] != os.getpid():
                thread = threading.Thread(target=_tell, name="wake", daemon=True)
                _thread = (os.getpid(), thread)
                thread.start()


def pause_after(pause: float, gap: float) -> float:
    """How long to wait after this wake-up; the last one was `gap` seconds ago, with that pause.

    What comes within as long again as the pause was comes closely.
    """
    return min(2 * pause, _LONGEST) if gap < 2 * pause else _SHORTEST


def _tell() -> None:
    client: redis.Redis | None = None
    pause, since = _SHORTEST, 0.0
    while _flag.wait():
        _flag.clear()
        pause = pause_after(pause, time.monotonic() - since)
        if not _url:
            continue
        try:
            client = client or connect(_url)
            client.publish(CHANNEL, b"1")
            since = time.monotonic()
            time.sleep(pause)
        except redis.RedisError as error:
            logging.getLogger(__name__).debug("no wake-up: %s", error)
            client = None
            time.sleep(_RETRY)
