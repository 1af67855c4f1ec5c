"""The connectors: how a booking is told to a courier's own system, and comes back confirmed."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from app.handover.connectors.base import Connector

REGISTERED: tuple[str, ...] = (
    "app.handover.connectors.onfleet",
    "app.handover.connectors.uber_direct",
    "app.handover.connectors.doordash_drive",
    "app.handover.connectors.ups",
    "app.handover.connectors.shiprocket",
    "app.handover.connectors.delhivery",
    "app.handover.connectors.amazon_shipping",
    "app.handover.connectors.blue_dart",
    "app.handover.connectors.bring",
    "app.handover.connectors.webhook",
)
"""The modules of all connectors, one line each. Adding one is a file and a line here."""

DEPOT = "depot"
"""What an account uses unless it names a connector: the depot's people do it and say so."""


@cache
def _of(module: str) -> Connector:
    declared: Connector = import_module(module).CONNECTOR
    return declared


def registered() -> list[Connector]:
    """Every connector there is; `depot` is none of them, since people are no courier's system."""
    return [_of(module) for module in REGISTERED]


def named(name: str) -> Connector | None:
    """The connector of this name; None for `depot`.

    Raises:
        LookupError: there is none.
    """
    if name == DEPOT:
        return None
    for connector in registered():
        if connector.name == name:
            return connector
    there = ", ".join([DEPOT, *(c.name for c in registered())])
    raise LookupError(f"no connector is called {name!r}; there are {there}")


def takes_notes(name: str) -> bool:
    """Whether what a driver should know reaches them by this connector; people read it anyway."""
    return all(c.takes_notes or not c.kinds for c in registered() if c.name == name)


def title(name: str) -> str:
    """A connector's courier as people write it; the name itself of one that is gone."""
    return next((c.title for c in registered() if c.name == name), name)
