"""The kinds of things that happen to a case, and whose acts they are."""

from __future__ import annotations

from enum import StrEnum


class Actor(StrEnum):
    """Whose act it was, where it was no dispatcher: they are named by their own name."""

    COURIER = "courier"
    CUSTOMER = "customer"
    SHIPPER = "shipper"
    DISPATCHER = "dispatcher"
    POLICY = "policy"
    REKNOCK = "reknock"


LINK = "the link sent to "
"""With an address after it: whose act it was, where nobody signs in."""


class Kind(StrEnum):
    """What happened, as the table knows it."""

    COURIER_FAILED = "courier_failed"
    COURIER_REFUSED = "courier_refused"
    COURIER_RETURNED = "courier_returned"
    COURIER_LOST = "courier_lost"
    COURIER_DAMAGED = "courier_damaged"
    COURIER_HELD = "courier_held"
    COURIER_DELIVERED = "courier_delivered"
    COURIER_WARNING = "courier_warning"
    COURIER_PROGRESS = "courier_progress"
    CONTACT_CHECKED = "contact_checked"
    CONTACT_LOOKED_UP = "contact_looked_up"
    CONTACT_REQUESTED = "contact_requested"
    CONTACT_SUPPLIED = "contact_supplied"
    CORRECTED = "corrected"
    CORRECTION_ASKED = "correction_asked"
    CORRECTION_REFUSED = "correction_refused"
    CORRECTION_TOLD = "correction_told"
    DOOR_HELP_SAID = "door_help_said"
    CONTACT_FAILED = "contact_failed"
    DISPATCHER_CALLED = "dispatcher_called"
    RECOVERY_CALLED = "recovery_called"
    CALL_ENDED = "call_ended"
    LEVEL_PASSED_OVER = "level_passed_over"
    LADDER_EXHAUSTED = "ladder_exhausted"
    ACKNOWLEDGED = "acknowledged"
    PASSED_ON = "passed_on"
    SNOOZED = "snoozed"
    WOKEN = "woken"
    REMINDED = "reminded"
    NEEDS_LONGER = "needs_longer"
    WENT_BACK = "went_back"
    UNDONE = "undone"
    RESOLVED = "resolved"
    CUSTOMER_TOLD = "customer_told"
    CUSTOMER_REPLY = "customer_reply"
    CUSTOMER_WORD = "customer_word"
    QUESTION_ANSWERED = "question_answered"
    QUESTION_SETTLED = "question_settled"
    STAFF_WROTE = "staff_wrote"
    NOT_RECEIVED = "not_received"
    ATTEMPT_DISPUTED = "attempt_disputed"
    DISPUTE_SETTLED = "dispute_settled"
    MESSAGES_REFUSED = "messages_refused"
    MESSAGES_WANTED = "messages_wanted"
    MESSAGE_UNDELIVERABLE = "message_undeliverable"
    BOOKED = "booked"
    REBOOKED = "rebooked"
    BOOKING_CANCELLED = "booking_cancelled"
    BOOKING_TOLD = "booking_told"
    BOOKING_CONFIRMED = "booking_confirmed"
    BOOKING_REFUSED = "booking_refused"
    BOOKING_UNCONFIRMED = "booking_unconfirmed"
    BOOKING_WITHDRAWN = "booking_withdrawn"
    BOOKING_AT_RISK = "booking_at_risk"
    PROMISE_BROKEN = "promise_broken"
    HOUR_MISSED = "hour_missed"
    DECISION_REQUESTED = "decision_requested"
    DECISION_OVERDUE = "decision_overdue"
    DECIDED = "decided"
    SHIPPER_WROTE = "shipper_wrote"
    HANDED_OVER = "handed_over"
    SURVEY_SENT = "survey_sent"
    SURVEY_ANSWERED = "survey_answered"
    THANKED = "thanked"
    ASKED_IF_GOOD = "asked_if_good"
    SAID_IF_GOOD = "said_if_good"
    GESTURE_ASKED = "gesture_asked"
    GESTURE_MADE = "gesture_made"
    GESTURE_ENDED = "gesture_ended"
    NO_GESTURE = "no_gesture"
    NOTE = "note"
    CONTACT_ELSEWHERE = "contact_elsewhere"
    SET_ASIDE = "set_aside"
    BEGUN = "begun"
    AUDIT_HEALED = "audit_healed"
    CLOSED = "closed"


class Word(StrEnum):
    """A word that a customer sent and that means only itself; empty for one of a newer version."""

    OPT_OUT = "opt_out"
    OPT_IN = "opt_in"
    HELP = "help"
    OTHER = ""

    @classmethod
    def _missing_(cls, value: object) -> Word:  # noqa: ARG003 - the signature is that of Enum
        return cls.OTHER


class Visibility(StrEnum):
    """Who may read what somebody wrote down; whoever is named later sees less."""

    CUSTOMER = "customer"
    """Everybody who knows of the case, the customer too."""
    SHIPPER = "shipper"
    """Staff and the shipper."""
    INTERNAL = "internal"
    """Staff."""

    @classmethod
    def _missing_(cls, value: object) -> Visibility:  # noqa: ARG003 - the signature is that of Enum
        return cls.INTERNAL


class Topic(StrEnum):
    """What a customer can be told about; empty for what a newer version told."""

    FAILURE = "failure"
    REMINDER = "reminder"
    NEWS = "news"
    """That there is nothing new yet."""
    NOBODY = "nobody"
    """Nobody at the depot has taken it on yet."""
    STALLED = "stalled"
    """That nobody has acted, and who was called about it."""
    DECIDING = "deciding"
    """Who is deciding, and when the next word comes."""
    ADDRESS = "address"
    """Whether it goes to the address that the customer asked for."""
    DECISION = "decision"
    """What the shipper decided."""
    BOOKING = "booking"
    PROMISE = "promise"
    PLACE = "place"
    """That a place became free, and is kept."""
    QUESTION = "question"
    QUESTION_LATE = "question_late"
    OTHER = ""

    @classmethod
    def _missing_(cls, value: object) -> Topic:  # noqa: ARG003 - the signature is that of Enum
        return cls.OTHER
