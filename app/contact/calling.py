"""Whether we can call a number ourselves; whoever carries calls says so when a process begins."""

from __future__ import annotations

from collections.abc import Callable

_carried: list[Callable[[], bool]] = []


def carried_by(is_there: Callable[[], bool]) -> None:
    """Say who knows whether calls are carried."""
    _carried[:] = [is_there]


def possible() -> bool:
    """Whether somebody carries calls."""
    return any(is_there() for is_there in _carried)
