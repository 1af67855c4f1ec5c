"""Tracking numbers that are used again, and what fails after a delivery: whose parcel it is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app import clock
from app.db.connection import connection
from tests.inline import advance
from tests.play import Play

DAY = timedelta(days=1)


def shipments(number):
    sql = "SELECT * FROM shipments WHERE tracking_number = %s ORDER BY id"
    return connection().execute(sql, [number]).fetchall()


def test_a_number_of_long_ago_is_another_parcel(play: Play):
    play.courier("delivered", "B2", at=clock.now() - 400 * DAY)
    case_id = play.courier("failed", "B2")
    assert case_id
    old, new = shipments("B2")
    assert old["delivered_at"]
    assert (new["courier_ref"], new["delivered_at"]) == ("B2", None)
    assert play.courier("failed", "B2", words="Again") == case_id
    assert len(shipments("B2")) == 2


@pytest.mark.parametrize(
    ("days", "state"), [(100, "open"), (15, "open"), (13, "closed"), (1, "closed")]
)
def test_a_delivery_of_long_ago_that_is_told_late_ends_nothing(play: Play, days, state):
    number = f"B2 {days}"
    case_id = play.courier("failed", number)
    play.courier("delivered", number, at=clock.now() - days * DAY, phone="+14155550199")
    assert play.case(case_id).state == state
    (parcel,) = shipments(number)
    assert (parcel["delivered_at"] is None) == (state == "open")
    assert (parcel["courier_phone"] == "+14155550199") == (state == "closed")


def test_a_failure_days_after_the_delivery_is_for_a_person(play: Play):
    play.courier("delivered", "B2b", at=clock.now() - 5 * DAY)
    case_id = play.courier("failed", "B2b")
    assert case_id
    assert len(shipments("B2b")) == 1
    assert play.task(case_id)


def called_in_vain():
    """Open cases whose dispatchers were called, and not one of them was told."""
    sql = """SELECT s.tracking_number FROM cases c JOIN shipments s ON s.id = c.shipment_id
              WHERE c.state <> 'closed' AND EXISTS (
                    SELECT 1 FROM timeline t
                     WHERE t.case_id = c.id AND t.kind = 'dispatcher_called')
                AND NOT EXISTS (
                    SELECT 1 FROM messages m WHERE m.case_id = c.id AND m.audience = 'dispatcher'
                       AND (m.state IN ('sent', 'delivered') OR m.why = 'in_bundle'))"""
    return [row["tracking_number"] for row in connection().execute(sql).fetchall()]


KINDS = ("failed", "refused", "returned", "lost", "damaged", "held")


def test_what_fails_after_a_delivery_is_said_to_everybody(play: Play):
    hours = timedelta(hours=1)
    found = {}
    for kind in KINDS:
        found[f"new {kind}"] = play.courier(kind, f"new {kind}")
        play.courier("delivered", kind, at=clock.now() - 72 * hours)
        found[kind] = play.courier(kind, kind, at=clock.now() - hours)
    advance(hours=2)
    assert called_in_vain() == []
    assert {name for name, case_id in found.items() if not play.topics(case_id)} == set()
    for kind in KINDS:
        (parcel,) = shipments(kind)
        assert (parcel["status"], parcel["delivered_at"]) == (kind, None)
        assert play.messages(found[kind], audience="dispatcher") or kind == "held"
        suppressed = play.messages(found[kind], state="suppressed")
        assert "delivered" not in {message["why"] for message in suppressed}
    play.courier("delivered", "failed")
    assert play.case(found["failed"]).resolution == "delivered"
    assert shipments("failed")[0]["delivered_at"] == play.case(found["failed"]).closed_at


def test_what_was_sent_out_again_after_a_return_is_delivered_to_its_customer(play: Play):
    play.courier("returned", "B2d", at=clock.now() - 6 * DAY)
    play.courier("delivered", "B2d", at=clock.now() - 5 * DAY)
    case_id = play.courier("failed", "B2d")
    advance(minutes=5)  # whoever was called for the return a moment ago hears of both together
    assert play.messages(case_id, audience="dispatcher")[0]["why"] in {None, "in_bundle"}
    advance(hours=3)
    play.courier("delivered", "B2d")
    assert play.case(case_id).resolution == "delivered"


def test_a_failure_that_a_delivery_overtook_opens_nothing(play: Play):
    play.courier("delivered", "B2c", at=clock.now() - timedelta(hours=2))
    assert play.courier("failed", "B2c", at=clock.now() - timedelta(hours=5)) == 0
    assert play.courier("failed", "B2c", at=clock.now() - timedelta(hours=1)) == 0
    events = (
        connection()
        .execute("""SELECT e.outcome FROM courier_events e JOIN shipments s ON s.id = shipment_id
                      WHERE s.tracking_number = 'B2c' AND e.kind = 'failed'""")
        .fetchall()
    )
    assert {event["outcome"] for event in events} == {"ignored"}
    (alert,) = connection().execute("SELECT * FROM alerts WHERE subject = 'B2c'").fetchall()
    assert alert["kind"] == "failure_without_case"
