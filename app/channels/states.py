"""The states of a message and the reasons for not sending one, with their words for people."""

from __future__ import annotations

from enum import StrEnum
from typing import assert_never


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


RANG = frozenset({NotSent.NO_ANSWER, NotSent.NO_KEY, NotSent.BUSY, NotSent.CALLED_OFF})
"""How a call may end that really rang."""


def state_words(state: MessageState) -> str:  # noqa: PLR0911 - one case per state
    """What became of a message, in words."""
    match state:
        case MessageState.QUEUED:
            return "waiting to be sent"
        case MessageState.SENDING:
            return "being sent"
        case MessageState.SENT:
            return "sent"
        case MessageState.DELIVERED:
            return "delivered"
        case MessageState.FAILED:
            return "failed"
        case MessageState.UNKNOWN:
            return "nobody knows"
        case MessageState.SUPPRESSED:
            return "held back"
        case _:
            assert_never(state)


def reason_words(code: str | None) -> str:
    """Why a message was not sent, in words; a provider's code by its name, empty for none."""
    if not code:
        return ""
    try:
        return _own(NotSent(code))
    except ValueError:
        return code.replace("_", " ")


def _own(reason: NotSent) -> str:  # noqa: C901, PLR0911, PLR0912 - one case per reason
    match reason:
        case NotSent.DELIVERED:
            return "the parcel had arrived"
        case NotSent.CASE_CLOSED:
            return "the case was closed"
        case NotSent.CASE_OPEN:
            return "the case was open again"
        case NotSent.NO_CASE:
            return "its case is not there any more"
        case NotSent.TOO_LATE:
            return "it had become too late to be useful"
        case NotSent.ACKNOWLEDGED:
            return "somebody had taken it on"
        case NotSent.PASSED_ON:
            return "the call was passed on"
        case NotSent.SNOOZED:
            return "it was put off by a dispatcher"
        case NotSent.SUPERSEDED:
            return "newer news replaced it"
        case NotSent.IN_BUNDLE:
            return "it left together with others, in one message"
        case NotSent.ENOUGH:
            return "they had heard enough from us about this parcel for now"
        case NotSent.WENT_ANOTHER_WAY:
            return "it arrived another way"
        case NotSent.OPTED_OUT:
            return "the recipient wants none"
        case NotSent.ASKED_WHETHER:
            return "the recipient is asked whether they want any"
        case NotSent.EXEMPTION_USED:
            return "they have not consented, and the law allows no further message on this parcel"
        case NotSent.NO_ADDRESS:
            return "there was no way to reach them"
        case NotSent.NO_PROVIDER:
            return "no provider is configured"
        case NotSent.INTERRUPTED:
            return "it may have left when we were interrupted"
        case NotSent.PROVIDER_ERROR:
            return "the provider’s own code failed"
        case NotSent.PROVIDER_AWAY:
            return "the provider of this channel did not answer"
        case NotSent.NO_ANSWER:
            return "nobody answered the phone"
        case NotSent.NO_KEY:
            return "answered, but no key was pressed"
        case NotSent.BUSY:
            return "the line was busy"
        case NotSent.CALL_FAILED:
            return "the call did not go through"
        case NotSent.CALLED_OFF:
            return "called off before anybody answered"
        case NotSent.CALLED_OFTEN:
            return "this number had been called often enough for now"
        case NotSent.NO_TEMPLATE:
            return (
                "a day after their last message WhatsApp takes prepared texts only, and none is "
                "set up for this one in their language"
            )
        case NotSent.OUTSIDE_WINDOW:
            return "WhatsApp refused it: their last message is more than a day old"
        case NotSent.NOT_ON_WHATSAPP:
            return "this number is not on WhatsApp"
        case NotSent.NO_RECEIPT:
            return "nobody could say in time that it had arrived, so the next channel was used too"
        case NotSent.NOT_READ:
            return "it was not read in time, so the next channel was used too"
        case NotSent.ENDPOINT_GONE:
            return "nobody is written to there any more"
        case NotSent.NOT_THEIRS:
            return "whoever reads messages there says that the parcel is not theirs"
        case NotSent.ENDPOINT_ENDED:
            return "this browser takes no messages any more"
        case _:
            assert_never(reason)
