"""Karrio.

| fact         | value                                                                         |
| ------------ | ----------------------------------------------------------------------------- |
| header       | `X-Event-Id`: the webhook's secret in plain text; never logged                |
| algorithm    | –                                                                             |
| signed       | nothing                                                                       |
| event key    | tracker id:status:time of the latest scan (there is no event id)              |
| fails        | status delivery_failed, return_to_sender; the reasons of `_REASONS`           |
| time         | timestamp of the latest scan, else its date and time                          |
| contact      | info.customer_name                                                            |
| config       | –                                                                             |
| unverified   | the order of events[]: the newest by its time is taken; whether the name is   |
|              | tracker_updated or tracker.updated: both are read                             |

Karrio's incident reasons tell whose side it lies on. Events about anything but trackers
are ignored.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.cases.model import Holding
from app.intake import reasons, signatures
from app.intake.couriers._shape import (
    Code,
    Link,
    Name,
    Rows,
    Shape,
    Text,
    clean,
    event_key,
    moment,
    stamp,
    text,
    when,
    words,
)
from app.intake.event import Account, Event, Incoming

KEY_FORM = "text"
HEADERS: tuple[str, ...] = ()

_HEADER = "X-Event-Id"

_BY_STATUS = {
    "pending": ("progress", "on_the_way"),
    "picked_up": ("progress", "on_the_way"),
    "in_transit": ("progress", "on_the_way"),
    "out_for_delivery": ("progress", "on_the_way"),
    "needs_attention": ("warning", "unknown"),
    "incident": ("warning", "unknown"),
    "on_hold": ("warning", "held"),
    "delivery_delayed": ("warning", "delayed"),
    "ready_for_pickup": ("held", "ready_for_pickup"),
    "delivered": ("delivered", "delivered"),
    "delivery_failed": ("failed", "attempt_failed"),
    "return_to_sender": ("returned", "returned"),
    "cancelled": ("progress", "cancelled"),
    "unknown": ("progress", "unknown"),
}
_REASONS = {
    "carrier_damaged_parcel": "damaged",
    "carrier_sorting_error": "courier_problem",
    "carrier_address_not_found": "address_not_found",
    "carrier_parcel_lost": "lost",
    "carrier_vehicle_issue": "courier_problem",
    "carrier_not_enough_time": "not_attempted",
    "carrier_capacity_exceeded": "courier_problem",
    "carrier_mechanical_delay": "courier_problem",
    "carrier_delay": "delayed",
    "retailer_cancelled": "cancelled",
    "retailer_incorrect_data": "address_incorrect",
    "retailer_not_ready": "pickup_failed",
    "retailer_incorrect_parcel": "prohibited",
    "retailer_incorrect_dimensions": "prohibited",
    "retailer_packaging_issue": "prohibited",
    "consignee_refused": "refused",
    "consignee_business_closed": "business_closed",
    "consignee_not_available": "recipient_unavailable",
    "consignee_not_home": "recipient_unavailable",
    "consignee_incorrect_address": "address_incorrect",
    "consignee_access_restricted": "access_restricted",
    "consignee_cancelled": "refused",
    "consignee_verification_failed": "identification_failed",
    "consignee_identification_failed": "identification_failed",
    "consignee_safe_place_unavailable": "recipient_unavailable",
    "customs_delay": "customs_hold",
    "customs_documentation": "documents_missing",
    "customs_duties_unpaid": "duties_unpaid",
    "customs_prohibited": "prohibited",
    "customs_inspection": "customs_hold",
    "regulatory_hold": "customs_hold",
    "weather_delay": "weather_delay",
    "natural_disaster": "weather_delay",
    "force_majeure": "weather_delay",
    "parcel_being_researched": "delayed",
    "security_issue": "held",
    "unknown": "unknown",
}


class _Tracker(Shape):
    event = Text("event", required=True)
    id = Text("data.id")
    number = Text("data.tracking_number", required=True)
    status = Code("data.status", required=True)
    scans = Rows("data.events")
    name = Name("data.info.customer_name")
    order = Text("data.info.order_id")
    link = Link("data.info.carrier_tracking_link")


_TRACKER = _Tracker()


def verify(account: Account, incoming: Incoming) -> None:
    """Check the secret that X-Event-Id carries."""
    given = signatures.require(incoming.headers, _HEADER)
    good = False
    for secret in signatures.secrets(account):
        good |= signatures.same(secret, given)
    if not good:
        raise signatures.wrong(_HEADER)


def sign(account: Account, raw: bytes, at: datetime) -> dict[str, str]:  # noqa: ARG001
    """The headers Karrio sends."""
    return {_HEADER: account.secrets[0]}


def translate(body: Any, account: Account, incoming: Incoming) -> list[Event]:
    """One event, or none when the message is about no tracker."""
    told = body.get("event") if isinstance(body, dict) else None
    if isinstance(told, str) and not told.startswith("tracker"):
        return []
    got = _TRACKER.read(body)
    scan: dict[str, Any] = max(
        got["scans"], key=lambda scan: when(_when(scan), account.timezone), default={}
    )
    code = clean(scan.get("reason")) or ""
    kind, reason = _outcome(got["status"], code, words(scan.get("description")))
    occurred_at, raw_time = moment(_when(scan), zone=account.timezone)
    return [
        Event(
            key=event_key(got["id"] or got["number"], got["status"], stamp(raw_time, incoming.raw)),
            kind=kind,
            tracking_number=got["number"],
            courier_ref=got["id"] or got["number"],
            order_ref=got["order"],
            reason=reason,
            code=f"{got['status']}/{code}" if code else got["status"],
            words=words(scan.get("description")),
            occurred_at=occurred_at,
            raw_time=raw_time,
            name=got["name"],
            tracking_url=got["link"],
            held=Holding(address=text(scan.get("location"), 200)),
        )
    ]


def _when(scan: dict[str, Any]) -> str:
    """The time of a scan as one text that sorts."""
    date, time = clean(scan.get("date"), 10), clean(scan.get("time"), 12)
    return clean(scan.get("timestamp"), 40) or " ".join(filter(None, (date, time)))


def _outcome(status: str, code: str, told: str) -> tuple[str, str]:
    """Kind and reason: the incident's reason explains a failure, then the words do.

    Karrio calls much of what carriers report as an exception a hold or a delay, failed deliveries
    among it: there the incident and the words tell which it is.
    """
    kind, reason = _BY_STATUS.get(status, ("progress", "unknown"))
    why = _REASONS.get(code, "unknown") if code else reason
    if kind == "warning":
        if status in {"incident", "needs_attention"} and why != "unknown":
            return reasons.REASONS[why].kind, why
        return reasons.of_exception(why if code else "unknown", reason, told)
    if kind == "failed":
        return reasons.judge(reasons.kind_of_failure(why), why, told)
    if kind == "returned" and why != "unknown":
        return reasons.judge(kind, why, told)
    return reasons.judge(kind, reason, told)
