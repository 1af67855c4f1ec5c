"""Returns: what goes wrong on the way back to the shop is told to the shop, and calls nobody."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app import clock
from tests import courier
from tests.web import Web, rows


def post(web: Web, raw: bytes):
    account = web.play.world.accounts["standard_webhooks"]
    answer = web.post(raw, courier.signed(account, raw))
    assert answer.status_code == 200, answer.data
    return answer.get_json()


def written(parcel: str):
    return rows(
        """SELECT * FROM messages m JOIN message_words w ON w.message_id = m.id
            WHERE m.topic = 'return' AND position(%s in w.text) > 0""",
        parcel,
    )


def test_a_return_that_fails_is_told_to_its_shop_once_and_calls_nobody(web: Web):
    at = clock.now()
    raw = courier.said(parcel="back-1", at=at, is_return=True, words="Nobody handed it over.")
    said = post(web, raw)
    assert (said["status"], said["case_id"]) == ("ignored", None)
    assert post(web, raw)["status"] == "duplicate"
    post(web, courier.said(parcel="back-1", at=at + timedelta(hours=1), is_return=True))
    (message,) = written("back-1")
    assert (message["audience"], message["channel"], message["case_id"]) == ("shipper", "email", 0)
    assert 'back to you: "Nobody handed it over". We call nobody' in message["text"]
    assert not rows(
        "SELECT 1 FROM cases c JOIN shipments s ON s.id = c.shipment_id "
        "WHERE s.tracking_number = 'back-1'"
    )


@pytest.mark.parametrize(
    ("parcel", "kind", "days"), [("back-2", "delivered", 0), ("back-3", "failed", 15)]
)
def test_a_return_that_arrives_or_failed_long_ago_is_nobodys_news(
    web: Web, parcel: str, kind: str, days: int
):
    at = clock.now() - timedelta(days=days)
    post(web, courier.said(kind, parcel, at=at, is_return=True))
    assert written(parcel) == []


def test_whoever_is_forgotten_is_not_named_there_either(web: Web):
    post(web, courier.said(parcel="back-forgotten", is_return=True))
    assert len(written("back-forgotten")) == 1
    answer = web.api("POST", "/erasures", "admin", json={"tracking_number": "back-forgotten"})
    assert answer.status_code in {200, 201}, answer.data
    assert written("back-forgotten") == []
