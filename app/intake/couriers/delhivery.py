"""Delhivery Scan Push.

| fact         | value                                                                         |
| ------------ | ----------------------------------------------------------------------------- |
| header       | a static header or token agreed by hand                                       |
| algorithm    | –                                                                             |
| signed       | nothing                                                                       |
| event key    | AWB:NSLCode:StatusType:StatusDateTime (there is no event id)                  |
| fails        | StatusType UD with NSLCode EOD-6, 11, 15, 43, 69, 74, 86 or 104; RT = return  |
| time         | Status.StatusDateTime: Indian time, no zone                                   |
| contact      | none                                                                          |
| config       | –                                                                             |
| unverified   | what each of these codes means: the reason is matched in Instructions by a    |
|              | few phrases; another EOD code of type UD is a warning                         |

UD alone means "under way", not undelivered. There is one immediate retry, then it is lost.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.intake import reasons, signatures
from app.intake.couriers._shape import Anything, Shape, Text, event_key, moment, words
from app.intake.event import Account, Event, Incoming

KEY_FORM = ""
HEADERS = ("x-delhivery-token",)

_ZONE = "Asia/Kolkata"
_FAILED = frozenset(f"EOD-{number}" for number in (6, 11, 15, 43, 69, 74, 86, 104))
_DELIVERED = "EOD-38"
_KNOWN_TYPES = frozenset({"UD", "PP", "PU", "CN", "DL", "RT"})


class _Scan(Shape):
    awb = Text("Shipment.AWB", required=True)
    order = Text("Shipment.ReferenceNo")
    code = Text("Shipment.NSLCode")
    status = Text("Shipment.Status.Status")
    type = Text("Shipment.Status.StatusType")
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
    occurred_at, raw_time = moment(got["time"], zone=_ZONE)
    return [
        Event(
            key=event_key(got["awb"], code, told, raw_time),
            kind=kind,
            tracking_number=got["awb"],
            courier_ref=got["awb"],
            order_ref=got["order"],
            reason=reason,
            code=f"{told}/{code}" if code else told,
            words=words(got["words"], got["status"]),
            occurred_at=occurred_at,
            raw_time=raw_time,
        )
    ]


def _outcome(told: str, code: str, status: str, instructions: str | None) -> tuple[str, str]:
    """Kind and reason."""
    if status == "lost":
        return "lost", "lost"
    if told == "RT" or (told == "DL" and status == "rto"):
        return "returned", "returned"
    if told == "DL" or code == _DELIVERED:
        return "delivered", "delivered"
    if told == "UD" and code in _FAILED:
        reason = reasons.from_words(instructions)
        reason = "attempt_failed" if reason == "unknown" else reason
        return reasons.kind_of_failure(reason), reason
    if told == "UD" and code.startswith("EOD-"):
        return "warning", "unknown"
    return "progress", "on_the_way" if told in _KNOWN_TYPES else "unknown"
