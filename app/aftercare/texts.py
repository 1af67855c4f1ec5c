"""What the customer reads when it is over."""

from __future__ import annotations

from markupsafe import escape

from app.cases import speech
from app.cases.model import Case, Resolution
from app.channels import shipper
from app.customer.parts import SCORES, RenderedMessage
from app.languages.language import mark
from app.languages.said import joined


def survey(case: Case, url: str, *, again: bool) -> RenderedMessage:
    """One question, one link."""
    say = speech.about(case)
    back = case.resolution is None or not case.resolution.arrived
    if back:  # nobody is asked how a delivery was that never came
        ended, subject = _BACK, mark("Your {shipper} parcel went back. How did we look after you?")
        ask = mark("How did we look after you? From 1 to 5: {url}")
    elif case.resolution is Resolution.COLLECTED:
        ended, subject = _COLLECTED, mark("You have your {shipper} parcel. How did we do?")
        ask = mark("How did we do? From 1 to 5: {url}")
    else:
        ended, subject = _ARRIVED, mark("Your {shipper} parcel has arrived. How did we do?")
        ask = mark("How did we do? From 1 to 5: {url}")
    if again:
        ask = mark("We'd still like to know: how did we do? From 1 to 5: {url}")
    free = say("No need to answer if you'd rather not.")
    return RenderedMessage(say(subject), joined(say(ended), say(ask, url=url), free))


_ARRIVED = mark("Your {shipper} parcel has arrived.")
_COLLECTED = mark("You have your {shipper} parcel.")
_BACK = mark("Your {shipper} parcel went back to the sender.")


def by_number(case: Case) -> str:
    """How a text message is answered."""
    say = speech.about(case)
    return say("Or just reply with a number from 1 to 5.")


def stars(case: Case, url: str) -> str:
    """One link for each answer, in HTML: it picks, and a press on the page confirms.

    What opens every link of a mail, as scanners do, has rated nothing.
    """
    say = speech.about(case)
    links = " &nbsp; ".join(
        f'<a href="{escape(url)}?stars={score}" title="{escape(say(name))}">{score} ★</a>'
        for score, name in enumerate(SCORES, 1)
    )
    return f'<p style="font-size:20px">{links}</p>'


def thanks(case: Case, url: str) -> RenderedMessage:
    """Thanks for a good answer; it asks no further question.

    With a `url`, they are invited to recommend the shipper there.
    """
    say = speech.about(case)
    thanked = mark(
        "Thank you! It’s good to know that we looked after you. Nothing more to do. {shipper}"
    )
    if case.resolution and case.resolution.arrived:
        thanked = mark(
            "Thank you! It’s good to know it went well in the end. Nothing more to do. {shipper}"
        )
    invited = [say("If you like, tell others about us: {url}", url=url)] if url else []
    return RenderedMessage(say("Thank you from {shipper}"), joined(say(thanked), *invited))


def good_now(case: Case, url: str) -> RenderedMessage:
    """Whether it was made good; asked once."""
    say = speech.about(case)
    subject = say("Is everything good now with your {shipper} parcel?")
    answer = say("Yes or no, with one press: {url}", url=url)
    free = say("No need to answer if you'd rather not.")
    return RenderedMessage(subject, joined(subject, answer, free))


def back(case: Case, url: str, *, told: bool, known: bool) -> shipper.Mail:
    """To the shipper: it is back, and whether its customer was `told`, or has a `known` address."""
    say, parcel = shipper.language(case.shipper).say, case.parcel.label
    if told:
        knows = say("Your customer was told.")
    elif known:
        knows = say("We could not reach your customer: they want no messages from us.")
    else:
        knows = say("We could not reach your customer: no usable number or address.")
    brought = say("The courier brought the parcel {parcel} back to you.", parcel=parcel)
    text = " ".join((brought, knows, say("All we know: {url}", url=url)))
    return shipper.Mail(say("Back at the sender: {parcel}", parcel=parcel), text)
