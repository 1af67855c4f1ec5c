"""What is Uber Direct's and DoorDash Drive's own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.handover.calling import Act, Do, call
from app.handover.connectors.base import Ambiguous, Confirmed, Refused, Unsent
from tests.handover.connectors import play_doordash_drive, play_uber_direct
from tests.handover.edge import client, opened, placed


@pytest.fixture
def uber():
    yield from _stage("uber_direct", play_uber_direct.Played())


@pytest.fixture
def doordash():
    yield from _stage("doordash_drive", play_doordash_drive.Played())


def _stage(name, play):
    with opened(play) as edge:
        yield client(name, edge), play, edge
    assert edge.faults == []


def test_a_list_that_is_not_filtered_is_not_believed(uber):
    courier, play, edge = uber
    edge.misbehave = ["lose"]
    assert isinstance(call(courier, Act(Do.PUSH, "k", play.choice())), Ambiguous)
    play.forgets_filter = True
    again = call(courier, Act(Do.PUSH, "k", play.choice(), pushed=True))
    assert isinstance(again, Ambiguous)  # it shows others only; ours may be there all the same
    assert play.pushes == 1


def test_what_uber_has_already_is_read_back(uber):
    courier, play, _ = uber
    first = call(courier, Act(Do.PUSH, "k", play.choice()))
    assert call(courier, Act(Do.PUSH, "k", play.choice())) == first
    assert play.pushes == 1


def test_a_courier_at_the_door_is_not_called_back(uber):
    courier, play, _ = uber
    ref = placed(call(courier, Act(Do.PUSH, "k", play.choice())))
    play.reached.add(ref)
    withdrawn = call(courier, Act(Do.WITHDRAW, "k", play.choice(), ref=ref))
    assert withdrawn == Refused("noncancelable_delivery", "Too late.")


def test_notes_are_cut_where_uber_cuts_them(uber):
    courier, play, edge = uber
    choice = play.choice()
    choice = replace(choice, parcel=replace(choice.parcel, notes="Gate 4711. " + "x" * 400))
    assert isinstance(call(courier, Act(Do.PUSH, "k", choice)), Confirmed)
    assert edge.pushing[0].json["dropoff_notes"].startswith("Gate 4711. ")


def test_an_hour_that_nobody_chose_is_not_confirmed(doordash):
    courier, play, _ = doordash
    play.estimated = "2030-01-01T03:00:00Z"
    answer = call(courier, Act(Do.PUSH, "k", play.choice()))
    assert answer == Ambiguous("another_hour")


def test_the_same_id_twice_is_one_delivery(doordash):
    courier, play, _ = doordash
    for _ in range(2):
        assert call(courier, Act(Do.PUSH, "k", play.choice())) == Confirmed("k")
    assert play.pushes == 1


def test_a_delivery_that_left_is_not_withdrawn(doordash):
    courier, play, _ = doordash
    call(courier, Act(Do.PUSH, "k", play.choice()))
    play.too_late = True
    withdrawn = call(courier, Act(Do.WITHDRAW, "k", play.choice(), ref="k"))
    assert withdrawn == Refused("not_cancelable", "It cannot be cancelled.")


def test_a_secret_that_is_none_is_our_own_trouble(doordash):
    _, play, edge = doordash
    courier = client("doordash_drive", edge, signing_secret="x")
    assert call(courier, Act(Do.PUSH, "k", play.choice())) == Unsent("credentials")
    assert edge.asked == []
