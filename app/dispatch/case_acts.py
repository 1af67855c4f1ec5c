"""What a case's page can do: each button of it names one `act`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from flask import request

from app import clock
from app.access import again
from app.booking import service as booking
from app.cases.model import Case, Resolution
from app.channels import wording
from app.contact import service as contact
from app.decisions import forms as decisions
from app.directory.model import Person
from app.dispatch import bridge, conversation, service, writing
from app.dispatch.acts import rules
from app.dispatch.old_news import service as old_news
from app.dispatch.snoozed import service as snoozed
from app.dispatch.taken import longer
from app.disputes import service as disputes
from app.errors import Problem
from app.languages.language import mark
from app.shipments.corrections import forms as corrections

ELSEWHERE = ("phone", "shop", "chat")
"""Where staff and a customer are in touch besides; each is a button."""
CLOSES = {
    Resolution.DELIVERED: mark("They have it: it was delivered"),
    Resolution.COLLECTED: mark("They have it: they collected it"),
    Resolution.RETURNED: mark("It goes back to the sender"),
    Resolution.REFUNDED: mark("They were refunded"),
    Resolution.REPLACED: mark("They get a replacement"),
    Resolution.MISTAKE: mark("It was a mistake: there is nothing to do"),
}
"""How a person may say that a case ended."""
_LONGEST = 1400
_NOTE = 2000


class _Pressed(NamedTuple):
    act: str
    form: Mapping[str, str]
    task_id: int
    case: Case
    who: Person
    level: int | None
    """The level at which whoever presses was called last for the task."""
    now: datetime

    @property
    def by(self) -> str:
        return self.who.name

    def number(self, name: str) -> int | None:
        text = self.form.get(name, "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def take(task_id: int, case: Case, who: Person, level: int | None) -> None:
    """Do the `act` of the form; `who` does it, and was called at `level` if at all.

    Raises:
        Problem: what the verb refuses; 422 there is no such act.
    """
    form = request.form
    act = form.get("act", "acknowledge")
    pressed = _Pressed(act, form, task_id, case, who, level, clock.now())
    if not (_of_task(pressed) or _with_customer(pressed) or _of_case(pressed)):
        raise Problem(422, "no_such_act", mark("This page cannot do that."))


def _of_task(pressed: _Pressed) -> bool:
    form, task_id, by, now = pressed.form, pressed.task_id, pressed.by, pressed.now
    outcome, note = form.get("outcome", ""), form.get("note", "").strip()[:_NOTE]
    match pressed.act:
        case "acknowledge":
            service.acknowledge(task_id, by, note, outcome, now, level=pressed.level)
        case "longer":
            longer.longer(task_id, by, rules.read_snooze(form.get("until", ""))[0] or now, now)
        case "snooze":
            until, event = rules.read_snooze(form.get("until", ""))
            snoozed.snooze_task(task_id, by, until or now, now, event)
        case "resolve":
            service.resolve(task_id, by, outcome, note, now, choice=form.get("choice", ""))
        case "pass_on":
            seen, level = pressed.number("level"), pressed.level
            service.pass_on(task_id, by, now, seen=seen, level=level)
        case "begin":
            old_news.begin_task(task_id, by, now)
        case _:
            return False
    return True


def _with_customer(pressed: _Pressed) -> bool:
    form, case_id, by, now = pressed.form, pressed.case.id, pressed.by, pressed.now
    match pressed.act:
        case "answer":
            words = form.get("answer", "")[:_LONGEST]
            with again.asked(wording.CODE, words) as meant:
                conversation.answer(case_id, words, by, now, meant=meant)
        case "write":
            words = form.get("words", "")[:_LONGEST]
            with again.asked(wording.CODE, words) as meant:
                writing.write(case_id, words, by, now, meant=meant)
        case where if where in ELSEWHERE:
            note = form.get("note", "").strip()[:_NOTE]
            conversation.contacted(case_id, where, note, by, now)
        case "call":
            bridge.call_customer(case_id, pressed.who.id, now)
        case "book":
            booking.choose_for(case_id, form.get("choice", ""), by, now)
        case _:
            return False
    return True


def _of_case(pressed: _Pressed) -> bool:
    act, form, case, by, now = pressed.act, pressed.form, pressed.case, pressed.by, pressed.now
    match act:
        case "agree" | "refuse":  # whoever decides that has it
            corrections.take(act, form, case.shipment_id, by, now)
            service.acknowledge(pressed.task_id, by, "", "", now)
        case "contact":
            phone, email = (form.get(name, "")[:254] for name in ("phone", "email"))
            contact.supply(case.id, phone, email, by, now)
        case "came" | "nobody_came":
            dispute, why = pressed.number("dispute") or 0, form.get("why", "")
            disputes.decide(case.id, dispute, by, why, now, true=act == "nobody_came")
        case "decide":
            decisions.decide(form, case.id, by, now)
        case "close":
            service.close(case.id, _end(form.get("resolution", "")), by, now)
        case _:
            return corrections.take(act, form, case.shipment_id, by, now)
    return True


def _end(code: str) -> Resolution:
    """How somebody says that a case ended.

    Raises:
        Problem: 422 nobody can say so.
    """
    if code in set(CLOSES):
        return Resolution(code)
    raise Problem(422, "no_such_end", mark("Please say how it ended."))
