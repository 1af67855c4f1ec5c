"""The hours of a row of the queue: what hurts, and when. No I/O."""

from __future__ import annotations

from datetime import datetime, timedelta
from operator import itemgetter
from typing import NamedTuple

from app.cases.model import CourierAct
from app.dispatch.queue_store import Row
from app.dispatch.states import TaskState, due, overdue
from app.theme import names
from app.theme.times import When, length

_URGENT = timedelta(hours=24)
_SOON = timedelta(hours=2)
"""A customer who expects news within this time is what hurts next."""


class Chip(NamedTuple):
    """An hour in words; `tone` is empty, `warn` or `bad`."""

    text: str
    tone: str


def hours(row: Row, when: When) -> list[Chip]:
    """What hurts when, the soonest first; once nobody has to do it any more, nothing does."""
    if row.state is TaskState.ASIDE and row.deadline:
        return [Chip(when.language.say("closes {when}", when=when.until(row.deadline)), "")]
    if not row.state.live or row.over:
        return []
    said = ((row.deadline, _deadline(row, when)), (row.news_by, _news(row, when)))
    hours = [(at, chip) for at, chip in said if at and chip]
    return [chip for _, chip in sorted(hours, key=itemgetter(0))]


def _deadline(row: Row, when: When) -> Chip | None:
    at, language = row.deadline, when.language
    if at is None:
        return None
    tone = "warn" if at - when.now < _URGENT else ""
    again_at = row.courier_acts_at if row.courier_act == CourierAct.TRIES_AGAIN else None
    if row.kind.of_delivery and again_at and when.ahead(again_at):
        said = language.say(
            "{courier} tries again {when}",
            courier=names.courier(row.courier),
            when=when.countdown(again_at),
        )
        return Chip(said, tone)
    if row.kind.of_delivery and row.return_by and not when.ahead(at):
        at = row.return_by  # what passed was the last moment to change what the courier does
    if not when.ahead(at):
        return Chip(overdue(row.kind, language, length(when.now - at, language)), "bad")
    return Chip(due(row.kind, language, when.countdown(at)), tone)


def _news(row: Row, when: When) -> Chip | None:
    at, say = row.news_by, when.language.say
    if at is None:
        return None
    if not when.ahead(at):
        late = length(when.now - at, when.language)
        return Chip(say("news for the customer: {length} overdue", length=late), "bad")
    tone = "warn" if at - when.now < _SOON else ""
    return Chip(say("customer hears {when}", when=when.until(at)), tone)


def at_time(at: datetime, when: When) -> str:
    """`09:05`, with its day where that is another."""
    return when.time(at) if when.is_today(at) else when.short(at)
