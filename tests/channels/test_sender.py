"""The sender: a slow provider fills its own lane, and nothing else waits for it."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import clock
from app.channels import outbox
from app.channels.circuit import OPENS_AFTER, Circuit
from app.channels.providers import _chosen
from app.channels.providers.base import Accepted, Ambiguous, Outgoing
from app.channels.service import Route
from app.db import turns
from app.db.connection import connection
from app.settings import Settings
from tasks import sender as sender_process
from tasks.clock import Clock
from tasks.sender import Sender
from tests.channels.world import MAIL, SMS, carried_by, enqueue, make_case, read, states


class Hanging:
    """A provider that answers when it is told to."""

    def __init__(self) -> None:
        self.calls: list[int] = []
        self.go_on = threading.Event()

    def send(self, message: Outgoing) -> Accepted:
        self.calls.append(message.id)
        self.go_on.wait(30)
        return Accepted(f"h-{message.id}")

    def ask(self, _message: Outgoing, _since: datetime) -> Accepted | None:
        return None


class Quick(Hanging):
    def __init__(self) -> None:
        super().__init__()
        self.go_on.set()


class Away(Quick):
    def send(self, message: Outgoing) -> Accepted:
        self.calls.append(message.id)
        raise Ambiguous("no_answer")


@pytest.fixture
def sms() -> Iterator[Hanging]:
    provider = Hanging()
    _chosen.update(sms=carried_by("sms", provider), email=carried_by("email", Quick()))
    yield provider
    provider.go_on.set()


@pytest.fixture
def sender() -> Iterator[Sender]:
    made = Sender(room=4)
    yield made
    made.close()


def until(sender: Sender, true: Callable[[], bool]) -> None:
    """Let the sender's loop go round until it is true."""
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline
        sender.woken.clear()
        sender.turn()
        sender.woken.wait(0.02)


def messages(case: int, number: int, *routes: Route, **changes: object) -> None:
    start = len(states(case))
    for n in range(start, start + number):
        enqueue(case, *routes, idempotency_key=f"{case}-{n}", **changes)


def test_a_hanging_text_message_provider_holds_up_no_mail(
    settings: Settings, sms: Hanging, sender: Sender
) -> None:
    case = make_case()
    messages(case, 40, SMS)
    messages(case, 40, MAIL)
    mails = _chosen["email"].carrier
    assert isinstance(mails, Quick)
    until(sender, lambda: len(mails.calls) == 40)
    assert len(sms.calls) == 4  # as much as the lane has room for
    assert sum(state == "queued" for _, state, _ in states(case)) == 36
    sms.go_on.set()
    until(sender, lambda: {state for _, state, _ in states(case)} == {"sent"})


def test_calls_under_way_hold_no_connection(settings: Settings, sms: Hanging) -> None:
    sender = Sender(room=30)
    messages(make_case(), 30, SMS)
    before = read("SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database()")
    until(sender, lambda: len(sms.calls) == 30)
    during = read("SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database()")
    sms.go_on.set()
    sender.close()
    assert during == before


def test_an_account_with_one_message_waits_for_no_other_accounts_flood(
    settings: Settings, sms: Hanging
) -> None:
    flood, one = make_case("A"), make_case("B")
    messages(flood, 50, SMS)
    messages(one, 1, SMS)
    taken = [call.message.case_id for call in outbox.take("sms", 40).calls]
    assert len(taken) == 40
    assert one in taken[:2]


def test_customers_go_before_staff_and_staff_is_not_starved(
    settings: Settings, sms: Hanging
) -> None:
    case = make_case()
    messages(case, 50, SMS, audience="dispatcher")
    messages(case, 50, SMS)
    first = [call.message.audience for call in outbox.take("sms", 1).calls]
    then = [call.message.audience for call in outbox.take("sms", 10).calls]
    assert first == ["customer"]
    assert sorted(set(then)) == ["customer", "dispatcher"]


def test_behind_an_open_circuit_messages_go_by_the_next_channel(
    settings: Settings, sender: Sender
) -> None:
    away, mails = Away(), Quick()
    _chosen.update(sms=carried_by("sms", away), email=carried_by("email", mails))
    case, quiet = make_case("A"), make_case("B")
    messages(case, 60, SMS, MAIL)
    messages(quiet, 1, SMS)

    def all_gone() -> bool:
        return (
            sum(channel == "email" and state == "sent" for channel, state, _ in states(case)) > 50
        )

    until(sender, all_gone)
    assert len(away.calls) <= OPENS_AFTER + 2 * 4  # those under way when it opened
    (waiting,) = [row for row in states(quiet) if row[0] == "sms"]
    assert waiting in {("sms", "queued", "provider_away"), ("sms", "unknown", "no_answer")}


def test_a_sender_that_ends_records_what_was_under_way(settings: Settings, sms: Hanging) -> None:
    sender, case = Sender(room=4), make_case()
    messages(case, 3, SMS)
    until(sender, lambda: len(sms.calls) == 3)
    threading.Timer(0.2, sms.go_on.set).start()
    sender.close()
    assert {state for _, state, _ in states(case)} == {"sent"}


def test_the_clock_sends_only_while_no_sender_lives(settings: Settings, sms: Hanging) -> None:
    sms.go_on.set()
    ticker, case = Clock(settings.redis_url), make_case()
    ticker._queue._away_until = math.inf  # what it finds beside messages it runs itself
    turns.beat(connection(), sender_process.NAME, clock.machine_now())
    messages(case, 1, SMS)
    ticker.turn()
    assert sms.calls == []
    turns.beat(connection(), sender_process.NAME, clock.machine_now() - timedelta(minutes=1))
    ticker._next_look_for_senders = 0.0
    deadline = time.monotonic() + 10
    while states(case)[0] != ("sms", "sent", None):
        assert time.monotonic() < deadline
        ticker.turn()
        time.sleep(0.02)


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 60)), max_size=60))
def test_a_circuit_lets_one_call_at_a_time_find_out(turns_: list[tuple[bool, float]]) -> None:
    circuit, now, under_way = Circuit(), 0.0, 0
    for failed, passed in turns_:
        now += passed
        room = circuit.room(now)
        if room:
            circuit.calling()
            under_way = 1
        if circuit.open:
            assert room <= 1
            if under_way:
                assert circuit.room(now) == 0
        if under_way:
            circuit.heard(failed=failed, now=now)
            under_way = 0
            if not failed:
                assert not circuit.open
                assert circuit.room(now) > 1


def test_a_circuit_opens_after_failures_in_a_row_and_asks_again_later() -> None:
    circuit = Circuit()
    for _ in range(OPENS_AFTER):
        assert circuit.room(0.0) > 1
        circuit.calling()
        circuit.heard(failed=True, now=0.0)
    assert circuit.room(1.0) == 0
    assert circuit.room(16.0) == 1
    circuit.calling()
    assert circuit.room(17.0) == 0
    circuit.heard(failed=True, now=17.0)
    assert circuit.room(33.0) == 0  # the second pause is longer
    assert circuit.room(50.0) == 1
