"""What must hold for every connector, against a server that plays its courier."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest

from app.booking.rows import BookingKind
from app.contact.lookup import guard
from app.handover import connectors
from app.handover.calling import Act, Do, call
from app.handover.connectors import http
from app.handover.connectors.base import (
    Account,
    Ambiguous,
    Answer,
    Asked,
    Can,
    Client,
    Confirmed,
    Connector,
    NotFound,
    Refused,
    Says,
    Unsent,
)
from tests.handover.connectors import guide
from tests.handover.edge import Edge, Play, opened

NAMES = [module.rpartition(".")[2] for module in connectors.REGISTERED]
HOSTILE = [b"[]", b"null", b'"ok"', b"0", b"{}", b'{"data": null}', b'[[{"a": 1}]]', b"<html>", b""]


@dataclass
class Stage:
    """A connector before its played courier."""

    connector: Connector
    edge: Edge
    account: Account

    @property
    def play(self) -> Play:
        return self.edge.play

    @property
    def client(self) -> Client:
        return self.connector.opens(self.account)

    @property
    def act(self) -> Act:
        """What this courier takes: a booking, or corrections only."""
        do = Do.PUSH if self.connector.kinds else Do.CORRECT
        return Act(do, "rk-7-1", self.play.choice())

    def push(self, *, again: bool = True) -> tuple[Act, Answer]:
        """Tell it as the outbox does, until it is decided or cannot be told."""
        act = self.act
        answer = call(self.client, act)
        tries = 1
        while again and isinstance(answer, Ambiguous | Asked | NotFound) and tries < 6:
            if isinstance(answer, Ambiguous) and act.pushed:
                break  # people look
            ref = answer.ref if isinstance(answer, Asked) else act.ref
            act = act._replace(pushed=not isinstance(answer, NotFound), ref=ref)
            self.play.settle()
            answer = call(self.client, act)
            tries += 1
        if isinstance(answer, Confirmed):
            act = act._replace(ref=answer.ref)
        return act, answer


@pytest.fixture(params=[*NAMES, "heron"])
def stage(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Stage]:
    name = request.param
    monkeypatch.setattr(guard, "_allowed", guard.Allowed(True, frozenset(), ()))
    with ExitStack() as stack:
        package = "tests.handover.connectors."
        if name == "heron":
            stack.enter_context(guide.registered(tmp_path / "plug-ins"))
            package = ""
        connector = connectors.named(name)
        assert connector is not None
        play = importlib.import_module(f"{package}play_{name}").Played()
        edge = stack.enter_context(opened(play))
        values = {**play.values, "base": edge.base}
        assert connector.faults(values) == []
        http.forget_tokens()
        account = connector.account(1, f"{name}-1", values, play.choice().zone)
        yield Stage(connector, edge, account)
        assert edge.faults == []


def test_a_push_is_confirmed_by_what_the_body_says(stage: Stage) -> None:
    act = stage.act
    first = call(stage.client, act)
    assert isinstance(first, Asked if stage.play.asynchronous else Confirmed), first
    if isinstance(first, Asked):
        assert first.after > timedelta(0)
        again = call(stage.client, act._replace(pushed=True, ref=first.ref))
        assert isinstance(again, Asked), "what is not decided stays asked"
        stage.play.settle()
        settled = call(stage.client, act._replace(pushed=True, ref=first.ref))
        assert isinstance(settled, Confirmed)
    assert len(stage.edge.pushing) == stage.play.pushes == 1
    assert stage.play.sign_ins <= 1


_BACK = {
    "ups": '"RS"',
    "shiprocket": '"return"',
    "amazon_shipping": '"RTO"',
    "blue_dart": '"RTO"',
    "webhook": '"return"',
}
"""How a courier is told that a parcel goes back to its sender; the others leave it to people."""


def test_what_goes_back_is_told_in_the_couriers_own_word(stage: Stage) -> None:
    assert (BookingKind.RETURN in stage.connector.kinds) is (stage.connector.name in _BACK)
    if stage.connector.name not in _BACK:
        return
    act = Act(Do.PUSH, "rk-8-1", replace(stage.play.choice(), kind=BookingKind.RETURN))
    answer = call(stage.client, act)
    assert _BACK[stage.connector.name] in stage.edge.pushing[0].raw.decode()
    stage.play.settle()
    if isinstance(answer, Asked):
        answer = call(stage.client, act._replace(pushed=True, ref=answer.ref))
    assert isinstance(answer, Confirmed)
    assert stage.play.pushes == 1


def test_200_is_no_success_until_the_body_says_so(stage: Stage) -> None:
    stage.edge.misbehave = ["nothing"]
    answer = call(stage.client, stage.act)
    assert isinstance(answer, Ambiguous), answer


def test_a_refusal_is_told_with_the_couriers_words(stage: Stage) -> None:
    stage.play.refusing = True
    _, answer = stage.push()
    assert answer == stage.play.refusal
    assert stage.play.pushes == 0


@pytest.mark.parametrize("how", ["lose", "hang", "500", "html"])
def test_an_answer_that_was_lost_is_asked_for_before_any_second_push(
    stage: Stage, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if how == "hang":
        monkeypatch.setattr(http, "READ", 0.15)
    stage.edge.misbehave = [how]
    first = stage.push(again=False)[1]
    assert isinstance(first, Ambiguous), first
    stage.play.settle()
    found = call(stage.client, stage.act._replace(pushed=True))
    assert isinstance(found, Confirmed | Ambiguous), found  # never: not found, push again
    assert len(stage.play.placed) == 1
    assert stage.play.pushes == 1 or stage.play.corrects, "a correction twice is one"


def test_what_never_arrived_is_pushed_again_only_when_it_is_certain(stage: Stage) -> None:
    stage.edge.misbehave = ["swallow"]
    answer = stage.push()[1]
    pushes = stage.play.pushes
    assert (isinstance(answer, Confirmed) and pushes == 1) or (
        isinstance(answer, Ambiguous) and pushes == 0
    ), (answer, pushes)


def test_a_limit_is_waited_out(stage: Stage) -> None:
    stage.edge.misbehave = ["limit"]
    answer = call(stage.client, stage.act)
    assert answer == Unsent("limited", timedelta(seconds=7))
    assert stage.play.pushes == 0
    assert isinstance(stage.push()[1], Confirmed)


def test_a_token_is_renewed_once(stage: Stage) -> None:
    stage.edge.misbehave = ["401"]
    answer = stage.push(again=False)[1]
    if not stage.play.renews:
        assert answer == Unsent("credentials")
        assert len(stage.edge.pushing) == 1
        return
    assert isinstance(answer, Asked if stage.play.asynchronous else Confirmed), answer
    assert len(stage.edge.pushing) == 2
    assert stage.play.pushes == 1
    assert stage.play.sign_ins <= 2


def test_there_is_no_loop_of_tokens(stage: Stage) -> None:
    stage.edge.misbehave = ["401"] * 9
    assert stage.push(again=False)[1] == Unsent("credentials")
    assert len(stage.edge.pushing) <= 2
    assert stage.play.sign_ins <= 2


def test_what_never_left_was_not_sent(stage: Stage) -> None:
    with opened(stage.play) as gone:
        closed = gone.base
    account = stage.connector.account(
        2, "gone", {**stage.play.values, "base": closed}, stage.account.timezone
    )
    answer = call(stage.connector.opens(account), stage.act)
    assert answer == Unsent("connection")


def test_a_withdrawal_can_be_repeated(stage: Stage) -> None:
    if stage.play.corrects:
        return  # see below: it was told nothing that could be withdrawn
    act, answer = stage.push()
    assert isinstance(answer, Confirmed)
    withdrawal = act._replace(do=Do.WITHDRAW, ref=answer.ref)
    for _ in range(2):
        withdrawn = call(stage.client, withdrawal)
        if not stage.play.cancels:
            assert isinstance(withdrawn, Refused)
            continue
        assert isinstance(withdrawn, Confirmed), withdrawn
        assert not stage.play.placed


def test_nonsense_is_never_a_success(stage: Stage, capfd: pytest.CaptureFixture[str]) -> None:
    choice = stage.play.choice()
    acts = (
        Act(Do.PUSH, "rk-7-1", choice),
        Act(Do.PUSH, "rk-7-1", choice, pushed=True),
        Act(Do.PUSH, "rk-7-1", choice, ref="R1", pushed=True),
        Act(Do.WITHDRAW, "rk-7-1", choice, ref="R1"),
        Act(Do.CORRECT, "rk-7-2", choice),
    )
    hostile = [body for body in HOSTILE if body != stage.play.nothing or not body]
    for stage.edge.always, act in product(hostile, acts):
        answer = call(stage.client, act)
        if stage.play.corrects and act.do is not Do.CORRECT:
            continue
        assert isinstance(answer, Ambiguous | Unsent | Refused), answer
        assert isinstance(answer, Refused) is (answer == connectors.base.NOT_OFFERED)
        assert answer != Ambiguous("fault")
    assert "connector_failed" not in "".join(capfd.readouterr())


def test_whether_it_can_is_told_beforehand_or_not_known(stage: Stage) -> None:
    can = stage.client.can(stage.play.choice().parcel)
    assert isinstance(can, Can)
    assert stage.play.pushes == 0
    assert can.says is not Says.NO, "the play's parcel can be brought"
    if can.days is not None:
        assert stage.play.choice().day in can.days


def test_no_secret_is_told(stage: Stage, capfd: pytest.CaptureFixture[str]) -> None:
    stage.edge.misbehave = ["401", "401", "html", "500"]
    told = [repr(stage.account), *(repr(stage.push(again=False)[1]) for _ in range(3))]
    told.extend(capfd.readouterr())
    for field in stage.connector.fields:
        if field.secret:
            assert not any(stage.play.values[field.name] in text for text in told)


def test_who_takes_corrections_only_is_told_no_booking_and_says_so(stage: Stage) -> None:
    assert stage.play.corrects is not bool(stage.connector.kinds)
    if not stage.play.corrects:
        return
    booking = stage.act._replace(do=Do.PUSH)
    assert call(stage.client, booking) == connectors.base.NOT_OFFERED
    assert call(stage.client, booking._replace(pushed=True)) == NotFound()
    assert call(stage.client, booking._replace(do=Do.WITHDRAW)) == NotFound()
    assert stage.client.can(booking.choice.parcel).says is Says.UNKNOWN
    assert stage.edge.asked == [], "people are asked, and not the courier"
    for _ in range(2):
        assert isinstance(call(stage.client, stage.act), Confirmed)
    assert len(stage.play.placed) == 1
