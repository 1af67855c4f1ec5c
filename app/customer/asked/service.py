"""A customer asks something: whose parcel it is about, who answers, and what has to begin."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.access import links
from app.cases import service as cases
from app.cases.model import Case
from app.chain import policy
from app.chain import service as chain
from app.chain.step import BUILT_IN
from app.channels import service as channels
from app.channels import shipper
from app.customer.asked import texts
from app.db.connection import Connection, transaction
from app.directory import ladders
from app.dispatch import rules
from app.dispatch import store as dispatch
from app.dispatch.states import TaskKind
from app.errors import Problem
from app.languages.language import mark
from app.questions import keepers, store
from app.questions import service as questions
from app.questions.service import Question, Wants, Written


def ask(conn: Connection, case: Case, written: Written, now: datetime) -> Question:
    """Ask on this case, which is locked; on one of its own for a parcel that is not there."""
    if written.wants is Wants.PARCEL:
        if case.resolution and case.resolution.arrived:
            case = _look_for(conn, case, now)
        else:
            written = replace(written, wants=Wants.ANSWER)
    question = questions.ask(conn, case, written, now)
    if question.keeper:
        return question
    name = keeper(conn, case, now, goes_up=question.goes_up)
    store.name(conn, case.id, name)
    return replace(question, keeper=name)


SPEAK = mark("I’d like to speak to someone.")
_BUTTONS = {
    "write": (Wants.ANSWER, mark("Please get in touch with me.")),
    "speak": (Wants.PERSON, SPEAK),
    "call": (Wants.CALL, texts.CALL_ME),
    "in_charge": (Wants.IN_CHARGE, mark("I’d like to speak to someone in charge.")),
    "return": (Wants.ANSWER, mark("Please send it back: I don’t want it any more.")),
    "missing": (Wants.PARCEL, mark("It is marked delivered, but I don’t have it.")),
}
"""The buttons of the customer's page, with what they say where nothing else is said."""
_SEND_BACK = "return"
NOBODY_CAME = mark("Nobody came: there was no attempt to deliver.")
WORDLESS = frozenset({NOBODY_CAME, *(words for _, words in _BUTTONS.values())})
"""What they say, as it is kept for the staff."""


def press(case_id: int, button: str, words: str, now: datetime) -> int:
    """A customer pressed a button of their page, with or without words; the case it belongs to.

    Raises:
        Problem: 404 no such case; 422 no such button.
    """
    if button not in _BUTTONS:
        raise Problem(422, "no_such_act", "This page cannot do that.")
    with transaction() as conn:
        case = cases.lock(conn, case_id)
        if case is None:
            raise Problem(404, "no_such_case", "There is no such case.")
        wants, meant = _BUTTONS[button]
        said = words.strip()
        if said and button == _SEND_BACK:  # their words say why, and not what they want
            said = f"{meant} {said}"
        return ask(conn, case, Written(text=said or meant, wants=wants), now).case_id


def keeper(conn: Connection, case: Case, now: datetime, *, goes_up: bool) -> str:
    """Who answers what is asked on this case; empty where it is not one or two people.

    Who has the question, else who was named for another that is open, else who was called for it
    last, else who is called next.
    """
    tasks = dispatch.of_case(conn, case.id)
    task = next((t for t in tasks if t.kind is TaskKind.QUESTION and t.state.live), None)
    if task and task.acknowledged_by and not goes_up:
        return task.acknowledged_by
    *others, _ = store.open_of(conn, [case.id])[case.id]
    if others and not goes_up:
        return others[-1].keeper
    rules_of_case = policy.get(conn, case.policy_id)
    every = rules_of_case.seconds("catch_all_every")
    ladder = ladders.levels(conn, case.depot_id, every, now)
    level = task.level if task else 0
    if not level or goes_up:
        standing = rules.Standing(level, 0, up=goes_up)
        call = rules.next_call(ladder, standing, 1, case.shipper.country)
        level = call.level if call else len(ladder)
    people = ladder[min(level, len(ladder)) - 1].people
    return keepers.together([person.name for person in people])


def _look_for(conn: Connection, former: Case, now: datetime) -> Case:
    """Open a case for a parcel that is marked delivered and not there; the shipper hears of it."""
    case, new = cases.not_received(conn, former, former.request_id, now)
    if not new:
        return case
    chain.drop(
        conn, former.id, "follow_up"
    )  # nobody is asked how a delivery went that did not come
    data = {"happened": "opened"}
    chain.arm(conn, [chain.NewStep(case.id, BUILT_IN, now, data)])
    mail = texts.not_received(case, links.url("contact", case.id))
    key = f"case-{case.id}:not_received:shipper"
    channels.enqueue(conn, [shipper.about(case, "not_received", key, mail)], now)
    return case
