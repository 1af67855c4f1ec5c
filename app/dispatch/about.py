"""What a task is about besides its case: a booking, or what a customer asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from app.booking import service as booking
from app.booking.service import Booking, BookingState
from app.cases.model import Case
from app.chain import policy
from app.db.connection import Connection
from app.dispatch.states import TaskKind
from app.dispatch.store import Task
from app.questions import store as questions
from app.questions.model import Question


class About(NamedTuple):
    """As far as whoever is called reads and hears of it."""

    booking: Booking | None = None
    """One to confirm, or the one that was missed."""
    asked: Question | None = None
    """What the customer asked last and nobody answered."""
    personal: bool = True
    """Whether the customer's name, street and words may be said."""

    @property
    def stands(self) -> bool:
        """Whether a booking that is to be confirmed is still wanted."""
        return self.booking is not None and self.booking.state is BookingState.STANDING


def of(conn: Connection, case: Case, task: Task) -> About:
    """What one task is about."""
    personal = policy.get(conn, case.policy_id).body["staff_read_names"]
    return Several.read(conn, [task], missed=True).of(task, personal=personal)


class Several(NamedTuple):
    """What many tasks are about."""

    bookings: Mapping[int, Booking]
    """By task."""
    asked: Mapping[int, Sequence[Question]]
    """By case."""

    @classmethod
    def read(cls, conn: Connection, tasks: Sequence[Task], *, missed: bool = False) -> Several:
        """Read what stands; `missed` says whether bookings that did not come true are wanted."""
        confirm = {task.id: task.about for task in tasks if task.kind is TaskKind.HANDOVER}
        known = booking.by_ids(conn, list(confirm.values())) if confirm else {}
        bookings = {task_id: known[one] for task_id, one in confirm.items() if one in known}
        for task in tasks if missed else ():
            broken = task.kind is TaskKind.PROMISE and not task.about
            if broken and (latest := booking.latest(conn, task.case_id)):
                bookings[task.id] = latest
        asked = [task.case_id for task in tasks if task.kind is TaskKind.QUESTION]
        return cls(bookings, questions.open_of(conn, asked) if asked else {})

    def of(self, task: Task, *, personal: bool) -> About:
        """What one of them is about."""
        asked = self.asked.get(task.case_id) if task.kind is TaskKind.QUESTION else None
        return About(self.bookings.get(task.id), asked[-1] if asked else None, personal)
