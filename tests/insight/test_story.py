"""The same timeline as each of its readers sees it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import clock
from app.cases import service as cases
from app.cases.timeline import facts as t
from app.cases.timeline.kinds import Actor, Topic
from app.cases.timeline.rows import Recorded
from app.customer.story import lines as customer
from app.db.connection import connection, transaction
from app.dispatch import story as dispatch
from app.insight import story as insight
from app.theme.times import When
from tests.cases.facts import FACTS, WORDS

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
WHEN = When("America/Los_Angeles", NOW)
ACTORS = st.sampled_from(Actor) | WORDS

INTERNAL = [
    t.Note(text="Rings twice, opens late"),
    t.Snoozed(task_id=1, minutes=20),
    t.Undone(task_id=1, act="take"),
    t.PassedOn(task_id=1, level=1),
    t.LevelPassedOver(level=1, why="nobody_on_duty", rotas=("Nights",)),
    t.CallEnded(person="Ana", why="busy"),
    t.LadderExhausted(),
    t.AuditHealed(),
]


@pytest.fixture
def case(play):
    return play.case(play.courier())


def test_every_reader_can_read_whatever_happened(case):
    @given(FACTS, ACTORS)
    def read(facts, actor):
        entry = Recorded(NOW, actor, facts)
        assert dispatch.words(entry, WHEN).text
        assert insight._happened(entry, WHEN)
        customer.words(case, entry, WHEN)

    read()


@pytest.mark.parametrize("facts", INTERNAL)
def test_what_is_internal_is_not_shown_to_the_customer(case, facts):
    entry = Recorded(NOW, "Ana", facts)
    assert customer.story(case, [entry], WHEN) == []
    assert dispatch.story([entry], WHEN)


def test_a_note_of_a_contact_keeps_its_text_from_the_customer(case):
    entry = Recorded(NOW, "Ana", t.ContactElsewhere(channel="shop", text="Angry"))
    (line,) = customer.story(case, [entry], WHEN)
    assert line.text == "You got in touch with us, and we made a note of it."
    assert dispatch.words(entry, WHEN) == (
        "Ana noted a contact with the customer: shop.",
        "",
        "Angry",
    )


def test_the_customers_own_words_reach_the_dispatcher():
    reply = t.CustomerReply(words="Leave it at the gate", channel="sms", provider_id="SM1")
    entry = Recorded(NOW, Actor.CUSTOMER, reply)
    assert dispatch.words(entry, WHEN) == ("The customer wrote to us.", "", "Leave it at the gate")


def test_the_whole_story_says_reasons_in_words(play):
    case_id = play.courier()
    with transaction() as conn:
        lost = t.MessageUndeliverable(
            message_id=7, topic="failure", channel="sms", why="no_provider"
        )
        cases.note(conn, [cases.Entry(case_id, lost)], clock.now())
    play.courier("delivered")
    told = insight.tell(connection(), case_id, clock.now())
    assert told
    text = "\n".join(line.text for line in [*told.past, *told.unsent])
    said = "A message to the customer did not arrive. text message: no provider is configured"
    assert said in text
    assert "message 7, about failure, why no_provider" in text
    assert "Closed: delivered." in text


def test_only_the_first_level_is_told_to_the_customer(case):
    calls = [
        Recorded(NOW, Actor.REKNOCK, t.DispatcherCalled(level=n, people=("Ana",), task_id=1))
        for n in (1, 2)
    ]
    assert [line.text for line in customer.story(case, calls, WHEN)] == ["We called the depot."]


@pytest.mark.parametrize("topic", Topic)
def test_every_topic_has_words(case, topic):
    entry = Recorded(NOW, Actor.REKNOCK, t.CustomerTold(topic=topic))
    assert dispatch.words(entry, WHEN).text
    assert customer.words(case, entry, WHEN).text
