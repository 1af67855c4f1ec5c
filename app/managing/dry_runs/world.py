"""A scratch world in which past cases happen again, by the real engine, with time moved.

Everything runs on one connection whose tables are temporary, see `scratch_store`. Nothing is sent:
a message ends as the same person's did then, or else arrives.
"""

from __future__ import annotations

import heapq
import itertools
import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from app import clock
from app.cases.model import Holding
from app.cases.timeline import rows
from app.cases.timeline.facts import (
    CourierReport,
)
from app.chain import engine, registry
from app.chain import store as steps
from app.chain.store import Ref
from app.channels import outbox
from app.channels.deciding import Call
from app.channels.outbox import Answer
from app.channels.providers.base import Accepted
from app.channels.routing import DeliveryUpdate
from app.db.connection import Connection, transaction
from app.dispatch import store as tasks
from app.errors import Problem
from app.intake import store as intake
from app.intake.event import Account, Event, Incoming, Message
from app.managing.dry_runs import acts, doing, scratch_store
from app.managing.dry_runs.acts import Act, Anchor, Story, TaskKey
from app.managing.dry_runs.history_store import Outcome, Past
from app.promises import service as promises

_LEASE = timedelta(seconds=15)
_AT_ONCE = 500
_AFTERWARDS = timedelta(days=3)
"""So long after its end then a case that is still open is left as it is."""


class TooLong(Exception):
    """The replay did not come to its end in the time that it had."""


@dataclass(slots=True)
class History:
    """What was, as far as a replay needs it."""

    cases: Sequence[Past]
    stories: Mapping[int, Story]
    outcomes: Sequence[Outcome]
    accounts: Mapping[str, Account]


