"""Shiprocket.

| fact         | value                                                                         |
| ------------ | ----------------------------------------------------------------------------- |
| header       | a static `x-api-key`                                                          |
| algorithm    | –                                                                             |
| signed       | nothing                                                                       |
| event key    | awb:current_status:current_timestamp (there is no event id)                   |
| fails        | UNDELIVERED and UNDELIVERED-nTH ATTEMPT, RTO …, LOST, DAMAGED, DESTROYED,     |
|              | UNTRACEABLE, CANCELED                                                         |
| time         | current_timestamp: `DD MM YYYY HH:MM:SS`, Indian time, unmarked               |
| contact      | none                                                                          |
| config       | –                                                                             |
| unverified   | why it failed is free text in the last scan, matched by a few phrases         |

Statuses go by their labels, since current_status_id and shipment_status_id are numbered
differently. PICKUP EXCEPTION and MISROUTED are no delivery attempts. A parcel with
is_return = 1 goes from the customer to the shop: what fails there is a warning.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from app.cases.model import Holding
from app.intake import reasons, signatures
from app.intake.couriers._shape import (
    Anything,
    Code,
    Shape,
    Text,
    event_key,
    moment,
    newest,
    stamp,
    text,
    words,
)
from app.intake.event import Account, Event, Incoming, Unreadable

KEY_FORM = ""
HEADERS = ("x-api-key",)

_ZONE = "Asia/Kolkata"
_ATTEMPT = re.compile(r"UNDELIVERED (\d)(?:ST|ND|RD|TH) ATTEMPT", re.ASCII)

_BY_STATUS = {
    "UNDELIVERED": ("failed", "attempt_failed"),
    "LOST": ("lost", "lost"),
    "UNTRACEABLE": ("lost", "lost"),
    "DAMAGED": ("damaged", "damaged"),
    "DESTROYED": ("lost", "destroyed"),
    "DISPOSED OFF": ("lost", "destroyed"),
    "ISSUE RELATED TO THE RECIPIENT": ("failed", "attempt_failed"),
    "REACHED BACK AT SELLER CITY": ("returned", "returned"),
    "PARTIAL DELIVERED": ("warning", "unknown"),
    "FULFILLED": ("delivered", "delivered"),
    "SELF FULFILLED": ("delivered", "delivered"),
    "CANCELLED BEFORE DISPATCHED": ("progress", "cancelled"),
    "CANCELLATION REQUESTED": ("progress", "cancelled"),
    "CANCELED": ("failed", "cancelled"),
    "CANCELLED": ("failed", "cancelled"),
    "DELIVERED": ("delivered", "delivered"),
    "PICKUP EXCEPTION": ("warning", "pickup_failed"),
    "PICKUP ERROR": ("warning", "pickup_failed"),
    "HANDOVER EXCEPTION": ("warning", "pickup_failed"),
    "PACKED EXCEPTION": ("warning", "pickup_failed"),
    "QC FAILED": ("warning", "pickup_failed"),
    "MISROUTED": ("warning", "delayed"),
    "DELAYED": ("warning", "delayed"),
    **dict.fromkeys(
        (
            *("NEW", "AWB ASSIGNED", "LABEL GENERATED", "MANIFEST GENERATED", "PICKUP SCHEDULED"),
            *("PICKUP GENERATED", "PICKUP QUEUED", "PICKUP RESCHEDULED", "OUT FOR PICKUP"),
            *("PICKED UP", "SHIPPED", "IN TRANSIT", "REACHED AT DESTINATION HUB"),
            *("OUT FOR DELIVERY", "REACHED AT DESTINATION", "REACHED DESTINATION HUB"),
            *("REACHED WAREHOUSE", "REACHED OVERSEAS WAREHOUSE", "REACHED WAREHOUSE OVERSEAS"),
            *("CUSTOM CLEARED", "CUSTOM CLEARED OVERSEAS", "IN FLIGHT", "IN TRANSIT OVERSEAS"),
            *("CONNECTION ALIGNED", "HANDOVER TO COURIER", "SHIPMENT BOOKED", "PICKUP BOOKED"),
            *("BOX PACKING", "FC ALLOCATED", "PICKLIST GENERATED", "READY TO PACK", "PACKED"),
            *("FC MANIFEST GENERATED", "PROCESSED AT WAREHOUSE", "INVOICED", "READY TO SHIP"),
        ),
        ("progress", "on_the_way"),
    ),
}


class _Shipment(Shape):
    awb = Text("awb", required=True)
    status = Code("current_status")
    shipment_status = Code("shipment_status")
    timestamp = Anything("current_timestamp")
    order = Text("order_id")
    first_scan = Anything("scans.0")
    last_scan = Anything("scans.-1")


_SHIPMENT = _Shipment()


def verify(account: Account, incoming: Incoming) -> None:
    """Check the agreed headers."""
    signatures.check_static_headers(account, incoming)


def sign(account: Account, raw: bytes, at: datetime) -> dict[str, str]:  # noqa: ARG001
    """The headers Shiprocket sends."""
    return dict(account.headers)


def translate(body: Any, account: Account, incoming: Incoming) -> list[Event]:  # noqa: ARG001
    """One event about one shipment."""
    got = _SHIPMENT.read(body)
    told = got["status"] or got["shipment_status"]
    if told is None:
        raise Unreadable("current_status: missing")
    label = " ".join(told.upper().replace("-", " ").replace("_", " ").split())
    scan = newest(got["first_scan"], got["last_scan"], "date", _ZONE)
    activity = text(scan.get("activity"), 500)
    kind, reason, attempt = _outcome(label, activity)
    occurred_at, raw_time = moment(got["timestamp"], scan.get("date"), zone=_ZONE)
    return [
        Event(
            key=event_key(got["awb"], label, stamp(raw_time, incoming.raw)),
            kind=kind,
            tracking_number=got["awb"],
            courier_ref=got["awb"],
            order_ref=got["order"],
            reason=reason,
            code=told,
            words=words(activity),
            attempt=attempt,
            occurred_at=occurred_at,
            raw_time=raw_time,
            held=Holding(address=text(scan.get("location"), 200)),
        )
    ]


def _outcome(label: str, activity: str | None) -> tuple[str, str, int | None]:
    """Kind, reason and the number of the attempt."""
    if label == "RTO DELIVERED":
        return "returned", "returned_to_sender", None
    if label.startswith("RTO"):
        return (*reasons.judge("returned", "returned", activity), None)
    match = _ATTEMPT.match(label)
    if not label.startswith("UNDELIVERED"):
        told = _BY_STATUS.get(label, ("progress", "unknown"))
        return (*reasons.judge(*told, activity), None)
    kind, reason = reasons.judge("failed", "attempt_failed", activity, label)
    attempt = int(match[1]) if match and reason != "not_attempted" else 0
    return kind, reason, attempt or None
