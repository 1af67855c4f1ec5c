"""Uber Direct.

| fact         | value                                                                         |
| ------------ | ----------------------------------------------------------------------------- |
| header       | `x-uber-signature`, older `x-postmates-signature`: lower-case hex             |
| algorithm    | HMAC-SHA256, key = the secret as UTF-8                                        |
| signed       | the raw body, escapes and all; no timestamp                                 |
| event key    | `id` (evt_…)                                                                  |
| fails        | status returned or canceled, or any undeliverable_reason;                     |
|              | cancellation_reason says why where there is no undeliverable_reason           |
| time         | created, UTC                                                                  |
| contact      | data.dropoff: name, phone_number, address; "Cleared" after the delivery       |
| config       | –                                                                             |
| unverified   | the list of undeliverable_reason values is open; detailed_address is read     |
|              | when there, else the address in one line                                      |

A delivery whose id begins with ret_ is the way back of another one: its end is the parcel's
arrival at the sender, and who is at its dropoff is the shop.
Only event.delivery_status and event.delivery_return say something about the parcel;
courier_update comes every 20 seconds and refund_request is about money.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.intake import reasons, signatures
from app.intake.couriers._place import address
from app.intake.couriers._shape import Anything, Code, Link, Name, Shape, Text, moment, words
from app.intake.event import Account, Event, Incoming, Unreadable

KEY_FORM = "text"
HEADERS: tuple[str, ...] = ()

_HEADER, _OLD_HEADER = "x-uber-signature", "x-postmates-signature"
_ABOUT_DELIVERY = frozenset({"event.delivery_status", "event.delivery_return"})
_CLEARED = "Cleared"
_WAY_BACK = "ret_"

_REASONS = {
    "cannot_access_customer_location": "access_restricted",
    "cannot_find_customer_address": "address_not_found",
    "customer_rejected_order": "refused",
    "customer_unavailable": "recipient_unavailable",
}
_BY_STATUS = {
    "pending": ("progress", "on_the_way"),
    "pickup": ("progress", "on_the_way"),
    "pickup_complete": ("progress", "on_the_way"),
    "dropoff": ("progress", "on_the_way"),
    "ongoing": ("progress", "on_the_way"),
    "delivered": ("delivered", "delivered"),
    "canceled": ("failed", "cancelled"),
    "returned": ("returned", "returned"),
}


class _Delivery(Shape):
    id = Text("id", required=True)
    kind = Text("kind", required=True)
    delivery = Text("delivery_id", required=True)
    status = Code("status")
    data_status = Code("data.status")
    created = Anything("created")
    undeliverable = Code("data.undeliverable_reason")
    cancelled = Code("data.cancellation_reason")
    sent_back = Text("data.related_deliveries.0.id")
    external = Text("data.external_id")
    reference = Text("data.manifest.reference")
    name = Name("data.dropoff.name")
    phone = Text("data.dropoff.phone_number", limit=40)
    line = Anything("data.dropoff.address")
    place = Anything("data.dropoff.detailed_address")
    link = Link("data.tracking_url")


_DELIVERY = _Delivery()


def verify(account: Account, incoming: Incoming) -> None:
    """Check x-uber-signature, or its older name, over the raw body."""
    old = not incoming.headers.get(_HEADER) and incoming.headers.get(_OLD_HEADER)
    signatures.check_hmac(account, incoming, _OLD_HEADER if old else _HEADER)


def sign(account: Account, raw: bytes, at: datetime) -> dict[str, str]:  # noqa: ARG001
    """The headers Uber sends."""
    return signatures.hmac_header(account, raw, _HEADER)


def translate(body: Any, account: Account, incoming: Incoming) -> list[Event]:  # noqa: ARG001
    """One event, or none when the message is about no delivery's status."""
    told = body.get("kind") if isinstance(body, dict) else None
    if isinstance(told, str) and told not in _ABOUT_DELIVERY:
        return []
    got = _DELIVERY.read(body)
    status = got["status"] or got["data_status"] or ""
    if not status:
        raise Unreadable("status: missing")
    why = got["undeliverable"] or got["cancelled"]
    way_back = got["delivery"].startswith(_WAY_BACK)
    kind, reason = _way_back(status) if way_back else _outcome(status, why)
    number = (got["sent_back"] if way_back else None) or got["delivery"]
    occurred_at, raw_time = moment(got["created"], zone=account.timezone)
    return [
        Event(
            key=got["id"],
            kind=kind,
            tracking_number=number,
            courier_ref=number,
            order_ref=got["external"] or got["reference"],
            reason=reason,
            code=why or status,
            words=words(got["undeliverable"], got["cancelled"]).replace("_", " "),
            occurred_at=occurred_at,
            raw_time=raw_time,
            name=None if way_back else _kept(got["name"]),
            phone=None if way_back else _kept(got["phone"]),
            address=None if way_back else _address(got["place"], got["line"]),
            tracking_url=got["link"],
        )
    ]


def _outcome(status: str, why: str | None) -> tuple[str, str]:
    """Kind and reason: the reason it could not be delivered explains a return or an end."""
    kind, reason = _BY_STATUS.get(status, ("progress", "unknown"))
    if why is None or kind == "delivered":
        return kind, reason
    known = _REASONS.get(why)
    if known is None:
        usual = reason if kind in {"failed", "returned"} else "unknown"
        return reasons.judge("failed" if kind == "progress" else kind, usual, why)
    return kind if kind == "returned" else reasons.kind_of_failure(known), known


def _way_back(status: str) -> tuple[str, str]:
    """Kind and reason of news about a parcel that goes back to the shop."""
    if status == "delivered":
        return "returned", "returned_to_sender"
    return ("warning", "return_parcel") if status == "canceled" else ("progress", "on_the_way")


def _kept(text: str | None) -> str | None:
    """The text unless Uber has cleared it."""
    return None if text is None or text.startswith(_CLEARED) else text


def _address(place: object, line: object) -> dict[str, str | None] | None:
    parts = place if isinstance(place, dict) else {}
    if parts.get("street_address_1") == _CLEARED:
        return None
    if not parts:
        cleared = isinstance(line, str) and line.startswith(_CLEARED)
        return None if cleared else address(line1=line)
    return address(
        line1=parts.get("street_address_1") or line,
        line2=parts.get("street_address_2"),
        city=parts.get("city"),
        region=parts.get("state"),
        postcode=parts.get("zip_code"),
        country_of=parts.get("country"),
    )
