"""What a call says, of a case that is nowhere kept: for whoever wants to know it beforehand."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from app.cases import sample
from app.cases.model import Case
from app.dispatch import speech, texts
from app.dispatch.about import About
from app.dispatch.bundles import texts as bundles
from app.dispatch.states import TaskKind, TaskState
from app.dispatch.store import Task
from app.languages.language import Language

_LINK = "https://…"
_MANY = 12


class Sample(NamedTuple):
    """The words of a call, and of a text message in its place."""

    spoken: str
    written: str
    spoken_many: str
    """Of several parcels at once."""
    written_many: str


def of(language: Language, depot: str, now: datetime) -> Sample:
    """What somebody at this depot hears and reads in their language."""
    case, task = _case(depot, now), _task(now)
    about = About(personal=True)
    many = bundles.bundle(language, [(case, task, about)] * _MANY, _LINK, "sms")
    return Sample(
        speech.call(language, case, task, about),
        texts.call(language, case, task, _LINK, about)[1] + " " + texts.hint(language, task, about),
        many.spoken or "",
        f"{many.text} {bundles.hint(language, task.id)}",
    )


def _case(depot: str, now: datetime) -> Case:
    known = sample.case()
    address = {"line1": "12 Elm Street", "city": "Anaheim", "country": "US"}
    return sample.case(
        words="Gate locked",
        return_by=now + timedelta(days=5),
        parcel=replace(known.parcel, name="Kim Doe", address=address),
        depot=replace(known.depot, name=depot),
    )


def _task(now: datetime) -> Task:
    known: dict[str, Any] = {
        "id": 482,
        "case_id": 1,
        "kind": TaskKind.FAILURE,
        "state": TaskState.OPEN,
        "round": 1,
        "about": 0,
        "level": 1,
        "created_at": now,
    }
    every: dict[str, Any] = {field.name: known.get(field.name) for field in fields(Task)}
    return Task(**every)
