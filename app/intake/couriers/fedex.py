"""FedEx tracking webhook (Advanced Integrated Visibility).

| fact         | value                                                                         |
| ------------ | ----------------------------------------------------------------------------- |
| header       | `fdx-signature`: hex in one place of the documentation, base64 in another     |
| algorithm    | HMAC-SHA256, key = the security token as UTF-8                                |
| signed       | the raw body; no timestamp                                                    |
| event key    | number:code:date:eventType:exceptionCode of the latest scan (there is no      |
|              | event id, and the body changes with every retry: it counts the pushes)        |
| fails        | latestStatusDetail.code DE (delivery exception), RS (return)                  |
| time         | date of the latest scan of that code                                          |
| contact      | none; of the address only city, region, postcode, country                     |
| config       | –                                                                             |
| unverified   | hex or base64: both are accepted; exception codes other than 08 and 15;       |
|              | packageIdentifiers, deliveryAttempts, recipientInformation: read when there   |

A body may hold several parcels, each with its whole history: only its latest status counts.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.intake import reasons, signatures
from app.intake.couriers._place import address
from app.intake.couriers._shape import (
    Anything,
    Rows,
    Shape,
    Text,
    Whole,
    clean,
    event_key,
    moment,
    words,
)
from app.intake.event import OPENING, Account, Event, Incoming, SignatureRefused, Unreadable

KEY_FORM = "text"
HEADERS: tuple[str, ...] = ()

_HEADER = "fdx-signature"
_ORDER_TYPES = frozenset({"CUSTOMER_REFERENCE", "PURCHASE_ORDER", "INVOICE", "SHIPPER_REFERENCE"})

_BY_CODE = {
    "DE": ("failed", "attempt_failed"),
    "SE": ("warning", "delayed"),
    "RS": ("returned", "returned"),
    "CA": ("progress", "cancelled"),
    "DY": ("warning", "delayed"),
    "DD": ("warning", "delayed"),
    "CD": ("warning", "customs_hold"),
    "HL": ("warning", "ready_for_pickup"),
    "HP": ("warning", "ready_for_pickup"),
    "DL": ("delivered", "delivered"),
    **dict.fromkeys(
        ("OC", "PU", "PX", "IT", "AR", "DP", "OD", "AF", "CC", "IN", "FD", "AD", "SP", "EA"),
        ("progress", "on_the_way"),
    ),
}
_BY_EXCEPTION = {
    "03": "address_incorrect",
    "07": "refused",
    "08": "recipient_unavailable",
    "10": "damaged",
    "15": "business_closed",
    "17": "rescheduled",
    "84": "weather_delay",
}


class _Body(Shape):
    complete = Rows("output.completeTrackResults", required=True)


class _Complete(Shape):
    number = Text("trackingNumber")
    results = Rows("trackResults", required=True)


class _Result(Shape):
    number = Text("trackingNumberInfo.trackingNumber")
    code = Text("latestStatusDetail.code")
    derived = Text("latestStatusDetail.derivedCode")
    description = Anything("latestStatusDetail.description")
    detail_code = Text("latestStatusDetail.ancillaryDetails.0.reason")
    detail_words = Anything("latestStatusDetail.ancillaryDetails.0.reasonDescription")
    scans = Rows("scanEvents")
    identifiers = Rows("additionalTrackingInfo.packageIdentifiers")
    attempts = Whole("deliveryDetails.deliveryAttempts")
    goal = Anything("recipientInformation.address")


_BODY, _COMPLETE, _RESULT = _Body(), _Complete(), _Result()


def verify(account: Account, incoming: Incoming) -> None:
    """Check fdx-signature over the raw body, written in hex or base64."""
    try:
        signatures.check_hmac(account, incoming, _HEADER)
    except SignatureRefused:
        signatures.check_hmac(account, incoming, _HEADER, spell=signatures.base64_text)


def sign(account: Account, raw: bytes, at: datetime) -> dict[str, str]:  # noqa: ARG001
    """The headers FedEx sends."""
    return signatures.hmac_header(account, raw, _HEADER)


def translate(body: Any, account: Account, incoming: Incoming) -> list[Event]:  # noqa: ARG001
    """One event for each parcel in the body."""
    events = []
    for complete in map(_COMPLETE.read, _BODY.read(body)["complete"]):
        for result in map(_RESULT.read, complete["results"]):
            number = result["number"] or complete["number"]
            if number is None:
                raise Unreadable("trackingNumber: missing")
            events.append(_event(number, result, account))
    return events


def _event(number: str, got: dict[str, Any], account: Account) -> Event:
    code = got["code"] or got["derived"] or ""
    scan = _latest(got["scans"], code)
    exception = clean(scan.get("exceptionCode")) or got["detail_code"] or ""
    told = words(scan.get("exceptionDescription"), got["detail_words"], got["description"])
    kind, reason = _outcome(code, exception, told)
    occurred_at, raw_time = moment(scan.get("date"), zone=account.timezone)
    attempts = got["attempts"] or 0
    goal = got["goal"] if isinstance(got["goal"], dict) else {}
    return Event(
        key=event_key(number, code, raw_time, clean(scan.get("eventType"), 16), exception),
        kind=kind,
        tracking_number=number,
        courier_ref=number,
        order_ref=_order(got["identifiers"]),
        reason=reason,
        code=f"{code}/{exception}" if exception else code,
        words=told,
        attempt=attempts if kind in OPENING and 0 < attempts < 100 else None,
        occurred_at=occurred_at,
        raw_time=raw_time,
        address=address(
            city=goal.get("city"),
            region=goal.get("stateOrProvinceCode"),
            postcode=goal.get("postalCode"),
            country_of=goal.get("countryCode"),
        ),
    )


def _outcome(code: str, exception: str, told: str) -> tuple[str, str]:
    """Kind and reason: the status decides, the exception code says why."""
    kind, reason = _BY_CODE.get(code, ("progress", "unknown"))
    if code not in {"DE", "SE", "RS"}:
        return kind, reason
    why = _BY_EXCEPTION.get(exception)
    if kind == "failed":
        why = why or reasons.from_words(told)
        return reasons.kind_of_failure(why), why
    if kind == "warning" and why and reasons.REASONS[why].kind in OPENING[1:]:
        return reasons.REASONS[why].kind, why
    return kind, why or reason


def _latest(scans: list[dict[str, Any]], code: str) -> dict[str, Any]:
    """The newest scan of the status's own type, else the newest of all; empty if none."""
    of_code = [scan for scan in scans if scan.get("eventType") == code] or scans
    return max(of_code, key=lambda scan: clean(scan.get("date"), 40) or "", default={})


def _order(identifiers: list[dict[str, Any]]) -> str | None:
    """The shipper's own reference."""
    for entry in identifiers:
        if clean(entry.get("type")) in _ORDER_TYPES:
            values = entry.get("values")
            first = values[0] if isinstance(values, list) and values else entry.get("value")
            return clean(first)
    return None
