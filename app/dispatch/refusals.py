"""Why an act on a task is refused, in words that say how things are."""

from __future__ import annotations

from datetime import datetime, timedelta

from app import clock, languages
from app.cases.model import Case
from app.db.connection import Connection
from app.dispatch import story_words, texts
from app.dispatch.states import TaskKind, TaskState, outcomes_of
from app.dispatch.store import Task
from app.dispatch.taken import service as taken
from app.errors import Problem
from app.languages.language import mark
from app.languages.sentence import sentence
from app.shipments.corrections import store as corrections
from app.theme.times import When

_MEANWHILE = timedelta(minutes=1)
"""Whoever passes on what somebody took on so lately cannot have known of it."""


def check_outcome(kind: TaskKind, outcome: str) -> None:
    """Refuse what nobody can say of a task of this kind."""
    known = outcomes_of(kind)
    if outcome and outcome not in known:
        raise Problem(
            422,
            "no_such_outcome",
            sentence("The outcome must be one of {known}.", known=", ".join(known)),
        )


def refuse_meanwhile(task: Task, case: Case, by: str, seen: int | None, now: datetime) -> None:
    """Refuse to pass on what somebody just took on or passed on: nobody can have known of it."""
    if task.state is TaskState.OPEN and seen is not None and task.level > seen:
        raise Problem(
            409,
            "passed_on",
            sentence("It was passed on already, to level {level}.", level=task.level),
        )
    at = task.acknowledged_at
    taken = task.state is TaskState.ACKNOWLEDGED and task.acknowledged_by != by
    if taken and at and at > now - _MEANWHILE:
        detail = sentence(
            "{who} took it on at {time}.",
            who=task.acknowledged_by,
            time=lambda language: language.date(clock.local(at, case.depot.zone), "time"),
        )
        raise Problem(409, "taken_meanwhile", detail)


def refuse_gone_up(task: Task, level: int | None) -> None:
    """Refuse whoever was called below the level that a task went up to."""
    if task.gone_up(level):
        raise Problem(409, "gone_up", texts.gone_up(languages.get(), task.up_to))


def refuse_over(task: Task, case: Case) -> None:
    """Refuse what comes after a task is over, or was set aside."""
    if task.state is TaskState.ASIDE and not case.closed:
        detail = mark(
            "This is old news that was set aside. Begin the case first, if it is to be handled."
        )
        raise Problem(409, "set_aside", detail)
    if task.state.live and (not case.closed or task.kind.outlives):
        return
    at = clock.local(task.resolved_at or case.closed_at or task.created_at, case.depot.zone)
    hours = {
        "time": lambda language: language.date(at, "time"),
        "day": lambda language: language.date(at, "day"),
    }
    if task.state is TaskState.RESOLVED:
        detail = sentence(
            "This task is resolved by {who}, at {time} on {day}.", who=task.acknowledged_by, **hours
        )
    elif case.resolution:
        how = sentence(story_words.ENDED.get(case.resolution, case.resolution))
        detail = sentence("This task is over since {time} on {day}. {how}", how=how, **hours)
    else:
        detail = sentence("This task is over: it was withdrawn at {time} on {day}.", **hours)
    raise Problem(409, "task_over", detail)


def refuse_undecided(conn: Connection, case: Case) -> None:
    """Refuse to finish a question while another address waits for a yes or a no."""
    if corrections.asked(conn, case.shipment_id):
        detail = mark(
            "The customer waits for a yes or no to another address. Please say that first."
        )
        raise Problem(409, "address_undecided", detail)


def refuse_hour(task: Task, case: Case, at: datetime, now: datetime) -> None:
    """Refuse to let a task wait until a moment that has passed, or that is too late for it."""
    latest = taken.latest(task, case, now)
    if at <= now:
        raise Problem(422, "hour_passed", mark("That moment has passed."))
    if latest and at > latest:
        detail = sentence(
            "That is too late: somebody has to act {moment} at the latest.",
            moment=lambda language: When(case.depot.zone, now, language).moment(latest),
        )
        raise Problem(422, "too_late", detail)
