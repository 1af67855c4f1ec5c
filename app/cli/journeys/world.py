"""The journeys happen: by the real engine, with time moved to whatever comes next.

The clock looks as often as `GRAIN` says. Nothing heals what the engine might leave behind: whoever
watches over it in production does not run here, so that what it would find is found by us.
"""

from __future__ import annotations

import heapq
import itertools
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app import clock
from app.chain import engine, registry
from app.chain import store as steps
from app.chain.store import Ref
from app.channels import outbox
from app.channels.deciding import Call
from app.channels.heard import Receipt
from app.cli.journeys import dispatchers, people, played, played_courier, store
from app.cli.journeys.cast import Journey
from app.cli.journeys.played import Handed
from app.cli.journeys.stage import Stage
from app.cli.journeys.told import Acted, Called
from app.db.connection import connection, transaction
from app.errors import Problem
from app.handover import outbox as handover
from app.promises import service as promises

GRAIN = timedelta(seconds=45)
LASTS = timedelta(days=32)
"""So long after the last one has begun everything must be over."""
_LEASE = timedelta(seconds=15)
_AT_ONCE = 500
_ROUNDS = 40
"""So often is looked what has become due by what was done; the next look goes on."""
_LOOK = timedelta(hours=1)
_KILLED, _TWICE = 0.004, 0.01
"""How often a worker or a sender is killed at work, and a task message handed out twice."""
_LONG_AGO = timedelta(minutes=2)


@dataclass(slots=True)
class Lived:
    """What has happened in one journey so far, as its people know it."""

    journey: Journey
    case_id: int | None = None
    words: int = 0
    """How many messages have reached the customer."""
    acts: list[Acted] = field(default_factory=list)
    chosen: list[datetime] = field(default_factory=list)
    spoke: list[datetime] = field(default_factory=list)
    calls: list[Called] = field(default_factory=list)
    delivered: bool = False
    bookings: int = 0
    rated: bool = False
    asked: bool = False
    """Whether the shipper was asked to decide."""
    dispatch: random.Random = field(default_factory=random.Random)
    courier: random.Random = field(default_factory=random.Random)


