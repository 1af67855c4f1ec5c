"""What somebody reads, in their language, who took a task on: it is due, or it went back."""

from __future__ import annotations

from datetime import datetime

from app.cases.model import Case
from app.dispatch.store import Task
from app.languages.language import Language
from app.theme.times import When


def reminder(
    language: Language, case: Case, task: Task, url: str, now: datetime
) -> tuple[str, str]:
    """Subject and text for whoever has it: until when, what comes then, and what they can do."""
    say, when = language.say, When(case.depot.zone, now, language)
    subject = say("You have it, and it is not finished: {parcel}", parcel=case.parcel.label)
    sentences = [f"{subject}."]
    if at := task.acknowledged_at:
        sentences.append(say("You took it on {moment}.", moment=_hour(at, when)))
    if task.done_by:
        then = say(
            "Please finish it by {moment}, or say there that you need longer; else others are "
            "called.",
            moment=_hour(task.done_by, when),
        )
    elif task.deadline:
        then = say("Please answer by {moment}.", moment=_hour(task.deadline, when))
    else:
        then = say("Please finish it.")
    return subject, " ".join([*sentences, then, url])


def went_back(
    language: Language, case: Case, since: datetime | None, url: str, now: datetime
) -> tuple[str, str]:
    """Subject and text for whoever had it: others are called, and how to have it again."""
    say, when = language.say, When(case.depot.zone, now, language)
    subject = say("Others are called now: {parcel}", parcel=case.parcel.label)
    sentences = [f"{subject}."]
    if since:
        had = say("You had it since {moment} and it is not finished.", moment=_hour(since, when))
        sentences.append(had)
    again = say("If you are on it, please take it on again: {url}", url=url)
    return subject, " ".join([*sentences, again])


def _hour(at: datetime, when: When) -> str:
    return when.time(at) if when.day(at) == when.day(when.now) else when.short(at)
