"""Who gets which gesture, and when. Pure decisions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from operator import itemgetter
from typing import Any, NamedTuple

from app.booking.missed import How
from app.cases.model import Case
from app.cases.timeline.facts import DisputeSettled, PromiseBroken
from app.cases.timeline.rows import Recorded
from app.gestures.model import Rules, Why
from app.promises.model import Promise

LONGEST_WAIT = timedelta(days=7)
"""What people expect grows after a week: whoever gets one unasked has it by then."""
_THEIRS = frozenset({"recipient"})
"""Whose fault earns nothing: the customer's own absence is no failure of the shipper's."""


class Not(StrEnum):
    """Why no gesture is made."""

    NO_RULES = "no_rules"
    THEIR_OWN = "their_own"
    NOT_FOR_THIS = "not_for_this"
    NOT_UNASKED = "not_unasked"
    OTHER_CURRENCY = "other_currency"
    NOTHING_LEFT_OF_IT = "nothing_left_of_it"
    ALREADY = "already"
    ENOUGH = "enough"
    NO_BUDGET = "no_budget"
    NO_CODE = "no_code"


class Facts(NamedTuple):
    """What a gesture is decided by."""

    why: Why
    reason: str
    fault: str
    first_order: bool | None
    value: int | None
    """What the order is worth, in the smallest unit of `currency`; None where nobody says."""
    currency: str | None
    broken_at: datetime | None = None
    """When a promise was first broken by no fault of theirs."""


class Granted(NamedTuple):
    """What may be given at most, and from when on."""

    amount: int
    at: datetime


def decide(  # noqa: PLR0911 - one per reason
    rules: Rules | None, facts: Facts, now: datetime
) -> Granted | Not:
    """What may be given, and when; budget and number are the store's to say.

    A first order gets it at once, and so does whoever complains; a regular customer otherwise a
    while later, within a week. What a person decides is bound by the same amounts.
    """
    if rules is None:
        return Not.NO_RULES
    if facts.fault in _THEIRS:
        return Not.THEIR_OWN
    if facts.reason in rules.not_for:
        return Not.NOT_FOR_THIS
    if not _unasked(rules, facts):
        return Not.NOT_UNASKED
    regular = facts.first_order is False
    amount = rules.regular if regular else rules.first
    if facts.value is not None:
        if facts.currency != rules.currency:
            return Not.OTHER_CURRENCY
        amount = min(amount, facts.value * rules.share // 100)
    if amount <= 0:
        return Not.NOTHING_LEFT_OF_IT
    waits = regular and facts.why is Why.PROMISE
    wait = min(timedelta(seconds=rules.regulars_after), LONGEST_WAIT)
    return Granted(amount, max(now, (facts.broken_at or now) + wait) if waits else now)


def _unasked(rules: Rules, facts: Facts) -> bool:
    """Whether it may be made without anybody deciding it, or somebody did.

    Whoever complains of a broken promise does not wait for what they would get of it anyway.
    """
    complains = facts.why is Why.RATING and facts.broken_at and Why.PROMISE in rules.unasked
    return facts.why is Why.PERSON or facts.why in rules.unasked or bool(complains)


def facts(case: Case, why: Why, timeline: Sequence[Recorded], broken: Sequence[Promise]) -> Facts:
    """What is known of a case: whose fault it was, by what happened last and is not disputed.

    An hour that was told and missed is of those who told it: also when a courier came after it, and
    nobody was there then.
    """
    fault, reason, broken_at = case.fault, case.reason, None
    happened: list[tuple[datetime, Any]] = [(entry.at, entry.facts) for entry in timeline]
    happened += [(one.settled_at, one) for one in broken if one.settled_at]
    for at, what in sorted(happened, key=itemgetter(0)):
        match what:
            case PromiseBroken(how=How.TRIED | How.NOT_COLLECTED):
                fault, reason, broken_at = "recipient", what.reason or reason, None
            case PromiseBroken():
                fault, reason, broken_at = "courier", what.reason or reason, broken_at or at
            case DisputeSettled(accepted=True):
                fault = "courier"
            case Promise():
                fault, broken_at = "depot", broken_at or at
    terms = case.parcel.terms
    return Facts(
        why,
        reason,
        fault,
        terms.get("first_order"),
        terms.get("value"),
        terms.get("currency"),
        broken_at,
    )
