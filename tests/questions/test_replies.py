"""A bare number after the delivery is the answer to how it went, and no question."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app import clock
from app.booking import service as booking
from app.customer.service import score_of
from app.db.connection import connection
from tests.inline import advance
from tests.questions.world import Asking


@pytest.mark.parametrize("words", ["5", " 5 ", "5!", "٥", "५"])
def test_a_score_written_back_is_understood(play: Asking, words: str) -> None:
    case_id = play.courier()
    play.courier("delivered")
    advance(hours=4)
    play.write(words)
    (row,) = connection().execute("SELECT score FROM surveys WHERE case_id = %s", [case_id])
    assert row["score"] == 5
    assert play.questions(case_id) == []
    assert any("You gave us 5 out of 5. Thank you." in said for said in play.heard())


@pytest.mark.parametrize(
    "words", ["Thanks!", "Vielen Dank 🙏", "bedankt", "Dziękuję!", "धन्यवाद", "شكراً"]
)
def test_thanks_after_a_delivery_ring_nobody_and_are_kept(play: Asking, words: str) -> None:
    case_id = play.courier()
    play.courier("delivered")
    advance(hours=4)
    before = len(play.heard())
    play.write(words)
    assert play.questions(case_id) == []
    assert "customer_reply" in play.timeline(case_id)
    advance(days=2)
    later = play.heard()[before:]
    assert not [said for said in later if "will answer" in said or "takes longer" in said]
    play.write(f"{words} Can I return it?")
    assert len(play.questions(case_id)) == 1


def test_before_the_delivery_a_number_is_for_a_person_to_read(play: Asking) -> None:
    case_id = play.courier()
    play.write("5")
    assert [question.text for question in play.questions(case_id)] == ["5"]


@pytest.mark.parametrize("words", ["0", "6", "55", "5 stars please", "", "²", "five"])
def test_nothing_else_is_a_score(words: str) -> None:
    assert score_of(words) is None


def scores() -> list[int]:
    rows = connection().execute("SELECT score FROM surveys WHERE score IS NOT NULL").fetchall()
    return [row["score"] for row in rows]


def offered(case_id: int) -> int:
    """The message that offered days by number."""
    row = (
        connection()
        .execute("SELECT id FROM messages WHERE case_id = %s AND topic = 'failure'", [case_id])
        .fetchone()
    )
    assert row is not None
    return int(row["id"])


def test_a_late_number_is_for_the_days_that_were_offered_and_rates_nothing(play: Asking) -> None:
    case_id = play.courier()
    play.acknowledge(case_id)
    play.courier("delivered")
    play.write("1")
    assert scores() == []
    assert play.questions(case_id) == []
    assert play.heard()[-1].startswith("Your Hollow Oak Books parcel has arrived. http")
    advance(hours=4)
    assert "From 1 to 5" in play.heard()[-1]
    play.write("2", replies_to=offered(case_id))
    play.write("3", at=clock.now() - timedelta(hours=4))
    assert scores() == [], "whatever it answers was asked before"
    play.write("4")
    assert scores() == [4]
    play.write("5")
    assert scores() == [5], "who thinks again is heard"


def test_of_two_parcels_a_number_belongs_to_what_was_asked_last(play: Asking) -> None:
    delivered = play.courier()
    play.courier("delivered")
    advance(hours=4)
    other = play.courier(parcel="P2")
    play.write("3")
    assert scores() == [3], "of the other one they have read nothing yet"
    play.acknowledge(other)
    play.write("1")
    assert booking.standing(connection(), other)
    assert scores() == [3]
    assert play.questions(delivered) == []
