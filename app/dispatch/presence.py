"""Who looks at which task at this moment, and whether they have begun to write.

It stands in Redis, one line for each page that is open, written by the page's own poll; a line that
is not written anew goes by itself. Lost, it is there again with the next poll, and while Redis is
away nobody waits for it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from typing import NamedTuple, cast

import redis
import structlog

from app.clock import machine_now
from app.languages.language import Language

log = structlog.get_logger(__name__)

_KEY = "reknock:presence"
STAYS = 13.0  # seconds: two polls and a little more
_KEPT = 60  # seconds after the last poll of anybody
_AWAY = 10.0  # seconds without asking a Redis that did not answer
_PAGE = re.compile(r"[0-9a-z]{1,24}")

_redis: redis.Redis | None = None
_away_until = 0.0


class Looks(NamedTuple):
    """Somebody at a task; `page` tells two windows of theirs apart."""

    name: str
    page: str
    task_id: int
    writing: bool


def configure(redis_url: str) -> None:
    """Say once per process where it stands."""
    global _redis, _away_until  # noqa: PLW0603 - one Redis per process is the point
    _away_until = 0.0
    _redis = (
        redis.Redis.from_url(
            redis_url, socket_connect_timeout=0.2, socket_timeout=0.2, decode_responses=True
        )
        if redis_url
        else None
    )


def told(name: str, said: Mapping[str, str], task_id: int = 0) -> Looks | None:
    """What a poll says of its page: `page`, `at` and `writing`; None when it says nothing."""
    at = said.get("at", "")
    number = task_id or (int(at) if at.isascii() and at.isdigit() and len(at) < 19 else 0)
    page = said.get("page", "")
    if not number or not _PAGE.fullmatch(page):
        return None
    return Looks(name, page, number, said.get("writing") == "1")


def exchange(me: Looks | None, name: str) -> dict[int, list[Looks]]:
    """Say where one is, if anywhere, and hear where all others are: one round trip."""
    global _away_until  # noqa: PLW0603
    if _redis is None or time.monotonic() < _away_until:
        return {}
    now = machine_now().timestamp()
    try:
        with _redis.pipeline(transaction=False) as pipe:
            if me:
                line = f"{me.task_id} {int(me.writing)} {now + STAYS:.0f}"
                pipe.hset(_KEY, f"{me.page} {me.name}", line)
                pipe.expire(_KEY, _KEPT)
            pipe.hgetall(_KEY)
            lines = cast("dict[str, str]", pipe.execute()[-1])
            return _read(lines, name, now)
    except redis.RedisError as error:
        log.warning("presence_away", error=type(error).__name__)
        _away_until = time.monotonic() + _AWAY
        return {}


def _read(lines: Mapping[str, str], name: str, now: float) -> dict[int, list[Looks]]:
    found: dict[int, list[Looks]] = {}
    gone = []
    for who, line in lines.items():
        page, _, other = who.partition(" ")
        task, writing, until = line.split()
        if float(until) < now:
            gone.append(who)
        elif other != name:
            found.setdefault(int(task), []).append(Looks(other, page, int(task), writing == "1"))
    if gone and _redis:
        _redis.hdel(_KEY, *gone)
    return found


def words(looks: Sequence[Looks], language: Language) -> str:
    """Who is there, as a row says it; empty when nobody is."""
    writing = sorted({one.name for one in looks if one.writing})
    looking = sorted({one.name for one in looks} - set(writing))
    said = [_writing(language, writing)] if writing else []
    said += [_looking(language, looking)] if looking else []
    return ", ".join(said)


def _writing(language: Language, names: Sequence[str]) -> str:
    say = language.say
    if len(names) == 1:
        return say("{name} is writing here", name=names[0])
    if len(names) == 2:
        return say("{name} and {other} are writing here", name=names[0], other=names[1])
    return language.count(
        "{number} person is writing here", "{number} people are writing here", len(names)
    )


def _looking(language: Language, names: Sequence[str]) -> str:
    say = language.say
    if len(names) == 1:
        return say("{name} is looking", name=names[0])
    if len(names) == 2:
        return say("{name} and {other} are looking", name=names[0], other=names[1])
    return language.count("{number} person is looking", "{number} people are looking", len(names))
