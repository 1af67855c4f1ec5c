"""When everybody was called and nobody came: who is in charge is called again, with longer pauses.

One person may be in charge of many such tasks. So that their phone rings a bounded number of times
an hour, all of it shares one count, which stands locked with the person while it is decided.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from app.cases import service as cases
from app.cases.timeline.facts import LadderExhausted
from app.chain.policy import Policy
from app.db.connection import Connection
from app.directory import store as directory
from app.directory.model import Level
from app.dispatch import rules, store
from app.dispatch.store import Task


def pause(policy: Policy, task: Task) -> timedelta:
    """How long until the next call, after one that is made now or, the first time, in vain."""
    return rules.pause(
        policy.seconds("catch_all_every"),
        policy.seconds("catch_all_longest"),
        task.calls - policy.body["catch_all_times"] + (task.exhausted_at is not None),
    )


class LaterCalls:
    """The later calls of one transaction."""

    def __init__(self, conn: Connection, now: datetime) -> None:
        self._conn, self._now = conn, now
        self._calls: dict[int, list[datetime]] = {}
        self._begun: list[Task] = []

    def next(self, task: Task, rung: Level, policy: Policy) -> datetime:
        """When this level is called for the task: `now`, and then it counts as called; or later.

        When it is the first time that nobody is left to call, that is written down.
        """
        if task.exhausted_at is None:
            self._begun.append(task)
            return self._now + pause(policy, task)
        return self._room(rung, policy)

    def _room(self, rung: Level, policy: Policy) -> datetime:
        people = [person.id for person in rung.people]
        if unknown := [one for one in people if one not in self._calls]:
            self._calls |= directory.lock_rung_again(self._conn, unknown)
        most = policy.body["catch_all_an_hour"]
        at = max(rules.room(self._calls[one], most, self._now) for one in people)
        if at == self._now:
            for one in people:
                self._calls[one] = [*rules.last_hour(self._calls[one], at), at]
        return at

    def write(self) -> None:
        """Remember them."""
        if self._begun:
            store.exhausted(self._conn, [task.id for task in self._begun], self._now)
            notes = [cases.Entry(task.case_id, LadderExhausted()) for task in self._begun]
            cases.note(self._conn, notes, self._now)
        if self._calls:
            directory.set_rung_again(self._conn, self._calls)
