"""What the console answers to an act, in words; no I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from app.dispatch.acts.rules import Act, Given
from app.dispatch.acts.service import Done
from app.dispatch.acts.undo import TakenBack
from app.dispatch.console_views import at_time
from app.dispatch.queue_store import Row
from app.dispatch.service import Ack
from app.theme.times import When

_NAMED = 4
"""How many of those that came too late are named one by one."""


class Feedback(NamedTuple):
    """What the console answers to an act; `tone` is `good` or empty."""

    text: str
    tone: str


def said(done: Done, given: Given, rows: Mapping[int, Row], by: str, now: datetime) -> Feedback:
    """What became of an act."""
    if done.act is Act.TAKE:
        return taken(done.acks, done.over, rows, by, now)
    if not done.tasks and not done.over:
        return Feedback("Nothing was ticked, so nothing was done.", "")
    parts = []
    if done.tasks:
        what = _several(done.tasks, rows)
        match done.act:
            case Act.PASS_ON:
                parts.append(f"You passed on {what}: the next person is called now.")
            case Act.SNOOZE if given.until:
                when = When(rows[done.tasks[0]].zone, now)
                sooner = f"{given.event.words}, at the latest " if given.event else ""
                until = f"{sooner}{at_time(given.until, when)}"
                parts.append(f"Nobody is called for {what} until {until}.")
            case Act.RESOLVE if given.choice:
                parts.append(f"You finished {what} and booked it anew; the customer is told.")
            case Act.RESOLVE:
                parts.append(f"You finished {what}.")
            case _:
                parts.append(f"Your note stands with {what}.")
        if done.lasts and done.act is Act.RESOLVE:
            parts.append(done.lasts)
    parts += _not_done(done.over, rows)
    return Feedback(" ".join(parts), "" if done.over else "good")


_BACK = {
    Act.TAKE: "open again",
    Act.PASS_ON: "as before you passed it on",
    Act.SNOOZE: "called for as before",
    Act.RESOLVE: "not finished any more",
    Act.NOTE: "without your note again",
}


def taken_back(back: TakenBack, rows: Mapping[int, Row]) -> Feedback:
    """What became of taking something back."""
    parts = []
    if back.tasks:
        verb = "is" if len(back.tasks) == 1 else "are"
        parts.append(f"{_several(back.tasks, rows)} {verb} {_BACK[back.act]}.")
        parts += [back.left] if back.left else []
    parts += _not_done(back.stays, rows)
    text = " ".join(parts)
    return Feedback(text[:1].upper() + text[1:], "" if back.stays or back.left else "good")


def _several(ids: Sequence[int], rows: Mapping[int, Row]) -> str:
    return _parcel(ids[0], rows) if len(ids) == 1 else f"{len(ids)} tasks"


def _not_done(over: Sequence[tuple[int, str]], rows: Mapping[int, Row]) -> list[str]:
    named = [f"{_parcel(task_id, rows)}: {detail}" for task_id, detail in over[:_NAMED]]
    if len(over) > _NAMED:
        named.append(f"{len(over) - _NAMED} more stay as they are.")
    return named


def taken(
    acks: Sequence[Ack],
    over: Sequence[tuple[int, str]],
    rows: Mapping[int, Row],
    by: str,
    now: datetime,
) -> Feedback:
    """What became of taking these on: how many are the caller's, and who was faster."""
    mine = [ack for ack in acks if ack.fresh or ack.by == by]
    late = [_late(ack, rows, now) for ack in acks if not ack.fresh and ack.by != by]
    late += [f"{_parcel(task_id, rows)}: {detail}" for task_id, detail in over]
    if not mine and not late:
        return Feedback("Nothing was ticked, so nothing was taken on.", "")
    parts = []
    if mine:
        what = _parcel(mine[0].task_id, rows) if len(mine) == 1 else f"{len(mine)} tasks"
        parts.append(f"You took on {what}.")
    parts += late[:_NAMED]
    if len(late) > _NAMED:
        parts.append(f"{len(late) - _NAMED} more were no longer open.")
    return Feedback(" ".join(parts), "" if late else "good")


def begun(
    done: Sequence[int], not_done: Sequence[tuple[int, str]], rows: Mapping[int, Row]
) -> Feedback:
    """What became of beginning these."""
    if not done and not not_done:
        return Feedback("Nothing was ticked, so nothing was begun.", "")
    parts = []
    if done:
        what = _parcel(done[0], rows) if len(done) == 1 else f"{len(done)} cases"
        parts.append(f"You began {what}: the depot is called, and the customer is told.")
    parts += [f"{_parcel(task_id, rows)}: {detail}" for task_id, detail in not_done[:_NAMED]]
    if len(not_done) > _NAMED:
        parts.append(f"{len(not_done) - _NAMED} more could not be begun.")
    return Feedback(" ".join(parts), "" if not_done else "good")


def _late(ack: Ack, rows: Mapping[int, Row], now: datetime) -> str:
    row = rows[ack.task_id]
    at = at_time(ack.at, When(row.zone, now))
    return f"{row.parcel} was already acknowledged by {ack.by} at {at}."


def _parcel(task_id: int, rows: Mapping[int, Row]) -> str:
    return rows[task_id].parcel if task_id in rows else f"Task {task_id}"
