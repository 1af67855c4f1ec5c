"""Where an order's ground is the law's exemption, no more is sent than that allows."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app import clock
from app.decisions import service as decisions
from app.dispatch import writing
from app.errors import Problem
from app.shipments.orders import service as orders
from tests import courier
from tests.channels.world import read
from tests.inline import advance, settle
from tests.play import Play

ADDRESS = {
    "line1": "5 Katella Ave",
    "city": "Anaheim",
    "region": "CA",
    "postcode": "92802",
    "country": "US",
}


def order(parcel: str, **more: Any) -> dict[str, Any]:
    """A shipper's order; what became of it."""
    (shipper,) = read("SELECT id FROM shippers")
    given = {
        "tracking_number": parcel,
        "name": "Kim Doe",
        "phone": courier.PHONE,
        "address": ADDRESS,
        **more,
    }
    reads = orders.read(json.dumps(given).encode(), lines=False)
    ((result,),) = orders.take(shipper["id"], "shop", reads)
    return result


def texts(play: Play, case_id: int) -> list[dict[str, Any]]:
    return [
        m
        for m in play.messages(case_id, audience="customer")
        if m["channel"] == "sms" and m["state"] == "delivered"
    ]


def test_one_message_says_who_writes_and_how_to_end_it_and_promises_no_other(play: Play) -> None:
    order("P1", consent="exemption")
    case_id = play.courier()
    advance(minutes=20)
    (only,) = texts(play, case_id)
    assert len(only["text"]) <= 160
    assert "STOP" in only["text"]
    assert "/c/" in only["text"]
    assert play.case(case_id).news_by is None
    assert read("SELECT 1 FROM promises WHERE case_id = %s AND kind = 'news'", case_id) == []
    advance(days=2)
    assert texts(play, case_id) == [only]
    held = play.messages(case_id, audience="customer", state="suppressed")
    assert {m["why"] for m in held} == {"exemption_used"}
    assert play.told(case_id, "shipper") == []
    assert play.orphans() == []


def test_what_they_ask_for_is_answered_all_the_same(play: Play) -> None:
    order("P1", consent="exemption")
    case_id = play.courier()
    advance(minutes=20)
    play.choose(case_id)
    assert "booking" in [m["topic"] for m in texts(play, case_id)]


def test_with_consent_or_elsewhere_nothing_is_capped(play: Play) -> None:
    order("P1", consent="given")
    case_id = play.courier()
    advance(minutes=20)
    assert play.case(case_id).news_by is not None
    advance(hours=30)
    assert len(texts(play, case_id)) > 1


def test_mail_is_not_capped_and_keeps_the_promise(play: Play) -> None:
    order("P1", consent="exemption", email="kim@example.com")
    case_id = play.courier(email="kim@example.com")
    advance(minutes=20)
    assert play.case(case_id).news_by is not None
    advance(hours=30)
    assert len(texts(play, case_id)) == 1
    mails = [m for m in play.messages(case_id, audience="customer") if m["channel"] == "email"]
    assert "delivered" in {m["state"] for m in mails}


def test_an_order_keeps_its_ground_and_refuses_one_that_is_none(play: Play) -> None:
    assert order("P7", consent="given")["status"] == "created"
    assert order("P7", name="Kim D.")["status"] == "updated"
    assert read("SELECT consent FROM shipments") == [{"consent": "given"}]
    refused = order("P8", consent="perhaps")
    (fault,) = refused["errors"]
    assert (refused["status"], fault["field"], fault["code"]) == (
        "refused",
        "consent",
        "unknown_consent",
    )


def test_what_a_person_writes_unasked_is_no_news_of_the_delivery(play: Play) -> None:
    order("P1", consent="exemption")
    case_id = play.courier()
    for write in (writing.write, decisions.write):
        with pytest.raises(Problem) as refused:
            write(case_id, "The gate was closed.", "Ana", clock.now())
        assert refused.value.code == "no_way"
        assert "please call them" in refused.value.detail
    order("P2", consent="exemption", email="kim@example.com")
    other = play.courier(parcel="P2", email="kim@example.com")
    writing.write(other, "The gate was closed.", "Ana", clock.now())
    settle()
    assert ("written", "kim@example.com") in play.told(other)
    assert {m["channel"] for m in play.messages(other, topic="written")} == {"email"}
