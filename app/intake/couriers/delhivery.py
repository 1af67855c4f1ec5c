"""Delhivery Scan Push.

| fact         | value                                                                         |
| ------------ | ----------------------------------------------------------------------------- |
| header       | a static header or token agreed by hand                                       |
| algorithm    | –                                                                             |
| signed       | nothing                                                                       |
| event key    | AWB:NSLCode:StatusType:StatusDateTime (there is no event id)                  |
| fails        | StatusType UD with an NSLCode of `_FAILED`; RT = return                        |
| time         | Status.StatusDateTime: Indian time, no zone                                   |
| contact      | none                                                                          |
| config       | –                                                                             |
| unverified   | what each of these codes means: the words of Instructions go first; another   |
|              | EOD code of type UD is a warning, unless its words say what failed            |

UD alone means "under way", not undelivered. There is one immediate retry, then it is lost.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.cases.model import Holding
from app.intake import reasons, signatures
from app.intake.couriers._shape import Anything, Code, Shape, Text, event_key, moment, stamp, words
from app.intake.event import Account, Event, Incoming, Unreadable

KEY_FORM = ""
HEADERS = ("x-delhivery-token",)

_ZONE = "Asia/Kolkata"
_FAILED = {
    "EOD-3": "rescheduled",
    "EOD-6": "refused",
    "EOD-11": "recipient_unavailable",
    "EOD-15": "moved",
    "EOD-16": "payment_due",
    "EOD-43": "attempt_failed",
    "EOD-69": "refused",
    "EOD-74": "address_incorrect",
    "EOD-86": "not_attempted",
    "EOD-104": "access_restricted",
    "ST-108": "attempt_failed",
}
"""What the courier lists as actionable, and the reason where its words say none."""
_FAMILIES = {
    "EOD-": ("failed", "unknown"),
    "SC-": ("failed", "unknown"),
    "RT-": ("warning", "held"),
    "DLYDC-": ("warning", "delayed"),
    "DLY": ("warning", "delayed"),
    "FMEOD-": ("warning", "pickup_failed"),
    "PNP-": ("warning", "pickup_failed"),
    "X-PNP": ("warning", "pickup_failed"),
}
"""Of a parcel on its way, by how the code begins: what came of the day's round; what the customer
fetches; what stopped it before or at the depot that delivers; what the shop did not hand over.
"""
_WORDS_TELL = frozenset({"RT-", "DLYDC-"})
"""Families of failures and of mere delays: only the words tell them apart."""
_DELIVERED = "EOD-38"
_KNOWN_TYPES = frozenset({"UD", "PP", "PU", "CN", "DL", "RT"})


class _Scan(Shape):
    awb = Text("Shipment.AWB", required=True)
    order = Text("Shipment.ReferenceNo")
    code = Code("Shipment.NSLCode")
    status = Code("Shipment.Status.Status")
    type = Code("Shipment.Status.StatusType")
    located = Text("Shipment.Status.StatusLocation", limit=200)
    time = Anything("Shipment.Status.StatusDateTime")
    words = Text("Shipment.Status.Instructions", limit=500)


_SCAN = _Scan()


def verify(account: Account, incoming: Incoming) -> None:
    """Check the agreed headers."""
    signatures.check_static_headers(account, incoming)


def sign(account: Account, raw: bytes, at: datetime) -> dict[str, str]:  # noqa: ARG001
    """The headers Delhivery sends."""
    return dict(account.headers)


def translate(body: Any, account: Account, incoming: Incoming) -> list[Event]:  # noqa: ARG001
    """One event about one shipment."""
    got = _SCAN.read(body)
    code, told = got["code"] or "", got["type"] or ""
    kind, reason = _outcome(told, code, (got["status"] or "").lower(), got["words"])
    if not (code or told or got["status"]):
        raise Unreadable("Shipment.Status: missing")
    occurred_at, raw_time = moment(got["time"], zone=_ZONE)
    return [
        Event(
            key=event_key(got["awb"], code, told, stamp(raw_time, incoming.raw)),
            kind=kind,
            tracking_number=got["awb"],
            courier_ref=got["awb"],
            order_ref=got["order"],
            reason=reason,
            code=f"{told}/{code}" if code else told,
            words=words(got["words"], got["status"]),
            occurred_at=occurred_at,
            raw_time=raw_time,
            held=Holding(address=got["located"]),
        )
    ]


def _outcome(told: str, code: str, status: str, instructions: str | None) -> tuple[str, str]:
    """Kind and reason."""
    if status == "lost":
        return "lost", "lost"
    if told == "RT":
        return reasons.judge("returned", "returned", instructions)
    if told == "DL" or code == _DELIVERED:
        back = told == "DL" and status in {"rto", "dto"}
        told_words = "returned to sender" if back else instructions
        return reasons.judge("delivered", "delivered", told_words)
    if told == "UD" and code in _FAILED:
        told_reason = reasons.from_words(instructions)
        reason = _FAILED[code] if told_reason == "unknown" else told_reason
        return reasons.kind_of_failure(reason), reason
    family = next((name for name in _FAMILIES if told == "UD" and code.startswith(name)), "")
    if family in _WORDS_TELL:
        return reasons.of_exception("unknown", _FAMILIES[family][1], instructions)
    usual = "on_the_way" if told in _KNOWN_TYPES else "unknown"
    return reasons.judge(*_FAMILIES.get(family, ("progress", usual)), instructions)
