"""Parcels that come back, numbers that are used again: believed rightly."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app import clock
from app.db.connection import connection
from tests.inline import advance
from tests.play import Play

DAY = timedelta(days=1)


@pytest.fixture
def rows():
    def read(sql, *values):
        return connection().execute(sql, values).fetchall()

    return read


def told(case_id, audience):
    sql = """SELECT text FROM messages WHERE case_id = %s AND audience = %s
                AND state = 'delivered' ORDER BY id"""
    return [row["text"] for row in connection().execute(sql, [case_id, audience]).fetchall()]


def shipments(number):
    sql = "SELECT * FROM shipments WHERE tracking_number = %s ORDER BY id"
    return connection().execute(sql, [number]).fetchall()


def test_delivered_after_a_return_is_back_at_the_sender(play: Play):
    case_id = play.courier("returned", "B1", words="On its way back")
    advance(days=1)
    assert play.courier("delivered", "B1", words="Delivered") == case_id
    advance(hours=3)
    case = play.case(case_id)
    assert (case.state, case.resolution) == ("closed", "returned_to_sender")
    customer, shipper = told(case_id, "customer"), told(case_id, "shipper")
    assert any("went back to" in text for text in customer)
    assert any("brought the parcel" in text and "/s/" in text for text in shipper)
    assert not any("arrived" in text or "How did we do" in text for text in customer)


def test_delivered_to_the_original_sender_opens_and_closes(play: Play):
    case_id = play.courier("delivered", "B1a", words="Delivered, To Original Sender")
    case = play.case(case_id)
    assert (case.kind, case.resolution) == ("returned", "returned_to_sender")
    assert any("brought the parcel" in text for text in told(case_id, "shipper"))
    assert play.courier("failed", "B1a", at=clock.now() - 2 * DAY) in {case_id, 0}


def test_a_number_of_long_ago_is_another_parcel(play: Play):
    play.courier("delivered", "B2", at=clock.now() - 400 * DAY)
    case_id = play.courier("failed", "B2")
    assert case_id
    old, new = shipments("B2")
    assert old["delivered_at"]
    assert (new["courier_ref"], new["delivered_at"]) == ("B2", None)
    assert play.courier("failed", "B2", words="Again") == case_id
    assert len(shipments("B2")) == 2


def test_a_failure_days_after_the_delivery_is_for_a_person(play: Play):
    play.courier("delivered", "B2b", at=clock.now() - 5 * DAY)
    case_id = play.courier("failed", "B2b")
    assert case_id
    assert len(shipments("B2b")) == 1
    assert play.task(case_id)


def test_a_failure_that_a_delivery_overtook_opens_nothing(play: Play, rows):
    play.courier("delivered", "B2c", at=clock.now() - timedelta(hours=2))
    assert play.courier("failed", "B2c", at=clock.now() - timedelta(hours=5)) == 0
    assert play.courier("failed", "B2c", at=clock.now() - timedelta(hours=1)) == 0
    events = rows("""SELECT e.outcome FROM courier_events e JOIN shipments s ON s.id = shipment_id
                      WHERE s.tracking_number = 'B2c' AND e.kind = 'failed'""")
    assert {event["outcome"] for event in events} == {"ignored"}
    (alert,) = rows("SELECT * FROM alerts WHERE subject = 'B2c'")
    assert alert["kind"] == "failure_without_case"


def test_not_attempted_uses_up_no_attempt(play: Play):
    play.courier("failed", "B8")
    play.courier("failed", "B8", reason="not_attempted", words="Not attempted")
    (parcel,) = shipments("B8")
    assert parcel["attempts"] == 1


def test_what_is_held_for_collection_is_told_and_closed_when_collected(play: Play):
    case_id = play.courier("held", "B3", words="At the shop in Beispielweg 1 until Friday")
    assert play.case(case_id).kind == "held"
    advance(hours=1)
    (first, *_) = told(case_id, "customer")
    assert "waits to be collected" in first
    assert "Beispielweg 1" in first
    play.courier("delivered", "B3", words="Collected by customer")
    assert play.case(case_id).resolution == "collected"
