"""How far a case is, and who does what by when, in words for its shipper. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from app.cases.model import CaseKind
from app.decisions.model import Decision
from app.decisions.story import ended
from app.languages.language import mark
from app.promises.model import Kind, Promise, State
from app.theme.times import When

HAPPENED: dict[str, str] = {
    CaseKind.FAILED: mark("Delivery failed"),
    CaseKind.REFUSED: mark("Parcel refused"),
    CaseKind.RETURNED: mark("Parcel on its way back"),
    CaseKind.LOST: mark("Parcel lost"),
    CaseKind.DAMAGED: mark("Parcel damaged"),
    CaseKind.HELD: mark("Parcel held for collection"),
}
WAITS = {
    "decide": mark("Your decision"),
    "number": mark("A number that works"),
    "address": mark("Another address"),
    "gesture": mark("Your yes to a gesture"),
}
"""What a shipper is asked for."""
_PROMISED = {
    Kind.NEWS: mark("We write to your customer again by {moment}."),
    Kind.ANSWER: mark("The depot answers your customer by {moment}."),
    Kind.CONFIRM: mark("We know by {moment} whether the booking goes ahead."),
    Kind.WINDOW: mark("The parcel is with your customer by {moment}."),
    Kind.READY: mark("Your customer can collect it from {moment} on."),
    Kind.CALL: mark("The depot is called again by {moment}."),
}


class Status(NamedTuple):
    """How far a case is; `tone` is `good`, `warn` or empty."""

    text: str
    tone: str = ""


def status(row: Mapping[str, Any], waits: Collection[int], when: When) -> Status:
    """How far a case is, of its row as the API shows it; `waits` are those that wait for you."""
    say = when.language.say
    if row["state"] == "closed":
        return Status(ended(when.language, row["resolution"]))
    if row["id"] in waits:
        return Status(say("Waits for you"), "warn")
    if row["state"] == "booked" and (booked := row["booking"]):
        starts, ends = (datetime.fromisoformat(booked[name]) for name in ("starts_at", "ends_at"))
        if booked["kind"] == "return":
            return Status(say("On its way back to you"))
        sure = booked["state"] == "confirmed"
        said = mark("Pickup {window}") if booked["kind"] == "pickup" else mark("Delivery {window}")
        return Status(say(said, window=when.window(starts, ends)), "good" if sure else "")
    if row["state"] == "informed":
        return Status(say("Your customer chooses"))
    return Status(say("The depot takes care of it"))


def coming(promises: Sequence[Promise], pending: Decision | None, when: When) -> list[str]:
    """Who does what by when, the next first."""
    say = when.language.say
    found = [
        (one.due_at, say(_PROMISED[one.kind], moment=when.moment(one.due_at)))
        for one in promises
        if one.state is State.OPEN
    ]
    if pending and pending.answer_by and not pending.overdue_at:
        said = say("You decide by {moment}.", moment=when.moment(pending.answer_by))
        found.append((pending.answer_by, said))
    return [said for _, said in sorted(found)]
