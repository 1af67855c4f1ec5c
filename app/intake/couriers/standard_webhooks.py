"""Standard Webhooks, with a failure body of our own.

For couriers and in-house systems that have no format of their own, and for everything that
signs the way https://www.standardwebhooks.com says.

| fact         | value                                                                         |
| ------------ | ----------------------------------------------------------------------------- |
| header       | `webhook-id`, `webhook-timestamp` (unix seconds), `webhook-signature`         |
|              | (`v1,<base64>`, several separated by spaces; others than v1 are skipped)      |
| algorithm    | HMAC-SHA256, key = base64-decoded secret after `whsec_` (prefix optional)     |
| signed       | `<webhook-id>.<webhook-timestamp>.<raw body>`; ±300 s                         |
| event key    | `webhook-id` (the same for every retry)                                       |
| fails        | type delivery.failed, .refused, .returned, .lost, .damaged, .held             |
| time         | data.occurred_at, else timestamp: RFC 3339                                    |
| config       | –                                                                             |
| unverified   | –                                                                             |

The body::

    {
      "type": "delivery.failed",            required; also delivery.refused, .returned, .lost,
                                            .damaged, .held (waits to be collected), .delivered,
                                            .warning (held up, no action needed) and .progress;
                                            other types are ignored
      "timestamp": "2026-03-02T14:05:00Z",  when the message was made
      "data": {
        "tracking_number": "RK100200300",   required
        "order_ref": "ORD-1001",            the shipper's order number
        "reason": "recipient_unavailable",  a code of app/intake/reasons.py, or your own
        "words": "Rang twice, no answer",   shown to the dispatcher as it is
        "attempt": 1,                       1 for the first attempt
        "occurred_at": "2026-03-02T15:04:30+01:00",
        "recipient": {"name": "…", "phone": "+4930…", "email": "…", "language": "de"},
        "address": {"line1": "…", "line2": "…", "city": "…", "region": "…",
                    "postcode": "…", "country": "DE"},
        "tracking_url": "https://…",
        "held": {"place": "Corner shop", "address": "5 Katella Ave, Anaheim",
                 "hours": "Mon–Sat 8–20", "until": "2026-03-09T20:00:00+01:00",
                 "redelivery": true}   where it waits; whether you would bring it again instead
      }
    }

Everything but type and tracking_number may be left out; unknown fields are welcome.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from datetime import datetime
from hashlib import sha256
from typing import Any

from app.cases.model import Holding
from app.intake import reasons, signatures, times
from app.intake.couriers._place import address, line
from app.intake.couriers._shape import (
    Anything,
    Code,
    Link,
    Name,
    Shape,
    Text,
    Whole,
    clean,
    event_key,
    moment,
    whole,
    words,
)
from app.intake.event import Account, Event, Incoming, SignatureRefused
from app.shipments.normal import LONGEST_ID

KEY_FORM = "whsec"
HEADERS: tuple[str, ...] = ()

_ID, _TIME, _SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
_KINDS = {f"delivery.{kind}": kind for kind in reasons.KINDS} | {"delivery.delayed": "warning"}


class _Delivery(Shape):
    type = Code("type", required=True)
    timestamp = Anything("timestamp")
    tracking_number = Text("data.tracking_number", required=True)
    order = Text("data.order_ref")
    reason = Code("data.reason")
    words = Anything("data.words")
    attempt = Whole("data.attempt")
    occurred = Anything("data.occurred_at")
    name = Name("data.recipient.name")
    phone = Text("data.recipient.phone", limit=40)
    email = Text("data.recipient.email", limit=254)
    language = Text("data.recipient.language", limit=35)
    place = Anything("data.address")
    link = Link("data.tracking_url")
    held_place = Text("data.held.place", limit=200)
    held_address = Anything("data.held.address")
    held_hours = Text("data.held.hours", limit=200)
    held_until = Anything("data.held.until")
    held_redelivery = Anything("data.held.redelivery")


_DELIVERY = _Delivery()


def verify(account: Account, incoming: Incoming) -> None:
    """Check webhook-signature over id, timestamp and raw body, and the timestamp's age."""
    message_id = signatures.require(incoming.headers, _ID)
    timestamp = signatures.require(incoming.headers, _TIME)
    given = signatures.require(incoming.headers, _SIGNATURE)
    if len(message_id) > LONGEST_ID:
        raise SignatureRefused("wrong_signature", f"{_ID} is too long.")
    signatures.check_fresh(times.read(whole(timestamp)), incoming.received_at)
    entries = [entry for entry in given.split(" ") if entry.startswith("v1,")]
    for secret in signatures.secrets(account):
        expected = _signature(secret, message_id, timestamp, incoming.raw)
        if expected and any(signatures.same(expected, entry) for entry in entries):
            return
    raise signatures.wrong(_SIGNATURE)


