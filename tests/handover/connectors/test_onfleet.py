"""What is Onfleet's own."""

from __future__ import annotations

from dataclasses import replace

from app.handover.calling import Act, Do, call
from app.handover.connectors.base import Ambiguous, Confirmed, Refused, Unsent
from tests.handover.connectors.play_onfleet import Played
from tests.handover.edge import client, opened, placed


def test_a_task_that_is_not_there_any_more_is_made_anew_once():
    play = Played()
    choice = play.choice()
    choice = replace(choice, parcel=replace(choice.parcel, courier_ref="gone"))
    with opened(play) as edge:
        assert isinstance(call(client("onfleet", edge), Act(Do.PUSH, "k", choice)), Confirmed)
        assert [asked.path for asked in edge.asked] == ["/api/v2/tasks/gone/clone", "/api/v2/tasks"]
    assert edge.faults == []
    assert play.pushes == 1


def test_a_driver_who_is_under_way_is_not_called_back():
    play = Played()
    with opened(play) as edge:
        onfleet = client("onfleet", edge)
        ref = placed(call(onfleet, Act(Do.PUSH, "k", play.choice())))
        play.started.add(ref)
        withdrawn = call(onfleet, Act(Do.WITHDRAW, "k", play.choice(), ref=ref))
        assert withdrawn == Refused("under_way", "The task is active.")


def test_what_was_placed_and_lost_is_withdrawn_by_our_key():
    play = Played()
    with opened(play) as edge:
        edge.misbehave = ["lose"]
        onfleet = client("onfleet", edge)
        assert isinstance(call(onfleet, Act(Do.PUSH, "k", play.choice())), Ambiguous)
        assert isinstance(call(onfleet, Act(Do.WITHDRAW, "k", play.choice())), Confirmed)
        assert play.placed == {}


def test_a_fault_of_ours_is_none_of_the_customers():
    class Strict(Played):
        def made(self, *_):
            return 400, {"code": "InvalidContent", "message": {"error": 1005}}

    play = Strict()
    with opened(play) as edge:
        assert call(client("onfleet", edge), Act(Do.PUSH, "k", play.choice())) == Unsent("http_400")
