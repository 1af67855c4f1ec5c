"""Verbs of a dispatcher on what a customer asked, on contacts made elsewhere, and notes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.cases import service as cases
from app.cases.timeline.facts import ContactElsewhere, Note
from app.cases.timeline.kinds import Visibility
from app.channels import wording
from app.db.connection import Connection, connection, transaction
from app.dispatch import service, store
from app.dispatch.states import TaskKind
from app.errors import Problem
from app.languages.language import mark
from app.languages.sentence import sentence
from app.photos import service as photos
from app.questions import service as questions


def answer(case_id: int, text: str, by: str, now: datetime, *, meant: bool = False) -> None:
    """Answer what the customer asked, by the way they wrote; what people were called for is done.

    Raises:
        Problem: 404 no such case; 409 nothing is open; 422 nothing is said, or something should be
            said otherwise and is not `meant`.
    """
    with transaction() as conn:
        case = cases.lock(conn, case_id)
        if case is None:
            raise Problem(
                404, "no_such_case", sentence("There is no case {number}.", number=case_id)
            )
        wording.check(case, text, meant=meant)
        if questions.answer(conn, case, text, by, now) and not questions.waiting(conn, case_id):
            answered(conn, case_id, by, now)


def answered(conn: Connection, case_id: int, by: str, now: datetime) -> None:
    """All that the customer asked was answered: what people were called for is done."""
    for task in store.of_case(conn, case_id):
        if task.kind is TaskKind.QUESTION and task.state.live:
            service.resolve(task.id, by, "", "", now)


def answer_task(task_id: int, text: str, by: str, now: datetime, *, meant: bool = False) -> None:
    """Answer what a task is about.

    Raises:
        Problem: as `answer`, and 404 no such task.
    """
    task = store.task(connection(), task_id)
    if task is None:
        raise Problem(404, "no_such_task", mark("There is no such task."))
    answer(task.case_id, text, by, now, meant=meant)


def contacted(case_id: int, channel: str, text: str, by: str, now: datetime) -> None:
    """Staff and the customer were in touch elsewhere; it joins the conversation."""
    with transaction() as conn:
        facts = ContactElsewhere(channel=channel, text=text)
        cases.note(conn, [cases.Entry(case_id, facts, by)], now)
        contact_counts(conn, case_id, now)


def contact_counts(conn: Connection, case_id: int, now: datetime) -> None:
    """A contact made elsewhere was noted in this transaction: it counts as any other."""
    case = cases.lock(conn, case_id)
    if case is not None:
        questions.contacted(conn, case, now)


def note(
    case_id: int,
    text: str,
    visibility: Visibility,
    contents: Sequence[bytes],
    by: str,
    now: datetime,
) -> None:
    """Write something down, with photos if there are any.

    Raises:
        Problem: 422 there is neither; a photo cannot be taken.
    """
    if not text and not contents:
        raise Problem(422, "nothing_said", mark("Please write something, or choose a photo."))
    names = photos.put(case_id, contents)
    facts = Note(text=text, visibility=visibility, photos=names)
    with transaction() as conn:
        photos.keep(conn, case_id, names, now)
        cases.note(conn, [cases.Entry(case_id, facts, by)], now)
