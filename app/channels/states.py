"""The states of a message and the reasons for not sending one, with their words for people."""

from __future__ import annotations

from enum import StrEnum
from typing import assert_never

from app.languages.language import mark


class MessageState(StrEnum):
    """Where a message is; the same list as the CHECK of `messages.state`."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SUPPRESSED = "suppressed"


class NotSent(StrEnum):
    """Our own reasons in `messages.why`. A provider's codes stand there too, and stay open."""

    DELIVERED = "delivered"
    CASE_CLOSED = "case_closed"
    CASE_OPEN = "case_open"
    NO_CASE = "no_case"
    TOO_LATE = "too_late"
    ACKNOWLEDGED = "acknowledged"
    PASSED_ON = "passed_on"
    SNOOZED = "snoozed"
    SUPERSEDED = "superseded"
    IN_BUNDLE = "in_bundle"
    QUIET = "quiet"
    ENOUGH = "enough"
    WENT_ANOTHER_WAY = "went_another_way"
    OPTED_OUT = "opted_out"
    ASKED_WHETHER = "asked_whether"
    EXEMPTION_USED = "exemption_used"
    NO_ADDRESS = "no_address"
    NO_PROVIDER = "no_provider"
    INTERRUPTED = "interrupted"
    PROVIDER_ERROR = "provider_error"
    PROVIDER_AWAY = "provider_away"
    STILL_AWAY = "still_away"
    NO_ANSWER = "no_answer"
    NO_KEY = "no_key"
    BUSY = "busy"
    CALL_FAILED = "call_failed"
    CALLED_OFF = "called_off"
    CALLED_OFTEN = "called_often"
    NO_TEMPLATE = "no_template"
    OUTSIDE_WINDOW = "outside_window"
    NOT_ON_WHATSAPP = "not_on_whatsapp"
    NO_RECEIPT = "no_receipt"
    NOT_READ = "not_read"
    ENDPOINT_GONE = "endpoint_gone"
    ENDPOINT_ENDED = "endpoint_ended"
    NOT_THEIRS = "not_theirs"
    NOBODY_THERE = "nobody_there"
    CAME_BACK = "came_back"
    INVALID_NUMBER = "invalid_number"
    NOT_A_MOBILE = "not_a_mobile"


RANG = frozenset({NotSent.NO_ANSWER, NotSent.NO_KEY, NotSent.BUSY, NotSent.CALLED_OFF})
"""How a call may end that really rang."""


_CHANNELS = {
    "sms": mark("text message"),
    "whatsapp": mark("WhatsApp"),
    "email": mark("e-mail"),
    "voice": mark("call"),
}


def channel_words(channel: str) -> str:
    """A channel, in words."""
    return _CHANNELS.get(channel, mark("message"))


def state_words(state: MessageState) -> str:  # noqa: PLR0911 - one case per state
    """What became of a message, in words."""
    match state:
        case MessageState.QUEUED:
            return mark("waiting to be sent")
        case MessageState.SENDING:
            return mark("being sent")
        case MessageState.SENT:
            return mark("sent")
        case MessageState.DELIVERED:
            return mark("delivered")
        case MessageState.FAILED:
            return mark("failed")
        case MessageState.UNKNOWN:
            return mark("nobody knows")
        case MessageState.SUPPRESSED:
            return mark("held back")
        case _:
            assert_never(state)


_CARRIERS = {
    "twilio_20003": mark("our account was not let in: somebody has to mend that"),
    "twilio_20429": mark("more was sent than the carrier takes at once"),
    "twilio_21408": mark("our account may not write to that country"),
    "twilio_21611": mark("more was sent than the carrier takes at once"),
    "twilio_21612": mark("our number cannot write to this one"),
    "twilio_30001": mark("more was sent than the carrier takes at once"),
    "twilio_30003": mark("their phone was off or out of reach"),
    "twilio_30005": mark("nobody has this number any more"),
    "twilio_30007": mark("the carrier’s filter held it back"),
    "twilio_30008": mark("the carrier did not take it, and did not say why"),
    "twilio_30022": mark("more was sent than the carrier takes at once"),
    "twilio_30034": mark("our number is not registered with that country’s carriers"),
    "twilio_30036": mark("it could not be handed over in time"),
    "twilio_30410": mark("the carrier did not answer in time"),
    "twilio_63018": mark("more was sent than the carrier takes at once"),
    "smtp_connection": mark("our mail server did not answer"),
}
"""Providers' own codes that are met often, in words."""


