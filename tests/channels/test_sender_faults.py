"""The sender when things around it break: no answer is lost, and no lane stays shut."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from app.channels import outbox, queue_store, routing
from app.channels.circuit import Circuit
from app.channels.outbox import Batch
from app.channels.providers import _chosen
from app.channels.providers.base import Accepted, Outgoing, Refused
from app.settings import Settings
from tasks import sender as sender_process
from tasks.sender import Sender
from tests.channels.test_sender import Hanging, Quick, messages, until
from tests.channels.world import MAIL, SMS, carried_by, make_case, run, states


class RefusesOften(Quick):
    """Turns every second message away for the moment."""

    def send(self, message: Outgoing) -> Accepted:
        if message.id % 2:
            raise Refused("busy", permanent=False)
        return super().send(message)


@pytest.fixture
def quick() -> Quick:
    provider = Quick()
    _chosen.update(sms=carried_by("sms", provider), email=carried_by("email", Quick()))
    return provider


@pytest.fixture
def sender() -> Iterator[Sender]:
    made = Sender(room=4)
    yield made
    made.close()


def broken(times: int, act: Callable[..., Any], error: Exception) -> Callable[..., Any]:
    """The same act, but it fails so many times first."""
    left = [times]

    def tried(*args: Any, **kwargs: Any) -> Any:
        if left[0]:
            left[0] -= 1
            raise error
        return act(*args, **kwargs)

    return tried


def test_answers_wait_in_memory_while_the_database_is_away(
    settings: Settings, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    _chosen["sms"] = carried_by("sms", RefusesOften())
    case = make_case()
    messages(case, 4, SMS)
    sender.turn()
    away = psycopg.OperationalError("the server is gone")
    monkeypatch.setattr(queue_store, "accepted", broken(20, queue_store.accepted, away))
    started = time.monotonic()
    for _ in range(20):
        while sender._under_way and sender._answers.empty():
            time.sleep(0.01)
        with pytest.raises(psycopg.OperationalError):
            sender.turn(taking=False)
    assert time.monotonic() - started < 5  # the loop goes on meanwhile
    until(sender, lambda: not sender._under_way)
    sender.turn(taking=False)
    said = {(state, why) for _, state, why in states(case)}
    assert said == {("sent", None), ("queued", "busy")}


def test_an_answer_recorded_twice_is_recorded_once(settings: Settings) -> None:
    """A commit whose confirmation was lost looks like one that never was."""
    _chosen["sms"] = carried_by("sms", RefusesOften())
    case = make_case()
    messages(case, 4, SMS, MAIL)
    calls = outbox.take("sms", 4).calls
    answers = [(call, outbox.call(call)) for call in calls]
    outbox.record(answers)
    before = states(case)
    assert sorted(state for _, state, _ in before) == ["queued", "queued", "sent", "sent"]
    outbox.record(answers)
    assert states(case) == before


def test_one_answer_that_cannot_be_recorded_takes_no_other_with_it(
    settings: Settings, sender: Sender, quick: Quick
) -> None:
    class Odd(Quick):
        def send(self, message: Outgoing) -> Accepted:
            found = super().send(message)
            return Accepted("half\0id") if len(self.calls) == 1 else found

    _chosen["sms"] = carried_by("sms", Odd())
    case = make_case()
    messages(case, 4, SMS)
    until(sender, lambda: [state for _, state, _ in states(case)].count("sent") == 3)
    assert sorted(state for _, state, _ in states(case)) == ["sending", "sent", "sent", "sent"]


def test_what_is_taken_is_called_even_if_a_neighbour_cannot_be_settled(
    settings: Settings, sender: Sender, quick: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, case = make_case("A"), make_case("B")
    run("INSERT INTO opt_outs VALUES ('sms', '+491700000000', now(), 'a test')")
    messages(out, 1, SMS._replace(recipient="+491700000000"))
    messages(case, 3, SMS)
    deadlock = psycopg.errors.DeadlockDetected("two want the same")
    monkeypatch.setattr(routing, "settle", broken(1, routing.settle, deadlock))
    until(sender, lambda: {state for _, state, _ in states(case)} == {"sent"})
    until(sender, lambda: states(out)[0][1:] == ("suppressed", "opted_out"))


def test_a_lane_that_breaks_stops_no_other(
    settings: Settings, sender: Sender, quick: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = make_case()
    messages(case, 2, SMS)
    messages(case, 2, MAIL)
    taken = outbox.take

    def take(channel: str, room: int, *, away: bool = False) -> Batch:
        if channel == "email":
            raise RuntimeError("a fault of ours")
        return taken(channel, room, away=away)

    monkeypatch.setattr(outbox, "take", take)
    until(sender, lambda: sum(state == "sent" for _, state, _ in states(case)) == 2)


def test_a_stale_call_that_cannot_be_settled_stops_no_clock(
    settings: Settings, quick: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = make_case()
    messages(case, 2, SMS)
    run(
        """UPDATE messages SET state = 'sending', tries = 1, provider = 'a-test',
                  sending_since = now() - interval '2 minutes'"""
    )
    fault = RuntimeError("a fault of ours")
    monkeypatch.setattr(routing, "settle", broken(1, routing.settle, fault))
    outbox.settle_stale()
    assert sorted(state for _, state, _ in states(case)) == ["sending", "unknown"]


def test_calls_that_never_return_give_their_room_back(
    settings: Settings, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = Hanging()
    _chosen["sms"] = carried_by("sms", provider)
    monkeypatch.setattr(sender_process, "GIVEN_UP", 0.2)
    case = make_case()
    messages(case, 5, SMS)
    try:
        until(sender, lambda: len(provider.calls) == 5)
    finally:
        provider.go_on.set()
    until(sender, lambda: {state for _, state, _ in states(case)} == {"sent"})  # late, yet heeded
    assert sender._lanes["sms"].room == 4


def test_a_provider_that_hangs_does_not_keep_the_sender_busy(
    settings: Settings, sender: Sender
) -> None:
    provider = Hanging()
    _chosen["sms"] = carried_by("sms", provider)
    messages(make_case(), 6, SMS)
    try:
        until(sender, lambda: len(provider.calls) == 4)
        assert sender_process._pause() >= 0.1
    finally:
        provider.go_on.set()


def test_a_provider_that_hangs_does_not_keep_the_process_from_ending() -> None:
    hang = (
        "import threading, time\n"
        "from tasks.lanes import Lane\n"
        "lane = Lane('sms', 1, 60)\n"
        "lane.run(lambda: time.sleep(60))\n"
        "lane.close()\n"
    )
    subprocess.run([sys.executable, "-c", hang], check=True, timeout=20)


def test_many_failures_at_once_do_not_make_the_second_pause_the_longest() -> None:
    circuit = Circuit()
    for _ in range(160):
        circuit.heard(failed=True, now=0.0)
    assert circuit.room(16.0) == 1
    circuit.calling()
    circuit.heard(failed=True, now=16.0)
    assert circuit.room(47.0) == 1  # twice the first pause
