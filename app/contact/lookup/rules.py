"""Decisions about look-ups: what is called, when it is called again, when not at all."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from app.languages.language import mark
from app.languages.sentence import sentence

AGAIN = (timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10))
"""Pauses after a try that failed for the moment; after the last one no more is tried."""
GIVE_UP = timedelta(minutes=30)
"""By then the shipper is asked in person, whatever its system does."""
OPENS_AFTER = 5
"""Failures in a row, of whichever parcels, after which the address is left alone."""
_OPEN_FIRST, _OPEN_MOST = timedelta(minutes=1), timedelta(minutes=15)
PROBE = timedelta(seconds=30)
"""How long the one call that finds out may take before another one may."""

_TRACKING, _ORDER = "{tracking_number}", "{order_ref}"


class BadAddress(ValueError):
    """An address that cannot be called; the text says why."""


def check_address(template: str) -> None:
    """Refuse an address of a shipper's system that can never be called.

    Raises:
        BadAddress: and why.
    """
    try:
        parts = urlsplit(template.replace(_TRACKING, "x").replace(_ORDER, "x"))
        named = urlsplit(template)
        _ = parts.port
    except ValueError as error:
        raise BadAddress(sentence("This is no address: {error}.", error=error)) from error
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        raise BadAddress(mark("An address begins with https:// or http:// and a host."))
    if parts.username is not None or parts.fragment:
        raise BadAddress(mark("An address has no user name and no fragment; give the token apart."))
    if "{" in named.netloc or not {_TRACKING, _ORDER} & _placeholders(template):
        raise BadAddress(
            sentence(
                "{tracking} or {order} must stand in the path or the query.",
                tracking=_TRACKING,
                order=_ORDER,
            )
        )
    if "{" in parts.path + parts.query or not template.isascii() or not template.isprintable():
        raise BadAddress(
            sentence(
                "Only {tracking} and {order} can be filled in; the rest is ASCII.",
                tracking=_TRACKING,
                order=_ORDER,
            )
        )


def fill(template: str, tracking_number: str, order_ref: str | None) -> str:
    """The address for one parcel; what is filled in can only be data there, never a path.

    Raises:
        BadAddress: the parcel lacks what the address needs.
    """
    values = {_TRACKING: tracking_number, _ORDER: order_ref or ""}
    wanted = _placeholders(template)
    if not values[_ORDER] and wanted == {_ORDER}:
        raise BadAddress("no_order_ref")
    address = template
    for name in sorted(wanted):
        if values[name] and not values[name].strip("."):  # dots alone would be another path
            raise BadAddress("no_such_number")
        address = address.replace(name, quote(values[name], safe=""))
    return address


def _placeholders(template: str) -> set[str]:
    return {name for name in (_TRACKING, _ORDER) if name in template}


class Circuit(NamedTuple):
    """How calls to one shipper went lately."""

    failures: int
    open_until: datetime | None
    probe_until: datetime | None


CLOSED = Circuit(0, None, None)


def wait(circuit: Circuit, now: datetime) -> datetime | None:
    """Until when no call may be made; None when one may, which then is the probe if it is open."""
    if circuit.open_until is None:
        return None
    if now < circuit.open_until:
        return circuit.open_until
    if circuit.probe_until is not None and now < circuit.probe_until:
        return circuit.probe_until
    return None


def probing(circuit: Circuit, now: datetime) -> Circuit:
    """The circuit while a call is made: an open one is tried by one call at a time."""
    return circuit if circuit.open_until is None else circuit._replace(probe_until=now + PROBE)


def failed(circuit: Circuit, now: datetime) -> Circuit:
    """The circuit after a failure; after too many in a row it opens, each time for longer."""
    failures = circuit.failures + 1
    beyond = failures - OPENS_AFTER
    if beyond < 0:
        return Circuit(failures, None, None)
    return Circuit(failures, now + min(_OPEN_FIRST * 2 ** min(beyond, 10), _OPEN_MOST), None)


def again_at(tries: int, now: datetime, give_up_at: datetime) -> datetime | None:
    """When to call again after `tries` calls; None when it is no use."""
    if not 1 <= tries <= len(AGAIN):
        return None
    at = now + AGAIN[tries - 1]
    return at if at < give_up_at else None
