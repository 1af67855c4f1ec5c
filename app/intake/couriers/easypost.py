"""EasyPost.

| fact         | value                                                                         |
| ------------ | ----------------------------------------------------------------------------- |
| header       | `X-Hmac-Signature: hmac-sha256-hex=<lower-case hex>`                          |
| algorithm    | HMAC-SHA256, key = NFKD(secret) as UTF-8                                      |
| signed       | the raw body; no timestamp                                                    |
| event key    | `id` (evt_…)                                                                  |
| fails        | status failure or return_to_sender; or status_detail address_correction,      |
|              | damaged, delivery_exception, failure, lost, refused, return                   |
| time         | datetime of the last tracking detail                                          |
| contact      | none; of the address only the destination's city, region, postcode, country   |
| config       | –                                                                             |
| unverified   | –                                                                             |

There is no "attempted" status. held, delayed and weather_delay are warnings, also under
status failure when it is the weather, since that reverts to in_transit. Tracking codes are
used again by carriers: result.id is the delivery. The order is EasyPost's shipment_id.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Any

from app.cases.model import Holding
from app.intake import reasons, signatures, times
from app.intake.couriers._place import address, parts
from app.intake.couriers._shape import (
    Anything,
    Code,
    Link,
    Shape,
    Text,
    moment,
    newest,
    text,
    words,
)
from app.intake.event import OPENING, Account, Event, Incoming

KEY_FORM = "text"
HEADERS: tuple[str, ...] = ()

_HEADER = "X-Hmac-Signature"
_PREFIX = "hmac-sha256-hex="

_BY_STATUS = {
    "pre_transit": ("progress", "on_the_way"),
    "in_transit": ("progress", "on_the_way"),
    "out_for_delivery": ("progress", "on_the_way"),
    "delivered": ("delivered", "delivered"),
    "available_for_pickup": ("held", "ready_for_pickup"),
    "return_to_sender": ("returned", "returned"),
    "failure": ("failed", "undeliverable"),
    "cancelled": ("progress", "cancelled"),
    "error": ("progress", "unknown"),
    "unknown": ("progress", "unknown"),
}
_BY_DETAIL = {
    "address_correction": ("failed", "address_incorrect"),
    "damaged": ("damaged", "damaged"),
    "delivery_exception": ("failed", "attempt_failed"),
    "failure": ("failed", "undeliverable"),
    "lost": ("lost", "lost"),
    "refused": ("refused", "refused"),
    "return": ("returned", "returned"),
    "held": ("warning", "held"),
    "delayed": ("warning", "delayed"),
    "weather_delay": ("warning", "weather_delay"),
    "missorted": ("warning", "delayed"),
    "transit_exception": ("warning", "delayed"),
    "awaiting_information": ("warning", "held"),
    "arrived_at_pickup_location": ("held", "ready_for_pickup"),
    "expired": ("progress", "unknown"),
    "cancelled": ("progress", "cancelled"),
    "label_created": ("progress", "on_the_way"),
    "in_transit": ("progress", "on_the_way"),
    "out_for_delivery": ("progress", "on_the_way"),
    "arrived_at_facility": ("progress", "on_the_way"),
    "departed_facility": ("progress", "on_the_way"),
    "departed_origin_facility": ("progress", "on_the_way"),
    "received_at_destination_facility": ("progress", "on_the_way"),
    "received_at_origin_facility": ("progress", "on_the_way"),
    "transferred_to_destination_carrier": ("progress", "on_the_way"),
    "status_update": ("progress", "unknown"),
    "unknown": ("progress", "unknown"),
}


class _Tracker(Shape):
    id = Text("id", required=True)
    about = Text("description", required=True)
    tracker = Text("result.id", required=True)
    tracking_code = Text("result.tracking_code", required=True)
    shipment = Text("result.shipment_id")
    status = Code("result.status", required=True)
    detail = Code("result.status_detail")
    updated = Anything("result.updated_at")
    link = Link("result.public_url")
    first_attempt = Anything("result.carrier_detail.initial_delivery_attempt")
    goal = Anything("result.carrier_detail.destination_tracking_location")
    first_scan = Anything("result.tracking_details.0")
    last_scan = Anything("result.tracking_details.-1")


_TRACKER = _Tracker()


def verify(account: Account, incoming: Incoming) -> None:
    """Check X-Hmac-Signature over the raw body."""
    signatures.check_hmac(account, incoming, _HEADER, key=_key, prefix=_PREFIX)


def sign(account: Account, raw: bytes, at: datetime) -> dict[str, str]:  # noqa: ARG001 - no time is signed
    """The headers EasyPost sends."""
    return signatures.hmac_header(account, raw, _HEADER, key=_key, prefix=_PREFIX)


def translate(body: Any, account: Account, incoming: Incoming) -> list[Event]:  # noqa: ARG001
    """One event, or none when the message is about no tracker."""
    about = body.get("description") if isinstance(body, dict) else None
    if isinstance(about, str) and not about.startswith("tracker."):
        return []
    got = _TRACKER.read(body)
    scan = newest(got["first_scan"], got["last_scan"], "datetime", account.timezone)
    told = words(scan.get("message"), scan.get("description"))
    detail = got["detail"] or text(scan.get("status_detail")) or ""
    kind, reason = _outcome(got["status"], detail)
    kind, reason = reasons.judge(kind, reason, told)
    occurred_at, raw_time = moment(scan.get("datetime"), got["updated"], zone=account.timezone)
    first = times.read(got["first_attempt"], account.timezone)
    return [
        Event(
            key=got["id"],
            kind=kind,
            tracking_number=got["tracking_code"],
            courier_ref=got["tracker"],
            order_ref=got["shipment"],
            reason=reason,
            code=f"{got['status']}/{detail}" if detail else got["status"],
            words=told,
            attempt=1 if kind == "failed" and first and first == occurred_at else None,
            occurred_at=occurred_at,
            raw_time=raw_time,
            address=_address(got["goal"]),
            tracking_url=got["link"],
            held=Holding(address=parts(scan.get("tracking_location"), "city", "state", "zip")),
        )
    ]


def _key(secret: str) -> bytes:
    return unicodedata.normalize("NFKD", secret).encode()


def _outcome(status: str, detail: str) -> tuple[str, str]:
    """Kind and reason: an end decides the kind, on the way the detail does."""
    kind, reason = _BY_STATUS.get(status, ("progress", "unknown"))
    told = _BY_DETAIL.get(detail)
    if kind == "delivered" or told is None or told[0] == "progress":
        return kind, reason
    if kind == "returned":
        return kind, told[1] if told[0] in OPENING else reason
    if kind == "failed" and told[1] != "weather_delay":
        return (told[0] if told[0] in OPENING else kind), told[1]
    return told


def _address(goal: object) -> dict[str, str | None] | None:
    if not isinstance(goal, dict):
        return None
    return address(
        city=goal.get("city"),
        region=goal.get("state"),
        postcode=goal.get("zip"),
        country_of=goal.get("country"),
    )
