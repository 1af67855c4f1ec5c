"""What the console answers to an act, in words; no I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from app.booking.rows import BookingKind
from app.dispatch.acts.rules import Act, Given
from app.dispatch.acts.service import Done
from app.dispatch.acts.undo import TakenBack
from app.dispatch.console_hours import at_time
from app.dispatch.queue_store import Row
from app.dispatch.service import Ack
from app.languages.language import Language, mark
from app.languages.sentence import again
from app.theme.times import When

_NAMED = 4
"""How many of those that came too late are named one by one."""


class Feedback(NamedTuple):
    """What the console answers to an act; `tone` is `good` or empty."""

    text: str
    tone: str


def said(
    done: Done, given: Given, rows: Mapping[int, Row], by: str, now: datetime, language: Language
) -> Feedback:
    """What became of an act."""
    if done.act is Act.TAKE:
        return taken(done.acks, done.over, rows, by, now, language)
    say = language.say
    if not done.tasks and not done.over:
        return Feedback(say("Nothing was ticked, so nothing was done."), "")
    parts = []
    if done.tasks:
        what = _several(done.tasks, rows, language)
        match done.act:
            case Act.PASS_ON:
                parts.append(say("You passed on {what}: the next person is called now.", what=what))
            case Act.SNOOZE if given.until:
                zone = rows[done.tasks[0]].zone
                parts.append(_put_off(what, given, given.until, When(zone, now, language)))
            case Act.RESOLVE if given.choice == BookingKind.RETURN:
                back = mark("You finished {what}, and it goes back; the customer is told.")
                parts.append(say(back, what=what))
            case Act.RESOLVE if given.books:
                booked = mark("You finished {what} and booked it anew; the customer is told.")
                parts.append(say(booked, what=what))
            case Act.RESOLVE:
                parts.append(say("You finished {what}.", what=what))
            case _:
                parts.append(say("Your note stands with {what}.", what=what))
        if done.lasts and done.act is Act.RESOLVE:
            parts.append(again(language, done.lasts))
    parts += _not_done(done.over, rows, language)
    return Feedback(" ".join(parts), "" if done.over else "good")


def _put_off(what: str, given: Given, until: datetime, when: When) -> str:
    say, moment = when.language.say, at_time(until, when)
    if not given.event:
        return say("Nobody is called for {what} until {moment}.", what=what, moment=moment)
    said = given.event.until(when.language, moment)
    return say("Nobody is called for {what} {until}.", what=what, until=said)


def taken_back(back: TakenBack, rows: Mapping[int, Row], language: Language) -> Feedback:
    """What became of taking something back."""
    parts = []
    if back.tasks:
        what = _several(back.tasks, rows, language)
        parts.append(_back(back.act, what, len(back.tasks), language))
        parts += [language.say(back.left)] if back.left else []
    parts += _not_done(back.stays, rows, language)
    text = " ".join(parts)
    return Feedback(text[:1].upper() + text[1:], "" if back.stays or back.left else "good")


def _back(act: Act, what: str, number: int, language: Language) -> str:
    count = language.count
    match act:
        case Act.TAKE:
            return count("{what} is open again.", "{what} are open again.", number, what=what)
        case Act.PASS_ON:
            return count(
                "{what} is as before you passed it on.",
                "{what} are as before you passed them on.",
                number,
                what=what,
            )
        case Act.SNOOZE:
            return count(
                "{what} is called for as before.",
                "{what} are called for as before.",
                number,
                what=what,
            )
        case Act.RESOLVE:
            return count(
                "{what} is not finished any more.",
                "{what} are not finished any more.",
                number,
                what=what,
            )
        case Act.NOTE:
            return count(
                "{what} is without your note again.",
                "{what} are without your note again.",
                number,
                what=what,
            )


def _several(ids: Sequence[int], rows: Mapping[int, Row], language: Language) -> str:
    if len(ids) == 1:
        return _parcel(ids[0], rows, language)
    return language.count("{number} task", "{number} tasks", len(ids))


def _not_done(
    over: Sequence[tuple[int, str]], rows: Mapping[int, Row], language: Language
) -> list[str]:
    named = [_named(one, rows, language) for one in over[:_NAMED]]
    if len(over) > _NAMED:
        rest = len(over) - _NAMED
        more = language.count(
            "{number} more stays as it is.", "{number} more stay as they are.", rest
        )
        named.append(more)
    return named


def _named(one: tuple[int, str], rows: Mapping[int, Row], language: Language) -> str:
    task_id, why = one
    parcel = _parcel(task_id, rows, language)
    return language.say("{parcel}: {why}", parcel=parcel, why=again(language, why))


def taken(
    acks: Sequence[Ack],
    over: Sequence[tuple[int, str]],
    rows: Mapping[int, Row],
    by: str,
    now: datetime,
    language: Language,
) -> Feedback:
    """What became of taking these on: how many are the caller's, and who was faster."""
    mine = [ack.task_id for ack in acks if ack.fresh or ack.by == by]
    late = [_late(ack, rows, now, language) for ack in acks if not ack.fresh and ack.by != by]
    late += [_named(one, rows, language) for one in over]
    if not mine and not late:
        return Feedback(language.say("Nothing was ticked, so nothing was taken on."), "")
    parts = []
    if mine:
        what = _several(mine, rows, language)
        parts.append(language.say("You took on {what}.", what=what))
    parts += late[:_NAMED]
    if len(late) > _NAMED:
        rest = len(late) - _NAMED
        more = language.count(
            "{number} more was no longer open.", "{number} more were no longer open.", rest
        )
        parts.append(more)
    return Feedback(" ".join(parts), "" if late else "good")


def begun(
    done: Sequence[int],
    not_done: Sequence[tuple[int, str]],
    rows: Mapping[int, Row],
    language: Language,
) -> Feedback:
    """What became of beginning these."""
    if not done and not not_done:
        return Feedback(language.say("Nothing was ticked, so nothing was begun."), "")
    parts = []
    if done:
        began = mark("You began {what}: the depot is called, and the customer is told.")
        parts.append(language.say(began, what=_several(done, rows, language)))
    parts += _not_done(not_done, rows, language)
    return Feedback(" ".join(parts), "" if not_done else "good")


def _late(ack: Ack, rows: Mapping[int, Row], now: datetime, language: Language) -> str:
    row = rows[ack.task_id]
    at = at_time(ack.at, When(row.zone, now, language))
    text = mark("{parcel} was already acknowledged by {who} at {time}.")
    return language.say(text, parcel=row.parcel, who=ack.by, time=at)


def _parcel(task_id: int, rows: Mapping[int, Row], language: Language) -> str:
    if task_id in rows:
        return rows[task_id].parcel
    return language.say("Task {number}", number=task_id)
