"""Dispatch tasks for dispatchers and their systems."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app import clock
from app.access.api import Blueprint
from app.access.keys import caller, require
from app.access.once import once
from app.access.openapi import idempotent, may_answer
from app.cases import api as cases
from app.cases.model import Resolution
from app.cases.schemas import CaseOut, CloseIn, CloseOut, ContactElsewhereIn, Timeline
from app.cases.timeline.facts import ContactElsewhere
from app.db.connection import connection
from app.dispatch import bridge, conversation, schemas, service, store, writing
from app.dispatch.old_news import service as old_news
from app.dispatch.snoozed import service as snoozed
from app.dispatch.snoozed.events import Event
from app.dispatch.taken import longer

blueprint = Blueprint("dispatch", __name__, url_prefix="/api/v1", description="Dispatch tasks")


@blueprint.get("/dispatch-tasks")
@require("dispatcher")
@blueprint.arguments(schemas.TaskQuery, location="query")
@blueprint.response(200, schemas.TaskPage)
def listing(query: dict[str, Any]) -> dict[str, Any]:
    """Tasks in one state, the oldest first."""
    rows = store.listing(
        connection(), query["state"], query["cursor"], query["limit"], caller().depots
    )
    full = len(rows) == query["limit"]
    return {"items": rows, "next": rows[-1]["id"] if full else None}


@blueprint.post("/dispatch-tasks/<id:task_id>/acknowledge")
@require("dispatcher")
@blueprint.arguments(schemas.ActIn, required=False)
@blueprint.response(200, schemas.AckOut)
@may_answer("no_such_task", "task_over", "no_such_outcome")
def acknowledge(body: dict[str, Any], task_id: int) -> service.Ack:
    """Take a task on. A second time tells who was first; 409 when it is over."""
    return service.acknowledge(task_id, caller().name, body["note"], body["outcome"], clock.now())


@blueprint.post("/dispatch-tasks/<id:task_id>/pass-on")
@require("dispatcher")
@blueprint.arguments(schemas.PassOnIn, required=False)
@blueprint.response(200, schemas.TaskOut)
@may_answer("no_such_task", "task_over", "nobody_left", "taken_meanwhile", "passed_on")
def pass_on(body: dict[str, Any], task_id: int) -> store.Task:
    """Hand a task to the next level at once; 409 when somebody else just took it on."""
    return service.pass_on(task_id, caller().name, clock.now(), seen=body["level"])


@blueprint.post("/dispatch-tasks/<id:task_id>/longer")
@require("dispatcher")
@blueprint.arguments(schemas.LongerIn)
@blueprint.response(200, schemas.TaskOut)
@may_answer("no_such_task", "task_over", "nobody_has_it", "not_yours", "hour_passed", "too_late")
def need_longer(body: dict[str, Any], task_id: int) -> store.Task:
    """Say until when you need to finish what you took on; others are called only then."""
    return longer.longer(task_id, caller().name, body["until"], clock.now())


@blueprint.post("/dispatch-tasks/<id:task_id>/resolve")
@require("dispatcher")
@blueprint.arguments(schemas.ResolveIn, required=False)
@blueprint.response(200, schemas.TaskOut)
@may_answer(
    "no_such_task",
    "task_over",
    "no_such_outcome",
    "address_undecided",
    "no_such_option",
    "not_offered",
    "slot_full",
    "cutoff_passed",
    "too_late_to_change",
    "case_closed",
    "set_aside",
)
def resolve(body: dict[str, Any], task_id: int) -> store.Task:
    """Say that a task is done; with a `choice`, book it for the customer in the same act."""
    now = clock.now()
    outcome, note, choice = body["outcome"], body["note"], body["choice"]
    return service.resolve(task_id, caller().name, outcome, note, now, choice=choice)


@blueprint.post("/cases/<id:case_id>/escalate")
@require("dispatcher")
@blueprint.arguments(schemas.NothingIn, required=False)
@blueprint.response(200, schemas.TaskOut)
@may_answer("no_such_task", "nothing_to_escalate", "task_over", "nobody_left", "taken_meanwhile")
def escalate(_: dict[str, Any], case_id: int) -> store.Task:
    """Call the next level for a case now."""
    return service.escalate(case_id, caller().name, clock.now())


@blueprint.post("/cases/<id:case_id>/snooze")
@require("dispatcher")
@blueprint.arguments(schemas.SnoozeIn)
@blueprint.response(200, schemas.TaskOut)
@may_answer(
    "no_such_task",
    "nothing_to_escalate",
    "task_over",
    "nobody_called",
    "happened_already",
    "hour_passed",
    "too_late",
)
def snooze(body: dict[str, Any], case_id: int) -> store.Task:
    """Call nobody for a case until a time or an event; the customer's clock goes on.

    `snoozed_until` of the answer is when somebody is called at the latest.
    """
    now = clock.now()
    until = body.get("until")
    if "minutes" in body:
        until = now + timedelta(minutes=body["minutes"])
    event = Event(body["event"]) if "event" in body else None
    return snoozed.snooze(case_id, caller().name, until, now, event)


@blueprint.post("/cases/<id:case_id>/begin")
@require("dispatcher")
@blueprint.arguments(schemas.NothingIn, required=False)
@blueprint.response(200, schemas.BeginOut)
@may_answer("no_such_case", "case_closed")
def begin(_: dict[str, Any], case_id: int) -> dict[str, Any]:
    """Begin a case that was set aside as old news: the ladder is called, the customer is told."""
    cases.find(case_id)
    begun = old_news.begin(case_id, caller().name, clock.now())
    return {"begun_now": begun, "case": cases.find(case_id)}


@blueprint.post("/cases/<id:case_id>/contacts")
@require("shipper", "dispatcher")
@blueprint.arguments(ContactElsewhereIn)
@blueprint.response(201, Timeline)
@idempotent
@may_answer("no_such_case")
def contact(body: dict[str, Any], case_id: int) -> dict[str, Any]:
    """Add a contact made elsewhere, so that nobody starts from zero.

    The third one without progress, with a question open, calls the next level.
    """
    channel, text = body["channel"], body["text"]
    facts = ContactElsewhere(channel=channel, text=text, visibility=cases.visibility(body))
    return cases.add(
        case_id, facts, lambda conn: conversation.contact_counts(conn, case_id, clock.now())
    )


@blueprint.post("/cases/<id:case_id>/call")
@require("dispatcher")
@once()
@blueprint.arguments(schemas.NothingIn, required=False)
@blueprint.response(202, CaseOut)
@may_answer("no_such_case", "no_number")
def call(_: dict[str, Any], case_id: int) -> dict[str, Any]:
    """Speak with the customer: your telephone rings, and a key puts you through.

    Neither sees the other's number; how long you spoke is noted, and nothing is recorded.
    """
    bridge.call_customer(case_id, caller().person_id, clock.now())
    return cases.find(case_id)


@blueprint.post("/cases/<id:case_id>/answer")
@require("dispatcher")
@blueprint.arguments(schemas.AnswerIn)
@blueprint.response(200, CaseOut)
@may_answer("no_such_case", "nothing_asked", "nothing_said", "words_to_mend")
def answer(body: dict[str, Any], case_id: int) -> dict[str, Any]:
    """Answer what the customer asked. It leaves by the way they wrote; saying it twice is once."""
    conversation.answer(case_id, body["text"], caller().name, clock.now(), meant=body["meant"])
    return cases.find(case_id)


@blueprint.post("/cases/<id:case_id>/messages")
@require("dispatcher")
@once()
@blueprint.arguments(schemas.WrittenIn)
@blueprint.response(200, CaseOut)
@may_answer("no_such_case", "case_closed", "no_way", "nothing_said", "words_to_mend")
def write(body: dict[str, Any], case_id: int) -> dict[str, Any]:
    """Write to the customer; where they wait for an answer, it is the answer.

    It leaves as a text message or by mail, at night in the morning; saying it twice is once.
    """
    writing.write(case_id, body["text"], caller().name, clock.now(), meant=body["meant"])
    return cases.find(case_id)


@blueprint.post("/cases/<id:case_id>/close")
@require("dispatcher")
@blueprint.arguments(CloseIn)
@blueprint.response(200, CloseOut)
@may_answer("no_such_case")
def close(body: dict[str, Any], case_id: int) -> dict[str, Any]:
    """Close a case by hand; what still waits is dropped."""
    cases.find(case_id)
    closed = service.close(case_id, Resolution(body["resolution"]), caller().name, clock.now())
    return {"closed_now": closed, "case": cases.find(case_id)}
