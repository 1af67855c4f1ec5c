"""The one table of reasons: every courier's codes end here.

A reason says whose side it lies on (`fault`), what a customer may be told about it
(`plain`: facts, no blame) and which kind of event it is when the courier says no more than
"failed". A code that is not in an adapter's table becomes `unknown`; the courier's own
code and words stay on the event.
"""

from __future__ import annotations

from dataclasses import dataclass

KINDS = (
    "failed",
    "refused",
    "returned",
    "lost",
    "damaged",
    "delivered",
    "warning",
    "progress",
)
OPENING = KINDS[:5]
"""The kinds that open a case."""

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
    Reason("payment_due", "failed", "recipient", "A payment due on delivery was not made."),
    Reason("identification_failed", "failed", "recipient", "A signature or proof was missing."),
    Reason("refused", "refused", "recipient", "The parcel was not accepted at the door."),
    Reason("locker_unsuitable", "failed", "courier", "The parcel did not fit into the locker."),
    Reason("to_pickup_point", "failed", "unknown", "The parcel goes to a pickup point instead."),
    Reason("attempt_failed", "failed", "unknown", "The delivery was tried and did not succeed."),
    Reason("undeliverable", "failed", "unknown", "The parcel could not be delivered."),
    # On the courier's or the shipper's side.
    Reason("courier_problem", "failed", "courier", "Something went wrong on the way to you."),
    Reason("cancelled", "failed", "unknown", "The delivery was cancelled."),
    Reason("prohibited", "failed", "shipper", "The contents cannot be carried this way."),
    Reason("lost", "lost", "courier", "The parcel cannot be found."),
    Reason("destroyed", "lost", "courier", "The parcel no longer exists."),
    Reason("damaged", "damaged", "courier", "The parcel was damaged on the way."),
    Reason("returned", "returned", "unknown", "The parcel is going back to the sender."),
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
    Reason("ready_for_pickup", "warning", "unknown", "The parcel is ready to be collected."),
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
    "delivered": "delivered",
    "warning": "delayed",
    "progress": "on_the_way",
}

_PHRASES = (
    ("return to sender", "returned"),
    ("returned to sender", "returned"),
    ("returned to the sender", "returned"),
    ("returned to shipper", "returned"),
    ("back to the sender", "returned"),
    ("refused", "refused"),
    ("rejected", "refused"),
    ("not accepted", "refused"),
    ("damaged", "damaged"),
    ("has been lost", "lost"),
    ("parcel lost", "lost"),
    ("shipment lost", "lost"),
    ("destroyed", "destroyed"),
    ("disposed of", "destroyed"),
    ("weather", "weather_delay"),
    ("customs", "customs_hold"),
    ("duties", "duties_unpaid"),
    ("not collected", "not_collected"),
    ("incomplete address", "address_incorrect"),
    ("address incomplete", "address_incorrect"),
    ("address is incomplete", "address_incorrect"),
    ("incorrect address", "address_incorrect"),
    ("address incorrect", "address_incorrect"),
    ("address is incorrect", "address_incorrect"),
    ("wrong address", "address_incorrect"),
    ("bad address", "address_incorrect"),
    ("address not found", "address_not_found"),
    ("find address", "address_not_found"),
    ("moved", "moved"),
    ("shifted", "moved"),
    ("business closed", "business_closed"),
    ("office closed", "business_closed"),
    ("shop closed", "business_closed"),
    ("premises closed", "business_closed"),
    ("was closed", "business_closed"),
    ("no access", "access_restricted"),
    ("cannot access", "access_restricted"),
    ("entry restricted", "access_restricted"),
    ("payment", "payment_due"),
    ("not at home", "recipient_unavailable"),
    ("not home", "recipient_unavailable"),
    ("nobody", "recipient_unavailable"),
    ("no one", "recipient_unavailable"),
    ("unavailable", "recipient_unavailable"),
    ("not available", "recipient_unavailable"),
    ("absent", "recipient_unavailable"),
    ("not reachable", "recipient_unavailable"),
    ("not responding", "recipient_unavailable"),
    ("not attempted", "courier_problem"),
    ("attempt", "attempt_failed"),
)
"""Phrases that decide, first match first, when a courier has said "failed" and nothing else
that a program can read. Nothing that might merely stand beside another fact is listed."""

_SPECIAL = frozenset({"refused", "returned", "lost", "damaged"})


def fault(code: str) -> str:
    """Whose side the reason lies on; `unknown` for a code that is not in the table."""
    reason = REASONS.get(code)
    return reason.fault if reason else "unknown"


def usual(kind: str) -> str:
    """The reason to give when the courier names the kind and nothing else."""
    return _USUAL[kind]


def from_words(*texts: str | None) -> str:
    """The reason of a failure that only people were told about; `unknown` if none stands out."""
    told = " ".join(filter(None, texts)).lower()
    return next((reason for phrase, reason in _PHRASES if phrase in told), "unknown")


def kind_of_failure(code: str) -> str:
    """The kind of an event that the courier calls failed for this reason.

    A refusal, a return, damage and loss are kinds of their own, because another chain
    follows: nobody is offered a redelivery of a lost parcel.
    """
    kind = REASONS[code].kind
    return kind if kind in _SPECIAL else "failed"
