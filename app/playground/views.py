"""What the playground shows, decided from facts; no I/O."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from markupsafe import Markup, escape

from app.booking.service import Booking
from app.cases.model import Case, Resolution
from app.cases.timeline.facts import Facts, SurveyAnswered, SurveySent
from app.cases.timeline.rows import Recorded
from app.chain import registry
from app.dispatch.states import TaskState
from app.dispatch.store import Task
from app.dispatch.story import Line
from app.theme.times import When

_URL = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)\]]")


class Guide(NamedTuple):
    """The next thing a newcomer does, and in which pane: courier, depot, customer or clock."""

    where: str
    text: str


class Coming(NamedTuple):
    """Something the chain is going to do by itself."""

    at: datetime
    text: str


class Box(NamedTuple):
    """One inbox of a phone: its name in addresses, its title, its messages, newest first."""

    name: str
    title: str
    messages: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class View:
    """The story of one case as the playground tells it; all empty before the first one."""

    when: When
    case: Case | None
    guide: Guide
    coming: list[Coming]
    story: list[Line]


def urls(text: str) -> list[str]:
    """The web addresses in a text, in order."""
    return _URL.findall(text)


def linked(text: str, base: str) -> Markup:
    """A text with its addresses as links; those of this server (`base`) without its name."""
    done, at = Markup(), 0
    for found in _URL.finditer(text):
        url = found[0]
        local = url.removeprefix(base) if url.startswith(f"{base}/") else url
        shown = url.split("://", 1)[1]
        done += escape(text[at : found.start()])
        done += Markup('<a href="{}">{}</a>').format(
            local, shown if len(shown) < 32 else f"{shown[:28]}…"
        )
        at = found.end()
    return done + escape(text[at:])


def coming(steps: Sequence[dict[str, Any]], now: datetime) -> list[Coming]:
    """What the chain is going to do, soonest first; what runs this very moment is left out."""
    return [
        Coming(step["due_at"], registry.label(step["name"]))
        for step in steps
        if step["due_at"] > now
    ]


def guide(
    case: Case | None,
    tasks: Sequence[Task],
    booking: Booking | None,
    timeline: Sequence[Recorded],
    when: When,
) -> Guide:
    """What to do next, so that the story goes on."""
    if case is None:
        return Guide("courier", "Begin here: let a delivery fail.")
    waiting = [task for task in tasks if task.state is TaskState.OPEN]
    if case.closed:
        return _closed(case, {type(entry.facts) for entry in timeline}, waiting)
    return _open(case, waiting, booking, when)


def _open(case: Case, waiting: Sequence[Task], booking: Booking | None, when: When) -> Guide:
    if booking:
        at = when.window(booking.starts_at, booking.ends_at)
        text = (
            f"Booked: {at}. Report the parcel delivered, or move the clock past it and see a "
            "promise broken."
        )
        return Guide("courier", text)
    if waiting and waiting[0].called_at:
        text = (
            "Open the text message and take it on. Or move the clock five minutes: the next "
            "person is called."
        )
        return Guide("depot", text)
    if case.contact_fault and not case.contact_phone and not case.contact_email:
        text = (
            "No number reaches the recipient. Open the shop’s mail and give one, like "
            "+1 714 555 4231."
        )
        return Guide("customer", text)
    if case.informed_at:
        text = (
            "Open the message and choose a time or a pickup point. Or move the clock two days: "
            "silence is taken care of."
        )
        return Guide("customer", text)
    return Guide("clock", "The chain is working. Move the clock to what comes next.")


def _closed(case: Case, happened: set[type[Facts]], waiting: Sequence[Task]) -> Guide:
    if waiting:
        return Guide("depot", "The customer was not happy: the depot is called to make it good.")
    if case.resolution != Resolution.DELIVERED or SurveyAnswered in happened:
        return Guide("courier", "The story is complete. Let another delivery fail.")
    if SurveySent in happened:
        text = "Open the message and give stars; few stars call the depot again."
        return Guide("customer", text)
    return Guide("clock", "Delivered. Two hours later the customer is asked how it was.")
