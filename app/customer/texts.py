"""What the customer reads. Factual, short, blames nobody, says when the next news comes.

Text messages carry one link and never ask for money or data. Times are on the clocks of the
delivery's own place. The reason is said once, in the first message; later ones hold only what is
new. An hour that binds us is said from a `Promise`, and from nothing else: so none is said without
a row that somebody keeps. What happens without the customer is said from `Otherwise`, which comes
from the step that will do it.

Sentences are whole, one for each case that is said otherwise: other languages do not put together
the halves of an English one. They are said in the language of the case's customer.
"""

from __future__ import annotations

from app.booking.service import Slot
from app.cases import speech
from app.cases.model import NOT_RECEIVED, Case, CaseKind
from app.customer.hours import at, hour, often, span
from app.customer.outlook import Otherwise
from app.customer.parts import (
    RenderedMessage,
    last_day,
    next_news,
    reach,
    stop,
    where_held,
    without_you,
)
from app.customer.reasons import sentence
from app.dispatch.in_vain_store import InVain
from app.languages.language import mark
from app.languages.said import joined
from app.promises.service import Promise

SORRY = mark("We're sorry.")
"""The one apology of a case: a second one would only make it worse."""

_HAPPENED = {
    CaseKind.FAILED: mark("Your {shipper} parcel {parcel} could not be delivered"),
    CaseKind.REFUSED: mark("Your {shipper} parcel {parcel} was reported as refused at the door"),
    CaseKind.RETURNED: mark("Your {shipper} parcel {parcel} is on its way back to the sender"),
    CaseKind.LOST: mark("Your {shipper} parcel {parcel} cannot be found by the courier"),
    CaseKind.DAMAGED: mark("Your {shipper} parcel {parcel} was damaged on the way"),
    CaseKind.HELD: mark("Your {shipper} parcel {parcel} is waiting to be collected"),
}


def failure(
    case: Case,
    url: str,
    news: Promise | None,
    otherwise: Otherwise | None,
    *,
    asked: bool = False,
    sorry: bool = False,
) -> RenderedMessage:
    """The first message: what happened and why, what is being done, when the next news comes."""
    say = speech.about(case)
    what = say(_HAPPENED[case.kind])
    if case.reason == NOT_RECEIVED:
        what = say(
            "Your {shipper} parcel {parcel} is marked delivered, and you don't have it: the depot "
            "is looking for it"
        )
    doing, here = "", say("All we know: {url}", url=url)
    if case.kind is CaseKind.FAILED:
        doing = sentence(speech.of(case), case.reason, case.kind)
        here = say("Choose a new delivery or a pickup: {url}", url=url)
    elif case.kind is CaseKind.REFUSED:
        here = say("If that is not right, choose a new delivery: {url}", url=url)
    elif case.kind is CaseKind.HELD:
        doing = where_held(case)
    elif asked:
        doing = say("We've asked {shipper} for a new parcel or your money back.")
    without = without_you(case, otherwise)
    if last_day(case):
        without = say("Then it goes back to {shipper}.")
    apology = say(SORRY) if sorry else ""
    text = joined(stop(say, what), apology, doing, without, next_news(case, news), here)
    return RenderedMessage(what, text)


def place_free(case: Case, slot: Slot, otherwise: Otherwise, url: str) -> RenderedMessage:
    """A place became free and is kept for a while for the customer who waits."""
    say = speech.about(case)
    window = span(speech.of(case), slot.starts_at, slot.ends_at, case.zone)
    free = say("Your {shipper} parcel {parcel}: a place is free, {window}.", window=window)
    choose = say("Choose it here: {url}", url=url)
    return RenderedMessage(
        say("Your {shipper} parcel {parcel}: a place is free"),
        joined(free, without_you(case, otherwise), choose),
    )


def reminder(case: Case, url: str, otherwise: Otherwise | None) -> RenderedMessage:
    """Nothing was chosen yet."""
    say = speech.about(case)
    what = say("Your {shipper} parcel {parcel} is waiting for your choice")
    choose = say("Choose it here: {url}", url=url)
    return RenderedMessage(what, joined(stop(say, what), without_you(case, otherwise), choose))


def still_working(
    case: Case, url: str, news: Promise | None, otherwise: Otherwise | None
) -> RenderedMessage:
    """The promised hour comes and there is nothing new to report."""
    say = speech.about(case)
    text = say(
        "Your {shipper} parcel {parcel}: we're still working on it, and there's nothing new yet."
    )
    return RenderedMessage(
        say("Your {shipper} parcel {parcel}: we're still working on it"),
        joined(text, without_you(case, otherwise), next_news(case, news), url),
    )


def still_held(case: Case, url: str, otherwise: Otherwise | None) -> RenderedMessage:
    """A parcel that was not collected yet, a day before it goes back."""
    say = speech.about(case)
    what = say("Your {shipper} parcel {parcel} is still waiting for you")
    return RenderedMessage(what, joined(stop(say, what), without_you(case, otherwise), url))


def stalled(
    case: Case,
    url: str,
    news: Promise | None,
    otherwise: Otherwise | None,
    calls: InVain | None,
    call: Promise | None = None,
) -> RenderedMessage:
    """Nobody has acted, though the customer was told twice how it stands: that is said openly."""
    say = speech.about(case)
    text = say(
        "Your {shipper} parcel {parcel}: we've called the person in charge at {depot}, because "
        "nobody there has sorted it out yet."
    )
    rung = tried(case, calls, call) if calls else ""
    return RenderedMessage(
        say("Your {shipper} parcel {parcel}: we've called the person in charge"),
        joined(text, rung, without_you(case, otherwise), next_news(case, news), url),
    )


