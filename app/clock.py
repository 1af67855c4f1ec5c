"""The only source of "now".

Business time (`now`) is what steps, promises and messages live by. In demo and test mode
it can be moved forward for every process at once: the shift is one number in a file that
all processes map into memory, so reading it costs nothing and it survives the loss of
Redis, Postgres or any process. Machine time (`machine_now`) never moves; it is for leases
on acts that take real seconds, such as a call to a provider.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

_shift: mmap.mmap | None = None
_held: datetime | None = None


def use_file(path: Path) -> None:
    """Let business time follow the shift in `path` (one little-endian double, seconds)."""
    global _shift  # noqa: PLW0603 - one clock per process is the point
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        if path.stat().st_size < 8:
            file.write(bytes(8))
            file.flush()
        _shift = mmap.mmap(file.fileno(), 8)


def machine_now() -> datetime:
    """The machine's own time, aware, UTC."""
    return datetime.now(UTC)


def shift() -> timedelta:
    """How far business time is ahead of machine time."""
    if _shift is None:
        return timedelta()
    return timedelta(seconds=struct.unpack_from("<d", _shift)[0])


def now() -> datetime:
    """Business time, aware, UTC."""
    return _held or datetime.now(UTC) + shift()


@contextmanager
def held() -> Iterator[None]:
    """Let business time of this process stand where `hold` puts it, for a replay of what was."""
    global _held  # noqa: PLW0603 - one clock per process is the point
    try:
        yield
    finally:
        _held = None


def hold(at: datetime) -> None:
    """Let it be this moment, until `held` is over."""
    global _held  # noqa: PLW0603 - see above
    _held = at


def advance(by: timedelta) -> datetime:
    """Move business time forward for all processes that use the same file; the new now.

    Raises:
        RuntimeError: this process was not started in a mode whose time can be moved.
        ValueError: `by` is negative; time only goes forward.
    """
    if _shift is None:
        raise RuntimeError("time cannot be moved outside demo and test mode")
    if by < timedelta():
        raise ValueError("time only goes forward")
    struct.pack_into("<d", _shift, 0, (shift() + by).total_seconds())
    return now()


def local(at: datetime, zone: str) -> datetime:
    """The same moment on the clocks of `zone` (an IANA name)."""
    return at.astimezone(ZoneInfo(zone))
