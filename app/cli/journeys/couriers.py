"""What the couriers post about the parcels of these journeys, through the door that all use."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from app import json_body
from app.cli.journeys.cast import Journey
from app.intake import bodies, samples
from app.intake import service as intake
from app.intake.couriers import adapter, standard_webhooks
from app.intake.event import Account, Incoming, Message
from app.shipments.orders import rules
from app.shipments.orders import service as orders

_OWN = "standard_webhooks"


def first(journey: Journey, account: Account, at: datetime) -> tuple[bytes, dict[str, str]]:
    """How the courier says what went wrong."""
    if journey.courier == _OWN:
        return own(journey, account, journey.kind, at)
    return samples.failure(account, at, shipment=journey.name, contact=_contact(journey))


def again(journey: Journey, account: Account, at: datetime) -> tuple[bytes, dict[str, str]]:
    """That it failed a second time, or a third."""
    if journey.courier == _OWN:
        return own(journey, account, "failed", at)
    event = f"{at.timestamp():.0f}"
    return samples.failure(
        account, at, shipment=journey.name, event=event, contact=_contact(journey)
    )


def delivered(journey: Journey, account: Account, at: datetime) -> tuple[bytes, dict[str, str]]:
    """That the customer has it."""
    if journey.courier != _OWN:
        return samples.delivered(account, at, shipment=journey.name, contact=_contact(journey))
    return own(journey, account, "delivered", at)


def own(
    journey: Journey, account: Account, kind: str, at: datetime
) -> tuple[bytes, dict[str, str]]:
    """The same in a format of our own, which can say everything."""
    data: dict[str, Any] = {
        "tracking_number": journey.name,
        "order_ref": f"ORD-{journey.number}",
        "reason": "recipient_unavailable" if kind == "failed" else None,
        "words": "Rang twice, nobody opened",
        "occurred_at": at.isoformat(),
        "recipient": recipient(journey),
        "address": journey.place.address(journey.number % 200 + 1),
    }
    if kind == "held":
        until = (at + timedelta(days=7)).isoformat()
        data["held"] = {"place": "Corner shop", "until": until, "redelivery": True}
    body = {"type": f"delivery.{kind}", "timestamp": at.isoformat(), "data": data}
    raw = json.dumps(body).encode()
    proof = standard_webhooks.sign(account, raw, at)
    return raw, {"Content-Type": "application/json"} | proof


def recipient(journey: Journey) -> dict[str, str | None]:
    """Who waits for it, as far as anybody knows."""
    phones = {"both": journey.phone, "phone": journey.phone, "dead": journey.phone}
    phone = phones.get(journey.reach)
    if journey.reach == "landline":
        phone = journey.landline
    email = journey.email if journey.reach in {"both", "email"} else None
    return {"name": "Kim Doe", "phone": phone, "email": email, "language": journey.language}


def _contact(journey: Journey) -> dict[str, str]:
    """What a courier that knows who waits for a parcel tells: nobody else has this number."""
    return {"phone": journey.phone, "email": journey.email}


def order(journey: Journey, account: Account, raw: bytes, headers: dict[str, str]) -> None:
    """Announce it, as its shop did before; the courier's body says by which number.

    Raises:
        RuntimeError: the order gate refused it.
    """
    incoming = Incoming(headers=headers, query={}, raw=raw, received_at=journey.begins)
    known = recipient(journey)
    for event in bodies.read(json_body.parse(raw), account, incoming):
        given = {
            "tracking_number": event.tracking_number,
            "order_ref": f"ORD-{journey.number}",
            "address": journey.place.address(journey.number % 200 + 1),
            **{name: value for name, value in known.items() if value},
        }
        (results,) = orders.take(account.shipper_id, "journeys", [rules.read(given)])
        if results[0]["status"] == "refused":
            raise RuntimeError(f"{journey.label}: {results[0]['errors']}")


def post(account: Account, raw: bytes, headers: dict[str, str], at: datetime) -> int | None:
    """Post it; the case that it is about.

    A courier whose keys are published somewhere is believed, since nobody serves them here.
    """
    incoming = Incoming(headers=headers, query={}, raw=raw, received_at=at)
    if adapter(account.courier).KEY_FORM == "rsa":
        message = Message(account=account, incoming=incoming, request_id="journeys")
        return intake.take(message).case_id
    return intake.receive(account, incoming, "journeys").case_id
