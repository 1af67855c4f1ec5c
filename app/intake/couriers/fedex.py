"""FedEx tracking webhook (Advanced Integrated Visibility).

| fact         | value                                                                         |
| ------------ | ----------------------------------------------------------------------------- |
| header       | `fdx-signature`: hex in one place of the documentation, base64 in another     |
| algorithm    | HMAC-SHA256, key = the security token as UTF-8                                |
| signed       | the raw body; no timestamp                                                    |
| event key    | trackingNumberUniqueId:code:date:eventType:exceptionCode of the latest scan   |
|              | (there is no event id, and the body counts the pushes; numbers are recycled)  |
| fails        | latestStatusDetail.code DE (delivery exception), RS (return)                  |
| time         | date of the latest scan of that code                                          |
| contact      | none; of the address only city, region, postcode, country                     |
| config       | –                                                                             |
| unverified   | hex or base64: both are accepted; exception codes other than 08 and 15;       |
|              | packageIdentifiers, deliveryAttempts, recipientInformation: read when there   |

A body may hold several parcels, each with its whole history: only its latest status counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from app.cases.model import Holding
from app.intake import reasons, signatures
from app.intake.couriers._place import address, parts
from app.intake.couriers._shape import (
    Anything,
    Code,
    Rows,
    Shape,
    Text,
    Whole,
    clean,
    event_key,
    moment,
    stamp,
    text,
    when,
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
    "HL": ("held", "ready_for_pickup"),
    "HP": ("held", "ready_for_pickup"),
    "RT": ("returned", "returned"),
    "PD": ("warning", "pickup_failed"),
    "PY": ("warning", "pickup_failed"),
    "DL": ("delivered", "delivered"),
    **dict.fromkeys(
        (
            *("OC", "PU", "PX", "IT", "AR", "DP", "OD", "AF", "CC", "IN", "FD", "AD", "SP", "EA"),
            *("AA", "AC", "AP", "AX", "CH", "CP", "DS", "ED", "EO", "EP", "HA", "IX", "LO", "OF"),
            *("OX", "PF", "PL", "PM", "SF", "TR"),
        ),
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
    "A47": "to_pickup_point",
}
_SEVERAL = "84"
"""The exception of all that FedEx cannot help: weather, or a delivery that was not attempted."""


class _Body(Shape):
    complete = Rows("output.completeTrackResults", required=True)


class _Complete(Shape):
    number = Text("trackingNumber")
    results = Rows("trackResults", required=True)


class _Result(Shape):
    number = Text("trackingNumberInfo.trackingNumber")
    code = Code("latestStatusDetail.code")
    derived = Code("latestStatusDetail.derivedCode")
    description = Anything("latestStatusDetail.description")
    details = Rows("latestStatusDetail.ancillaryDetails")
    unique = Text("trackingNumberInfo.trackingNumberUniqueId")
    scans = Rows("scanEvents")
    identifiers = Rows("additionalTrackingInfo.packageIdentifiers")
    attempts = Whole("deliveryDetails.deliveryAttempts")
    held_at = Anything("holdAtLocation.locationContactAndAddress")
    options = Rows("deliveryDetails.deliveryOptionEligibilityDetails")
    goal = Anything("recipientInformation.address")


_BODY, _COMPLETE, _RESULT = _Body(), _Complete(), _Result()


def verify(account: Account, incoming: Incoming) -> None:
    """Check fdx-signature over the raw body, written in hex or base64."""
    try:
        signatures.check_hmac(account, incoming, _HEADER)
    except SignatureRefused:
        signatures.check_hmac(account, incoming, _HEADER, encode=signatures.base64_text)


def sign(account: Account, raw: bytes, at: datetime) -> dict[str, str]:  # noqa: ARG001
    """The headers FedEx sends."""
    return signatures.hmac_header(account, raw, _HEADER)


def translate(body: Any, account: Account, incoming: Incoming) -> list[Event]:  # noqa: ARG001
    """One event for each parcel in the body."""
    events = []
    for complete in map(_COMPLETE.read, _BODY.read(body)["complete"]):
        for told in complete["results"]:
            result = _RESULT.read(told)
            number = result["number"] or complete["number"]
            if number is None:
                raise Unreadable("trackingNumber: missing")
            if not (result["code"] or result["derived"]):
                if told.get("error"):  # FedEx knows nothing of this number
                    continue
                raise Unreadable("latestStatusDetail.code: missing")
            events.append(_event(number, result, account))
    return events


def _event(number: str, got: dict[str, Any], account: Account) -> Event:
    code = got["code"] or got["derived"] or ""
    scan = _latest(got["scans"], code)
    exceptions = [
        found
        for found in (text(scan.get("exceptionCode")), *map(_reason_of, got["details"]))
        if found is not None
    ]
    exception = next(iter(exceptions), "")
    told = words(scan.get("exceptionDescription"), *_words_of(got), got["description"])
    kind, reason = _outcome(code, exceptions, (scan.get("exceptionDescription"), *_words_of(got)))
    occurred_at, raw_time = moment(scan.get("date"), zone=account.timezone)
    attempts = got["attempts"] or 0
    goal = got["goal"] if isinstance(got["goal"], dict) else {}
    return Event(
        key=event_key(
            got["unique"] or number,
            code,
            stamp(raw_time, f"{len(got['scans'])} {told}".encode()),
            clean(scan.get("eventType"), 16),
            exception,
        ),
        kind=kind,
        tracking_number=number,
        courier_ref=got["unique"] or number,
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
        held=_held(got, scan),
    )


def _held(got: dict[str, Any], scan: dict[str, Any]) -> Holding:
    """Where FedEx holds it, else where it was scanned; and whether a new day can be chosen."""
    told = got["held_at"] if isinstance(got["held_at"], dict) else {}
    offered = {
        text(one.get("option")) for one in got["options"] if one.get("eligibility") == "ELIGIBLE"
    }
    at = ("city", "stateOrProvinceCode", "postalCode")
    return Holding(
        place=parts(told.get("contact"), "companyName"),
        address=parts(told.get("address"), "streetLines", *at)
        or parts(scan.get("scanLocation"), *at),
        redelivery=bool(offered & {"RESCHEDULE", "REROUTE"}),
    )


def _outcome(code: str, exceptions: list[str], told: Iterable[object]) -> tuple[str, str]:
    """Kind and reason: the status decides, the exception code says why."""
    kind, reason = _BY_CODE.get(code, ("progress", "unknown"))
    if code not in {"DE", "SE", "RS"}:
        return reasons.judge(kind, reason, *map(words, told))
    why = next((_BY_EXCEPTION[code] for code in exceptions if code in _BY_EXCEPTION), None)
    if why is None:
        return reasons.judge(kind, reason, *map(words, told))
    if _SEVERAL in exceptions and reasons.from_words(*map(words, told)) == "not_attempted":
        why = "not_attempted"
    if kind == "failed":
        return reasons.kind_of_failure(why), why
    if kind == "warning" and reasons.REASONS[why].kind in OPENING[1:]:
        return reasons.REASONS[why].kind, why
    return kind, why


def _reason_of(detail: dict[str, Any]) -> str | None:
    return text(detail.get("reason"))


def _words_of(got: dict[str, Any]) -> list[object]:
    return [detail.get("reasonDescription") for detail in got["details"]]


def _latest(scans: list[dict[str, Any]], code: str) -> dict[str, Any]:
    """The newest scan of the status's own type, else the newest of all; empty if none."""
    of_code = [scan for scan in scans if scan.get("eventType") == code] or scans
    return max(of_code, key=lambda scan: when(scan.get("date")), default={})


def _order(identifiers: list[dict[str, Any]]) -> str | None:
    """The shipper's own reference."""
    for entry in identifiers:
        if clean(entry.get("type")) in _ORDER_TYPES:
            values = entry.get("values")
            first = values[0] if isinstance(values, list) and values else entry.get("value")
            return clean(first)
    return None
