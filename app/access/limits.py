"""How many requests a key may make in a minute, counted in Redis for all web processes together.

What couriers and providers tell is not counted: nothing of that may be lost. The headers are those
of draft-ietf-httpapi-ratelimit-headers: the policy, and what is left of it until when.
"""

from __future__ import annotations

import time
from typing import Any, cast

import redis
import structlog
from flask import Response, after_this_request

from app.errors import Problem

log = structlog.get_logger(__name__)

WINDOW = 60  # seconds
_AWAY = 10.0  # seconds without asking a Redis that did not answer
_COUNT = """
local used = redis.call('INCR', KEYS[1])
if used == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return {used, redis.call('PTTL', KEYS[1])}
"""

_most = 0
_count: Any = None
_away_until = 0.0


def configure(redis_url: str, most: int) -> None:
    """Say once per process where the counts are, and how many requests a minute a key has."""
    global _count, _most, _away_until  # noqa: PLW0603 - one Redis per process is the point
    _most, _away_until = most, 0.0
    _count = None
    if redis_url and most:
        client = redis.Redis.from_url(redis_url, socket_connect_timeout=0.2, socket_timeout=0.2)
        _count = client.register_script(_COUNT)


def spend(key_id: int) -> None:
    """One request of this key; its answer will say how many are left.

    While Redis is away nobody is counted: a shipper's orders matter more than the limit.

    Raises:
        Problem: 429, the key has used up its minute.
    """
    global _away_until  # noqa: PLW0603
    if _count is None or time.monotonic() < _away_until:
        return
    try:
        used, left = cast("list[int]", _count(keys=[f"reknock:api:{key_id}"], args=[WINDOW * 1000]))
    except redis.RedisError as error:
        log.warning("limits_away", error=type(error).__name__)
        _away_until = time.monotonic() + _AWAY
        return
    seconds = max(1, -(-left // 1000))

    @after_this_request
    def tell(answer: Response) -> Response:
        answer.headers["RateLimit-Policy"] = f'"default";q={_most};w={WINDOW}'
        answer.headers["RateLimit"] = f'"default";r={max(0, _most - used)};t={seconds}'
        return answer

    if used > _most:
        raise Problem(
            429,
            "too_many_requests",
            f"This key may make {_most} requests in {WINDOW} seconds. "
            f"Please go on in {seconds} seconds.",
            headers={"Retry-After": str(seconds)},
        )
