"""Whether couriers' test events are accepted: in a demo, and where an account's config says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_YES = frozenset({"1", "true", "yes", "y", "t", "on"})
_NO = frozenset({"0", "false", "no", "n", "f", "off"})


class _Here:
    """What this process was told at its start."""

    demo = False


def configure(*, demo: bool) -> None:
    """Say whether this is a demo, in which test events are as good as others."""
    _Here.demo = demo


def test_events(config: Mapping[str, Any]) -> bool:
    """Whether an account's test events shall open cases."""
    return _Here.demo or yes(config.get("accept_test"))


def yes(value: Any) -> bool:
    """Whether a value of JSON says yes, however it is spelt."""
    return value is True or value == 1 or (isinstance(value, str) and value.lower() in _YES)


def no(value: Any) -> bool:
    """Whether a value of JSON says no, however it is spelt; one that is not there says nothing."""
    return value == 0 or (isinstance(value, str) and value.lower() in _NO)
