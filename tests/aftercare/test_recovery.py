"""Whoever was not satisfied is called back by an hour they know, and asked once if it is good."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from app import clock
from app.access import links
from app.channels.heard import Reply
from app.customer import service
from app.customer.asked import receivers
from app.db.connection import connection, transaction
from app.dispatch import service as dispatch
from app.dispatch.sources import Recovered
from app.dispatch.states import RECOVERED, TaskKind, outcomes_of
from app.errors import Problem
from tests import courier
from tests.channels.world import read
from tests.gestures.conftest import codes, gives
from tests.inline import advance, settle
from tests.links import page_of
from tests.messages import said
from tests.pages.reading import text
from tests.play import Play


@pytest.fixture
def unhappy(play: Play) -> int:
    """A case whose customer gave two of five."""
    case_id = play.courier(email="kim@example.com")
    play.acknowledge(case_id)
    play.courier("delivered")
    advance(hours=2)
    play.rate(case_id, 2, "Left in the rain")
    return case_id


def promised(case_id: int) -> list[dict[str, Any]]:
    return read(
        "SELECT state, due_at FROM promises WHERE case_id = %s AND kind = 'answer' ORDER BY id",
        case_id,
    )


def said_good(case_id: int, *, good: bool) -> None:
    service.good_now(case_id, clock.now(), good=good)
    settle()


def resolve(play: Play, case_id: int, outcome: str) -> None:
    dispatch.resolve(play.task(case_id).id, "Ana", outcome, "", clock.now())
    settle()


def test_an_hour_is_promised_told_and_kept(client: FlaskClient, play: Play, unhappy: int) -> None:
    (row,) = promised(unhappy)
    assert row["state"] == "open"
    task = play.task(unhappy)
    assert task.deadline == row["due_at"]
    told = play.messages(unhappy, topic="recovery")
    assert len(told) == 1
    assert "will call you by" in told[0]["text"]
    assert "orry" not in told[0]["text"]
    assert "hear from them by" in text(client.get(page_of(unhappy)).text)
    resolve(play, unhappy, "called")
    assert [one["state"] for one in promised(unhappy)] == ["kept"]


def test_whoever_calls_sees_what_the_shippers_rules_have_for_them(
    client: FlaskClient, play: Play, unhappy: int
) -> None:
    link = f"/t/{links.make('task', play.task(unhappy).id, play.world.people['Ana'])}"
    assert "The shipper has not said what it gives." in text(client.get(link).text)
    gives(first="5.00")
    codes("5.00")
    connection().execute("UPDATE cases SET fault = 'courier' WHERE id = %s", [unhappy])
    assert "have a voucher of $5.00 for this." in text(client.get(link).text)


def test_an_hour_that_passes_is_missed_and_the_calls_go_on(play: Play, unhappy: int) -> None:
    advance(days=3)
    assert [one["state"] for one in promised(unhappy)] == ["broken"]
    assert "hour_missed" in play.timeline(unhappy)
    assert play.tasks(unhappy)[-1] == ("recovery", "open")
    assert play.waiting(unhappy) == {"recover"}


def test_a_number_by_text_message_is_answered_with_the_hour(play: Play) -> None:
    case_id = play.courier()
    play.acknowledge(case_id)
    play.courier("delivered")
    advance(hours=2)
    reply = Reply(
        provider="playground", provider_id="in-1", channel="sms", sender=courier.PHONE, words="1"
    )
    with transaction() as conn:
        receivers.reply(conn, reply, clock.now())
    settle()
    texts = [row["text"] for row in said("SELECT text, packed FROM message_words")]
    (told,) = [text for text in texts if text.startswith("You gave 1 of 5.")]
    assert "will call you by" in told
    assert "Nothing more" not in told
    assert play.messages(case_id, topic="recovery") == []


def test_what_fits_can_be_said_of_it_and_nothing_else(
    client: FlaskClient, play: Play, unhappy: int
) -> None:
    assert outcomes_of(TaskKind.RECOVERY) == RECOVERED
    assert list(RECOVERED) == [one.value for one in Recovered]
    task = play.task(unhappy)
    with pytest.raises(Problem) as refused:
        dispatch.resolve(task.id, "Ana", "deliver_again", "", clock.now())
    assert refused.value.code == "no_such_outcome"
    (person,) = read("SELECT id FROM people WHERE name = 'Ana'")
    page = client.get(f"/t/{links.make('task', task.id, person['id'])}").text
    for outcome in RECOVERED:
        assert f'value="{outcome}"' in page
    assert "deliver_again" not in page
    assert "Left in the rain" in page


def test_who_was_called_is_asked_once_whether_it_is_good_now(
    client: FlaskClient, play: Play, unhappy: int
) -> None:
    resolve(play, unhappy, "apologised")
    with pytest.raises(Problem) as early:
        service.good_now(unhappy, clock.now(), good=True)
    assert early.value.code == "not_asked"
    assert "Is it good now?" not in client.get(page_of(unhappy)).text
    advance(hours=25)
    assert [m["topic"] for m in play.messages(unhappy)].count("survey") == 2
    assert "Is it good now?" in client.get(page_of(unhappy)).text
    assert client.post(page_of(unhappy), data={"good_now": "yes"}).status_code == 303
    settle()
    assert play.topics(unhappy)[-1] == "thanks"
    assert "Is it good now?" not in client.get(page_of(unhappy)).text
    advance(days=20)
    assert play.waiting(unhappy) == set()
    assert [m["topic"] for m in play.messages(unhappy)].count("survey") == 2


def test_not_good_yet_calls_the_ladder_anew_and_asks_no_more(play: Play, unhappy: int) -> None:
    resolve(play, unhappy, "called")
    advance(hours=25)
    said_good(unhappy, good=False)
    assert play.tasks(unhappy)[-2:] == [("recovery", "resolved"), ("recovery", "open")]
    assert [one["state"] for one in promised(unhappy)] == ["kept", "open"]
    said_good(unhappy, good=False)
    assert len(play.tasks(unhappy)) == 3
    play.acknowledge(unhappy)
    dispatch.pass_on(play.task(unhappy).id, "Ana", clock.now() + timedelta(minutes=2))
    settle()
    assert len(play.tasks(unhappy)) == 3
    play.acknowledge(unhappy, "Ben")
    resolve(play, unhappy, "called")
    before = [m["topic"] for m in play.messages(unhappy)].count("survey")
    advance(days=10)
    assert [m["topic"] for m in play.messages(unhappy)].count("survey") == before
    assert play.waiting(unhappy) == set()
