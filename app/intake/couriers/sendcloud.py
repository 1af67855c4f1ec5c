"""Sendcloud.

| fact         | value                                                                         |
| ------------ | ----------------------------------------------------------------------------- |
| header       | `Sendcloud-Signature`: lower-case hex                                         |
| algorithm    | HMAC-SHA256, key = the secret as UTF-8                                        |
| signed       | the raw body; no timestamp                                                    |
| event key    | parcel.id:status.id:carrier_status_change_timestamp (there is no event id)    |
| fails        | 8 Delivery attempt failed, 80 Unable to deliver; Refused by recipient,        |
|              | Returned to sender, Exception, Address invalid                                |
| time         | carrier_status_change_timestamp, else timestamp                               |
| contact      | complete: name, telephone, email, address                                     |
| config       | –                                                                             |
| unverified   | the ids 62991, 62992, 62996, 62997: the message is matched first;             |
|              | seconds or milliseconds: both are read                                        |

The telephone is often written without a country's prefix: the address's country helps.
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

KEY_FORM = "text"
HEADERS: tuple[str, ...] = ()

_HEADER = "Sendcloud-Signature"

_ON_THE_WAY = ("progress", "on_the_way")
_BY_MESSAGE = {
    "delivery attempt failed": ("failed", "attempt_failed"),
    "unable to deliver": ("failed", "undeliverable"),
    "refused by recipient": ("refused", "refused"),
    "returned to sender": ("returned", "returned"),
    "exception": ("failed", "unknown"),
    "address invalid": ("failed", "address_incorrect"),
    "delivery delayed": ("warning", "delayed"),
    "awaiting customer pickup": ("held", "ready_for_pickup"),
    "announced: not collected": ("warning", "pickup_failed"),
    "error collecting": ("warning", "pickup_failed"),
    "delivered": ("delivered", "delivered"),
    "shipment collected by customer": ("delivered", "delivered"),
    "not sorted": ("warning", "delayed"),
    "at customs": ("progress", "on_the_way"),
    "delivery method changed": ("warning", "rescheduled"),
    "delivery date changed": ("warning", "rescheduled"),
    "delivery address changed": ("progress", "on_the_way"),
}
_BY_ID = {
    "8": ("failed", "attempt_failed"),
    "80": ("failed", "undeliverable"),
    "62991": ("refused", "refused"),
    "62992": ("returned", "returned"),
    "62996": ("failed", "unknown"),
    "62997": ("failed", "address_incorrect"),
    "6": ("warning", "delayed"),
    "62993": ("warning", "rescheduled"),
    "62994": ("warning", "rescheduled"),
    **dict.fromkeys(("62989", "62990", "62995"), _ON_THE_WAY),
    "4": ("warning", "delayed"),
    "12": ("held", "ready_for_pickup"),
    "13": ("warning", "pickup_failed"),
    "15": ("warning", "pickup_failed"),
    "11": ("delivered", "delivered"),
    "93": ("delivered", "delivered"),
    "1002": ("warning", "pickup_failed"),
    "1337": ("progress", "unknown"),
    "2000": ("progress", "cancelled"),
    "1998": ("progress", "cancelled"),
    **dict.fromkeys(("1", "3", "5", "7", "22", "91", "92"), _ON_THE_WAY),
    **dict.fromkeys(("999", "1000", "1001", "1999", "2001"), _ON_THE_WAY),
}


class _Parcel(Shape):
    action = Text("action", required=True)
    timestamp = Anything("timestamp")
    changed = Anything("carrier_status_change_timestamp")
    id = Text("parcel.id", required=True)
    number = Text("parcel.tracking_number")
    status = Code("parcel.status.id")
    message = Code("parcel.status.message", limit=500)
    order_number = Text("parcel.order_number")
    external_order = Text("parcel.external_order_id")
    name = Name("parcel.name")
    phone = Text("parcel.telephone", limit=40)
    email = Text("parcel.email", limit=254)
    company = Anything("parcel.company_name")
    line1 = Anything("parcel.address")
    line2 = Anything("parcel.address_2")
    city = Anything("parcel.city")
    postcode = Anything("parcel.postal_code")
    country = Anything("parcel.country.iso_2")
    link = Link("parcel.tracking_url")


_PARCEL = _Parcel()


def verify(account: Account, incoming: Incoming) -> None:
    """Check Sendcloud-Signature over the raw body."""
    signatures.check_hmac(account, incoming, _HEADER)


def sign(account: Account, raw: bytes, at: datetime) -> dict[str, str]:  # noqa: ARG001
    """The headers Sendcloud sends."""
    return signatures.hmac_header(account, raw, _HEADER)


def translate(body: Any, account: Account, incoming: Incoming) -> list[Event]:
    """One event, or none when the message is about no parcel."""
    told = body.get("action") if isinstance(body, dict) else None
    if isinstance(told, str) and told != "parcel_status_changed":
        return []
    got = _PARCEL.read(body)
    status, message = got["status"] or "", got["message"] or ""
    if not status and not message:
        raise Unreadable("parcel.status: missing")
    kind, reason = _BY_MESSAGE.get(message.lower()) or _BY_ID.get(status) or ("progress", "unknown")
    kind, reason = reasons.judge(kind, reason, message)
    occurred_at, raw_time = moment(got["changed"], got["timestamp"], zone=account.timezone)
    return [
        Event(
            key=event_key(got["id"], status or message, stamp(raw_time, incoming.raw)),
            kind=kind,
            tracking_number=got["number"] or got["id"],
            courier_ref=got["id"],
            order_ref=got["order_number"] or got["external_order"],
            reason=reason,
            code=status or message[:100],
            words=words(message),
            occurred_at=occurred_at,
            raw_time=raw_time,
            name=got["name"],
            phone=got["phone"],
            email=got["email"],
            address=address(
                line1=got["line1"],
                line2=got["line2"] or got["company"],
                city=got["city"],
                postcode=got["postcode"],
                country_of=got["country"],
            ),
            tracking_url=got["link"],
        )
    ]
