"""Parcels that come back, numbers that are used again: believed rightly."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app import clock
from app.db.connection import connection, transaction
from tests import courier
from tests.channels.world import refused
from tests.inline import advance, settle
from tests.play import Play

DAY = timedelta(days=1)


@pytest.fixture
def rows():
    def read(sql, *values):
        return connection().execute(sql, values).fetchall()

    return read


def told(case_id, audience):
    sql = """SELECT text FROM messages JOIN message_words ON message_id = id
              WHERE case_id = %s AND audience = %s AND state = 'delivered' ORDER BY id"""
    return [row["text"] for row in connection().execute(sql, [case_id, audience]).fetchall()]


def told_of_return(case_id):
    return [text for text in told(case_id, "shipper") if "back to you" in text]


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


def at_once_back(
    play: Play, parcel: str, phone: str | None = courier.PHONE, email: str | None = None
) -> int:
    """It goes back, and is back before anybody looked at how the customer is reached."""
    for kind, words in (
        ("returned", "return_to_sender"),
        ("delivered", "Delivered, To Original Sender"),
    ):
        play.hear(courier.said(kind, parcel, words=words, phone=phone, email=email))
    settle()
    (parcel_row,) = shipments(parcel)
    sql = "SELECT id FROM cases WHERE shipment_id = %s"
    (case,) = connection().execute(sql, [parcel_row["id"]]).fetchall()
    return int(case["id"])


def test_what_is_back_at_once_is_told_by_whatever_reaches_the_customer(play: Play):
    ways = {
        "B1b": (courier.PHONE, None, "sms"),
        "B1c": (courier.LANDLINE, "kim@example.com", "email"),
    }
    for parcel, (phone, email, channel) in ways.items():
        case_id = at_once_back(play, parcel, phone=phone, email=email)
        assert play.case(case_id).resolution == "returned_to_sender"
        advance(hours=12)
        (told,) = play.messages(case_id, audience="customer", topic="back_at_sender")
        assert (told["channel"], told["state"]) == (channel, "delivered")
        (shipper,) = told_of_return(case_id)
        assert "Your customer was told." in shipper


def test_the_shipper_reads_when_their_customer_cannot_be_told(play: Play):
    for parcel, phone in (("B1d", courier.LANDLINE), ("B1e", None)):
        case_id = at_once_back(play, parcel, phone=phone, email="nobody")
        assert play.messages(case_id, audience="customer", topic="back_at_sender") == []
        (shipper,) = told_of_return(case_id)
        assert "told" not in shipper
        assert "could not reach your customer: no usable number or address" in shipper
    with transaction() as conn:
        refused(conn, "sms", courier.PHONE, "customer")
    (shipper,) = told_of_return(at_once_back(play, "B1f"))
    assert "told" not in shipper


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
    assert "is waiting to be collected" in first
    assert "Beispielweg 1" in first
    play.courier("delivered", "B3", words="Collected by customer")
    assert play.case(case_id).resolution == "collected"
