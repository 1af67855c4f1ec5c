"""The customers of the demo's parcels: the shop announced each one's order, with a number."""

from __future__ import annotations

import random

from app import clock, json_body
from app.intake import bodies
from app.intake.event import Account, Event, Incoming
from app.shipments.orders import rules
from app.shipments.orders import service as orders

_NAMES = ("Kim Doe", "Jo Park", "Sam Rivera", "Lou Weber", "Alex Chen", "Robin Novak")
_ADDRESS = {
    "line1": "410 W Vermont Ave",
    "city": "Anaheim",
    "region": "CA",
    "postcode": "92805",
    "country": "US",
}


def order(account: Account, raw: bytes, headers: dict[str, str]) -> None:
    """Announce the order of the parcel that this body is about, as its shop does in real life.

    Raises:
        RuntimeError: the order gate refused it.
    """
    for event in _events(account, raw, headers):
        given = _order(event)
        (results,) = orders.take(account.shipper_id, "demo", [rules.read(given)])
        if results[0]["status"] == "refused":
            raise RuntimeError(f"the demo's order was refused: {results[0]['errors']}")


def unknown(account: Account, raw: bytes, headers: dict[str, str]) -> bytes:
    """The same body without the number and the address for mail that it has of the customer."""
    for event in _events(account, raw, headers):
        for known in filter(None, (event.phone, event.email)):
            raw = raw.replace(known.encode(), b"")
    return raw


def _events(account: Account, raw: bytes, headers: dict[str, str]) -> list[Event]:
    incoming = Incoming(headers=headers, query={}, raw=raw, received_at=clock.machine_now())
    return bodies.read(json_body.parse(raw), account, incoming)


def _order(event: Event) -> dict[str, object]:
    """What the shop knows; the same parcel always has the same customer."""
    chance = random.Random(event.tracking_number)  # noqa: S311 - nothing is kept secret by it
    name = chance.choice(_NAMES)
    return {
        "tracking_number": event.tracking_number,
        "order_ref": event.order_ref or f"HO-{chance.randrange(10_000, 99_999)}",
        "name": name,
        "phone": f"+17145552{chance.randrange(1000):03}",
        "email": f"{name.lower().replace(' ', '.')}@example.com",
        "address": _ADDRESS,
        "language": "en",
    }
