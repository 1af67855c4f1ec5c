"""Begin what was set aside: a person says that old news shall be acted on."""

from __future__ import annotations

from datetime import datetime

from app.cases import service as cases
from app.cases.model import Case
from app.cases.timeline.facts import Begun
from app.chain import policy
from app.chain import service as chain
from app.chain.step import SET_ASIDE
from app.db.connection import Connection, transaction
from app.dispatch.old_news import store
from app.errors import Problem
from app.languages.language import mark
from app.languages.sentence import sentence


def begin(case_id: int, by: str, now: datetime) -> bool:
    """Begin a case that was set aside, as if its news had come now; False when it was begun.

    Raises:
        Problem: 404 no such case; 409 it is closed.
    """
    with transaction() as conn:
        case = cases.lock(conn, case_id)
        if case is None:
            raise Problem(
                404, "no_such_case", sentence("There is no case {number}.", number=case_id)
            )
        if case.closed:
            raise Problem(409, "case_closed", mark("This case is closed already."))
        if not case.aside:
            return False
        _begin(conn, case, by, now)
        return True


def begin_task(task_id: int, by: str, now: datetime) -> bool:
    """The same by the task that stands in the queue for it.

    Raises:
        Problem: 404 no such task; 409 its case is closed.
    """
    with transaction() as conn:
        case_id = store.case_of(conn, task_id)
        if case_id is None:
            raise Problem(404, "no_such_task", mark("There is no such task."))
        return begin(case_id, by, now)


def _begin(conn: Connection, case: Case, by: str, now: datetime) -> None:
    return_by = now + policy.get(conn, case.policy_id).seconds("return_after")
    cases.begun(conn, case, return_by, now)
    cases.note(conn, [cases.Entry(case.id, Begun(), by)], now)
    store.begin(conn, [case.id])
    chain.hasten_step(conn, case.id, SET_ASIDE, now)
