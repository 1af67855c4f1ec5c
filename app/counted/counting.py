"""Counts of all processes together: gathered in memory, added up in Redis every two seconds.

Whoever counts pays two microseconds and asks nobody. A thread of its own adds what was gathered to
one hash in Redis, which every process shares, on whichever machine: no files are left behind by
processes that died, and `/metrics` says the same whichever process is asked. A process that is
killed loses two seconds of counts; without Redis they are kept in memory until it is back; and if
Redis forgets, counters begin again at zero, which is what Prometheus expects of them.
"""

from __future__ import annotations

import atexit
import logging
import os
import secrets
import threading
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import TypeAlias

import redis

from app import clock

COUNTS = "reknock:counted"
EXAMPLES = "reknock:counted:exemplars"
"""Each as OpenMetrics writes it behind its bucket: they are read far more often than written."""
SEPARATOR = "\x1f"
"""Between the parts of a field: the family, the values of its labels, the bucket or `sum`."""
MICRO = 1_000_000
_PAUSE = 2.0  # seconds
_MOST = 20_000  # series between two writes: far more than there can be, but no memory is filled

# A batch that was added and whose answer got lost is not added again.
_ADD = """
if not redis.call('SET', KEYS[3], 1, 'NX', 'EX', 600) then return end
local counts = tonumber(ARGV[1])
for i = 2, 2 * counts, 2 do redis.call('HINCRBY', KEYS[1], ARGV[i], ARGV[i + 1]) end
for i = 2 * counts + 2, #ARGV, 2 do redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1]) end
"""

_Values: TypeAlias = tuple[str, ...]


class Counter:
    """How often something happened; Prometheus wants `_total` behind its name."""

    def __init__(self, name: str, text: str, labels: tuple[str, ...]) -> None:
        self.name, self.text, self.labels = name, text, labels
        self._counts: dict[_Values, int] = {}

    def add(self, *values: str) -> None:
        """It happened once more; `values` are those of the labels, in their order."""
        with _lock:
            known = self._counts.get(values)
            if known is None:
                _begin(self)
            if known is not None or len(self._counts) < _MOST:
                self._counts[values] = (known or 0) + 1

    def gathered(self) -> tuple[list[str | int], list[str]]:
        """Fields with numbers, and none with examples; they are here no more."""
        counts, self._counts = self._counts, {}
        return [
            part for values, n in counts.items() for part in (_field(self.name, *values), n)
        ], []


class _Times:
    """What was observed with the same labels."""

    __slots__ = ("counts", "examples", "total")

    def __init__(self, buckets: int) -> None:
        self.counts = [0] * buckets
        self.total = 0.0
        self.examples: dict[int, tuple[float, str]] = {}


class Histogram:
    """How long something took, in seconds."""

    def __init__(
        self, name: str, text: str, labels: tuple[str, ...], bounds: tuple[float, ...]
    ) -> None:
        self.name, self.text, self.labels, self._bounds = name, text, labels, bounds
        self.ends: Sequence[str] = (*map(str, bounds), "+Inf")
        """The upper ends of the buckets."""
        self._times: dict[_Values, _Times] = {}

    def observe(self, seconds: float, *values: str, request_id: str = "") -> None:
        """It took so long; `request_id` leads from the figure to the log."""
        if seconds < 0:
            seconds = 0.0
        bucket = bisect_left(self._bounds, seconds)
        with _lock:
            times = self._times.get(values)
            if times is None:
                _begin(self)
                if len(self._times) == _MOST:
                    return
                times = self._times[values] = _Times(len(self.ends))
            times.counts[bucket] += 1
            times.total += seconds
            if request_id:
                times.examples[bucket] = (seconds, request_id)

    def gathered(self) -> tuple[list[str | int], list[str]]:
        """Fields with numbers, and fields with examples; they are here no more."""
        observed, self._times = self._times, {}
        at = f"{clock.machine_now().timestamp():.3f}"
        counts: list[str | int] = []
        examples: list[str] = []
        for values, times in observed.items():
            ends = [_field(self.name, *values, end) for end in self.ends]
            for end, number in zip(ends, times.counts, strict=True):
                counts += (end, number) if number else ()
            counts += (_field(self.name, *values, "sum"), round(times.total * MICRO))
            for bucket, (seconds, request_id) in times.examples.items():
                known = f' # {{request_id="{escaped(request_id)}"}} {seconds:.6f} {at}'
                examples += (ends[bucket], known)
        return counts, examples


def escaped(value: str) -> str:
    """A label's value as Prometheus reads it."""
    if value.isalnum():
        return value
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _field(*parts: str) -> str:
    return SEPARATOR.join(parts)


_lock = threading.Lock()
_url = ""
_thread: threading.Thread | None = None
_begun: dict[Counter | Histogram, None] = {}
"""Families of which something was counted since the last write."""
_flushing = threading.Lock()
_batch: list[str | int] = []
_name = ""


def publish(redis_url: str) -> None:
    """Let what this process counts be added to what all have counted; else it stays here."""
    global _url  # noqa: PLW0603 - one Redis per process is the point
    _url = redis_url


def _begin(family: Counter | Histogram) -> None:
    """Something is counted for the first time since the last write; holds the lock."""
    global _thread  # noqa: PLW0603
    _begun[family] = None
    if _thread is None and _url:
        _thread = threading.Thread(target=_run, name="counted", daemon=True)
        _thread.start()
        atexit.register(flush)


def _run() -> None:
    pause = threading.Event()
    while True:
        pause.wait(_PAUSE)
        flush()


def flush() -> None:
    """Add what was gathered; what cannot be added now is kept, under the same name."""
    global _name  # noqa: PLW0603
    if not _url:
        return
    with _flushing:
        if not _batch:
            _name = f"{COUNTS}:{secrets.token_hex(8)}"
            _batch.extend(_gathered())
        if not _batch:
            return
        try:
            with redis.Redis.from_url(_url, socket_connect_timeout=0.5, socket_timeout=2) as client:
                client.eval(_ADD, 3, COUNTS, EXAMPLES, _name, *_batch)
        except redis.RedisError as error:
            logging.getLogger(__name__).debug("counts not written: %s", error)
        else:
            _batch.clear()


def _gathered() -> Iterator[str | int]:
    with _lock:
        found = [family.gathered() for family in _begun]
        _begun.clear()
    if found:
        counts = [part for fields, _ in found for part in fields]
        yield len(counts) // 2
        yield from counts
        yield from (part for _, examples in found for part in examples)


def _forked() -> None:
    """A child has none of its parent's threads, and what its parent counted is the parent's."""
    global _lock, _flushing, _thread
    _lock, _flushing, _thread = threading.Lock(), threading.Lock(), None
    for family in _begun:
        family.gathered()
    _begun.clear()
    _batch.clear()


os.register_at_fork(after_in_child=_forked)
