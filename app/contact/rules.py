"""How a person can be reached, and until when they can choose. Pure decisions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from app.cases.model import Case, Contact
from app.locality import quiet
from app.shipments.reachable import Number, best, check_email, check_number

_LEAST = timedelta(hours=1)
_TELLS = timedelta(minutes=30)
"""Before a night: what was chosen for somebody is told, and certain, the same evening."""


def choose_by(
    case: Case,
    now: datetime,
    within: timedelta,
    margin: timedelta,
    night: Mapping[str, Any] | None = None,
) -> datetime:
    """Until when the customer can choose before the policy chooses for them.

    Early enough for the courier's return deadline, but never less than an hour from now; and
    while the courier still takes wishes before it acts by itself, with time left to tell it; in
    the evening, early enough to hear then what was chosen, rather than at `night` (the quiet
    hours of a policy). Where there is nothing to choose, nobody waits for it.
    """
    if not case.deliverable:
        return now
    latest = now + within
    if case.return_by is not None:
        latest = min(latest, case.return_by - margin)
    latest = max(latest, now + _LEAST)
    evening = quiet.since(latest, case.quiet_hours(night))
    if evening is not None and evening - _TELLS >= now + _LEAST:
        latest = evening - _TELLS
    if case.change_by is not None and case.change_by > now:
        latest = min(latest, case.change_by - (case.change_by - now) / 4)
    return latest


def choose(
    phones: Sequence[str],
    emails: Sequence[str],
    country: str,
    not_theirs: Sequence[str] = (),
    *,
    calls: bool = False,
    landlines: Collection[str] = (),
) -> Contact:
    """The first number that a text message reaches and the first usable e-mail address.

    What is `not_theirs` is left out, however it is written this time. `landlines` are numbers that
    a carrier said this of.

    When there is no such number, `line` and `fault` tell of the first that can be called, else of
    the first. With `calls` a landline is called by us.
    """
    good = (check_email(text) for text in emails)
    email = next((address for address in good if address and address not in not_theirs), None)
    numbers = [check_number(text, country) for text in phones]
    numbers = [number for number in numbers if number.e164 not in not_theirs]
    if not numbers and not_theirs:
        return Contact(None, None, email, "not_theirs")
    numbers = [_told(number, landlines) for number in numbers]
    number = best(numbers or [check_number("", country)])
    phone = None if number.fault else number.e164
    landline = number.line == "fixed" and number.fault == "no_text_messages"
    call = number.e164 if calls and landline else None
    return Contact(phone, number.line, email, number.fault, call)


def _told(number: Number, landlines: Collection[str]) -> Number:
    known = number.fault is None and number.e164 in landlines
    return number._replace(line="fixed", fault="no_text_messages") if known else number
