"""What a customer hears in a call: words, then the keys, each with what it stands for."""

from __future__ import annotations

from collections.abc import Sequence

from app import clock
from app.booking.service import Slot
from app.cases import speech
from app.cases.model import Case
from app.channels import heard
from app.channels.heard import Asks
from app.customer.wanted import texts as wanted
from app.languages.language import Language
from app.languages.said import joined

AGAIN, PERSON, STOP = "9", "0", "8"


def call(case: Case, words: str, slots: Sequence[Slot]) -> str:
    """All of a call: who calls, what there is to say, and the keys."""
    say = speech.about(case)
    hello = say("Hello, this is an automated call from {depot} for {shipper}.")
    return joined(hello, words, menu(case, slots))


def menu(case: Case, slots: Sequence[Slot]) -> str:
    """The keys: one for each of the first times, then to hear it again or to speak to someone."""
    say = speech.about(case)
    times = [
        say("For {window}, press {key}.", window=window(speech.of(case), slot, case.zone), key=key)
        for key, slot in enumerate(slots, 1)
    ]
    rest = say(
        "To hear this again, press {again}. To speak to someone, press {person}.",
        again=AGAIN,
        person=PERSON,
    )
    stop = say("To get no more of these calls, press {key}.", key=STOP)
    return joined(*times, rest, stop)


def window(language: Language, slot: Slot, zone: str) -> str:
    """A time as an ear takes it in: `Friday 27 November between 09:30 and 12:00`."""
    start, end = clock.local(slot.starts_at, zone), clock.local(slot.ends_at, zone)
    return language.say(
        "{day} between {start} and {end}",
        day=language.date(start, "date"),
        start=language.date(start, "time"),
        end=language.date(end, "time"),
    )


def asks(case: Case, words: str) -> Asks:
    """Words after which a key is waited for."""
    language = speech.of(case)
    made = Asks(words, language.say("We did not hear a key, so nothing was changed. Goodbye."))
    heard.spoken(made, language)
    return made


def wrong_key(case: Case, slots: Sequence[Slot]) -> Asks:
    """A key that stands for nothing."""
    nothing = speech.of(case).say("That key does nothing here.")
    return asks(case, joined(nothing, menu(case, slots)))


def stopped(case: Case, *, together: bool) -> str:
    """No more calls, as they asked by a key; and no more text messages where law says so."""
    ends = wanted.ends(case, "voice", together=together)
    return joined(ends, speech.of(case).say("Goodbye."))


def over(case: Case) -> str:
    """Why there is nothing left to choose."""
    say = speech.about(case)
    if case.arrived:
        return say("Your {shipper} parcel {parcel} was delivered. Nothing more to do.")
    if case.closed:
        return say("There’s nothing left to do here: this is settled.")
    return say("This call is no longer current: there is newer news of your parcel.")