def nobody_yet(
    case: Case,
    url: str,
    news: Promise | None,
    otherwise: Otherwise | None,
    calls: InVain,
    call: Promise | None = None,
) -> RenderedMessage:
    """The promised hour comes, and nobody at the depot has it: what is tried, and when again."""
    say = speech.about(case)
    if case.acknowledged_at or calls.had:
        what = say("Your {shipper} parcel {parcel}: nobody at {depot} has sorted it out yet")
    else:
        what = say("Your {shipper} parcel {parcel}: nobody at {depot} has responded yet")
    parts = (tried(case, calls, call), without_you(case, otherwise), next_news(case, news), url)
    return RenderedMessage(what, joined(stop(say, what), *parts))


def tried(case: Case, calls: InVain, call: Promise | None) -> str:
    """How often the depot was called, since when, and when again."""
    say, times, since = speech.about(case), often(case, calls.rings), at(case, calls.since)
    if call:
        return say(
            "We've called them {often} since {since} and we'll call again by {by}.",
            often=times,
            since=since,
            by=hour(case, call),
        )
    return say(
        "We've called them {often} since {since} and we'll keep calling until somebody does.",
        often=times,
        since=since,
    )


def deciding(case: Case, url: str, news: Promise | None, *, late: bool) -> RenderedMessage:
    """Only the sender can decide: who that is, and when the next word comes."""
    say = speech.about(case)
    if late:
        what = say("Your {shipper} parcel {parcel}: {shipper} has not decided yet")
        text = joined(stop(say, what), say("We're calling someone at {depot} to ask them."))
    else:
        what = say("Your {shipper} parcel {parcel}: {shipper} is deciding what comes next")
        text = say(
            "Your {shipper} parcel {parcel}: {shipper} is deciding what comes next, a new parcel "
            "or your money back. We'll remind them until they do."
        )
    return RenderedMessage(what, joined(text, without_you(case, None), next_news(case, news), url))


def promise_broken(
    case: Case, url: str, news: Promise | None, otherwise: Otherwise | None, *, sorry: bool
) -> RenderedMessage:
    """What was promised did not happen; the customer is told before they have to ask."""
    say = speech.about(case)
    what = say("Your {shipper} parcel {parcel} did not arrive as promised")
    calling = say("We're calling {depot} about it.")
    text = joined(stop(say, what), say(SORRY) if sorry else "", calling)
    return _choose_again(case, what, text, url, news, otherwise)


def tried_again(
    case: Case, url: str, news: Promise | None, otherwise: Otherwise | None, *, reason: str
) -> RenderedMessage:
    """The courier came as booked, and could not hand it over: no promise was broken."""
    say = speech.about(case)
    what = say("Your {shipper} parcel {parcel} could not be handed over again")
    why = sentence(speech.of(case), reason, CaseKind.FAILED)
    return _choose_again(case, what, joined(stop(say, what), why), url, news, otherwise)


def not_confirmed(
    case: Case, url: str, news: Promise | None, otherwise: Otherwise | None
) -> RenderedMessage:
    """The time of a delivery is over that nobody had said yes to."""
    say = speech.about(case)
    what = say("Your {shipper} parcel {parcel}: your new delivery was not confirmed")
    text = say(
        "Your {shipper} parcel {parcel}: your new delivery was not confirmed, and it did not come."
    )
    calling = say("We're calling {depot} about it.")
    return _choose_again(case, what, joined(text, calling), url, news, otherwise)


def not_collected(
    case: Case, url: str, news: Promise | None, otherwise: Otherwise | None
) -> RenderedMessage:
    """A pickup's time is nearly over."""
    say = speech.about(case)
    what = say("Your {shipper} parcel {parcel} was not picked up yet")
    return _choose_again(case, what, stop(say, what), url, news, otherwise)


def pickup_not_confirmed(
    case: Case, url: str, news: Promise | None, otherwise: Otherwise | None
) -> RenderedMessage:
    """A pickup's time is nearly over, and nobody ever said that the parcel was there."""
    say = speech.about(case)
    what = say("Your {shipper} parcel {parcel}: your pickup was not confirmed")
    text = say(
        "Your {shipper} parcel {parcel}: your pickup was not confirmed, so we cannot say that "
        "it was ready."
    )
    calling = say("We're calling {depot} about it.")
    return _choose_again(case, what, joined(text, calling), url, news, otherwise)


def _choose_again(
    case: Case,
    what: str,
    text: str,
    url: str,
    news: Promise | None,
    otherwise: Otherwise | None,
) -> RenderedMessage:
    say = speech.about(case)
    here = say("You can choose again: {url}", url=url)
    without = without_you(case, otherwise)
    return RenderedMessage(what, joined(text, without, next_news(case, news), here))


def back_at_sender(case: Case) -> RenderedMessage:
    """The courier brought the parcel back to its sender."""
    say = speech.about(case)
    text = say(
        "Your {shipper} parcel {parcel} went back to {shipper} and will not be delivered. They "
        "know it, too; you don't have to do anything."
    )
    subject = say("Your {shipper} parcel {parcel} went back to {shipper}")
    return RenderedMessage(subject, joined(text, reach(case)))


def handed_over(case: Case) -> RenderedMessage:
    """Only the sender can decide now; the customer is told who answers."""
    say = speech.about(case)
    text = say(
        "Your {shipper} parcel {parcel}: {shipper} takes it from here and will contact you about a "
        "replacement or refund. You don't have to do anything."
    )
    subject = say("Your {shipper} parcel {parcel}: {shipper} takes it from here")
    return RenderedMessage(subject, joined(text, reach(case)))
