"""A bare number after the delivery is the answer to how it went, and no question."""

from __future__ import annotations

import pytest

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
