"""What a customer reads who refused messages, took that back, or asked what this is."""

from __future__ import annotations

from app.cases import speech
from app.cases.model import Case
from app.customer.parts import RenderedMessage, reach
from app.languages.language import mark
from app.languages.said import Said, joined

_NO_MORE = {
    "sms": mark("You won’t get any more text messages about your {shipper} parcel {parcel}."),
    "whatsapp": mark(
        "You won’t get any more WhatsApp messages about your {shipper} parcel {parcel}."
    ),
    "email": mark("You won’t get any more e-mails about your {shipper} parcel {parcel}."),
    "voice": mark("We won’t call you any more about your {shipper} parcel {parcel}."),
}
_TEXTS_AND_CALLS = mark(
    "You won’t get any more text messages or calls about your {shipper} parcel {parcel}."
)


def ends(case: Case, channel: str, *, together: bool) -> Said:
    """What ends by a refusal; `together`: texts as well as calls."""
    return speech.about(case)(
        _TEXTS_AND_CALLS if together else _NO_MORE.get(channel, _NO_MORE["sms"])
    )


def confirmed(case: Case, channel: str, url: str, *, together: bool) -> RenderedMessage:
    """The one message after a refusal: what ends, what stays, how to take it back."""
    say = speech.about(case)
    stays = say("Your page always shows where it is: {url}", url=url)
    back = say("To get messages again, write START.")
    subject = say("No more messages about your {shipper} parcel {parcel}")
    return RenderedMessage(subject, joined(ends(case, channel, together=together), stays, back))


def again(case: Case, url: str) -> RenderedMessage:
    """They want messages again."""
    say = speech.about(case)
    text = say("You’ll get messages about your {shipper} parcel {parcel} again.")
    end = say("To end them, write STOP.")
    subject = say("Messages about your {shipper} parcel {parcel}")
    return RenderedMessage(subject, joined(text, url, end))


def what_this_is(case: Case, url: str) -> RenderedMessage:
    """The answer to "help": who writes, about what, where everything stands, and how to end it."""
    say = speech.about(case)
    text = say("We’re writing for {shipper} about your parcel {parcel}, until you have it.")
    page = say("Where it is and what you can choose: {url}", url=url)
    end = say("To end the messages, write STOP.")
    subject = say("Messages about your {shipper} parcel {parcel}")
    return RenderedMessage(subject, joined(text, page, reach(case), end))
