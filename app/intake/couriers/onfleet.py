"""Onfleet.

| fact         | value                                                                        |
| ------------ | ---------------------------------------------------------------------------- |
| header       | `X-Onfleet-Signature`: lower-case hex                                        |
| algorithm    | HMAC-SHA512, key = the hex-decoded secret                                    |
| signed       | the raw body; no timestamp                                                   |
| event key    | triggerId:taskId:time                                                        |
| fails        | triggerId 4, or 3 with completionDetails.success = false                     |
| time         | epoch milliseconds, UTC                                                      |
| contact      | recipients[0], destination.address                                           |
| config       | –                                                                            |
| unverified   | the list of failureReason values is open: only UNABLE_TO_LOCATE was seen,    |
|              | `NONE` means none; other values are matched by their words, or `unknown`     |

A failed pickup task is no failed delivery: it is a warning. Onfleet sends any non-200 again
every 30 minutes for a day, and `GET ?check=x` must be echoed when the hook is registered.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.intake import reasons, signatures
from app.intake.couriers._place import address
from app.intake.couriers._shape import (
    Anything,
    Link,
    Name,
    Rows,
    Shape,
    Text,
    Whole,
    clean,
    event_key,
    moment,
    words,
)
from app.intake.event import Account, Event, Incoming, Unreadable

KEY_FORM = "hex"
HEADERS: tuple[str, ...] = ()
CHALLENGE = "check"

_HEADER = "X-Onfleet-Signature"
_COMPLETED, _FAILED, _DELAYED = 3, 4, 12
_KNOWN_TRIGGERS = frozenset(range(20))

_REASONS = {"UNABLE_TO_LOCATE": "unable_to_locate", "NONE": "attempt_failed"}
_ORDER_NAMES = frozenset({"order", "orderid", "orderref", "orderreference", "ordernumber"})


class _Task(Shape):
    trigger = Whole("triggerId", required=True)
    trigger_name = Text("triggerName")
    task = Text("taskId")
    time = Whole("time", required=True)
    short_id = Text("data.task.shortId")
    link = Link("data.task.trackingURL")
    pickup = Anything("data.task.pickupTask")
    success = Anything("data.task.completionDetails.success")
    failure = Text("data.task.completionDetails.failureReason")
    failure_notes = Text("data.task.completionDetails.failureNotes", limit=500)
    notes = Text("data.task.completionDetails.notes", limit=500)
    completed = Whole("data.task.completionDetails.time")
    name = Name("data.task.recipients.0.name")
    phone = Text("data.task.recipients.0.phone", limit=40)
    place = Anything("data.task.destination.address")
    metadata = Rows("data.task.metadata")


_TASK = _Task()


def verify(account: Account, incoming: Incoming) -> None:
    """Check X-Onfleet-Signature over the raw body."""
    signatures.check_hmac(account, incoming, _HEADER, algorithm="sha512", key=bytes.fromhex)


def sign(account: Account, raw: bytes, at: datetime) -> dict[str, str]:  # noqa: ARG001 - no time is signed
    """The headers Onfleet sends."""
    return signatures.hmac_header(account, raw, _HEADER, algorithm="sha512", key=bytes.fromhex)


def translate(body: Any, account: Account, incoming: Incoming) -> list[Event]:  # noqa: ARG001
    """One event, or none when the message is about no task."""
    got = _TASK.read(body)
    task = got["task"]
    if task is None:  # a worker's duty and the like
        if got["trigger"] in {_COMPLETED, _FAILED}:
            raise Unreadable("taskId: missing though a task ended")
        return []
    kind, reason = _outcome(got)
    ended = kind in reasons.OPENING
    over = ended or kind == "delivered"
    occurred_at, raw_time = moment(got["completed"] if over else None, got["time"])
    return [
        Event(
            key=event_key(got["trigger"], task, got["time"]),
            kind=kind,
            tracking_number=got["short_id"] or task,
            courier_ref=task,
            order_ref=_order(got["metadata"]),
            reason=reason,
            code=got["failure"] if ended and got["failure"] else got["trigger_name"] or "",
            words=words(got["failure_notes"], got["notes"], got["failure"]) if ended else "",
            occurred_at=occurred_at,
            raw_time=raw_time,
            name=got["name"],
            phone=got["phone"],
            address=_address(got["place"]),
            tracking_url=got["link"],
        )
    ]


def _outcome(got: dict[str, Any]) -> tuple[str, str]:
    """Kind and reason."""
    trigger, success = got["trigger"], got["success"]
    if trigger == _FAILED or (trigger == _COMPLETED and success is False):
        if got["pickup"] is True:
            return "warning", "pickup_failed"
        code = got["failure"] or "NONE"
        reason = _REASONS.get(code, "unknown")
        return reasons.judge("failed", reason, code, got["failure_notes"], got["notes"])
    if trigger == _COMPLETED and success is True and got["pickup"] is not True:
        return "delivered", "delivered"
    if trigger == _DELAYED:
        return "warning", "delayed"
    return "progress", "on_the_way" if trigger in _KNOWN_TRIGGERS else "unknown"


def _order(metadata: list[dict[str, Any]]) -> str | None:
    """The order number a shipper put into the task's metadata."""
    for entry in metadata:
        name = clean(entry.get("name")) or ""
        if "".join(filter(str.isalnum, name)).lower() in _ORDER_NAMES:
            return clean(entry.get("value"))
    return None


def _address(place: object) -> dict[str, str | None] | None:
    if not isinstance(place, dict):
        return None
    number, street = clean(place.get("number")), clean(place.get("street"))
    name, apartment = clean(place.get("name")), clean(place.get("apartment"))
    return address(
        line1=" ".join(filter(None, (number, street))) or place.get("unparsed"),
        line2=", ".join(filter(None, (apartment, name))),
        city=place.get("city"),
        region=place.get("state"),
        postcode=place.get("postalCode"),
        country_of=place.get("country"),
    )