def sign(account: Account, raw: bytes, at: datetime) -> dict[str, str]:
    """The headers of a sender; the id follows from the body, so a retry has the same."""
    message_id = f"msg_{sha256(raw).hexdigest()[:24]}"
    timestamp = str(int(at.timestamp()))
    signature = _signature(account.secrets[0], message_id, timestamp, raw)
    if signature is None:
        raise ValueError("the secret must be base64 after whsec_")
    return {_ID: message_id, _TIME: timestamp, _SIGNATURE: signature}


def translate(body: Any, account: Account, incoming: Incoming) -> list[Event]:
    """One event, or none when the message is about no delivery."""
    kind_told = body.get("type") if isinstance(body, dict) else None
    if isinstance(kind_told, str) and not kind_told.startswith("delivery."):
        return []
    got = _DELIVERY.read(body)
    kind, reason = _outcome(got["type"], got["reason"], words(got["words"]))
    occurred_at, raw_time = moment(got["occurred"], got["timestamp"], zone=account.timezone)
    place = got["place"] if isinstance(got["place"], dict) else {}
    attempt = got["attempt"]
    return [
        Event(
            key=event_key(clean(incoming.headers.get(_ID)) or sha256(incoming.raw).hexdigest()),
            kind=kind,
            tracking_number=got["tracking_number"],
            courier_ref=got["tracking_number"],
            order_ref=got["order"],
            reason=reason,
            code=got["reason"] or got["type"],
            words=words(got["words"]),
            attempt=attempt if attempt and 0 < attempt < 100 else None,
            occurred_at=occurred_at,
            raw_time=raw_time,
            name=got["name"],
            phone=got["phone"],
            email=got["email"],
            language=got["language"],
            address=address(
                line1=place.get("line1"),
                line2=place.get("line2"),
                city=place.get("city"),
                region=place.get("region"),
                postcode=place.get("postcode"),
                country_of=place.get("country"),
            ),
            tracking_url=got["link"],
            held=Holding(
                place=got["held_place"],
                address=line(got["held_address"]),
                hours=got["held_hours"],
                until=times.read(got["held_until"], account.timezone),
                redelivery=got["held_redelivery"] is True,
            ),
        )
    ]


def _outcome(type_told: str, code: str | None, told: str) -> tuple[str, str]:
    """Kind and reason: a refusal, return, loss or damage given as reason is that kind."""
    kind = _KINDS.get(type_told)
    if kind is None:
        return "progress", "unknown"
    if kind in {"delivered", "progress"}:
        return reasons.judge(kind, reasons.usual(kind), told)
    reason = reasons.usual(kind) if code is None else code if code in reasons.REASONS else "unknown"
    if code is None:
        return reasons.judge(kind, reason, told)
    return (reasons.kind_of_failure(reason) if kind == "failed" else kind), reason


def _signature(secret: str, message_id: str, timestamp: str, raw: bytes) -> str | None:
    try:
        text = secret.removeprefix("whsec_")
        key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):  # not in the form the specification asks for
        return None
    if not key:
        return None
    signed = f"{message_id}.{timestamp}.".encode("utf-8", "replace") + raw
    return f"v1,{signatures.base64_text(hmac.digest(key, signed, 'sha256'))}"
