"""What is read of a parcel that goes back because its customer wishes it."""

from __future__ import annotations

from app.booking.service import Booking
from app.cases import speech
from app.cases.model import Case
from app.channels import shipper
from app.customer.hours import at, hour
from app.customer.outlook import Otherwise
from app.customer.parts import RenderedMessage, next_news, reach, stop, without_you
from app.languages.said import joined
from app.promises.service import Promise


def asked(
    case: Case, back: Booking, confirm: Promise, url: str, *, courier: bool
) -> RenderedMessage:
    """They asked for it, and nobody has said yes yet."""
    say, by = speech.about(case), hour(case, confirm)
    what = say("Your {shipper} parcel {parcel}: you asked us to send it back.")
    if courier:
        then = say(
            "We're confirming it with the courier and will tell you by {by}; you don't have to do "
            "anything.",
            by=by,
        )
    else:
        then = say(
            "We're confirming it with the depot and will tell you by {by}; you don't have to do "
            "anything.",
            by=by,
        )
    subject = say("Your {shipper} parcel {parcel}: we're arranging its return")
    return RenderedMessage(subject, joined(what, then, _change(case, back, url)))


def confirmed(case: Case, back: Booking, when: Promise, url: str) -> RenderedMessage:
    """Whoever carries it out has said yes."""
    say = speech.about(case)
    subject = say("Your {shipper} parcel {parcel} is going back")
    money = say("{shipper} will sort out the rest with you, such as your money.")
    day = at(case, when.due_at, "date")
    look = say("If it isn't back by {day}, we'll ask the courier and tell you.", day=day)
    text = joined(
        stop(say, subject), say("Nothing more to do."), money, look, _change(case, back, url)
    )
    return RenderedMessage(subject, text)


def late(case: Case, confirm: Promise, url: str) -> RenderedMessage:
    """The hour has come by which it should have been confirmed."""
    say, by = speech.about(case), hour(case, confirm)
    what = say("Your {shipper} parcel {parcel}: its return is not confirmed yet")
    then = say("We'll keep asking and will tell you by {by}; you don't have to do anything.", by=by)
    return RenderedMessage(what, joined(stop(say, what), then, say("All we know: {url}", url=url)))


def refused(
    case: Case,
    url: str,
    news: Promise | None,
    otherwise: Otherwise | None,
    *,
    courier: bool,
    answered: bool = True,
) -> RenderedMessage:
    """It cannot be sent back, and something else can be chosen; `answered`: somebody said no."""
    say = speech.about(case)
    if not answered:
        no = say("Your {shipper} parcel {parcel}: nobody confirmed its return in time.")
    elif courier:
        no = say("Your {shipper} parcel {parcel}: the courier can't send it back.")
    else:
        no = say("Your {shipper} parcel {parcel}: the depot can't send it back.")
    again = say("Please choose again, or ask {shipper}: {url}", url=url)
    return RenderedMessage(
        say("Your {shipper} parcel {parcel}: please choose again"),
        joined(no, without_you(case, otherwise), next_news(case, news), again),
    )


def cancelled(
    case: Case, url: str, news: Promise | None, otherwise: Otherwise | None, *, undone: bool = False
) -> RenderedMessage:
    """It does not go back after all, and something else can be chosen."""
    say = speech.about(case)
    done = say("Undone.") if undone else ""
    stays = say("Your {shipper} parcel {parcel} is not going back.")
    again = say("You can choose again, or undo it: {url}", url=url)
    return RenderedMessage(
        say("Your {shipper} parcel {parcel}: its return is off"),
        joined(done, stays, without_you(case, otherwise), next_news(case, news), again),
    )


def not_back(
    case: Case, url: str, news: Promise | None, otherwise: Otherwise | None
) -> RenderedMessage:
    """Its day is over, and nobody says that it is back."""
    say = speech.about(case)
    what = say("Your {shipper} parcel {parcel} should be back by now")
    then = say("The courier has not said that it is, so we're asking them.")
    more = joined(then, without_you(case, otherwise), next_news(case, news), reach(case), url)
    return RenderedMessage(what, joined(stop(say, what), more))


def wanted(case: Case, url: str) -> shipper.Mail:
    """To the shipper: its customer sends it back."""
    say, parcel = shipper.language(case.shipper).say, case.parcel.label
    text = say(
        "Your customer wants {parcel} sent back to you. We are asking for that, and you need not "
        "do anything for it. When they get their money is for you to decide: {url}",
        parcel=parcel,
        url=url,
    )
    return shipper.Mail(say("Sent back by your customer: {parcel}", parcel=parcel), text)


def off(case: Case, url: str) -> shipper.Mail:
    """To the shipper: its customer no longer sends it back."""
    say, parcel = shipper.language(case.shipper).say, case.parcel.label
    text = say(
        "{parcel} is not being sent back to you after all. What stands now: {url}",
        parcel=parcel,
        url=url,
    )
    return shipper.Mail(say("Not sent back: {parcel}", parcel=parcel), text)


def entry(case: Case) -> str:
    """What stands in a calendar."""
    say = speech.about(case)
    return say("Your {shipper} parcel {parcel} should be back")


def _change(case: Case, back: Booking, url: str) -> str:
    say = speech.about(case)
    return say("You can change it until {by}: {url}", by=at(case, back.cutoff_at), url=url)
