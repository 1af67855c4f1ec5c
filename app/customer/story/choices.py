"""What was booked, changed, cancelled or corrected, in words, and who did it."""

from __future__ import annotations

from app.cases import speech
from app.cases.model import Case
from app.cases.timeline import facts as t
from app.cases.timeline.kinds import Actor
from app.languages.language import mark
from app.theme.times import When

CORRECTED = {
    False: {
        "you": mark("You corrected the directions for the driver."),
        "we": mark("We corrected the directions for the driver."),
        "depot": mark("The depot corrected the directions for the driver."),
    },
    True: {
        "you": mark("You corrected the address."),
        "we": mark("We corrected the address."),
        "depot": mark("The depot corrected the address."),
    },
}


BOOKED = {
    "you": mark("You booked {what}."),
    "we": mark("We booked {what}."),
    "depot": mark("The depot booked {what}."),
}
ASKED_FOR = {
    "you": mark("You asked for {what}."),
    "we": mark("We asked for {what}."),
    "depot": mark("The depot asked for {what}."),
}
CANCELLED = {
    "you": mark("You cancelled {what}."),
    "we": mark("We cancelled {what}."),
    "depot": mark("The depot cancelled {what}."),
}
CHANGED = {
    "you": mark("You changed to {what}."),
    "we": mark("We changed to {what}."),
    "depot": mark("The depot changed to {what}."),
}
ASKED_TO_CHANGE = {
    "you": mark("You asked to change to {what}."),
    "we": mark("We asked to change to {what}."),
    "depot": mark("The depot asked to change to {what}."),
}
"""Who did it, by `who`."""


def who(actor: str) -> str:
    """Whom the customer takes it to be done by."""
    match actor:
        case Actor.CUSTOMER:
            return "you"
        case Actor.POLICY | Actor.REKNOCK:
            return "we"
        case _:
            return "depot"


def booked(case: Case, booking: t.Booking, when: When) -> str:
    """What was booked, in words."""
    say = speech.about(case)
    if not booking.starts_at or not booking.ends_at:
        return say("a new time")
    if booking.kind == "return":
        return say("the return to {shipper}")
    what = when.window_on(booking.starts_at, booking.ends_at)
    match booking.leaving:
        case "neighbour":
            return say("{what}, with a neighbour", what=what)
        case "address":
            return say("{what}, at another address", what=what)
        case "safe_place":
            return say("{what}, in a safe place", what=what)
    return f"{booking.place}, {what}" if booking.kind == "pickup" else what
