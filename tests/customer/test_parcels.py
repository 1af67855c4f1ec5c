"""Parcels that come back, wait or were not tried: believed rightly."""

from __future__ import annotations

from datetime import timedelta

from app import clock
from app.db.connection import connection, transaction
from tests import courier
from tests.channels.world import refused
from tests.inline import advance, settle
from tests.messages import said
from tests.play import Play

DAY = timedelta(days=1)


def told(case_id, audience):
    sql = """SELECT text, packed FROM messages JOIN message_words ON message_id = id
              WHERE case_id = %s AND audience = %s AND state = 'delivered' ORDER BY id"""
    return [row["text"] for row in said(sql, case_id, audience)]


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
