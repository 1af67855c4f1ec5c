"""A mail came back, or its reader called it spam: what is done about it.

An address at which nobody is reached is remembered with its proof, and mail that would go there
goes by the next channel at once. Whoever writes from it is there after all.
"""

from __future__ import annotations

from datetime import datetime

import structlog

from app.cases import service as cases
from app.cases.timeline.facts import Note
from app.cases.timeline.kinds import Visibility
from app.channels import bounces_store as bounces
from app.channels import finding_store, heard, routing, store
from app.channels.heard import Blocked, MailReport, Returned
from app.channels.routing import DeliveryUpdate
from app.channels.rules import normal
from app.channels.states import NotSent
from app.channels.store import Message
from app.db.connection import Connection
from app.languages.language import mark

_CAME_BACK = mark("Mail to the customer came back: nobody is reached at that address.")
log = structlog.get_logger(__name__)


def reported(conn: Connection, fact: MailReport, now: datetime) -> None:
    """The mail did not arrive, and perhaps none will; or its reader wants no more of them.

    A report that names no mail of ours is believed only from a provider who signs.
    """
    message = _mail(conn, fact)
    if message is None and (not fact.recipient or fact.returned is not Returned.COMPLAINT):
        log.warning("mail_report_without_message", provider=fact.provider)
        return
    if fact.returned is Returned.COMPLAINT:
        who = message.recipient if message else fact.recipient
        blocked = Blocked(provider=fact.provider, channel="email", recipient=who, code=fact.code)
        heard.tell(conn, blocked, now)
    elif message:
        _came_back(conn, message, fact, now)


def _mail(conn: Connection, fact: MailReport) -> Message | None:
    if fact.mail_id:
        found = finding_store.by_provider(conn, "smtp", fact.mail_id)
    else:
        spellings = [fact.recipient, normal("email", fact.recipient)]
        found = bounces.newest_to(conn, spellings)
    return store.message(conn, found) if found else None


def _came_back(conn: Connection, message: Message, fact: MailReport, now: datetime) -> None:
    gone = fact.returned is Returned.NOBODY_THERE
    case = cases.lock(conn, message.case_id) if message.case_id else None  # before the message
    if gone and message.audience == "customer":
        new = bounces.mark(conn, message, fact.code[:40], fact.words[:300], fact.provider, now)
        if new and case:
            note = Note(text=_CAME_BACK, visibility=Visibility.SHIPPER)
            cases.note(conn, [cases.Entry(case.id, note)], now)
    why = NotSent.NOBODY_THERE if gone else NotSent.CAME_BACK
    routing.settle(conn, message.id, DeliveryUpdate(state="failed", why=why), now)