def reason_words(code: str | None) -> str:
    """Why a message was not sent, in words; a provider's rare code by its name, empty for none."""
    if not code:
        return ""
    try:
        return _own(NotSent(code))
    except ValueError:
        return _CARRIERS.get(code) or code.replace("_", " ")


def providers_code(code: str | None) -> str:
    """A provider's own code, by its name, where the words do not say it."""
    return code.replace("_", " ") if code in _CARRIERS else ""


def _own(reason: NotSent) -> str:  # noqa: C901, PLR0911, PLR0912 - one case per reason
    match reason:
        case NotSent.DELIVERED:
            return mark("the parcel had arrived")
        case NotSent.CASE_CLOSED:
            return mark("the case was closed")
        case NotSent.CASE_OPEN:
            return mark("the case was open again")
        case NotSent.NO_CASE:
            return mark("its case is not there any more")
        case NotSent.TOO_LATE:
            return mark("it had become too late to be useful")
        case NotSent.ACKNOWLEDGED:
            return mark("somebody had taken it on")
        case NotSent.PASSED_ON:
            return mark("the call was passed on")
        case NotSent.SNOOZED:
            return mark("it was put off by a dispatcher")
        case NotSent.SUPERSEDED:
            return mark("newer news replaced it")
        case NotSent.IN_BUNDLE:
            return mark("it left together with others, in one message")
        case NotSent.QUIET:
            return mark("at this hour they are left alone")
        case NotSent.ENOUGH:
            return mark("they had heard enough from us about this parcel for now")
        case NotSent.WENT_ANOTHER_WAY:
            return mark("it arrived another way")
        case NotSent.OPTED_OUT:
            return mark("the recipient wants none")
        case NotSent.ASKED_WHETHER:
            return mark("the recipient is asked whether they want any")
        case NotSent.EXEMPTION_USED:
            return mark(
                "they have not consented, and the law allows no further message on this parcel"
            )
        case NotSent.NO_ADDRESS:
            return mark("there was no way to reach them")
        case NotSent.NO_PROVIDER:
            return mark("no provider is configured")
        case NotSent.INTERRUPTED:
            return mark("it may have left when we were interrupted")
        case NotSent.PROVIDER_ERROR:
            return mark("the provider’s own code failed")
        case NotSent.PROVIDER_AWAY:
            return mark("the provider of this channel did not answer")
        case NotSent.STILL_AWAY:
            return mark("the provider of this channel has not answered for over an hour")
        case NotSent.NO_ANSWER:
            return mark("nobody answered the phone")
        case NotSent.NO_KEY:
            return mark("answered, but no key was pressed")
        case NotSent.BUSY:
            return mark("the line was busy")
        case NotSent.CALL_FAILED:
            return mark("the call did not go through")
        case NotSent.CALLED_OFF:
            return mark("called off before anybody answered")
        case NotSent.CALLED_OFTEN:
            return mark("this number had been called often enough for now")
        case NotSent.NO_TEMPLATE:
            return mark(
                "a day after their last message WhatsApp takes prepared texts only, and none is "
                "set up for this one in their language"
            )
        case NotSent.OUTSIDE_WINDOW:
            return mark("WhatsApp refused it: their last message is more than a day old")
        case NotSent.NOT_ON_WHATSAPP:
            return mark("this number is not on WhatsApp")
        case NotSent.NO_RECEIPT:
            return mark(
                "nobody could say in time that it had arrived, so the next channel was used too"
            )
        case NotSent.NOT_READ:
            return mark("it was not read in time, so the next channel was used too")
        case NotSent.ENDPOINT_GONE:
            return mark("nobody is written to there any more")
        case NotSent.NOT_THEIRS:
            return mark("whoever reads messages there says that the parcel is not theirs")
        case NotSent.NOBODY_THERE:
            return mark("mail to this address comes back: nobody is reached there")
        case NotSent.CAME_BACK:
            return mark("the mail came back: it was not taken this time")
        case NotSent.ENDPOINT_ENDED:
            return mark("this browser takes no messages any more")
        case NotSent.INVALID_NUMBER:
            return mark("the carrier knows no such number")
        case NotSent.NOT_A_MOBILE:
            return mark("no text message reaches this number: it is a landline")
        case _:
            assert_never(reason)
