"""ShipEngine, ShipStation API v2.

| fact         | value                                                                         |
| ------------ | ----------------------------------------------------------------------------- |
| header       | `x-shipengine-rsa-sha256-key-id`, `x-shipengine-rsa-sha256-signature`         |
|              | (base64), `x-shipengine-timestamp` (ISO 8601)                                 |
| algorithm    | RSA-SHA256, PKCS#1 v1.5; the public key by its id from a JWKS address         |
| signed       | `<timestamp>.<raw body>`; ±300 s                                              |
| event key    | number:status:detail:carrier detail:time (there is no event id)               |
| fails        | status AT; the details of `_BY_DETAIL` that open a case; EX alone does not    |
| time         | occurred_at of the latest scan, else carrier_occurred_at: local, falsely Z    |
| contact      | none                                                                          |
| config       | `jwks_url`: the address of the keys; `key_id`: the key to sign samples with   |
| unverified   | UNSPECIFIED_EXCEPTION is ambiguous and counted as failed when it is the       |
|              | parcel's present status; ATTEMPTED_DELIVERY_2ND and _3RD                      |

events[] holds the whole history, for USPS out of order: only the present status counts, and
its newest scan gives the time. UPS has no status_detail_code: its own code is looked up.
"""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from app.cases.model import Holding
from app.intake import reasons, signatures, times
from app.intake.couriers import _keys
from app.intake.couriers._place import parts
from app.intake.couriers._shape import (
    Code,
    Link,
    Rows,
    Shape,
    Text,
    event_key,
    moment,
    stamp,
    text,
    when,
    words,
)
from app.intake.couriers._ups_codes import EXCEPTIONS as UPS_EXCEPTIONS
from app.intake.event import Account, Event, Incoming, KeysUnavailable

FETCHES_KEYS = True
KEY_FORM = "rsa"
HEADERS: tuple[str, ...] = ()

_KEY_ID = "x-shipengine-rsa-sha256-key-id"
_SIGNATURE = "x-shipengine-rsa-sha256-signature"
_TIME = "x-shipengine-timestamp"
_KINDS_OF_RESOURCE = frozenset({"API_TRACK", "TRACK_EVENT_V2"})

_BY_STATUS = {
    "UN": ("progress", "unknown"),
    "AC": ("progress", "on_the_way"),
    "IT": ("progress", "on_the_way"),
    "NY": ("progress", "on_the_way"),
    "DE": ("delivered", "delivered"),
    "SP": ("held", "ready_for_pickup"),
    "AT": ("failed", "attempt_failed"),
    "EX": ("warning", "unknown"),
}
_BY_DETAIL: dict[str, tuple[str, str, int | None]] = {
    "ATTEMPTED_DELIVERY": ("failed", "attempt_failed", None),
    "ATTEMPTED_DELIVERY_2ND": ("failed", "attempt_failed", 2),
    "ATTEMPTED_DELIVERY_3RD": ("failed", "attempt_failed", 3),
    "ATTEMPTED_DELIVERY_FINAL": ("failed", "attempt_failed", None),
    "CUSTOMER_CARDED": ("failed", "recipient_unavailable", None),
    "COD_AMOUNT_NOT_PAID": ("failed", "payment_due", None),
    "CUSTOMER_IDENTIFICATION_FAILED": ("failed", "identification_failed", None),
    "NO_ACCESS_TO_RECIPIENTS_ADDRESS": ("failed", "access_restricted", None),
    "ADDRESS_QUERY": ("failed", "address_incorrect", None),
    "CUSTOMER_MOVED": ("failed", "moved", None),
    "NOT_COLLECTED_FROM_PICKUP_POINT": ("failed", "not_collected", None),
    "NOT_DELIVERED": ("failed", "undeliverable", None),
    "NOT_DELIVERED_ADDRESSEE_DECEASED": ("failed", "undeliverable", None),
    "REFUSED_BY_CUSTOMER": ("refused", "refused", None),
    "RETURN_TO_SENDER": ("returned", "returned", None),
    "UNDELIVERABLE_RETURNED_TO_SENDER": ("returned", "undeliverable", None),
    "PARCEL_OUTSIDE_OF_SERVICE_CAPABILITY": ("failed", "out_of_area", None),
    "PARCEL_LOST": ("lost", "lost", None),
    "PARCEL_DISPOSED": ("lost", "destroyed", None),
    "PARCEL_DAMAGED": ("damaged", "damaged", None),
    "HAZARDOUS_PROHIBITED": ("failed", "prohibited", None),
    "DUTY_NOT_PAID": ("failed", "duties_unpaid", None),
    "UNSPECIFIED_EXCEPTION": ("failed", "unknown", None),
    "CARRIER_DELAYS": ("warning", "delayed", None),
    "DELAYED_NOT_CARRIER": ("warning", "delayed", None),
    "DELIVERY_RESCHEDULED": ("warning", "rescheduled", None),
    **dict.fromkeys(
        ("MISROUTED", "MISSORTED", "ROUTING_ERROR", "PARCEL_REPACKED"),
        ("warning", "delayed", None),
    ),
    **dict.fromkeys(
        ("PICKUP_FAILED", "COLLECTION_FAILED", "NOT_YET_RECEIVED_BY_CARRIER"),
        ("warning", "pickup_failed", None),
    ),
    "DELIVERY_ARRANGED_WITH_RECIPIENT": ("warning", "rescheduled", None),
    "INVALID_METHOD_OF_PAYMENT": ("failed", "payment_due", None),
    **dict.fromkeys(
        (
            *("AWAITING_COLLECTION_FROM_PICKUP_POINT", "COLLECT_AT_LOCAL_PO"),
            *("CUSTOMER_TO_COLLECT_FROM_CARRIER", "DELIVERED_TO_LOCKER_COLLECTION_POINT"),
        ),
        ("held", "ready_for_pickup", None),
    ),
}


