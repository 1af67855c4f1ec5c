"""The one table of reasons: every courier's codes end here.

A reason says whose side it lies on (`fault`) and which kind of event it is when the courier says
no more than "failed". What the customer reads of it stands in `customer/reasons.py`. A code that is
not in an adapter's table becomes `unknown`; the courier's own code and words stay on the event.
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


_TABLE = (
    # Nobody to hand it to.
    Reason("recipient_unavailable", "failed", "recipient"),
    Reason("business_closed", "failed", "recipient"),
    Reason("not_collected", "failed", "recipient"),
    Reason("moved", "failed", "recipient"),
    # The way to the door.
    Reason("address_incorrect", "failed", "recipient"),
    Reason("address_not_found", "failed", "courier"),
    Reason("unable_to_locate", "failed", "unknown"),
    Reason("access_restricted", "failed", "recipient"),
    Reason("out_of_area", "failed", "courier"),
    # At the door.
    Reason("payment_due", "failed", "shipper"),
    Reason("identification_failed", "failed", "recipient"),
    Reason("refused", "refused", "recipient"),
    Reason("locker_unsuitable", "failed", "courier"),
    Reason("to_pickup_point", "held", "unknown"),
    Reason("ready_for_pickup", "held", "unknown"),
    Reason("phone_missing", "failed", "shipper"),
    Reason("attempt_failed", "failed", "unknown"),
    Reason("undeliverable", "failed", "unknown"),
    # On the courier's or the shipper's side.
    Reason("not_attempted", "failed", "courier"),
    Reason("courier_problem", "failed", "courier"),
    Reason("cancelled", "failed", "unknown"),
    Reason("prohibited", "failed", "shipper"),
    Reason("lost", "lost", "courier"),
    Reason("destroyed", "lost", "courier"),
    Reason("damaged", "damaged", "courier"),
    Reason("returned", "returned", "unknown"),
    Reason("returned_to_sender", "returned", "unknown"),
    # Customs.
    Reason("duties_unpaid", "failed", "customs"),
    Reason("documents_missing", "failed", "customs"),
    Reason("customs_hold", "warning", "customs"),
    # Waiting.
    Reason("weather_delay", "warning", "weather"),
    Reason("delayed", "warning", "courier"),
    Reason("rescheduled", "warning", "unknown"),
    Reason("held", "warning", "unknown"),
    Reason("pickup_failed", "warning", "shipper"),
    Reason("return_parcel", "warning", "unknown"),
    # No trouble.
    Reason("on_the_way", "progress", "unknown"),
    Reason("delivered", "delivered", "unknown"),
    # A code we have not met.
    Reason("unknown", "progress", "unknown"),
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
_NO_NEWS = frozenset({"unknown", "on_the_way"})
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


def judge(  # noqa: PLR0911 - one per kind
    kind: str, reason: str, *texts: str | None
) -> tuple[str, str]:
    """Kind and reason once the courier's words have been heard beside its codes.

    A code that names a cause stands. Where it says no more than that something failed, the words
    decide; and they tell a delivery to the customer from one back to the sender. News on the way
    whose words say that it failed, or waits to be collected, is what its words say; of a status
    that nobody knows, only that it waits.
    """
    if kind == "delivered":
        back = words.to_sender(" ".join(filter(None, texts)))
        return ("returned", "returned_to_sender") if back else (kind, reason)
    if kind == "progress" and reason in _NO_NEWS:
        heard = told_on_the_way(*texts) or (kind, reason)
        return heard if reason == "on_the_way" or heard[0] == "held" else (kind, reason)
    unsaid = (kind, reason) == ("warning", "unknown")
    if (kind not in OPENING and not unsaid) or reason not in _VAGUE:
        return kind, reason
    told = " ".join(filter(None, texts))
    if kind == "returned" or words.goes_back(told):
        return "returned", _because(told)
    why = words.reason(told)
    if why is None or why in _VAGUE:
        return kind, reason
    if unsaid and (REASONS[why].kind not in OPENING or why in _IN_TRANSIT):
        return kind, why if REASONS[why].kind == "warning" else reason
    return (kind_of_failure(why) if kind in {"failed", "warning"} else kind), why


def of_exception(why: str, usual_reason: str, *texts: str | None) -> tuple[str, str]:
    """Kind and reason of what a courier calls an exception: a failed delivery, or a mere warning.

    `why` is what its codes say; where they say nothing, its words decide, and else it is
    `usual_reason`.
    """
    if why == "unknown":
        kind, why = judge("warning", "unknown", *texts)
        return kind, usual_reason if why == "unknown" else why
    if REASONS[why].kind not in OPENING or why in _IN_TRANSIT | _VAGUE:
        return "warning", why
    return kind_of_failure(why), why


def told_on_the_way(*texts: str | None) -> tuple[str, str] | None:
    """Kind and reason of what only the words of news on the way tell; None if they tell nothing."""
    told = " ".join(filter(None, texts))
    why = words.happened(told)
    if why is None or REASONS[why].kind not in OPENING:
        return None
    if words.goes_back(told):
        return "returned", _because(told)
    return kind_of_failure(why), why


def _because(told: str) -> str:
    """Why a parcel goes back, as far as the words know."""
    because = words.cause(told)
    return because if because and because not in _VAGUE | phrases.HELD else "returned"
