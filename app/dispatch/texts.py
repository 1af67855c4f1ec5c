"""What a dispatcher reads on the phone: enough to act, in one text message."""

from __future__ import annotations

from datetime import datetime

from app.cases.model import Case, CaseKind
from app.dispatch.states import TaskKind
from app.dispatch.store import Task
from app.theme import dates

_WHAT = {
    CaseKind.FAILED: "Delivery failed",
    CaseKind.REFUSED: "Parcel refused",
    CaseKind.RETURNED: "Parcel on its way back",
    CaseKind.LOST: "Parcel lost",
    CaseKind.DAMAGED: "Parcel damaged",
    CaseKind.HELD: "Parcel waits to be collected",
}


def few_places(case: Case, day: datetime, left: int) -> tuple[str, str]:
    """A day is nearly full, said while something can still be done about it."""
    when = dates.say(day, "date")
    places = "1 place is" if left == 1 else f"{left or 'no'} places are"
    subject = f"{case.depot.name}, {when}: nearly full"
    return subject, (
        f"{case.depot.name}: {places} left for new deliveries on {when}. Whoever comes later is "
        "offered another day. If you can take more, raise the places of that day."
    )


def call(case: Case, task: Task, url: str) -> tuple[str, str]:  # noqa: PLR0911 - one per kind
    """Subject and text of a call. Both name the parcel, neither names the recipient."""
    parcel = case.parcel.label
    if task.kind is TaskKind.RECOVERY:
        subject = f"Unhappy customer: {parcel}"
        return subject, f"{subject}. Please call and make it good: {url}"
    if task.kind is TaskKind.PROMISE and task.about:
        subject = f"Nobody has moved it: {parcel}"
        return subject, f"{subject}. The customer waits for news. Please take it on: {url}"
    if task.kind is TaskKind.PROMISE:  # only ever of a parcel that can still be delivered
        subject = f"Promise missed: {parcel}"
        return subject, f"{subject}. The new delivery did not happen. Take it on: {url}"
    if task.kind is TaskKind.QUESTION:
        subject = f"Customer asks about {parcel}"
        return subject, f"{subject}. Please read and answer: {url}"
    if task.kind is TaskKind.HANDOVER:
        subject = f"Please confirm: {parcel}"
        return subject, f"{subject}. The customer chose a time: {url}"
    if task.kind is TaskKind.DECISION:
        subject = f"Decision missing: {parcel}"
        return subject, f"{subject}. {case.shipper.name} has not decided. Please ask: {url}"
    subject = f"{_WHAT[case.kind]}: {parcel}"
    held = case.parcel.held if case.kind is CaseKind.HELD else None
    detail = (held and held.place) or case.words.strip() or case.reason.replace("_", " ")
    number = "" if case.contact_phone else " No number reaches the recipient."
    return subject, f"{subject} ({detail[:60]}).{number} Take it on: {url}"