class _Track(Shape):
    kind = Text("resource_type", required=True)
    number = Text("data.tracking_number", required=True)
    carrier = Text("data.carrier_code")
    status = Code("data.status_code", required=True)
    detail = Code("data.status_detail_code")
    carrier_detail = Code("data.carrier_detail_code")
    exception = Text("data.exception_description", limit=500)
    carrier_words = Text("data.carrier_status_description", limit=500)
    detail_words = Text("data.status_detail_description", limit=500)
    scans = Rows("data.events")
    link = Link("data.tracking_url")


_TRACK = _Track()


def verify(account: Account, incoming: Incoming) -> None:
    """Check the RSA signature over timestamp and raw body, and the timestamp's age.

    Raises:
        KeysUnavailable: the key set cannot be fetched and none was before.
        SignatureRefused: the signature is not genuine.
    """
    key_id = signatures.require(incoming.headers, _KEY_ID)
    given = signatures.require(incoming.headers, _SIGNATURE)
    timestamp = signatures.require(incoming.headers, _TIME)
    signatures.check_fresh(times.read(timestamp), incoming.received_at)
    address = account.config.get("jwks_url")
    if not isinstance(address, str) or not address:
        raise KeysUnavailable("This account has no jwks_url.")
    try:
        signature = base64.b64decode(given, validate=True)
    except (binascii.Error, ValueError):
        raise signatures.wrong(_SIGNATURE) from None
    if signatures.base64_text(signature) != given:  # spare bits of the last character
        raise signatures.wrong(_SIGNATURE)
    key = _keys.find(address, key_id)
    signed = f"{timestamp}.".encode("utf-8", "replace") + incoming.raw
    try:
        key.verify(signature, signed, PKCS1v15(), SHA256())
    except InvalidSignature:
        raise signatures.wrong(_SIGNATURE) from None


def sign(account: Account, raw: bytes, at: datetime) -> dict[str, str]:
    """The headers ShipEngine sends; the account's first secret is the private key."""
    key = _keys.private_key(account.secrets[0])
    timestamp = at.isoformat()
    signature = key.sign(f"{timestamp}.".encode() + raw, PKCS1v15(), SHA256())
    key_id = account.config.get("key_id") or _keys.key_id(account.secrets[0])
    return {
        _KEY_ID: str(key_id),
        _SIGNATURE: signatures.base64_text(signature),
        _TIME: timestamp,
    }


def translate(body: Any, account: Account, incoming: Incoming) -> list[Event]:
    """One event, or none when the message is about no tracking."""
    told = body.get("resource_type") if isinstance(body, dict) else None
    if isinstance(told, str) and told not in _KINDS_OF_RESOURCE:
        return []
    got = _TRACK.read(body)
    status, detail = got["status"], got["detail"] or ""
    carrier_detail = got["carrier_detail"] or ""
    kind, reason, attempt = _outcome(status, detail, carrier_detail, got["carrier"] or "")
    kind, reason = reasons.judge(
        kind, reason, got["exception"], got["carrier_words"], got["detail_words"]
    )
    scan = _latest(got["scans"], status)
    local = scan.get("carrier_occurred_at")
    occurred_at, raw_time = moment(local if times.has_offset(local) else scan.get("occurred_at"))
    if occurred_at is None:
        occurred_at, raw_time = moment(local, zone=account.timezone, z_is_local=True)
    codes = (status, detail, carrier_detail)
    return [
        Event(
            key=event_key(got["number"], *codes, stamp(raw_time, incoming.raw)),
            kind=kind,
            tracking_number=got["number"],
            courier_ref=got["number"],
            reason=reason,
            code="/".join(filter(None, codes)),
            words=words(got["exception"], got["carrier_words"], got["detail_words"]),
            attempt=attempt,
            occurred_at=occurred_at,
            raw_time=raw_time,
            tracking_url=got["link"],
            held=Holding(
                place=text(scan.get("company_name")),
                address=parts(scan, "city_locality", "state_province", "postal_code"),
            ),
        )
    ]


def _outcome(
    status: str, detail: str, carrier_detail: str, carrier: str
) -> tuple[str, str, int | None]:
    """Kind, reason and the number of the attempt: the detail knows better than the status."""
    kind, reason = _BY_STATUS.get(status, ("progress", "unknown"))
    if kind == "delivered":
        return kind, reason, None
    if detail.startswith("HELD_BY_"):
        by_customs = "CUSTOMS" in detail or "CLEARANCE" in detail
        return "warning", "customs_hold" if by_customs else "held", None
    found = _BY_DETAIL.get(detail)
    if found is None and not detail and status in {"EX", "AT"} and carrier.startswith("ups"):
        found = UPS_EXCEPTIONS.get(carrier_detail)
    return found or (kind, reason, None)


def _latest(scans: list[dict[str, Any]], status: str) -> dict[str, Any]:
    """The newest scan of the present status, else the newest of all; empty if none."""
    of_status = [scan for scan in scans if scan.get("status_code") == status] or scans
    return max(of_status, key=lambda scan: when(scan.get("occurred_at")), default={})
