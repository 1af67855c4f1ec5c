"""DoorDash Drive.

| fact         | value                                                                         |
| ------------ | ----------------------------------------------------------------------------- |
| header       | a static `Authorization` that you choose on registering                       |
| algorithm    | –                                                                             |
| signed       | nothing                                                                       |
| event key    | external_delivery_id:event_name:created_at (there is no event id)             |
| fails        | DELIVERY_RETURN_INITIALIZED, DELIVERY_RETURNED, DELIVERY_CANCELLED,           |
|              | DASHER_ATTEMPTED_DELIVERY, PARCEL_RECEIVED_TO_REDELIVER, …_RETURN_TO_MERCHANT |
| time         | created_at, UTC                                                               |
| contact      | dropoff_contact_given_name and _family_name, dropoff_phone_number             |
| config       | –                                                                             |
| unverified   | `event_type` for `event_name`: both are read; dropoff_address_components:     |
|              | read when there, else the address in one line; why a parcel came back is read |
|              | from return_reason by its words: its values are not listed                    |

Empty fields are left out of the body. external_delivery_id is the shipper's own number.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.intake import reasons, signatures
from app.intake.couriers._place import address
from app.intake.couriers._shape import (
    Anything,
    Code,
    Link,
    Name,
    Shape,
    Text,
    event_key,
    moment,
    stamp,
    words,
)
from app.intake.event import Account, Event, Incoming, Unreadable

KEY_FORM = ""
HEADERS = ("authorization",)

_OUTCOMES = {
    "DELIVERY_RETURN_INITIALIZED": ("returned", "returned"),
    "DELIVERY_PENDING_RETURN": ("returned", "returned"),
    "PARCEL_RETURN_TO_MERCHANT": ("returned", "returned"),
    "DELIVERY_RETURNED": ("returned", "returned_to_sender"),
    "DASHER_DROPPED_OFF_RETURN": ("returned", "returned_to_sender"),
    "DASHER_CONFIRMED_RETURN_ARRIVAL": ("returned", "returned"),
    "RETURN_DELIVERY_CANCELLED": ("failed", "courier_problem"),
    "DELIVERY_CANCELLED": ("failed", "cancelled"),
    "DELIVERY_ATTEMPTED": ("failed", "recipient_unavailable"),
    "DELIVERY_ABANDONED": ("failed", "attempt_failed"),
    "DASHER_ATTEMPTED_DELIVERY": ("failed", "attempt_failed"),
    "PARCEL_RECEIVED_TO_REDELIVER": ("failed", "attempt_failed"),
    "PARCEL_DELAYED": ("warning", "delayed"),
    "PARCEL_AWAITING": ("warning", "delayed"),
    "DASHER_DROPPED_OFF": ("delivered", "delivered"),
    "DELIVERY_DELIVERED": ("delivered", "delivered"),
    "DELIVERY_CREATED": ("progress", "on_the_way"),
    "DELIVERY_BATCHED": ("progress", "on_the_way"),
    "DASHER_CONFIRMED": ("progress", "on_the_way"),
    "DASHER_ENROUTE_TO_RETURN": ("returned", "returned"),
    "DASHER_ENROUTE_TO_PICKUP": ("progress", "on_the_way"),
    "DASHER_CONFIRMED_PICKUP_ARRIVAL": ("progress", "on_the_way"),
    "DASHER_PICKED_UP": ("progress", "on_the_way"),
    "DASHER_ENROUTE_TO_DROPOFF": ("progress", "on_the_way"),
    "DASHER_CONFIRMED_DROPOFF_ARRIVAL": ("progress", "on_the_way"),
    "DASHER_CONFIRMED_STORE_ARRIVAL": ("progress", "on_the_way"),
    "DASHER_CONFIRMED_CONSUMER_ARRIVAL": ("progress", "on_the_way"),
    "DRIVER_BATCHED": ("progress", "on_the_way"),
    "PARCEL_LABELED": ("progress", "on_the_way"),
    "PARCEL_ORIGIN_ARRIVED": ("progress", "on_the_way"),
    "PARCEL_ORIGIN_PICKED_UP": ("progress", "on_the_way"),
    "PARCEL_MID_MILE_ARRIVED": ("progress", "on_the_way"),
    "PARCEL_MID_MILE_DEPARTED": ("progress", "on_the_way"),
    "PARCEL_SCANNED": ("progress", "on_the_way"),
}


_CANCELLED = {
    "cancelled_by_creator": ("progress", "cancelled"),
    "failed_to_process_payment": ("failed", "payment_due"),
    "failed_to_assign_and_refunded": ("failed", "courier_problem"),
    "failed_to_pickup": ("failed", "courier_problem"),
    "failed_to_deliver": ("failed", "attempt_failed"),
    "failed_to_return": ("failed", "courier_problem"),
}
"""What DoorDash's own reasons of a cancellation say; any other is read by its words."""


class _Delivery(Shape):
    name_told = Code("event_name")
    type_told = Code("event_type")
    id = Text("external_delivery_id", required=True)
    created = Anything("created_at")
    updated = Anything("updated_at")
    cancelled = Text("cancellation_reason", limit=500)
    back = Text("return_reason", limit=500)
    description = Text("description", limit=500)
    given = Name("dropoff_contact_given_name")
    family = Name("dropoff_contact_family_name")
    phone = Text("dropoff_phone_number", limit=40)
    line = Text("dropoff_address")
    place = Anything("dropoff_address_components")
    link = Link("tracking_url")


_DELIVERY = _Delivery()


def verify(account: Account, incoming: Incoming) -> None:
    """Check the agreed headers."""
    signatures.check_static_headers(account, incoming)


def sign(account: Account, raw: bytes, at: datetime) -> dict[str, str]:  # noqa: ARG001
    """The headers DoorDash sends."""
    return dict(account.headers)


def translate(body: Any, account: Account, incoming: Incoming) -> list[Event]:  # noqa: ARG001
    """One event about one delivery."""
    got = _DELIVERY.read(body)
    told = got["name_told"] or got["type_told"]
    if told is None:
        raise Unreadable("event_name: missing")
    kind, reason = _OUTCOMES.get(told.upper(), ("progress", "unknown"))
    if reason == "cancelled":
        kind, reason = _CANCELLED.get((got["cancelled"] or "").lower(), (kind, reason))
    why = words(got["cancelled"], got["back"])
    kind, reason = reasons.judge(kind, reason, why)
    if kind == "failed":  # every event has a sentence, also those that say that all is well
        kind, reason = reasons.judge(kind, reason, got["description"])
    occurred_at, raw_time = moment(got["created"], got["updated"])
    return [
        Event(
            key=event_key(got["id"], told, stamp(raw_time, incoming.raw)),
            kind=kind,
            tracking_number=got["id"],
            courier_ref=got["id"],
            order_ref=got["id"],
            reason=reason,
            code=told,
            words=words(got["description"], why),
            occurred_at=occurred_at,
            raw_time=raw_time,
            name=" ".join(filter(None, (got["given"], got["family"]))) or None,
            phone=got["phone"],
            address=_address(got["place"], got["line"]),
            tracking_url=got["link"],
        )
    ]


def _address(place: object, line: str | None) -> dict[str, str | None] | None:
    parts = place if isinstance(place, dict) else {}
    if not parts:
        return address(line1=line, country_of=line.rpartition(",")[2]) if line else None
    return address(
        line1=parts.get("street_address") or line,
        line2=parts.get("sub_premise"),
        city=parts.get("city"),
        region=parts.get("state"),
        postcode=parts.get("zip_code"),
        country_of=parts.get("country"),
    )
