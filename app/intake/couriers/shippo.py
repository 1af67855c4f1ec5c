"""Shippo.

| fact         | value                                                                         |
| ------------ | ----------------------------------------------------------------------------- |
| header       | `Shippo-Auth-Signature: t=<unix seconds>,v1=<lower-case hex>` (opt-in)        |
| algorithm    | HMAC-SHA256, key = the secret as UTF-8                                        |
| signed       | `<t>.<raw body>`; ±300 s                                                      |
| event key    | carrier:number:status:substatus:status_date (there is no event id)            |
| fails        | TRANSIT with a substatus of a failed attempt; FAILURE; RETURNED               |
| time         | tracking_status.status_date, UTC                                              |
| contact      | none; of the address only city, region, postcode, country                     |
| config       | `mode`: "signature" (default), "token" or "both"; `token`: the URL's token    |
|              | for "both" (for "token" the account's secrets are the token)                  |
| unverified   | the tolerance of 300 s                                                        |

Shippo signs nothing unless asked to; `?token=` in the URL is the other way. With "both" the
two are different values, so that what stands in access logs signs nothing. `metadata` is the
shipper's order reference. The history is never looked at.
"""

from __future__ import annotations

import hmac
from datetime import datetime
from typing import Any

from app.cases.model import Holding
from app.intake import reasons, signatures, times
from app.intake.couriers._place import address, parts
from app.intake.couriers._shape import (
    Anything,
    Code,
    Shape,
    Text,
    event_key,
    moment,
    stamp,
    whole,
    words,
)
from app.intake.event import OPENING, Account, Event, Incoming, SignatureRefused, Unreadable

KEY_FORM = "text"
HEADERS: tuple[str, ...] = ()

_HEADER = "Shippo-Auth-Signature"
_MODES = {"signature": (True, False), "token": (False, True), "both": (True, True)}

_BY_SUBSTATUS = {
    "address_issue": ("failed", "address_incorrect"),
    "contact_carrier": ("failed", "unknown"),
    "delayed": ("warning", "delayed"),
    "delivery_attempted": ("failed", "attempt_failed"),
    "delivery_rescheduled": ("warning", "rescheduled"),
    "location_inaccessible": ("failed", "access_restricted"),
    "notice_left": ("failed", "recipient_unavailable"),
    "package_damaged": ("damaged", "damaged"),
    "package_disposed": ("lost", "destroyed"),
    "package_held": ("warning", "held"),
    "package_lost": ("lost", "lost"),
    "package_unclaimed": ("returned", "not_collected"),
    "package_undeliverable": ("failed", "undeliverable"),
    "pickup_available": ("held", "ready_for_pickup"),
    "reschedule_delivery": ("failed", "attempt_failed"),
    "return_to_sender": ("returned", "returned"),
    "delivery_scheduled": ("progress", "on_the_way"),
    "information_received": ("progress", "on_the_way"),
    "out_for_delivery": ("progress", "on_the_way"),
    "package_accepted": ("progress", "on_the_way"),
    "package_arrived": ("progress", "on_the_way"),
    "package_departed": ("progress", "on_the_way"),
    "package_forwarded": ("progress", "on_the_way"),
    "package_processed": ("progress", "on_the_way"),
    "package_processing": ("progress", "on_the_way"),
}
_BY_STATUS = {
    "PRE_TRANSIT": ("progress", "on_the_way"),
    "TRANSIT": ("progress", "on_the_way"),
    "DELIVERED": ("delivered", "delivered"),
    "RETURNED": ("returned", "returned"),
    "FAILURE": ("failed", "unknown"),
}


class _Track(Shape):
    event = Text("event", required=True)
    number = Text("data.tracking_number", required=True)
    carrier = Text("data.carrier")
    order = Text("data.metadata")
    goal = Anything("data.address_to")
    status = Code("data.tracking_status.status")
    details = Anything("data.tracking_status.status_details")
    date = Anything("data.tracking_status.status_date")
    place = Anything("data.tracking_status.location")
    substatus = Code("data.tracking_status.substatus.code")
    text = Anything("data.tracking_status.substatus.text")


