"""What the playground shows, decided from facts; no I/O."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from markupsafe import Markup, escape

from app.chain import registry

_URL = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)\]]")


class Coming(NamedTuple):
    """Something the chain is going to do by itself."""

    at: datetime
    text: str
    morning: bool = False
    """Whether a night ends then, and the customer reads what was written meanwhile."""


class Box(NamedTuple):
    """One inbox of a phone: its name in addresses, its title, its messages, newest first."""

    name: str
    title: str
    messages: list[dict[str, Any]]
    channel: str = "sms"
    """By which it answers, and `address` as whom."""
    address: str = ""


def urls(text: str) -> list[str]:
    """The web addresses in a text, in order."""
    return _URL.findall(text)


def linked(text: str, base: str) -> Markup:
    """A text with its addresses as links; those of this server (`base`) without its name."""
    done, at = Markup(), 0
    for found in _URL.finditer(text):
        url = found[0]
        local = url.removeprefix(base) if url.startswith(f"{base}/") else url
        shown = url.split("://", 1)[1]
        done += escape(text[at : found.start()])
        done += Markup('<a href="{}">{}</a>').format(
            local, shown if len(shown) < 32 else f"{shown[:28]}…"
        )
        at = found.end()
    return done + escape(text[at:])


def coming(
    steps: Sequence[dict[str, Any]],
    gathered: datetime | None,
    morning: datetime | None,
    now: datetime,
) -> list[Coming]:
    """What the chain is going to do, soonest first; what runs this very moment is left out.

    `gathered` is when somebody hears of it together with what else they are called for, `morning`
    when the customer's night ends.
    """
    found = [Coming(step["due_at"], registry.label(step["name"])) for step in steps]
    if gathered:
        text = "the depot, called a moment ago, gets one message for all that came since"
        found.append(Coming(gathered, text))
    if morning:
        found.append(Coming(morning, "it is morning there: text the customer", morning=True))
    return sorted(one for one in found if one.at > now)
