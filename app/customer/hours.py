"""Hours as the customer reads them: in their language, on the clocks of the delivery's own place.

An hour that binds us is said from a `Promise`, and from nothing else.
"""

from __future__ import annotations

from datetime import datetime

from app import clock
from app.booking.service import Booking, BookingKind
from app.cases import speech
from app.cases.model import Case
from app.languages.language import Form, Language
from app.promises.service import Promise


def at(case: Case, moment: datetime, form: Form = "short") -> str:
    """`Tue 24 Nov, 15:00` on the clocks of the case's place, in the customer's language."""
    return _at(speech.of(case), moment, case.zone, form)


def hour(case: Case, promise: Promise) -> str:
    """The hour that we promise, as `Tue 24 Nov, 15:00`."""
    return at(case, promise.due_at)


def window(case: Case, booking: Booking, promise: Promise) -> str:
    """`Tue 24 Nov, 09:00-12:00`, or for a pickup `from … until …`; `promise` is the booking's.

    With a plain hyphen: one typographic character doubles the price of a text message.

    Raises:
        ValueError: something else was promised.
    """
    if promise.about != booking.id:
        raise ValueError("this booking's hour was not promised")
    if booking.kind is BookingKind.PICKUP:
        start, end = at(case, promise.due_at), at(case, booking.ends_at)
        return speech.of(case).say("from {start} until {end}", start=start, end=end)
    return span(speech.of(case), booking.starts_at, promise.due_at, case.zone)


def _at(language: Language, moment: datetime, zone: str, form: Form = "short") -> str:
    return language.date(clock.local(moment, zone), form)


def span(language: Language, start: datetime, end: datetime, zone: str) -> str:
    """`Tue 24 Nov, 09:00-12:00`."""
    from_, until = _at(language, start, zone), _at(language, end, zone, "time")
    return language.say("{start}-{end}", start=from_, end=until)


def often(case: Case, times: int) -> str:
    """`once`, `twice`, `3 times`."""
    language = speech.of(case)
    if times == 1:
        return language.say("once")
    return (
        language.say("twice")
        if times == 2
        else language.count("{number} time", "{number} times", times)
    )
