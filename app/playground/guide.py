"""The next thing that a newcomer does so that the story goes on; no I/O.

Nobody is pointed at whose phone has nothing to answer: what is not there yet the clock brings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from app.booking.service import Booking
from app.cases.model import Case
from app.cases.timeline.facts import (
    Acknowledged,
    Booked,
    ContactSupplied,
    CourierDelivered,
    CustomerReply,
    CustomerWord,
    Facts,
    PassedOn,
    Rebooked,
    SurveyAnswered,
    SurveySent,
)
from app.cases.timeline.kinds import Word
from app.cases.timeline.rows import Recorded
from app.dispatch.states import TaskKind, TaskState
from app.dispatch.store import Task
from app.playground.views import Box, Coming
from app.theme.times import When


class Guide(NamedTuple):
    """Whose turn it is, where in the page, and what they do."""

    where: str
    """A part of the page: courier, depot, customer, shipper or clock."""
    who: str
    text: str
    box: str = ""
    """The inbox that has what they answer."""
    until: Coming | None = None
    """What the clock is moved to."""
    report: bool = False
    """The courier reports the parcel delivered."""
    heard: str = ""
    """What came of the customer's last reply."""


class Seen(NamedTuple):
    """What the guide is decided from, about one case."""

    case: Case
    tasks: Sequence[Task]
    booking: Booking | None
    timeline: Sequence[Recorded]
    depot: Sequence[Box]
    customer: Sequence[Box]
    coming: Sequence[Coming]
    when: When


_BEGIN = Guide("courier", "the courier", "Begin here: let a delivery fail.")
_ACTS = (
    Acknowledged,
    PassedOn,
    Booked,
    Rebooked,
    ContactSupplied,
    CourierDelivered,
    CustomerReply,
    CustomerWord,
    SurveyAnswered,
)
_WORDS: Mapping[Word, str] = {
    Word.OPT_OUT: "Heard STOP: nothing more is sent to this number; what matters goes by mail.",
    Word.OPT_IN: "Heard START: messages go to this number again.",
    Word.HELP: "Heard HELP: a provider answers it by itself. It stands in the story.",
}


def guide(seen: Seen | None) -> Guide:
    """What to do next."""
    if seen is None:
        return _BEGIN
    found = _closed(seen) if seen.case.closed else _open(seen)
    return found._replace(heard=_heard(seen.timeline))


def _open(seen: Seen) -> Guide:
    case = seen.case
    reachable = case.contact_phone or case.contact_email or case.call_only
    if not reachable and (shop := _box(seen.customer, "shop")):
        text = (
            f"Nobody has a number of the customer. {case.shipper.name} was asked for one: open "
            "the link in its mail and give, say, +1 714 555 4231."
        )
        return Guide("shipper", "the shipper", text, shop.name)
    if called := _called(seen):
        return _at_depot(called, _to_do(called))
    if night := _night(seen):
        return night
    if seen.booking:
        at = seen.when.window(seen.booking.starts_at, seen.booking.ends_at)
        what = "collected" if seen.booking.kind == "pickup" else "delivered"
        text = (
            f"Booked: {at}. Report the parcel {what}. Or move the clock past it and see a "
            "promise broken."
        )
        return Guide("courier", "the courier", text, report=True)
    if case.deliverable and case.informed_at and (box := _newest(seen.customer)):
        text = "Open the link in the message and choose a time or a pickup point."
        return Guide("customer", "the customer", text, box.name)
    return _clock(seen, "")


def _closed(seen: Seen) -> Guide:
    happened: set[type[Facts]] = {type(entry.facts) for entry in seen.timeline}
    if called := _called(seen):
        text = "The customer was not happy: open the newest message and make it good."
        return _at_depot(called, text)
    if night := _night(seen):
        return night
    arrived = seen.case.resolution is not None and seen.case.resolution.arrived
    survey_is_due = arrived and SurveyAnswered not in happened
    if survey_is_due and SurveySent in happened and (box := _newest(seen.customer)):
        text = "Open the newest message and give stars. Few stars call the depot again."
        return Guide("customer", "the customer", text, box.name)
    if survey_is_due and seen.coming:
        return _clock(seen, "Delivered. ")
    text = "The story is complete, and all of it stands below. Let another delivery fail."
    return Guide("courier", "the courier", text)


class _Called(NamedTuple):
    """Who has a task's newest message, or whose telephone rings."""

    kind: TaskKind
    box: Box
    rings: bool


def _to_do(called: _Called) -> str:
    why = ""
    if called.kind is TaskKind.PROMISE:
        why = "A promise was broken. "
    if called.kind is TaskKind.HANDOVER:
        why = "The customer asked for a time. "
    if called.rings and called.kind is TaskKind.HANDOVER:
        return f"{why}The telephone rings: press 1, then open the link and say yes or no."
    if called.rings:
        return f"{why}The telephone rings: press 1 to take it on. If nobody does, a text follows."
    if called.kind is TaskKind.HANDOVER:
        return f"{why}Open the newest text message and say yes or no."
    return f"{why}Open the newest text message and take it on, before the next person is called."


def _called(seen: Seen) -> _Called | None:
    """Who was called last for a task that nobody took on yet."""
    for task in seen.tasks:
        if task.state is TaskState.OPEN:
            topic = f"task-{task.id}"
            found = [
                (message["id"], box, message["rings"])
                for box in seen.depot
                for message in box.messages
                if message.get("topic") == topic
            ]
            if found:
                _, box, rings = max(found, key=lambda one: (one[2], one[0]))  # who is rung answers
                rings = rings or any(message["rings"] for message in box.messages)
                return _Called(task.kind, box, rings)
    return None


def _at_depot(called: _Called, text: str) -> Guide:
    return Guide("depot", f"{called.box.title} at the depot", text, called.box.name)


def _clock(seen: Seen, before: str) -> Guide:
    if not seen.coming:
        return Guide("clock", "the chain", f"{before}It is working; look again in a moment.")
    soonest = seen.coming[0]
    text = (
        f"{before}Nobody has to do anything now. At {seen.when.short(soonest.at)}: {soonest.text}."
    )
    return Guide("clock", "the clock", text, until=soonest)


def _night(seen: Seen) -> Guide | None:
    """That the customer sleeps, where what they are told waits for the morning."""
    morning = next((one for one in seen.coming if one.morning), None)
    if morning is None:
        return None
    there = When(seen.case.zone, seen.when.now)
    name = (seen.case.parcel.name or "the customer").partition(" ")[0]
    text = (
        f"It is {there.time(there.now)} where {name} lives, and nobody is texted at night. "
        f"We’ll text at {there.time(morning.at)}: move the clock there."
    )
    return Guide("clock", "the clock", text, until=morning)


def _box(boxes: Sequence[Box], name: str) -> Box | None:
    return next((box for box in boxes if box.name == name and box.messages), None)


def _newest(boxes: Sequence[Box]) -> Box | None:
    """The customer's own inbox that got a message last."""
    got = [
        (message["id"], box)
        for box in boxes
        if box.name != "shop"
        for message in box.messages
        if message.get("audience") == "customer"
    ]
    return max(got, key=lambda pair: pair[0])[1] if got else None


def _heard(timeline: Sequence[Recorded]) -> str:
    """What became of a reply that nobody acted after."""
    acts = [entry.facts for entry in timeline if isinstance(entry.facts, _ACTS)]
    match acts[-1] if acts else None:
        case CustomerReply():
            return "Heard: the depot is called for it, and the customer knows who answers by when."
        case CustomerWord(word=word):
            return _WORDS.get(word, "")
    return ""
