"""After it is over: one question, asked twice at most; a poor answer is made good."""

from __future__ import annotations

import pytest

from app import clock
from app.customer import service
from app.db.connection import connection
from app.errors import Problem
from tests.inline import advance
from tests.play import Play

EMAIL = "kim@example.com"


@pytest.fixture
def delivered(play: Play) -> int:
    case_id = play.courier(email=EMAIL)
    play.acknowledge(case_id)
    play.courier("delivered")
    return case_id


def test_she_is_asked_once_more_by_the_next_way_and_then_left_alone(play: Play, delivered: int):
    advance(minutes=119)
    assert play.topics(delivered) == ["failure"]
    advance(minutes=1)
    assert play.topics(delivered) == ["failure", "survey"]
    advance(days=30)
    assert [topic for topic, _ in play.told(delivered)] == ["failure", "survey", "survey"]
    assert play.told(delivered)[-1] == ("survey", EMAIL)
    assert play.waiting(delivered) == set()


def test_a_good_answer_gets_thanks(play: Play, delivered: int):
    advance(hours=2)
    play.rate(delivered, 4, "fine")
    assert play.topics(delivered)[-1] == "thanks"
    advance(days=30)
    assert play.topics(delivered).count("survey") == 1
    assert play.waiting(delivered) == set()


def test_a_poor_answer_has_a_ladder_of_its_own(play: Play, delivered: int):
    advance(hours=2)
    play.rate(delivered, 2, "late")
    assert play.tasks(delivered) == [("failure", "withdrawn"), ("recovery", "open")]
    advance(minutes=5)
    calls = [m for m in play.messages(delivered, audience="dispatcher") if "Unhappy" in m["text"]]
    assert len(calls) == 2
    assert play.acknowledge(delivered, "Ben").fresh
    advance(hours=1)
    assert len(play.messages(delivered, audience="dispatcher")) == 3
    assert play.waiting(delivered) == {"look_after_taken"}
    assert play.case(delivered).state == "closed"


def test_the_first_answer_counts_and_a_later_one_corrects_it(play: Play, delivered: int):
    advance(hours=2)
    play.rate(delivered, 5)
    play.rate(delivered, 1, "on second thoughts")
    assert play.topics(delivered).count("thanks") == 1
    assert play.tasks(delivered) == [("failure", "withdrawn")]
    assert play.timeline(delivered).count("survey_answered") == 2


def test_an_answer_before_the_question_spares_her_the_question(play: Play, delivered: int):
    play.rate(delivered, 5)
    advance(days=30)
    assert "survey" not in play.topics(delivered)


@pytest.mark.parametrize("score", [0, 6, -1])
def test_a_score_is_from_one_to_five(play: Play, delivered: int, score: int):
    with pytest.raises(Problem) as refused:
        service.rate(delivered, score, "", clock.now())
    assert (refused.value.status, refused.value.code) == (422, "no_such_score")


def test_what_was_not_delivered_is_not_rated(play: Play):
    case_id = play.courier()
    with pytest.raises(Problem) as refused:
        service.rate(case_id, 5, "", clock.now())
    assert (refused.value.status, refused.value.code) == (409, "not_delivered")


def test_a_delivery_keeps_the_promise(play: Play):
    case_id = play.courier()
    play.choose(case_id)
    play.courier("delivered")
    row = connection().execute("SELECT state FROM bookings").fetchone()
    assert row == {"state": "kept"}


def test_a_case_closed_by_hand_is_not_asked_about(play: Play):
    case_id = play.courier()
    play.close(case_id, "refunded")
    advance(days=30)
    assert play.topics(case_id) == []
    assert play.tasks(case_id) == [("failure", "withdrawn")]


def test_a_case_closed_by_hand_gives_its_place_back(play: Play):
    case_id = play.courier()
    advance(days=2)
    assert play.case(case_id).state == "booked"
    play.close(case_id, "mistake")
    rows = connection().execute("SELECT DISTINCT state FROM bookings").fetchall()
    assert rows == [{"state": "dropped"}]
    assert connection().execute("SELECT sum(taken) AS n FROM slots").fetchone() == {"n": 0}
