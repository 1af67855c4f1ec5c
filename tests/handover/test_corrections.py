"""What is corrected reaches the courier's own system, and people know where it does not."""

from __future__ import annotations

from typing import Any

import pytest

from app import clock
from app.cases import service as cases
from app.contact import service as contact
from app.db.connection import connection
from app.dispatch import story
from app.handover import calling
from app.handover.calling import Do
from app.handover.connectors.base import Confirmed, Parcel
from app.shipments.corrections import rules, service
from app.theme.times import When
from tests.handover.conftest import connect
from tests.handover.connectors import play_bring
from tests.handover.edge import Edge, opened
from tests.handover.test_stories import acts, booked
from tests.inline import advance, settle
from tests.play import Play

MOVED = {"line1": "7 Oak Ave", "city": "Anaheim", "postcode": "92801", "country": "US"}


def correct(play: Play, case_id: int, **given: Any) -> None:
    shipment_id = play.case(case_id).shipment_id
    service.correct(shipment_id, rules.read(given), "Ana", clock.now())
    settle()


def test_a_courier_that_takes_corrections_is_told_what_counts_now(
    play: Play, heron: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Parcel] = []
    usual = calling.call

    def taking(client: Any, act: calling.Act) -> Any:
        if act.do is not Do.CORRECT:
            return usual(client, act)
        told.append(act.choice.parcel)
        return Confirmed()

    monkeypatch.setattr(calling, "call", taking)
    case_id = booked(play)
    correct(play, case_id, **MOVED, directions="Blue door")
    correct(play, case_id, directions="Blue door, ring twice")
    assert [(p.address["line1"], p.notes) for p in told] == [
        ("7 Oak Ave", "Blue door"),
        ("7 Oak Ave", "Blue door, ring twice"),
    ]
    assert acts(case_id)[-1] == ("correct", "corrected")
    assert "correction_told" in play.timeline(case_id)


def test_where_the_courier_takes_none_people_are_told_to_say_it(play: Play, heron: Edge) -> None:
    case_id = booked(play)
    correct(play, case_id, **MOVED)
    assert acts(case_id)[-1] == ("correct", "not_corrected")
    assert "correction_told" in play.timeline(case_id)


def test_a_depot_that_brings_it_itself_reads_it_on_its_own_pages(play: Play) -> None:
    case_id = booked(play)
    correct(play, case_id, **MOVED)
    assert [act for act, _ in acts(case_id)] == []
    advance(minutes=1)
    assert "pass_on_correction" not in play.waiting(case_id)


def test_a_courier_without_a_call_for_bookings_takes_corrections_and_people_confirm(
    play: Play,
) -> None:
    played = play_bring.Played()
    with opened(played) as edge:
        connect("standard-webhooks", "bring", {**played.values, "base": edge.base})
        case_id = booked(play)
        assert play.tasks(case_id)[-1] == ("handover", "open"), "the depot's people confirm"
        correct(play, case_id, line1="Storgata 1", city="Oslo", postcode="0155", country="NO")
        assert edge.asked == [], "Bring has no place for it"
        assert told(play, case_id) == "Bring did not take the correction: please tell the driver."
        contact.supply(case_id, "+4740612345", "", "shipper", clock.now())
        advance(minutes=1)
        assert [asked.json["contact"]["phoneNumber"] for asked in edge.asked] == ["+4740612345"]
        assert told(play, case_id) == "Bring was told of the correction."
        edge.misbehave = ["limit"]
        contact.supply(case_id, "+4740612346", "", "shipper", clock.now())
        advance(minutes=1)
        correct(play, case_id, directions="Blue door")  # while the number waits to be told
        advance(minutes=5)
        assert edge.faults == []
    assert told(play, case_id) == (
        "Bring was told, and has no place for the directions: please tell the driver."
    )
    play.answer(case_id, "confirmed")
    assert [act for act, _ in acts(case_id)] == ["correct"] * len(acts(case_id))


def told(play: Play, case_id: int) -> str:
    """What the depot reads of the last correction."""
    timeline = cases.timeline(connection(), case_id)
    lines = story.story(timeline, When("UTC", clock.now()))
    return next(line.text for line in lines if line.text.startswith("Bring "))
