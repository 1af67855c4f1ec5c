"""One file per courier. Adding a courier is adding a file here: copy a neighbour.

A file whose name begins with an underscore is shared by the others and is no courier.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Protocol, cast

from app.intake.event import Account, Event, Incoming


def found() -> tuple[str, ...]:
    """The names of the files beside this one that are couriers."""
    return tuple(sorted(m.name for m in iter_modules(__path__) if not m.name.startswith("_")))


NAMES = found()


class Adapter(Protocol):
    """What a courier's file offers."""

    KEY_FORM: str
    """The form of its secrets: `text`, `hex` (bytes in hex), `whsec` (Standard Webhooks'
    base64), `rsa` (a PEM private key; only to play the courier), or empty for none."""
    HEADERS: tuple[str, ...]
    """Lower-case names of the static headers that stand in for a signature."""

    def verify(self, account: Account, incoming: Incoming) -> None:
        """Check that the courier sent it.

        Raises:
            SignatureRefused: it cannot be shown.
        """

    def translate(self, body: Any, account: Account, incoming: Incoming) -> list[Event]:
        """Say what the parsed body means; empty when it is about no shipment.

        Raises:
            Unreadable: it cannot be read; no other error, whatever the body is.
        """

    def sign(self, account: Account, raw: bytes, at: Any) -> dict[str, str]:
        """The headers a genuine sender would send with `raw` at `at`."""


@cache
def adapter(name: str) -> Adapter:
    """The adapter of this name.

    Raises:
        LookupError: there is none.
    """
    if name not in NAMES:
        raise LookupError(f"no courier adapter is called {name!r}; there are {', '.join(NAMES)}")
    return cast("Adapter", import_module(f"{__name__}.{name}"))
