"""How often may somebody try? Counted in Redis, so that all web processes count together."""

from __future__ import annotations

import redis
import structlog

from app.errors import Problem
from app.languages.language import mark
from app.languages.sentence import joined

log = structlog.get_logger(__name__)

FAILURES = 20
"""Wrong keys and codes from one address within `WINDOW`; people mistype, programs do not stop."""
ASKED = 30
"""Codes asked for from one address within `WINDOW`: a whole shift may come by one router."""
WINDOW = 60  # seconds

_redis: redis.Redis | None = None


def configure(redis_url: str) -> None:
    """Say once per process where the counts are."""
    global _redis  # noqa: PLW0603 - one Redis per process is the point
    _redis = (
        redis.Redis.from_url(redis_url, socket_connect_timeout=0.5, socket_timeout=0.5)
        if redis_url
        else None
    )


def asks(address: str) -> None:
    """Somebody at this address asks for a code.

    Raises:
        Problem: 429, too many were asked for from there lately.
    """
    _check(f"asks:{address}", ASKED, mark("Many codes were asked for from here."))
    failed(f"asks:{address}")


def check(address: str) -> None:
    """Let a failed attempt from this address pass.

    Who has a right key is not asked: behind a proxy everybody comes from one address, and a
    stranger's attempts must keep nobody out.

    Raises:
        Problem: 429, too many of its attempts failed lately.
    """
    _check(address, FAILURES, mark("Too many wrong keys or codes came from here."))


def _check(address: str, most: int, what: str) -> None:
    if _failures(address) >= most:
        raise Problem(
            429,
            "too_many_attempts",
            joined([what, mark("Please wait a minute and try again.")]),
            headers={"Retry-After": str(WINDOW)},
        )


def failed(address: str) -> None:
    """An attempt from this address failed."""
    if _redis is None:
        return
    try:
        with _redis.pipeline() as both:
            both.set(_key(address), 0, ex=WINDOW, nx=True)
            both.incr(_key(address))
            both.execute()
    except redis.RedisError as error:
        log.warning("throttle_away", error=type(error).__name__)


def _failures(address: str) -> int:
    """Without Redis nobody is counted: keys cannot be guessed, and people must get in."""
    if _redis is None:
        return 0
    try:
        return int(_redis.get(_key(address)) or 0)
    except redis.RedisError as error:
        log.warning("throttle_away", error=type(error).__name__)
        return 0


def _key(address: str) -> str:
    return f"reknock:sign-in:{address}"
