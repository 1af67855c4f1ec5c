"""The customer says whether the courier came; a person at the depot finds out what is true."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.cases import service as cases
from app.cases.model import Case
from app.cases.timeline.facts import Note
from app.cases.timeline.kinds import Actor, Visibility
from app.customer.asked import service as asked
from app.db.connection import Connection, transaction
from app.disputes import service as disputes
from app.errors import Problem
from app.photos import service as photos
from app.questions.service import Wants, Written


def answer(case_id: int, words: str, sent: Sequence[bytes], now: datetime, *, came: bool) -> None:
    """Take the customer's answer, and what they show for having been there.

    The attempt that they dispute counts as none until somebody finds that it was one.

    Raises:
        Problem: what `disputes.say` and `photos.put` refuse, and 404 for no such case.
    """
    names = photos.put(case_id, sent)
    pictures = [(name, photos.read(case_id, name, small=False)) for name in names]
    with transaction() as conn:
        case = cases.lock(conn, case_id)
        if case is None:
            raise Problem(404, "no_such_case", "There is no such case.")
        said = disputes.say(conn, case, words, now, came=came)
        if not came:
            disputes.prove(conn, said.dispute, words, pictures, now)
            _show(conn, case, words, names, now)
            if said.fresh:
                text = words.strip() or asked.NOBODY_CAME
                asked.ask(conn, case, Written(text=text, wants=Wants.ANSWER), now)


def _show(conn: Connection, case: Case, words: str, names: Sequence[str], now: datetime) -> None:
    """Let everybody who looks after the parcel see what was sent."""
    photos.keep(conn, case.id, names, now)
    if names:
        shown = Note(text=words.strip(), visibility=Visibility.CUSTOMER, photos=tuple(names))
        cases.note(conn, [cases.Entry(case.id, shown, Actor.CUSTOMER)], now)
