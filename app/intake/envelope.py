"""What a courier's message is about before anybody reads what it says.

Senders mark their test messages and their returns in a few ways that are alike everywhere, and
all of them post something to see whether anybody is there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_INSIDE = ("data", "msg", "result", "parcel", "Shipment", "tracker")
_TYPES = (
    *("event", "event_type", "event_name", "type", "kind", "action", "description"),
    *("resource_type", "triggerName", "topic", "test", "ping"),
)
_PINGS = frozenset({"ping", "test", "webhook.test", "test.ping", "webhook_test", "hello"})
_YES = frozenset({"1", "true", "yes"})
_LONGEST = 60


class _Here:
    """What this process was told at its start."""

    demo = False


def configure(*, demo: bool) -> None:
    """Say whether this is a demo, in which test events are as good as others."""
    _Here.demo = demo


def accepts_tests(config: Mapping[str, Any]) -> bool:
    """Whether an account's test events shall open cases: in a demo, or if its config says so."""
    return _Here.demo or _yes(config.get("accept_test"))


def is_ping(body: Any) -> bool:
    """Whether it is what a sender posts when a webhook is registered: nothing, or a test."""
    if body in ({}, []):
        return True
    if not isinstance(body, dict):
        return False
    told = type_of(body).lower()
    return told in _PINGS or (len(body) == 1 and next(iter(body)) in {"test", "ping", "hello"})


def is_test(body: Any) -> bool:
    """Whether the courier says that nothing of this really happened."""
    return any(
        part.get("mode") in {"test", "sandbox"}
        or _yes(part.get("test"))
        or _yes(part.get("test_mode"))
        or _yes(part.get("is_test"))
        or _yes(part.get("sandbox"))
        or part.get("live_mode") is False
        or part.get("livemode") is False
        for part in _parts(body)
    )


def is_return(body: Any) -> bool:
    """Whether the parcel goes from the customer to the shop, as the courier itself marks it."""
    return any(
        _yes(part.get("is_return"))
        or _yes(part.get("isReturn"))
        or _yes(part.get("is_return_label"))
        for part in _parts(body)
    )


def type_of(body: Any) -> str:
    """What a message calls itself, for the count of those that are about nothing of ours."""
    for name in _TYPES if isinstance(body, dict) else ():
        told = body.get(name)
        if isinstance(told, str) and told.isprintable() and 0 < len(told) <= _LONGEST:
            return told
    return "other" if body else "empty"


def _parts(body: Any) -> Iterator[dict[str, Any]]:
    if not isinstance(body, dict):
        return
    yield body
    for name in _INSIDE:
        inner = body.get(name)
        if isinstance(inner, dict):
            yield inner
            for deeper in ("info", "meta", "options"):
                found = inner.get(deeper)
                if isinstance(found, dict):
                    yield found


def _yes(value: Any) -> bool:
    return value is True or value == 1 or (isinstance(value, str) and value.lower() in _YES)