class World:
    """One play of some journeys."""

    def __init__(self, stage: Stage, journeys: Sequence[Journey], seed: int) -> None:
        self.stage = stage
        self.lived = {one.number: Lived(one) for one in journeys}
        for one in self.lived.values():
            one.dispatch = one.journey.stream("dispatch")
            one.courier = one.journey.stream("courier")
        self.of_case: dict[int, Lived] = {}
        self.undone: Counter[str] = Counter()
        """Acts that were refused, and why: the page had told so by then."""
        self.keeperless: set[int] = set()
        self.wrote: list[tuple[datetime, str]] = []
        """When somebody wrote, and from where."""
        self.stopped: list[tuple[datetime, str, str]] = []
        """When, by which channel and from where somebody refused, whoever they are."""
        self.started: list[tuple[datetime, str, str]] = []
        these = f"{seed}:{journeys[0].number}"  # another world of this run has other luck
        chance = random.Random(f"{these}:provider")  # noqa: S311 - nothing is kept secret by it
        dead = frozenset(one.phone for one in journeys if one.reach == "dead")
        self.provider = played.Played(chance, self._receipt, dead, clock.now())
        played.carry(self.provider)
        self._fate = random.Random(f"{these}:processes")  # noqa: S311 - as above
        wishes = random.Random(f"{these}:system")  # noqa: S311 - as above
        played_courier.carry(played_courier.System(self._told_courier, wishes))
        self._due: list[tuple[datetime, int, Callable[[], object]]] = []
        self._number = itertools.count()
        self._seen = 0
        self._booking = 0
        self._look_at = clock.now()
        self._wakes: datetime | None = None
        self.over = max(one.begins for one in journeys) + LASTS

    def play(self) -> None:
        """Let everything happen."""
        for one in self.lived.values():
            self.at(one.journey.begins, lambda one=one: people.begin(self, one))  # type: ignore[misc]
        while True:
            moments = [*filter(None, [self._wakes]), *([self._due[0][0]] if self._due else [])]
            if not moments or min(moments) > self.over:
                return
            now = max(min(moments) + GRAIN, clock.now())
            clock.hold(now)
            while self._due and self._due[0][0] <= now:
                _, _, act = heapq.heappop(self._due)
                self._do(act)
            self._settle()
            self._look(now)

    def at(self, moment: datetime, act: Callable[[], object]) -> None:
        """Let something happen then."""
        heapq.heappush(self._due, (moment, next(self._number), act))

    def after(self, wait: timedelta, act: Callable[[], object]) -> None:
        """Let something happen so long from now."""
        self.at(clock.now() + wait, act)

    def whose(self, case_id: int) -> Lived | None:
        """Whose case it is."""
        if case_id not in self.of_case:
            for life in store.lives(connection()):
                if life.id not in self.of_case:
                    self.of_case[life.id] = self.lived[int(life.order_ref.rpartition("-")[2])]
        return self.of_case.get(case_id)

    def _do(self, act: Callable[[], object]) -> None:
        try:
            act()
        except Problem as problem:
            self.undone[problem.code] += 1

    def _receipt(self, wait: timedelta, said: Receipt) -> None:
        self.after(wait, lambda: people.tell(self, said))

    def _settle(self) -> None:
        """Do whatever is due, and what that makes due, until nothing is."""
        now, conn = clock.now(), connection()
        for _ in range(_ROUNDS):
            waiting, calls = store.waiting(conn), handover.next_due(conn)
            if not self._work(waiting, calls, now):
                break
        self._wakes = min(filter(None, (waiting.first(), calls)), default=None)
        if waiting.passed is not None and waiting.passed < now:
            with transaction() as conn:
                promises.settle_passed(conn, now)
        if waiting.booked > self._booking:
            for booked in store.booked_since(conn, self._booking):
                self._booking = booked.id
                people.deliver(self, booked)

    def _work(self, waiting: store.Waiting, calls: datetime | None, now: datetime) -> bool:
        """Do what is due now; False when nothing was."""
        steps_due = waiting.step is not None and waiting.step <= now
        channels, calls_due = waiting.due(now), calls is not None and calls <= now
        if steps_due:
            self._run_steps()
        for channel in channels:
            self._send(channel)
        if calls_due:
            self._hand_over()
        return bool(steps_due or channels or calls_due)

    def _run_steps(self) -> None:
        due = steps.claim(connection(), clock.now(), _AT_ONCE, _LEASE)
        by_name: dict[str, list[Ref]] = defaultdict(list)
        for step in due:
            by_name[step.name].append(Ref(step.id, step.attempt))
        for name, refs in by_name.items():
            step_type = registry.step_type(name)
            if step_type is None or self._fate.random() < _KILLED:
                continue  # the worker is killed; the lease ends, and the steps are taken again
            engine.run(step_type, refs)
            if self._fate.random() < _TWICE:
                engine.run(step_type, refs)  # the broker hands them out once more

    def _send(self, channel: str) -> None:
        batch = outbox.take(channel, _AT_ONCE)
        answers = [(call, outbox.call(call)) for call in batch.calls]
        killed = [one for one in answers if self._fate.random() < _KILLED]
        outbox.record([one for one in answers if one not in killed])
        for call, _ in killed:
            store.interrupt(connection(), call.message.id, clock.machine_now() - _LONG_AGO)
        if killed:
            outbox.settle_stale()
        for call in batch.calls:
            self._received(call)

    def _received(self, call: Call) -> None:
        handed = self.provider.by_id.pop(call.message.id, None)
        if handed is None:
            return
        handed.case_id, handed.audience = call.message.case_id, call.message.audience
        handed.topic = call.message.topic
        self._react(handed, call.message.person_id)

    def _react(self, handed: Handed, person_id: int | None) -> None:
        if handed.audience == "dispatcher":
            dispatchers.called(self, handed, person_id)
        elif handed.audience == "shipper":
            people.ask_shipper(self, handed)
        elif handed.channel == "voice":
            people.rung(self, handed)
        elif handed.arrived:
            people.read(self, handed)

    def _told_courier(self, case_id: int) -> None:
        lived = self.whose(case_id)
        if lived is not None:
            lived.calls.append(Called(clock.now(), "courier", "handover"))

    def _hand_over(self) -> None:
        calls = [
            call
            for account_id in handover.accounts_due(connection())
            for call in handover.take(account_id, _AT_ONCE)
        ]
        for call in calls:
            handover.record([(call, handover.call(call))])

    def _look(self, now: datetime) -> None:
        """See now and then whether somebody keeps every open case."""
        if now >= self._look_at:
            self._look_at = now + _LOOK
            self.keeperless.update(store.keeperless(connection()))
