"""The whole house in one process: courier, dispatcher and customer are played, time is moved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from app import clock, configure
from app.booking import service as booking
from app.cases import service as cases
from app.cases import store as case_store
from app.cases.model import Case, Resolution
from app.chain import audit, engine
from app.chain import service as chain
from app.chain import store as steps
from app.channels import providers
from app.channels import service as channels
from app.customer import service as customer
from app.db.connection import connection, transaction
from app.dispatch import service as dispatch
from app.dispatch import store as tasks
from app.dispatch.states import TaskKind
from app.dispatch.store import Task
from app.dispatch.taken import longer
from app.intake import service as intake
from app.intake.event import Incoming
from app.intake.store import Taken
from app.settings import Settings
from tests import courier, seed
from tests.inline import settle


class Play:
    """A small world and what its people do; every act is followed by all that it causes."""

    def __init__(self, settings: Settings, policy: dict[str, Any] | None = None) -> None:
        configure(settings)
        self.world = seed.world(clock.now(), policy)

    def hear(self, raw: bytes, request_id: str = "request-1") -> Taken:
        """The courier's words come in at the door; nothing is settled yet."""
        account = self.world.accounts["standard_webhooks"]
        incoming = Incoming(
            headers=courier.signed(account, raw),
            query={},
            raw=raw,
            received_at=clock.machine_now(),
        )
        return intake.receive(account, incoming, request_id)

    def courier(self, kind: str = "failed", parcel: str = "P1", **said: Any) -> int:
        """The courier speaks; the id of the case."""
        case_id = self.hear(courier.said(kind, parcel, **said)).case_id
        settle()
        return case_id or 0

    def acknowledge(self, case_id: int, by: str = "Ana", **said: str) -> dispatch.Ack:
        """Somebody takes the newest task on."""
        note, outcome = said.get("note", ""), said.get("outcome", "")
        ack = dispatch.acknowledge(self.task(case_id).id, by, note, outcome, clock.now())
        settle()
        return ack

    def keep(self, case_id: int, by: str = "Ana", *, days: int = 4) -> None:
        """Who has the newest task needs so much longer."""
        until = clock.now() + timedelta(days=days)
        longer.longer(self.task(case_id).id, by, until, clock.now())
        settle()

    def options(self, case_id: int) -> booking.Options:
        """What the customer is offered."""
        with transaction() as conn:
            case = cases.lock(conn, case_id)
            assert case is not None
            return booking.options(conn, case, clock.now())

    def choose(self, case_id: int, choice: str = "", *, confirmed: bool = True) -> None:
        """The customer chooses, by default the first slot; the depot's people say yes."""
        customer.choose(case_id, choice or self.options(case_id).slots[0].choice, clock.now())
        settle()
        if confirmed:
            self.answer(case_id, "confirmed")

    def answer(self, case_id: int, outcome: str, by: str = "Ana", note: str = "") -> None:
        """The depot's people say whether what is booked goes ahead, if they are asked."""
        live = [t for t in tasks.of_case(connection(), case_id) if t.state.live]
        for task in live:
            if task.kind is TaskKind.HANDOVER:
                dispatch.resolve(task.id, by, outcome, note, clock.now())
        settle()

    def rate(self, case_id: int, score: int, words: str = "") -> None:
        """The customer answers the survey."""
        customer.rate(case_id, score, words, clock.now())
        settle()

    def close(self, case_id: int, resolution: str) -> None:
        """Somebody closes the case by hand."""
        with transaction() as conn:
            case = cases.lock(conn, case_id)
            assert case is not None
            assert chain.close(conn, case, Resolution(resolution), "Ana", clock.now())
        settle()

    def case(self, case_id: int) -> Case:
        return cases.by_ids(connection(), [case_id])[case_id]

    def news_by(self, case_id: int) -> datetime:
        """Until when the customer was promised news."""
        promised = self.case(case_id).news_by
        assert promised is not None
        return promised

    def task(self, case_id: int) -> Task:
        """The newest task."""
        return tasks.of_case(connection(), case_id)[0]

    def tasks(self, case_id: int) -> list[tuple[str, str]]:
        """`(kind, state)` of all tasks, oldest first."""
        return [(str(t.kind), str(t.state)) for t in tasks.of_case(connection(), case_id)][::-1]

    def messages(self, case_id: int, **like: str) -> list[dict[str, Any]]:
        """The case's messages, oldest first, with these values."""
        return [
            message
            for message in channels.for_case(connection(), case_id)
            if all(message[name] == value for name, value in like.items())
        ]

    def told(self, case_id: int, audience: str = "customer") -> list[tuple[str, str]]:
        """`(topic, recipient)` of what reached these people, oldest first."""
        found = self.messages(case_id, audience=audience, state="delivered")
        return [(message["topic"], message["recipient"]) for message in found]

    def topics(self, case_id: int) -> list[str]:
        """What the customer was told about, oldest first."""
        return [topic for topic, _ in self.told(case_id)]

    def waiting(self, case_id: int) -> set[str]:
        """The steps that the case waits for."""
        return {step["name"] for step in steps.waiting(connection(), case_id)}

    def timeline(self, case_id: int) -> list[str]:
        """What happened, oldest first."""
        return [entry["kind"] for entry in case_store.read_timeline(connection(), case_id)]

    def orphans(self) -> list[int]:
        """Open cases that nothing moves."""
        return audit.find_orphans(connection())


@pytest.fixture
def play(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Play]:
    """A world of this test's own.

    What a handler says that its case has become is what the next step of the run is given, so it is
    compared with the table each time.
    """
    run = engine._run_taken
    wrong: list[tuple[str, Case]] = []

    def compared(conn: Any, step_type: Any, rows: Any, known: Any, *more: Any) -> Any:
        again = [row["case_id"] for row in rows if row["case_id"] in known]
        now = case_store.load(conn, again) if again else ()
        wrong.extend((step_type.name, case) for case in now if case != known[case.id])
        return run(conn, step_type, rows, known, *more)

    monkeypatch.setattr(engine, "_run_taken", compared)
    yield Play(settings)
    providers._chosen.clear()
    assert not wrong
