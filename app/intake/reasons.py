"""The one table of reasons: every courier's codes end here.

A reason says whose side it lies on (`fault`), what a customer may be told about it
(`plain`: facts, no blame) and which kind of event it is when the courier says no more than
"failed". A code that is not in an adapter's table becomes `unknown`; the courier's own
code and words stay on the event.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.intake import phrases, words

KINDS = (
    "failed",
    "refused",
    "returned",
    "lost",
    "damaged",
    "held",
    "delivered",
    "warning",
    "progress",
)
OPENING = KINDS[:6]
"""The kinds that open a case. `held`: the parcel waits where the customer can collect it."""

FAULTS = ("courier", "recipient", "shipper", "customs", "weather", "unknown")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a delivery is where it is."""

    code: str
    kind: str
    fault: str
    plain: str


_TABLE = (
    # Nobody to hand it to.
    Reason("recipient_unavailable", "failed", "recipient", "Nobody could take the parcel in."),
    Reason("business_closed", "failed", "recipient", "The business was closed at the time."),
    Reason("not_collected", "failed", "recipient", "The parcel was not collected in time."),
    Reason("moved", "failed", "recipient", "The recipient no longer lives at this address."),
    # The way to the door.
    Reason("address_incorrect", "failed", "recipient", "The address is incomplete or has changed."),
    Reason("address_not_found", "failed", "courier", "The driver did not find the address."),
    Reason("unable_to_locate", "failed", "unknown", "The driver did not find the recipient."),
    Reason("access_restricted", "failed", "recipient", "The driver could not get to the door."),
    Reason("out_of_area", "failed", "courier", "This address is outside the delivery area."),
    # At the door.
    Reason("payment_due", "failed", "shipper", "A payment due on delivery was not made."),
    Reason("identification_failed", "failed", "recipient", "A signature or proof was missing."),
    Reason("refused", "refused", "recipient", "The parcel was not accepted at the door."),
    Reason("locker_unsuitable", "failed", "courier", "The parcel did not fit into the locker."),
    Reason("to_pickup_point", "held", "unknown", "The parcel goes to a pickup point instead."),
    Reason("ready_for_pickup", "held", "unknown", "The parcel is ready to be collected."),
    Reason("phone_missing", "failed", "shipper", "The courier has no phone number to call."),
    Reason("attempt_failed", "failed", "unknown", "The delivery was tried and did not succeed."),
    Reason("undeliverable", "failed", "unknown", "The parcel could not be delivered."),
    # On the courier's or the shipper's side.
    Reason("not_attempted", "failed", "courier", "The delivery was not tried as planned."),
    Reason("courier_problem", "failed", "courier", "Something went wrong on the way to you."),
    Reason("cancelled", "failed", "unknown", "The delivery was cancelled."),
    Reason("prohibited", "failed", "shipper", "The contents cannot be carried this way."),
    Reason("lost", "lost", "courier", "The parcel cannot be found."),
    Reason("destroyed", "lost", "courier", "The parcel no longer exists."),
    Reason("damaged", "damaged", "courier", "The parcel was damaged on the way."),
    Reason("returned", "returned", "unknown", "The parcel is going back to the sender."),
    Reason("returned_to_sender", "returned", "unknown", "The parcel is back at the sender."),
    # Customs.
    Reason("duties_unpaid", "failed", "customs", "Duties or taxes are still to be paid."),
    Reason("documents_missing", "failed", "customs", "Customs needs a document."),
    Reason("customs_hold", "warning", "customs", "The parcel is being cleared by customs."),
    # Waiting.
    Reason("weather_delay", "warning", "weather", "Weather holds the parcel up."),
    Reason("delayed", "warning", "courier", "The parcel is later than planned."),
    Reason("rescheduled", "warning", "unknown", "The delivery has a new date."),
    Reason("held", "warning", "unknown", "The parcel is waiting at the courier."),
    Reason("pickup_failed", "warning", "shipper", "The courier could not collect the parcel yet."),
    Reason("return_parcel", "warning", "unknown", "The parcel is a return to the shop."),
    # No trouble.
    Reason("on_the_way", "progress", "unknown", "The parcel is on its way."),
    Reason("delivered", "delivered", "unknown", "The parcel was delivered."),
    # A code we have not met.
    Reason("unknown", "progress", "unknown", "The courier gave no further reason."),
)

REASONS = {reason.code: reason for reason in _TABLE}

_USUAL = {
    "failed": "attempt_failed",
    "refused": "refused",
    "returned": "returned",
    "lost": "lost",
    "damaged": "damaged",
    "held": "ready_for_pickup",
    "delivered": "delivered",
    "warning": "delayed",
    "progress": "on_the_way",
}

_SPECIAL = frozenset({"refused", "returned", "lost", "damaged", "held"})
_VAGUE = frozenset({"unknown", "attempt_failed", "undeliverable", "cancelled", "returned"})
"""What a code says that names no cause: the words may know more."""
_IN_TRANSIT = frozenset({"courier_problem", "not_attempted", "out_of_area", "prohibited"})
"""Troubles on the way: without a code that says failed, they are no failed delivery."""


def fault(code: str) -> str:
    """Whose side the reason lies on; `unknown` for a code that is not in the table."""
    reason = REASONS.get(code)
    return reason.fault if reason else "unknown"


def usual(kind: str) -> str:
    """The reason to give when the courier names the kind and nothing else."""
    return _USUAL[kind]


def from_words(*texts: str | None) -> str:
    """The reason of a failure that only people were told about; `unknown` if none stands out."""
    return words.reason(" ".join(filter(None, texts))) or "unknown"


def kind_of_failure(code: str) -> str:
    """The kind of an event that the courier calls failed for this reason.

    A refusal, a return, damage, loss and a parcel that waits to be collected are kinds of their
    own, because another chain follows: nobody is offered a redelivery of a lost parcel.
    """
    kind = REASONS[code].kind
    return kind if kind in _SPECIAL else "failed"


def judge(kind: str, reason: str, *texts: str | None) -> tuple[str, str]:
    """Kind and reason once the courier's words have been heard beside its codes.

    A code that names a cause stands. Where it says no more than that something failed, the words
    decide; and they tell a delivery to the customer from one back to the sender.
    """
    if kind == "delivered":
        back = words.to_sender(" ".join(filter(None, texts)))
        return ("returned", "returned_to_sender") if back else (kind, reason)
    unsaid = (kind, reason) == ("warning", "unknown")
    if (kind not in OPENING and not unsaid) or reason not in _VAGUE:
        return kind, reason
    told = " ".join(filter(None, texts))
    why = words.reason(told) if kind != "returned" else "returned"
    if why is None or why in _VAGUE - {"returned"}:
        return kind, reason
    if why == "returned":
        because = words.cause(told)
        return why, because if because and because not in _VAGUE | phrases.HELD else why
    if unsaid and (REASONS[why].kind not in OPENING or why in _IN_TRANSIT):
        return kind, why if REASONS[why].kind == "warning" else reason
    return (kind_of_failure(why) if kind in {"failed", "warning"} else kind), why
