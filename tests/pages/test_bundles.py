"""Whoever is called for many parcels within minutes is called for all of them at once."""

from __future__ import annotations

from collections import Counter

import pytest
from flask.testing import FlaskClient

from app import clock
from app.channels import heard
from app.db.connection import connection, transaction
from app.dispatch import service as dispatch
from app.shipments.returning import store as returning
from tests.inline import advance, settle
from tests.messages import said
from tests.play import Play

WITHIN = 30


def reached() -> list[dict[str, object]]:
    """What reached the depot's people, oldest first."""
    return said(
        """SELECT id, case_id, topic, channel, recipient, packed, text, subject
             FROM messages JOIN message_words ON message_id = id
            WHERE audience = 'dispatcher' AND state IN ('sent', 'delivered')
            ORDER BY done_at, id"""
    )


def flood(play: Play, many: int, seconds: float) -> list[int]:
    """So many failures of one van, one after another in so many seconds."""
    found = []
    for number in range(many):
        found.append(play.courier(parcel=f"VAN14-{number + 1}"))
        advance(seconds=seconds / many)
    return found


def test_52_failures_in_75_seconds_reach_each_person_in_at_most_4_messages_a_channel(
    play: Play,
) -> None:
    begun = clock.now()
    flood(play, 52, 75)
    advance(seconds=WITHIN * 60 - (clock.now() - begun).total_seconds())
    each = Counter((row["recipient"], row["channel"]) for row in reached())
    assert each
    assert max(each.values()) <= 4, each
    named = {row["subject"] for row in reached() if row["topic"] == "bundle"}
    assert any("51 parcels" in str(subject) for subject in named), named


def test_the_first_is_called_for_at_once_and_each_parcel_stays_a_task_of_its_own(
    play: Play,
) -> None:
    first, *others = flood(play, 5, 20)
    assert {row["case_id"] for row in reached()} == {first}
    play.acknowledge(others[0], by="Ben")
    advance(minutes=5)
    (bundle,) = {
        row["text"] for row in reached() if row["topic"] == "bundle" and row["channel"] == "sms"
    }
    assert "3 parcels" in str(bundle)
    assert "VAN14-2" not in str(bundle), "what somebody took on is left out"
    assert {play.task(case_id).state for case_id in others[1:]} == {"open"}
    story = {message["why"] for message in play.messages(others[1], audience="dispatcher")}
    assert "in_bundle" in story


def test_its_link_opens_the_list_and_takes_all_of_them_on(play: Play, client: FlaskClient) -> None:
    _, *others = flood(play, 5, 20)
    advance(minutes=5)
    text = next(str(row["text"]) for row in reached() if row["topic"] == "bundle")
    address = "/t/all/" + text.rpartition("/t/all/")[2].split()[0]
    play.acknowledge(others[0], by="Ben")
    page = client.get(address)
    assert page.status_code == 200
    assert "3 parcels need somebody" in page.text
    assert "Ben took it on" in page.text
    assert {play.task(case_id).state for case_id in others[1:]} == {"open"}, "GET changes nothing"
    taken = client.post(address)
    settle()
    assert "You took on 3 parcels" in taken.text
    assert {play.task(case_id).acknowledged_by for case_id in others[1:]} == {"Ana"}
    again = client.post(address)
    assert "Nothing is left to take on" in again.text


def test_a_forged_list_is_unknown(play: Play, client: FlaskClient) -> None:
    assert client.get("/t/all/1-1.forged").status_code == 404


@pytest.mark.parametrize("pause", [6, 60])
def test_what_comes_after_the_minutes_is_called_for_at_once_again(play: Play, pause: int) -> None:
    first = play.courier(parcel="P1")
    play.acknowledge(first)
    advance(minutes=pause)
    second = play.courier(parcel="P2")
    assert second in {row["case_id"] for row in reached()}


def test_a_level_has_its_whole_time_after_it_was_called(play: Play) -> None:
    flood(play, 2, 2)
    second = play.task(play.courier(parcel="VAN14-2")).case_id
    levels = []
    for _ in range(40):
        advance(minutes=1)
        levels.append(play.task(second).level)
    assert levels[3] == 1, "nobody above is called before the first has read it"
    assert max(levels) > 1


def test_what_the_courier_decides_within_the_hour_waits_for_nothing(play: Play) -> None:
    account = play.world.accounts["standard_webhooks"]
    with transaction() as conn:
        rules = {"attempts": 3, "tries_again_after_hours": 24, "no_change_hours": 23}
        assert returning.set_rules(conn, account.slug, rules)
    play.courier(parcel="P1", attempts=1)
    second = play.courier(parcel="P2", attempts=1)
    assert second in {row["case_id"] for row in reached()}


def test_a_telephone_rings_once_for_all_of_them_and_one_key_takes_them(play: Play) -> None:
    with transaction() as conn:
        conn.execute("UPDATE people SET channels = '{voice,sms}' WHERE name = 'Ana'")
    _, *others = flood(play, 5, 20)
    advance(minutes=5)
    (call,) = (
        connection()
        .execute(
            """SELECT * FROM messages JOIN message_words ON message_id = id
                WHERE topic = 'bundle' AND channel = 'voice'"""
        )
        .fetchall()
    )
    assert "4 parcels need somebody" in call["spoken"]
    first = "The first: recipient unavailable, 1 Elm St, Anaheim. Act by Tue 13 May, 09:00. Press 1"
    assert first in call["spoken"]

    def press(digit: str) -> list[str]:
        fact = heard.KeyPressed(provider=call["provider"], message_id=call["id"], digit=digit)
        with transaction() as conn:
            return heard.tell(conn, fact, clock.now())

    assert "4 parcels" in press("3")[0]
    assert "You have taken on 4 parcels. The list is on its way to you." in press("1")
    settle()
    assert {play.task(case_id).acknowledged_by for case_id in others} == {"Ana"}
    assert "/t/all/" in str(reached()[-1]["text"])
    assert "Nothing of it is left" in press("1")[0], "a second press changes nothing"


def test_a_late_key_passes_nothing_on_that_has_gone_up_by_itself(play: Play) -> None:
    with transaction() as conn:
        conn.execute("UPDATE people SET channels = '{voice,sms}' WHERE name = 'Ana'")
    _, *others = flood(play, 4, 12)
    advance(minutes=5)
    (call,) = (
        connection()
        .execute("SELECT id, provider FROM messages WHERE topic = 'bundle' AND channel = 'voice'")
        .fetchall()
    )
    for case_id in others:
        dispatch.pass_on(play.task(case_id).id, "Ben", clock.now())
    settle()
    before = [play.task(case_id).level for case_id in others]
    assert before == [2] * 3
    fact = heard.KeyPressed(provider=call["provider"], message_id=call["id"], digit="2")
    with transaction() as conn:
        assert heard.tell(conn, fact, clock.now()) == ["It has been passed on already."]
    settle()
    assert [play.task(case_id).level for case_id in others] == before
