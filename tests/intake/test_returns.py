"""Returns: what goes wrong on the way back to the shop is told to the shop, and calls nobody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from app import clock
from app.chain.standard import DAY, STANDARD
from app.db.connection import transaction
from app.directory.changes import TERMINAL
from app.managing.policies import service as policies
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
    assert "back to you. It says: “Nobody handed it over”. We call nobody" in message["text"]
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


@pytest.fixture
def shipper() -> Iterator[int]:
    """Whose words and policy are changed for one test."""
    (row,) = rows("SELECT id, country, policy_id FROM shippers WHERE slug = 'oak'")
    yield row["id"]
    with transaction() as conn:
        conn.execute(
            "UPDATE shippers SET country = %s, policy_id = %s WHERE id = %s",
            [row["country"], row["policy_id"], row["id"]],
        )


def test_how_old_is_too_old_is_the_policy_s_to_say(web: Web, shipper: int):
    with transaction() as conn:
        policies.put(
            conn, TERMINAL, "oak", "short", {**STANDARD, "old_after": 2 * DAY}, clock.now()
        )
    for parcel, days in (("back-4", 1), ("back-5", 3)):
        at = clock.now() - timedelta(days=days)
        post(web, courier.said("failed", parcel, at=at, is_return=True))
    assert len(written("back-4")) == 1
    assert written("back-5") == []


@pytest.mark.parametrize(
    ("country", "code", "said"),
    [("DE", "de", "Rücksendung"), ("PL", "pl", "zwrot"), ("US", "en", "return")],
)
def test_a_shop_reads_what_is_spoken_in_its_country(
    web: Web, shipper: int, country: str, code: str, said: str
):
    with transaction() as conn:
        conn.execute("UPDATE shippers SET country = %s WHERE id = %s", [country, shipper])
    post(web, courier.said("failed", f"back-{country}", is_return=True))
    (message,) = written(f"back-{country}")
    assert message["language"] == code
    assert said in message["text"]


def test_whoever_is_forgotten_is_not_named_there_either(web: Web):
    post(web, courier.said(parcel="back-forgotten", is_return=True))
    assert len(written("back-forgotten")) == 1
    answer = web.api("POST", "/erasures", "admin", json={"tracking_number": "back-forgotten"})
    assert answer.status_code in {200, 201}, answer.data
    assert written("back-forgotten") == []
