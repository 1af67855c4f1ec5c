"""The sentences of the shipper's story that go by who did it or by a code: marked here."""

from __future__ import annotations

from typing import NamedTuple

from app.booking.missed import How
from app.cases.timeline.kinds import Actor
from app.decisions.model import Choice
from app.languages.language import mark


class By(NamedTuple):
    """What somebody did: said of the reader, and of anybody else."""

    you: str
    others: str


CONTACT = By(mark("You gave a new contact."), mark("{who} gave a new contact."))
ADDRESS = By(mark("You corrected the address."), mark("{who} corrected the address."))
DIRECTIONS = By(
    mark("You corrected the directions for the driver."),
    mark("{who} corrected the directions for the driver."),
)
OTHER_REFUSED = By(mark("You refused the other address."), mark("{who} refused the other address."))
BOOKED = By(mark("You booked {what}."), mark("{who} booked {what}."))
ASKED_FOR = By(mark("You asked for {what}."), mark("{who} asked for {what}."))
CANCELLED = By(mark("You cancelled what was booked."), mark("{who} cancelled what was booked."))
NOTED = By(mark("You made a note."), mark("{who} made a note."))
DECIDED: dict[str, By] = {
    Choice.REPLACEMENT: By(
        mark("You decided: a replacement was sent."),
        mark("{who} decided: a replacement was sent."),
    ),
    Choice.REFUND: By(
        mark("You decided: a refund was made."), mark("{who} decided: a refund was made.")
    ),
    Choice.SEND_AGAIN: By(
        mark("You decided: it is sent again."), mark("{who} decided: it is sent again.")
    ),
    Choice.CLOSE: By(mark("You decided: it was closed."), mark("{who} decided: it was closed.")),
}
GIVEN = {"credit": mark("a credit"), "voucher": mark("a voucher"), "refund": mark("the money back")}
NOT_KEPT = mark("The booked delivery did not happen.")
NOT_HAPPENED: dict[str, str] = {
    How.TRIED: mark("The courier came again and could not hand it over."),
    How.NOT_CONFIRMED: mark("Nobody had said yes to what was booked, and its time is over."),
    How.NOT_COLLECTED: mark("It was not picked up in time."),
    How.NOT_BACK: mark("The courier has not said that it is back with you."),
}
ACTORS: dict[str, str] = {
    Actor.CUSTOMER: mark("Your customer"),
    Actor.POLICY: "Reknock",
    Actor.REKNOCK: "Reknock",
    Actor.DISPATCHER: mark("The depot"),
}
ENDED = {
    "delivered": mark("Closed: delivered."),
    "collected": mark("Closed: collected."),
    "returned": mark("Closed: returned."),
    "returned_to_sender": mark("Closed: returned to sender."),
    "refunded": mark("Closed: refunded."),
    "replaced": mark("Closed: replaced."),
    "mistake": mark("Closed: a mistake."),
    "handed_to_shipper": mark("Closed: you settle it yourselves."),
    "old_news": mark("Closed: old news."),
}
