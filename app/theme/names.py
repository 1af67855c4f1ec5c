"""Names as their owners write them."""

from __future__ import annotations

_COURIERS = {
    "aftership": "AfterShip",
    "dhl": "DHL",
    "doordash_drive": "DoorDash Drive",
    "easypost": "EasyPost",
    "fedex": "FedEx",
    "seventeentrack": "17TRACK",
    "shipengine": "ShipEngine",
    "standard_webhooks": "Standard Webhooks",
    "uber_direct": "Uber Direct",
    "ups": "UPS",
}


def courier(code: str) -> str:
    """A courier by its adapter's name; one we do not know simply with a capital."""
    return _COURIERS.get(code) or code.replace("_", " ").capitalize()
