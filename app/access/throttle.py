"""How often may somebody try? Counted in Redis, so that all web processes count together."""

from __future__ import annotations

import redis
import structlog

from app.errors import Problem

log = structlog.get_logger(__name__)

FAILURES = 20
"""Wrong keys from one address within `WINDOW`; people mistype a few times, programs do not stop."""
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


def check(address: str) -> None:
    """Let a failed attempt from this address pass.

    Who has a right key is not asked: behind a proxy everybody comes from one address, and a
    stranger's attempts must keep nobody out.

    Raises:
        Problem: 429, too many of its attempts failed lately.
    """
    if _failures(address) >= FAILURES:
        raise Problem(
            429,
            "too_many_attempts",
            "Too many wrong keys came from here. Please wait a minute and try again.",
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
