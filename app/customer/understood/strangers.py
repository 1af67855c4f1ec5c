"""Whoever writes is not the recipient."""

from __future__ import annotations

from datetime import datetime

from app.cases import service as cases
from app.cases.model import Case
from app.channels.heard import Reply
from app.channels.rules import normal
from app.customer.understood import answers, store, texts
from app.customer.understood.reading import Understood
from app.customer.understood.store import Done
from app.customer.wrong import service as wrong
from app.customer.wrong.store import Wrong
from app.db.connection import Connection


def wrong_number(
    conn: Connection, case: Case, fact: Reply, what: Understood, now: datetime
) -> bool:
    """Whoever writes is not the recipient: done as by the page, for all that this person gets."""
    found = [case, *filter(None, (cases.lock(conn, case_id) for case_id in sorted(what.also)))]
    made = [one for one in (_disown(conn, each, fact, now) for each in found) if one]
    if not made:
        return False
    for one in made:
        store.done(conn, Done(one.case_id, fact.at or now, wrong_id=one.id), now)
    case = cases.by_ids(conn, [case.id])[case.id]
    held = any(one.state == "held" for one in made)
    answers.tell(conn, case, fact, texts.not_theirs(case, held=held), now, others=False)
    return True


def _disown(conn: Connection, case: Case, fact: Reply, now: datetime) -> Wrong | None:
    """None where this case was not written about there: that is for a person to read."""
    sender = normal(fact.channel, fact.sender)
    ways = [way for way in wrong.reached(conn, case) if normal(fact.channel, way) == sender]
    return wrong.said(conn, case, ways, now) if ways else None
