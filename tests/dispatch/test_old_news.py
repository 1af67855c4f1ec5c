"""What happened long ago is kept and shown, and calls nobody until a person says so."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app import clock
from app.cases.model import CaseKind
from app.chain import audit
from app.contact import service as contact
from app.db.connection import connection
from app.dispatch import queue_counts_store
from app.dispatch import service as dispatch
from app.dispatch import store as tasks
from app.dispatch.old_news import service as old_news
from app.errors import Problem
from app.insight import store as insight
from tests import courier
from tests.inline import advance, settle


def ago(**by):
    return clock.now() - timedelta(**by)


@pytest.fixture
def old(play):
    """A case of what happened three years ago, told today."""
    return play.courier(at=ago(days=3 * 365))


def gauge():
    return {
        row["state"]: row["value"]
        for row in insight.gauges(connection(), "dispatch_tasks")["dispatch_tasks"]
    }


def test_old_news_calls_nobody_and_writes_to_nobody(play, old):
    case = play.case(old)
    assert case.aside
    assert play.tasks(old) == [("failure", "aside")]
    assert play.waiting(old) == {"set_aside"}
    advance(days=29)
    assert play.messages(old) == []
    assert audit.run(clock.now()) == audit.Findings([], [], [])
    assert gauge() == {"aside": 1}


@pytest.mark.parametrize(("days", "aside"), [(13.9, False), (14.1, True)], ids=["within", "beyond"])
def test_the_policy_says_from_when_on_news_is_old(play, days, aside):
    assert play.case(play.courier(at=ago(days=days))).aside is aside


def test_what_names_no_time_happened_now(play):
    case_id = play.courier(occurred_at=None, timestamp=None)
    assert not play.case(case_id).aside


def test_when_nobody_begins_it_it_closes_by_itself_and_nobody_is_asked_how_it_was(play, old):
    advance(days=40)
    case = play.case(old)
    assert (case.state, case.resolution) == ("closed", "old_news")
    assert play.tasks(old) == [("failure", "withdrawn")]
    assert play.messages(old) == []
    assert play.waiting(old) == set()
    assert gauge() == {}


def test_begun_by_a_person_it_goes_on_as_if_it_had_come_now(play, old):
    advance(days=5)
    began = clock.now()
    assert old_news.begin(old, "Ben", began) is True
    settle()
    case = play.case(old)
    assert not case.aside
    assert (case.opened_at, case.return_by) == (began, began + timedelta(days=7))
    assert play.tasks(old) == [("failure", "open")]
    assert [r for _, r in play.told(old, "dispatcher")] == ["+17145554101"]
    assert play.told(old) == []
    advance(minutes=20)
    assert play.topics(old) == ["failure"]
    assert old_news.begin(old, "Ben", clock.now()) is False
    advance(days=60)
    assert play.case(old).resolution != "old_news"


def test_what_is_closed_cannot_be_begun(play, old):
    play.close(old, "mistake")
    assert play.tasks(old) == [("failure", "withdrawn")]
    with pytest.raises(Problem, match="closed"):
        old_news.begin(old, "Ben", clock.now())


def test_nothing_but_a_person_moves_it(play, old):
    """A number that is supplied, a task that is taken on, a choice: it stays as it is."""
    contact.supply(old, "+17145554299", "", "Oak", clock.now())
    for act in (
        lambda: play.acknowledge(old),
        lambda: dispatch.pass_on(play.task(old).id, "Ana", clock.now()),
        lambda: play.choose(old, "slot:1"),
    ):
        with pytest.raises(Problem) as refused:
            act()
        assert refused.value.code == "set_aside"
    assert play.options(old).slots == []
    settle()
    assert play.waiting(old) == {"set_aside"}
    old_news.begin(old, "Ben", clock.now())
    advance(minutes=20)
    assert [recipient for _, recipient in play.told(old)] == ["+17145554299"]


def test_more_old_news_of_it_is_noted_and_fresh_news_begins_it(play, old):
    assert play.courier("failed", at=ago(days=900), words="again") == old
    assert play.case(old).aside
    assert play.courier("damaged", words="crushed") == old
    case = play.case(old)
    assert (case.kind, case.words, case.round) == (CaseKind.DAMAGED, "crushed", 1)
    assert play.tasks(old) == [("failure", "open")]
    assert play.told(old, "dispatcher")


def test_several_old_words_before_any_is_weighed_are_old(play):
    play.hear(courier.said(at=ago(days=400)))
    case_id = play.hear(courier.said(at=ago(days=399), words="second")).case_id
    settle()
    assert play.case(case_id).aside


def test_a_delivery_closes_it_and_nobody_is_asked_how_it_was(play, old):
    play.courier("delivered", at=ago(days=3 * 365 - 1))
    assert play.case(old).resolution == "delivered"
    advance(days=10)
    assert play.messages(old) == []


def test_what_came_back_long_ago_is_told_to_nobody(play):
    case_id = play.courier("returned", reason="returned_to_sender", at=ago(days=500))
    advance(days=10)
    assert play.case(case_id).resolution == "returned_to_sender"
    assert play.messages(case_id) == []


def test_the_queue_counts_what_is_set_aside_rightly(play, old):
    assert queue_counts_store.wrong_counts(connection(), clock.now()) == []
    old_news.begin_task(tasks.of_case(connection(), old)[0].id, "Ben", clock.now())
    settle()
    assert queue_counts_store.wrong_counts(connection(), clock.now()) == []