_TRACK = _Track()


def verify(account: Account, incoming: Incoming) -> None:
    """Check the signature, the URL's token, or both, as the account's mode says."""
    mode = account.config.get("mode", "signature")
    signed, tokened = _MODES.get(mode, (True, True)) if isinstance(mode, str) else (True, True)
    if tokened:
        tokens = [str(account.config.get("token") or "")] if signed else account.secrets
        given = incoming.query.get("token") or ""
        if not any(token and signatures.same(token, given) for token in tokens):
            raise SignatureRefused("wrong_signature", "The token in the address does not match.")
    if signed:
        _verify_signature(account, incoming)


def sign(account: Account, raw: bytes, at: datetime) -> dict[str, str]:
    """The headers Shippo sends when its signature was opted into."""
    if account.config.get("mode") == "token":
        return {}
    moment_text = str(int(at.timestamp()))
    return {_HEADER: f"t={moment_text},v1={_digest(account.secrets[0], moment_text, raw)}"}


def translate(body: Any, account: Account, incoming: Incoming) -> list[Event]:  # noqa: ARG001
    """One event, or none when the message is about no tracking."""
    told = body.get("event") if isinstance(body, dict) else None
    if isinstance(told, str) and told != "track_updated":
        return []
    got = _TRACK.read(body)
    if got["status"] is None:
        raise Unreadable("data.tracking_status.status: missing")
    status, substatus = got["status"], got["substatus"] or ""
    occurred_at, raw_time = moment(got["date"])
    kind, reason = _outcome(status, substatus)
    kind, reason = reasons.judge(kind, reason, words(got["details"]), words(got["text"]))
    goal = got["goal"] if isinstance(got["goal"], dict) else {}
    return [
        Event(
            key=event_key(
                got["carrier"], got["number"], status, substatus, stamp(raw_time, incoming.raw)
            ),
            kind=kind,
            tracking_number=got["number"],
            courier_ref=got["number"],
            order_ref=got["order"],
            reason=reason,
            code=f"{status}/{substatus}" if substatus else status,
            words=words(got["details"], got["text"]),
            occurred_at=occurred_at,
            raw_time=raw_time,
            address=address(
                line1=goal.get("street1"),
                line2=goal.get("street2"),
                city=goal.get("city"),
                region=goal.get("state"),
                postcode=goal.get("zip"),
                country_of=goal.get("country"),
            ),
            held=Holding(address=parts(got["place"], "city", "state", "zip")),
        )
    ]


def _outcome(status: str, substatus: str) -> tuple[str, str]:
    """Kind and reason: an end decides the kind, on the way the substatus does."""
    kind, reason = _BY_STATUS.get(status, ("progress", "unknown"))
    told = _BY_SUBSTATUS.get(substatus)
    if status not in _BY_STATUS or kind == "delivered" or not substatus:
        return kind, reason
    if kind == "returned":
        return kind, told[1] if told and told[0] in OPENING else reason
    if kind == "failed":
        return (told[0] if told and told[0] in OPENING else kind), told[1] if told else reason
    return told or (kind, "unknown")


def _verify_signature(account: Account, incoming: Incoming) -> None:
    given = signatures.require(incoming.headers, _HEADER)
    parts = dict(part.partition("=")[::2] for part in given.split(","))
    if set(parts) != {"t", "v1"} or given.count(",") != 1:
        raise SignatureRefused("wrong_signature", f"{_HEADER} is not t=…,v1=….")
    signatures.check_fresh(times.read(whole(parts["t"])), incoming.received_at)
    for secret in signatures.secrets(account):
        if signatures.same(_digest(secret, parts["t"], incoming.raw), parts["v1"]):
            return
    raise signatures.wrong(_HEADER)


def _digest(secret: str, moment_text: str, raw: bytes) -> str:
    signed = f"{moment_text}.".encode("utf-8", "replace") + raw
    return hmac.digest(secret.encode(), signed, "sha256").hex()
