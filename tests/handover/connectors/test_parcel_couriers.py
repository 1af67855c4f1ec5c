"""What is the own of couriers that take an instruction for a parcel."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app import clock
from app.handover.calling import Act, Do, call
from app.handover.connectors.base import (
    NOT_OFFERED,
    Ambiguous,
    Asked,
    Can,
    Confirmed,
    NotFound,
    Refused,
    Says,
    Unsent,
)
from tests.handover.connectors import play_delhivery, play_shiprocket, play_ups
from tests.handover.edge import client, opened, placed


def test_ups_names_the_days_that_it_drives():
    play = play_ups.Played()
    with opened(play) as edge:
        can = client("ups", edge).can(play.choice().parcel)
        first = play.choice().day
        days = frozenset(first + timedelta(days=n) for n in range(3))
        assert can == Can(Says.YES, days, takes_back=True)
        play.eligible = play.returns = "NOT_ELIGIBLE"
        assert client("ups", edge).can(play.choice().parcel) == Can(Says.NO, takes_back=False)
    assert edge.faults == []


def test_ups_is_not_asked_for_a_number_that_is_none_of_its_own():
    play = play_ups.Played()
    choice = play.choice()
    choice = replace(choice, parcel=replace(choice.parcel, tracking_number="T0123456789"))
    with opened(play) as edge:
        assert client("ups", edge).can(choice.parcel) == Can(Says.NO, takes_back=False)
        assert call(client("ups", edge), Act(Do.PUSH, "k", choice)) == NOT_OFFERED
        assert edge.asked == []


def test_what_ups_never_got_may_be_pushed_again_and_is_not_withdrawn():
    play = play_ups.Played()
    with opened(play) as edge:
        edge.misbehave = ["swallow"]
        ups = client("ups", edge)
        assert isinstance(call(ups, Act(Do.PUSH, "k", play.choice())), Ambiguous)
        assert call(ups, Act(Do.PUSH, "k", play.choice(), pushed=True)) == NotFound()
        assert isinstance(call(ups, Act(Do.WITHDRAW, "k", play.choice())), Confirmed)
        assert not any("/cancel/" in asked.path for asked in edge.asked)


def test_a_fault_of_our_form_is_none_of_the_customers():
    error = {"errors": [{"code": "710", "message": "Failure due to input validation error"}]}

    class Strict(play_ups.Played):
        def told(self, *_):
            return 400, {"response": error}

    with opened(Strict()) as edge:
        answer = call(client("ups", edge), Act(Do.PUSH, "k", edge.play.choice()))
        assert answer == Unsent("ups_710")


def test_shiprocket_finds_our_comment_and_no_other():
    play = play_shiprocket.Played()
    with opened(play) as edge:
        shiprocket = client("shiprocket", edge)
        ref = call(shiprocket, Act(Do.PUSH, "rk-7-1", play.choice()))
        play.settle()
        act = Act(Do.PUSH, "rk-7-11", play.choice(), ref="rk-7-11", pushed=True)
        assert isinstance(ref, Asked)
        assert isinstance(call(shiprocket, act), Asked)
        assert placed(call(shiprocket, act._replace(key="rk-7-1"))) == "rk-7-1"


@pytest.mark.parametrize(
    ("code", "days", "act"),
    [
        ("EOD-74", 1, "RE-ATTEMPT"),
        ("EOD-74", 3, "DEFER_DLV"),
        ("EOD-104", 1, "RE-ATTEMPT"),
        ("EOD-104", 3, None),
        ("EOD-3", 1, "DEFER_DLV"),
        ("EOD-999", 1, None),
        ("", 1, "RE-ATTEMPT"),
        ("", 3, "DEFER_DLV"),
    ],
)
def test_delhivery_takes_what_its_code_allows(code, days, act):
    play = play_delhivery.Played()
    choice = play.choice()
    starts = clock.now() + timedelta(days=days)
    choice = replace(
        choice,
        parcel=replace(choice.parcel, code=code),
        starts_at=starts,
        ends_at=starts + timedelta(hours=2),
    )
    with opened(play) as edge:
        answer = call(client("delhivery", edge), Act(Do.PUSH, "k", choice))
    assert edge.faults == []
    assert [item["act"] for item in play.asked_for] == ([act] if act else [])
    assert isinstance(answer, Asked) if act else answer == NOT_OFFERED


def test_delhivery_passes_on_what_was_mended():
    play = play_delhivery.Played()
    with opened(play) as edge:
        answer = call(client("delhivery", edge), Act(Do.CORRECT, "k", play.choice()))
    assert answer == Asked("UPL1", timedelta(minutes=5))
    (item,) = play.asked_for
    assert item["act"] == "EDIT_DETAILS"
    assert item["action_data"] == {
        "name": "Kim Doe",
        "phone": "9876543210",
        "add": "2695 E Katella Ave, Anaheim",
    }


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ({"status": "Complete", "1234567890123": {"status": "Success"}}, Confirmed("UPL1")),
        ({"data": [{"wbn": "1234567890123", "success": True}]}, Confirmed("UPL1")),
        (
            {
                "status": "Success",
                "data": [{"wbn": "1234567890123", "success": 0, "rmk": "No"}],
            },
            Refused("refused", "No"),
        ),
        ({"status": "Success", "data": [{"wbn": "9999999999999", "success": True}]}, None),
    ],
)
def test_delhivery_is_believed_about_the_parcel_and_not_about_the_file(said, answer):
    class Verbose(play_delhivery.Played):
        def status(self, *_):
            return said

    with opened(Verbose()) as edge:
        act = Act(Do.PUSH, "k", edge.play.choice(), ref="UPL1", pushed=True)
        told = call(client("delhivery", edge), act)
    assert told == answer if answer else isinstance(told, Asked)
