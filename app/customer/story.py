"""The timeline in the customer's words: what concerns them, and nothing internal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from app.cases.model import Case, CaseKind
from app.customer.reasons import sentence
from app.theme.times import When, read_moment


class Line(NamedTuple):
    """One line of the story. `tone` is `good`, `bad` or empty."""

    at: datetime
    text: str
    tone: str


def story(case: Case, timeline: Sequence[dict[str, Any]], when: When) -> list[Line]:
    """The timeline in plain words, newest first; what is not for the customer is left out."""
    lines = []
    called = False
    for entry in timeline:
        kind = entry["kind"]
        if kind == "dispatcher_called":
            if called:
                continue  # the further levels of the ladder are ours to know
            called = True
        text, tone = _words(case, kind, entry["actor"], entry["facts"], when)
        if text:
            lines.append(Line(entry["at"], text, tone))
    return lines[::-1]


def _words(case: Case, kind: str, actor: str, facts: dict[str, Any], when: When) -> tuple[str, str]:
    if kind in _BOOKED:
        return _booked(kind, actor, facts, when), "good"
    if kind in _MADE:
        return _MADE[kind](case, facts)
    return _PLAIN.get(kind, ("", ""))


_PLAIN = {
    "courier_refused": ("The courier reports: not accepted at the door.", "bad"),
    "courier_returned": ("The courier is taking the parcel back to the sender.", "bad"),
    "courier_lost": ("The courier cannot find the parcel.", "bad"),
    "courier_damaged": ("The parcel was damaged on the way.", "bad"),
    "courier_delivered": ("The courier delivered the parcel.", "good"),
    "contact_supplied": ("We got a number or address to reach you.", ""),
    "contact_failed": ("We could not find a way to write to you.", "bad"),
    "dispatcher_called": ("We called the depot.", ""),
    "acknowledged": ("A person at the depot took it on.", "good"),
    "resolved": ("The depot finished its part.", "good"),
    "promise_broken": ("The promised time passed without a handover. We are sorry.", "bad"),
    "news_sent": ("We sent you news.", ""),
    "survey_sent": ("We asked you how it went.", ""),
    "recovery_called": ("We asked a person at the depot to make it good.", ""),
    "thanked": ("We said thank you.", ""),
    "message_undeliverable": ("A message to you did not arrive; we try another way.", "bad"),
    "customer_reply": ("You wrote to us.", ""),
}
_TOLD = {
    "failure": "We wrote to you what happened.",
    "reminder": "We reminded you to choose.",
    "news": "We wrote to you that we are still working on it.",
    "booking": "We confirmed your booking.",
    "promise": "We wrote to you that the promise was not kept.",
    "survey": "We asked you how it went.",
    "handed_over": "We wrote to you who takes over.",
}
_BOOKED = frozenset({"booked", "rebooked", "default_booked"})
_MADE: dict[str, Callable[[Case, dict[str, Any]], tuple[str, str]]] = {
    "courier_failed": lambda _, facts: (
        f"The courier tried to deliver. {sentence(str(facts.get('reason')), CaseKind.FAILED)}",
        "bad",
    ),
    "contact_requested": lambda case, _: (f"We asked {case.shipper.name} how to reach you.", ""),
    "decision_requested": lambda case, _: (
        f"We asked {case.shipper.name} for a replacement or a refund.",
        "",
    ),
    "handed_over": lambda case, _: (f"{case.shipper.name} takes it from here.", ""),
    "customer_told": lambda _, facts: (
        _TOLD.get(str(facts.get("topic")), "We wrote to you."),
        "",
    ),
    "survey_answered": lambda _, facts: (f"You gave {facts.get('score')} of 5. Thank you.", ""),
    "closed": lambda _, facts: (
        "" if facts.get("resolution") == "delivered" else "This was closed.",
        "",
    ),
}


def _booked(kind: str, actor: str, facts: dict[str, Any], when: When) -> str:
    who = {"customer": "You", "policy": "We", "reknock": "We"}.get(actor, "The depot")
    did = "changed to" if kind == "rebooked" else "booked"
    starts, ends = read_moment(facts.get("starts_at")), read_moment(facts.get("ends_at"))
    if not starts or not ends:
        return f"{who} {did} a new time."
    place = f"{facts.get('place')}, " if facts.get("kind") == "pickup" else ""
    return f"{who} {did} {place}{when.window(starts, ends)}."
