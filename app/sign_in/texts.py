"""What is said to somebody who signs in."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple
from urllib.parse import urlsplit

from app.access import links
from app.languages.language import Language, mark
from app.languages.sentence import sentence, sentences
from app.sign_in.rules import GOOD_FOR
from app.theme.times import within

_MINUTES = int(GOOD_FOR.total_seconds() // 60)


class Said(NamedTuple):
    """A message in words."""

    subject: str
    text: str


def code(language: Language, code: str, how: str) -> Said:
    """The message with the code; a text message ends as phones fill in codes for one site only."""
    text = language.say(
        "{code} is your Reknock sign-in code, good for {minutes} minutes in the browser that "
        "asked. Not you? Then ignore it.",
        code=code,
        minutes=_MINUTES,
    )
    place = urlsplit(links.at("/"))
    if how == "sms" and place.scheme == "https":
        text += f"\n\n@{place.hostname} #{code}"
    return Said(language.say("{code} is your sign-in code", code=code), text)


def too_many(wait: timedelta) -> str:
    """Why no further code is sent, and until when."""
    return sentence(
        "Several codes were asked for this number or address already. The last one works for "
        "{minutes} minutes; you can ask for another in {wait}.",
        minutes=_MINUTES,
        wait=lambda language: within(wait, language),
    )


def nobody(email: str) -> str:
    """What is said to somebody whom their company knows and we do not."""
    if not email:
        return mark(
            "Your company’s sign-in names no verified e-mail address, and by that we know people. "
            "Please sign in with a code."
        )
    return sentence(
        "Nobody here has the address {email}. An admin can add you with it.", email=email
    )


NEITHER = mark(
    "Please write your e-mail address, or your mobile number with at least seven digits."
)
OVER = mark("This code is no longer good. Please ask for a new one.")
FORMAT = mark("A code has six digits. Please look again at the newest message.")


def wrong(left: int) -> str:
    """What is said to a wrong code."""
    if not left:
        return mark("That is not the code, and it was the last try. Please ask for a new one.")
    return sentences(
        "That is not the code. Please look at the newest message; you have one more try.",
        "That is not the code. Please look at the newest message; you have {number} more tries.",
        left,
    )