@dataclass(slots=True)
class World:
    """One replay."""

    conn: Connection
    history: History
    until: datetime
    deadline: float
    """Of `time.monotonic`."""
    progress: Callable[[int], None] = lambda _: None
    """Told how many cases have begun."""
    undone: int = 0
    """How many acts had no place any more."""
    _due: list[tuple[datetime, int, int, Act | None]] = field(default_factory=list)
    _waiting: dict[tuple[int, Anchor], list[Act]] = field(default_factory=lambda: defaultdict(list))
    _number: Any = field(default_factory=itertools.count)
    _ours: dict[int, int] = field(default_factory=dict)
    """The case of here, by the case of then."""
    _then: dict[int, int] = field(default_factory=dict)
    _seen: int = 0
    _ends: dict[tuple[int, str, str, str], deque[Outcome]] = field(default_factory=dict)

    def play(self) -> None:
        """Let everything happen, from the first case's beginning on.

        Raises:
            TooLong: not all of it could be done in time.
        """
        self._prepare()
        while True:
            moments = [steps.next_due(self.conn), outbox.next_due(self.conn)]
            moments += [self._due[0][0]] if self._due else []
            coming = [moment for moment in moments if moment]
            if not coming or min(coming) > self.until:
                break
            if time.monotonic() > self.deadline:
                raise TooLong
            clock.hold(max(min(coming), clock.now()))
            while self._due and self._due[0][0] <= clock.now():
                _, _, case_id, act = heapq.heappop(self._due)
                self._do(case_id, act)
            self._settle()
        self.undone += sum(map(len, self._waiting.values()))

    def case_of(self, case_id: int) -> int | None:
        """The case of here that a case of then has become."""
        return self._ours.get(case_id)

    def _prepare(self) -> None:
        for past in self.history.cases:
            for act in self.history.stories[past.id].acts:
                if act.waits_for is None:
                    self._at(act.at, past.id, act)
                else:
                    self._waiting[past.id, act.waits_for].append(act)
            if past.closed_at:
                self._at(past.closed_at + _AFTERWARDS, past.id, None)
        for one in self.history.outcomes:
            key = (one.case_id, one.audience, one.channel, one.recipient)
            self._ends.setdefault(key, deque()).append(one)
        clock.hold(min((due[0] for due in self._due), default=self.until))

    def _at(self, at: datetime, case_id: int, act: Act | None) -> None:
        heapq.heappush(self._due, (at, next(self._number), case_id, act))

    def _settle(self) -> None:
        """Run whatever is due, and what that makes due, until nothing is."""
        while True:
            with transaction() as conn:
                promises.settle_passed(conn, clock.now())
            done = self._run_steps() + self._send()
            self._look()
            if not done:
                return

    def _run_steps(self) -> int:
        due = steps.claim(self.conn, clock.now(), _AT_ONCE, _LEASE)
        by_name: dict[str, list[Ref]] = defaultdict(list)
        for step in due:
            by_name[step.name].append(Ref(step.id, step.attempt))
        for name, refs in by_name.items():
            step_type = registry.step_type(name)
            if step_type is not None:
                engine.run(step_type, refs)
        return len(due)

    def _send(self) -> int:
        found = 0
        for channel in outbox.channels_waiting(self.conn):
            batch = outbox.take(channel, _AT_ONCE)
            outbox.record([(call, self._answer(call)) for call in batch.calls])
            found += batch.found
        return found

    def _answer(self, call: Call) -> Answer:
        """How a message ends: as the same person's about this case did then, or it arrives.

        Nobody picks up a telephone that did not ring then.
        """
        message = call.message
        then = self._then.get(message.case_id, 0)
        key = (then, message.audience, message.channel, message.recipient)
        ends = self._ends.get(key)
        end = None
        if ends:
            end = ends.popleft() if len(ends) > 1 else ends[0]
        if end is not None and end.state in {"failed", "unknown"}:
            return DeliveryUpdate(state=end.state, why=end.why, tries=call.outgoing.tries)
        if end is None and message.channel == "voice":
            return DeliveryUpdate(state="failed", why="no_answer", tries=call.outgoing.tries)
        return Accepted(f"dry-{message.id}", "delivered")

    def _look(self) -> None:
        """See what happened, and let those act who waited for it."""
        for row in scratch_store.happened(self.conn, self._seen):
            self._seen = row["id"]
            self._match(row["case_id"])
            then = self._then.get(row["case_id"])
            if then is None:
                continue
            facts = rows.read(row["kind"], row["facts"])
            for anchor in acts.anchors(facts, self._keys(row["case_id"])):
                for act in self._waiting.pop((then, anchor), ()):
                    self._at(row["at"] + act.after, then, act)

    def _match(self, case_id: int) -> None:
        """Find out which case of then a new case is: the first of its parcel that has none yet."""
        if case_id in self._then:
            return
        parcel = dict(scratch_store.opened(self.conn)).get(case_id)
        for past in self.history.cases:
            if past.shipment_id == parcel and past.id not in self._ours:
                self._ours[past.id], self._then[case_id] = case_id, past.id
                self.progress(len(self._ours))
                return

    def _keys(self, case_id: int) -> dict[int, TaskKey]:
        return {task.id: key for key, task in self._tasks(case_id).items()}

    def _tasks(self, case_id: int) -> dict[TaskKey, tasks.Task]:
        found: dict[TaskKey, tasks.Task] = {}
        for task in sorted(tasks.of_case(self.conn, case_id), key=lambda one: one.id):
            number = 1 + sum(kind == str(task.kind) for kind, _ in found)
            found[str(task.kind), number] = task
        return found

    def _do(self, past_id: int, act: Act | None) -> None:
        """Do it, where it still has a place."""
        case_id = self._ours.get(past_id)
        if act is None:
            if case_id is not None:
                scratch_store.stop(self.conn, case_id)
            return
        if isinstance(act.facts, CourierReport):
            past = next(past for past in self.history.cases if past.id == past_id)
            self._hear(past, act)
            return
        try:
            done = case_id is not None and doing.do(case_id, act, self._tasks(case_id))
        except Problem:
            done = False
        self.undone += not done

    def _hear(self, past: Past, act: Act) -> None:
        said = act.facts
        assert isinstance(said, CourierReport)  # noqa: S101 - others are done, not heard
        kind = rows.kind_of(said).removeprefix("courier_")
        event = Event(
            key=f"event-{said.event_id}-{past.shipment_id}",
            kind=kind,
            tracking_number=past.tracking_number,
            courier_ref=past.courier_ref or past.tracking_number,
            reason=said.reason or "unknown",
            code=said.code,
            words=said.words,
            attempt=said.attempts or None,
            occurred_at=said.at or act.at,
            held=Holding.read(past.held) if kind == "held" and past.held else None,
        )
        incoming = Incoming(headers={}, query={}, raw=b"{}", received_at=act.at)
        account = self.history.accounts[past.account]
        message = Message(account=account, incoming=incoming, request_id="dry-run", events=[event])
        with transaction() as conn:
            intake.take_on(conn, message, clock.now())
        for case_id, _ in scratch_store.opened(self.conn)[len(self._then) :]:
            self._match(case_id)
