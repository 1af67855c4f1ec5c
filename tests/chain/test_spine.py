"""The main job inside one process: every step, in order, with time moved."""

from __future__ import annotations

from tests.inline import advance
from tests.play import Play


def test_from_failure_to_thanks(play: Play):
    case_id = play.courier()
    assert play.timeline(case_id) == ["courier_failed", "contact_checked", "dispatcher_called"]
    assert play.waiting(case_id) == {"call_dispatcher", "notify_customer", "choose_default"}
    play.acknowledge(case_id)
    assert play.topics(case_id) == ["failure"]
    play.choose(case_id)
    assert play.case(case_id).state == "booked"
    assert play.waiting(case_id) == {"keep_promise", "look_after_taken"}
    play.courier("delivered")
    assert play.case(case_id).resolution == "delivered"
    advance(hours=2)
    play.rate(case_id, 5, "quick!")
    assert play.topics(case_id) == ["failure", "booking", "booking", "survey", "thanks"]
    assert play.waiting(case_id) == set()
