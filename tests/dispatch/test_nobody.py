"""Nobody is never the answer: who is in charge is called again and again, ever more seldom."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app import clock
from app.chain import policy
from app.db import migrate
from app.db.connection import connection, transaction
from app.dispatch import queue_counts_store, queue_store, rules, service, store
from app.dispatch.queue_store import Wanted
from app.dispatch.states import TaskKind
from app.settings import Settings
from tests.inline import advance
from tests.play import Play

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTES = st.integers(1, 600).map(lambda n: timedelta(minutes=n))


def calls(play: Play, case_id: int) -> list[int]:
    """After how many minutes whoever is in charge was called, by text message."""
    opened = play.case(case_id).opened_at
    rung = play.messages(case_id, audience="dispatcher", channel="sms", recipient="+17145554103")
    times = [message["created_at"] for message in rung if message["topic"].startswith("task-")]
    return [round((at - opened) / timedelta(minutes=1)) for at in times]


def test_after_everybody_was_called_who_is_in_charge_is_called_with_growing_pauses(play: Play):
    case_id = play.courier()
    advance(hours=24)
    first = [15, 30, 45]  # at 60 it is clear that nobody comes
    assert calls(play, case_id)[:8] == [*first, 75, 105, 165, 285, 525]
    assert len(calls(play, case_id)) == 8 + 3
    assert play.timeline(case_id).count("ladder_exhausted") == 1
    assert (
        "Nobody has taken it on since" in play.messages(case_id, audience="dispatcher")[-1]["text"]
    )
    play.acknowledge(case_id, "Cleo")
    play.keep(case_id, "Cleo")
    advance(hours=24)
    assert len(calls(play, case_id)) == 11
    assert play.task(case_id).exhausted_at is None
    assert "call_dispatcher" not in play.waiting(case_id)


def test_what_the_policy_says_of_it_follows_once_and_the_calls_go_on(settings: Settings):
    late = copy.deepcopy(policy.STANDARD)
    for outcome in late["after"]["validate_contact"].values():
        for entry in outcome:
            if entry.get("arm") == "notify_customer":
                entry["in"] = 9 * policy.HOUR
    play = Play(settings, late)
    case_id = play.courier()
    advance(minutes=59)
    assert play.topics(case_id) == []
    advance(minutes=1)
    assert play.topics(case_id) == ["failure"]
    assert "call_dispatcher" in play.waiting(case_id)
    advance(minutes=15)
    assert calls(play, case_id)[-1] == 75


def test_a_round_that_begins_anew_has_a_ladder_of_its_own(play: Play):
    case_id = play.courier()
    advance(hours=2)
    play.courier("lost")
    advance(hours=2)
    assert play.tasks(case_id) == [("failure", "withdrawn"), ("failure", "open")]
    assert play.timeline(case_id).count("ladder_exhausted") == 2


def test_an_unhappy_customer_is_called_for_until_somebody_comes(play: Play):
    case_id = play.courier()
    play.courier("delivered")
    advance(hours=2)
    play.rate(case_id, 1)
    advance(hours=12)
    rung = len(calls(play, case_id))
    advance(hours=12)
    assert len(calls(play, case_id)) == rung + 3


def test_one_phone_rings_no_more_often_than_the_policy_says_whatever_for(play: Play):
    for number in range(9):
        play.courier(parcel=f"P{number}")
    begun = clock.now()
    for _ in range(40):
        advance(minutes=15)
    rung = connection().execute(
        """SELECT m.created_at FROM messages m JOIN dispatch_tasks t ON m.topic = 'task-' || t.id
            WHERE m.recipient = '+17145554103' AND m.created_at > t.exhausted_at
            ORDER BY m.created_at"""
    )
    times = [row["created_at"] for row in rung.fetchall()]
    assert len(times) > 30
    assert all(sum(at - timedelta(hours=1) < other <= at for other in times) <= 6 for at in times)
    called = connection().execute("SELECT min(calls) AS least FROM dispatch_tasks").fetchone()
    assert called is not None
    assert called["least"] > 3, "each of them was called for again"
    assert max(times) > begun + timedelta(hours=8)


@given(MINUTES, MINUTES, st.integers(0, 200))
def test_pauses_grow_up_to_the_longest(every: timedelta, longest: timedelta, times: int):
    pauses = [rules.pause(every, longest, n) for n in (0, times, times + 1)]
    assert pauses == sorted(pauses)
    assert pauses[0] == every
    assert pauses[-1] <= max(every, longest)
    assert rules.pause(every, longest, 200) == max(every, longest)


@given(st.lists(st.integers(0, 200), max_size=60), st.integers(1, 8))
def test_no_hour_has_more_calls_than_allowed_and_none_is_put_off_for_ever(
    asked: list[int], most: int
):
    made: list[datetime] = []
    for minute in sorted(asked):
        now = NOW + timedelta(minutes=minute)
        at = rules.room(made, most, now)
        assert now <= at <= now + timedelta(hours=1)
        assert rules.room(made, most, at) == at, "then there is room"
        if at == now:
            made = [*rules.last_hour(made, now), now]
    for at in made:
        assert sum(at - timedelta(hours=1) < other <= at for other in made) <= most


def test_the_queue_shows_first_what_nobody_took_on(play: Play):
    old = play.courier(parcel="old")
    connection().execute("UPDATE cases SET return_by = return_by + interval '9 days'")
    advance(hours=2)
    play.courier(parcel="new")
    first, second = queue_store.page(connection(), Wanted(), "Ana", clock.now())
    assert [first.parcel, second.parcel] == ["ORD-old", "ORD-new"]
    assert first.exhausted_at is not None
    assert first.call_at is not None
    assert first.call_at > clock.now()
    assert second.exhausted_at is None
    behind = queue_store.page(connection(), Wanted(), "Ana", clock.now(), (first.place, first.id))
    assert [row.parcel for row in behind] == ["ORD-new"]
    behind = queue_store.page(connection(), Wanted(), "Ana", clock.now(), (second.place, second.id))
    assert behind == []
    (alone,) = queue_store.page(connection(), Wanted(tab="nobody"), "Ana", clock.now())
    assert alone.parcel == "ORD-old"
    play.acknowledge(old)
    assert queue_store.page(connection(), Wanted(tab="nobody"), "Ana", clock.now()) == []
    assert queue_counts_store.wrong_counts(connection(), clock.now()) == []


def test_the_step_that_calls_for_a_task_is_known_by_one_name(play: Play):
    case_id = play.courier()
    task = play.task(case_id)
    for kind in TaskKind:
        for about in (0, 7):
            connection().execute(
                "UPDATE dispatch_tasks SET kind = %s, about = %s WHERE id = %s",
                [kind, about, task.id],
            )
            found = store.task(connection(), task.id)
            assert found is not None
            row = connection().execute(f"SELECT {store.CALLED_BY} AS name FROM dispatch_tasks t")
            (name,) = row.fetchall()
            assert name["name"] == service.step(found).name


def test_what_rested_before_the_upgrade_is_called_for_again(play: Play):
    case_id = play.courier()
    advance(hours=1)
    with transaction() as conn:  # as the program before left it
        conn.execute("DELETE FROM steps WHERE name = 'call_dispatcher'")
        conn.execute("UPDATE dispatch_tasks SET exhausted_at = NULL, rings = 0, rung_since = NULL")
    rung = len(calls(play, case_id))
    advance(hours=5)
    assert len(calls(play, case_id)) == rung
    (upgrade,) = (one.sql for one in migrate.available() if one.number == 41)
    connection().execute(upgrade[upgrade.index("UPDATE dispatch_tasks SET rings") :].encode())
    advance(hours=1)
    assert len(calls(play, case_id)) > rung
    assert play.task(case_id).exhausted_at is not None
    assert queue_counts_store.wrong_counts(connection(), clock.now()) == []
