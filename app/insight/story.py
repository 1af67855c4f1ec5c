"""A case's whole story: what happened, what waits, what was not sent and why, what comes next."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple, assert_never

from app.booking import service as booking
from app.cases import service as cases
from app.cases.model import Case
from app.cases.timeline import facts as t
from app.cases.timeline.facts import Facts
from app.cases.timeline.rows import Recorded, confirmed
from app.chain import registry
from app.chain import store as chain
from app.channels import endpoints
from app.channels import service as channels
from app.channels.states import MessageState, reason_words, state_words
from app.db.connection import Connection
from app.dispatch import store as dispatch
from app.dispatch.states import state_words as task_words
from app.dispatch.story import words
from app.handover import story as handover
from app.plain import counted
from app.promises import service as promises
from app.promises.service import Promise
from app.questions import service as questions
from app.questions.service import Question
from app.theme.times import When

_UNSENT = frozenset({MessageState.SUPPRESSED, MessageState.FAILED, MessageState.UNKNOWN})


class Line(NamedTuple):
    """One thing that happened, or is going to."""

    at: datetime
    who: str
    text: str


class Story(NamedTuple):
    """All there is to know of a case."""

    case: Case
    past: list[Line]
    unsent: list[Line]
    promised: list[Line]
    waiting: list[Line]


def tell(conn: Connection, case_id: int, now: datetime) -> Story | None:
    """The story of a case; None if there is none."""
    case = cases.by_ids(conn, [case_id]).get(case_id)
    if case is None:
        return None
    when = When(case.depot.zone, now)
    messages = channels.for_case(conn, case_id)
    timeline = cases.timeline(conn, case_id)
    certain = confirmed(timeline)
    past = [Line(entry.at, entry.actor, _happened(entry, when, certain)) for entry in timeline]
    past += [
        Line(row["done_at"] or row["created_at"], "reknock", _message(row))
        for row in messages
        if row["state"] not in _UNSENT
    ]
    unsent = [
        Line(row["done_at"] or row["created_at"], "reknock", _message(row))
        for row in messages
        if row["state"] in _UNSENT
    ]
    promised = [_promise(one, when) for one in promises.of_case(conn, case_id)]
    past.sort(key=lambda line: line.at)
    return Story(case, past, unsent, promised, _waiting(conn, case))


def _promise(promise: Promise, when: When) -> Line:
    about = f" ({promise.about})" if promise.about else ""
    by = f", by {promise.settled_by.replace('_', ' ')}" if promise.settled_by else ""
    said = f"{promise.kind}{about} by {when.date(promise.due_at)} at {when.time(promise.due_at)}"
    return Line(promise.made_at, "promise", f"{said}: {promise.state}{by}")


def _waiting(conn: Connection, case: Case) -> list[Line]:
    lines = []
    for step in chain.waiting(conn, case.id):
        text = registry.label(step["name"])
        if step["last_error"]:
            text += f" — failed {counted(step['tries'], 'time')}: {step['last_error']}"
        lines.append(Line(step["due_at"], step["name"], text))
    for task in dispatch.of_case(conn, case.id):
        if task.state.live:
            who = task.acknowledged_by or f"level {task.level}"
            text = f"{task.kind} task {task.id} is {task_words(task.state)}, with {who}"
            lines.append(Line(task.called_at or task.created_at, "dispatch", text))
    lines += [
        Line(question.answer_by, "question", _to_answer(question))
        for question in questions.of_case(conn, case.id)
        if question.open
    ]
    stands = booking.standing(conn, case.id)
    if stands:
        how = "confirmed" if stands.confirmed_at else "asked for, not confirmed"
        text = f"{stands.kind} at {stands.place}, {how}"
        lines.append(Line(stands.starts_at, "booking", text))
    lines += [Line(at, "courier", text) for at, text in handover.waiting(conn, case.id)]
    return sorted(lines, key=lambda line: line.at)


def _to_answer(question: Question) -> str:
    moved = f", moved {question.late} times" if question.late else ""
    return (
        f"{question.keeper or 'the depot'} answers question {question.id}{moved}: {question.text}"
    )


def _happened(entry: Recorded, when: When, certain: Collection[int] = ()) -> str:
    """What the dispatcher reads, and in brackets what helps to find it in tables and logs."""
    said = words(entry, when, certain)
    details = ", ".join(f"{name} {value}" for name, value in _details(entry.facts) if value)
    return " ".join(filter(None, (said.text, said.more, details and f"({details})")))


def _details(facts: Facts) -> Sequence[tuple[str, object]]:  # noqa: C901, PLR0911, PLR0912
    """What the words do not say, one case per kind."""
    match facts:
        case t.CourierReport(event_id=event, code=code, attempts=attempts, late=late):
            return ("event", event), ("code", code), ("attempts", attempts), ("late", late)
        case t.ContactChecked(line=line, fault=fault):
            return ("line", line), ("fault", fault)
        case t.ContactLookedUp(outcome=outcome, why=why):
            return ("outcome", outcome), ("why", why)
        case t.ContactSupplied(phone=phone, email=email):
            return ("phone", phone), ("e-mail", email)
        case (
            t.DispatcherCalled(task_id=task)
            | t.Snoozed(task_id=task)
            | t.Woken(task_id=task)
            | t.Reminded(task_id=task)
            | t.NeedsLonger(task_id=task)
            | t.WentBack(task_id=task)
        ):
            return (("task", task),)
        case t.Undone(task_id=task, act=act):
            return ("task", task), ("act", act)
        case t.RecoveryCalled(task_id=task, level=level) | t.PassedOn(task_id=task, level=level):
            return ("task", task), ("level", level)
        case t.Acknowledged(task_id=task, kind=kind) | t.Resolved(task_id=task, kind=kind):
            return ("task", task), ("for", kind)
        case t.CustomerReply(channel=channel, provider_id=provider_id, question_id=question):
            return ("question", question), ("channel", channel), ("provider's id", provider_id)
        case t.QuestionAnswered(question_id=question, channel=channel):
            return ("question", question), ("channel", channel)
        case t.StaffWrote(channel=channel):
            return (("channel", channel),)
        case t.QuestionSettled(question_id=question):
            return (("question", question),)
        case t.AttemptDisputed(dispute_id=dispute) | t.DisputeSettled(dispute_id=dispute):
            return (("dispute", dispute),)
        case t.NotReceived(former_case=former):
            return (("former case", former),)
        case t.CustomerWord(word=word, channel=channel, provider_id=provider_id):
            return ("word", word), ("channel", channel), ("provider's id", provider_id)
        case t.MessagesRefused(channel=channel, how=how, released=released):
            return ("channel", channel), ("how", how), ("released", ", ".join(released))
        case t.MessagesWanted(channel=channel, how=how):
            return ("channel", channel), ("how", how)
        case t.MessageUndeliverable(message_id=message, topic=topic, why=why):
            return ("message", message), ("about", topic), ("why", why)
        case (
            t.Booked(booking_id=booking)
            | t.Rebooked(booking_id=booking)
            | t.BookingCancelled(booking_id=booking)
        ):
            return (("booking", booking),)
        case t.BookingTold(booking_id=booking) | t.BookingWithdrawn(booking_id=booking):
            return (("booking", booking),)
        case t.BookingConfirmed(booking_id=booking, ref=ref):
            return ("booking", booking), ("reference", ref)
        case t.BookingRefused(booking_id=booking, code=code):
            return ("booking", booking), ("code", code)
        case t.BookingUnconfirmed(booking_id=booking) | t.BookingAtRisk(booking_id=booking):
            return (("booking", booking),)
        case t.PromiseBroken(round=round_, how=how):
            return ("round", round_), ("how", how)
        case t.Corrected(version=version) | t.CorrectionAsked(version=version):
            return (("version", version),)
        case (
            t.GestureAsked(gesture_id=gesture)
            | t.GestureMade(gesture_id=gesture)
            | t.GestureEnded(gesture_id=gesture)
        ):
            return (("gesture", gesture),)
        case t.Unknown(facts=unread):
            return tuple(unread.items())
        case (
            t.ContactRequested()
            | t.ContactFailed()
            | t.CallEnded()
            | t.CorrectionRefused()
            | t.CorrectionTold()
            | t.DoorHelpSaid()
            | t.LevelPassedOver()
            | t.LadderExhausted()
            | t.CustomerTold()
            | t.HourMissed()
            | t.DecisionRequested()
            | t.DecisionOverdue()
            | t.Decided()
            | t.ShipperWrote()
            | t.HandedOver()
            | t.SurveySent()
            | t.SurveyAnswered()
            | t.Thanked()
            | t.AskedIfGood()
            | t.SaidIfGood()
            | t.NoGesture()
            | t.Note()
            | t.ContactElsewhere()
            | t.SetAside()
            | t.Begun()
            | t.AuditHealed()
            | t.Closed()
        ):
            return ()  # the words say it all
        case _:
            assert_never(facts)


def _message(row: dict[str, Any]) -> str:
    why = f" ({reason_words(row['why'])})" if row["why"] else ""
    state = state_words(MessageState(row["state"]))
    by = f" by {service}" if (service := endpoints.words(row["recipient"])) else ""
    read = ", read" if row["read_at"] else ""
    cost = f", {abs(row['price']).normalize():f} {row['price_unit']}" if row["price"] else ""
    what = f"{row['channel']}{by} to the {row['audience']} about {row['topic']}"
    return f"{what}: {state}{why}{read}{cost}"
