"""A burst of failures: steps wait neither for what is to be sent nor behind a long queue."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
import redis

from app import clock
from app.chain import store
from app.db import turns
from app.db.connection import connection
from app.settings import Settings
from tasks import claims, flow, queue, sender
from tasks.app import celery
from tasks.clock import Clock
from tests import courier
from tests.play import Play

FAILURES = 60


@pytest.fixture
def ticker(play: Play, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    """A clock with a broker that takes two task messages of ten steps, and no worker at all.

    A sender lives, so that the clock sends nothing itself; it sends nothing either.
    """
    monkeypatch.setattr(queue, "BACKLOG", 2)
    monkeypatch.setattr(claims, "BATCH", 10)
    celery.conf.update(broker_url=settings.broker_url)
    turns.beat(connection(), sender.NAME, clock.machine_now())
    ticker = Clock(settings.redis_url)
    yield ticker
    ticker.close()


def test_in_a_burst_every_step_is_run_although_no_message_leaves(
    play: Play, ticker: Clock, settings: Settings
):
    for number in range(FAILURES):
        play.hear(courier.said(parcel=f"P{number}"))
    while ticker.turn():
        with redis.Redis.from_url(settings.redis_url) as broker:
            assert int(broker.llen("chain")) <= 2
    assert store.next_due(connection()) > clock.now()  # type: ignore[operator]
    called = connection().execute(
        """SELECT count(*) FILTER (WHERE state = 'queued') AS queued,
                  count(*) FILTER (WHERE why IS NOT NULL) AS not_sent FROM messages"""
    )
    assert called.fetchone() == {"queued": FAILURES - 2 * 10, "not_sent": 0}


def test_a_single_failure_beside_a_flood_is_called_for_while_the_broker_is_full(
    play: Play, ticker: Clock
):
    for number in range(FAILURES):
        play.hear(courier.said(parcel=f"P{number}"))
    assert ticker.turn()
    case_id = play.hear(courier.said(parcel="single")).case_id or 0
    connection().execute("UPDATE steps SET account_id = 77 WHERE case_id = %s", [case_id])
    assert ticker.turn()
    assert "dispatcher_called" in play.timeline(case_id)


def test_what_keeps_coming_in_a_flood_is_claimed_together_and_whoever_comes_beside_it_at_once(
    play: Play, ticker: Clock, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(flow, "FLOOD", 3)
    monkeypatch.setattr(flow, "HALVES_EVERY", 60.0)
    monkeypatch.setattr(claims, "REST", 60.0)
    ticker._rehearsals = 0

    def hear(*parcels: str) -> None:
        for parcel in parcels:
            play.hear(courier.said(parcel=parcel))

    def sent() -> int:
        with redis.Redis.from_url(settings.redis_url) as broker:
            return int(broker.llen("chain"))

    hear("P1", "P2", "P3")
    ticker.turn()
    assert sent() == 1
    for parcel in ("P4", "P5"):
        hear(parcel)
        ticker.turn()
    assert sent() == 1
    case_id = play.hear(courier.said(parcel="single")).case_id or 0
    connection().execute("UPDATE steps SET account_id = 77 WHERE case_id = %s", [case_id])
    ticker.turn()
    assert "dispatcher_called" in play.timeline(case_id)
    ticker.claims._rests_until = time.monotonic()
    ticker.turn()
    assert sent() == 2
    assert store.next_due(connection()) > clock.now()  # type: ignore[operator]


def test_behind_a_full_queue_the_clocks_hand_is_small_and_grows_while_nobody_takes_anything(
    play: Play, ticker: Clock, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(claims, "HAND", 5)
    ticker.claims._hand = 5
    for number in range(FAILURES):
        play.hear(courier.said(parcel=f"P{number}"))
    assert ticker.turn()  # the queue takes two times ten
    left = []
    for _ in range(3):
        ticker.turn()
        left.append(called())
    assert left == [5, 15, 25]
    with redis.Redis.from_url(settings.redis_url) as broker:
        broker.rpop("chain")  # a worker takes one: it needs no more of a hand than before
    ticker.turn()
    ticker.turn()
    assert called() == 25 + 5


def test_while_workers_empty_the_full_queue_the_clock_runs_nothing_of_a_flood_but_whoever_comes(
    play: Play, ticker: Clock, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(flow, "FLOOD", 20)
    monkeypatch.setattr(flow, "HALVES_EVERY", 60.0)
    monkeypatch.setattr(claims, "HAND_AFTER", 60.0)
    for number in range(FAILURES):
        play.hear(courier.said(parcel=f"P{number}"))
    assert ticker.turn()  # the queue takes two times ten
    assert ticker.turn()  # nobody else has come lately, so it lends a hand
    lent = called()
    assert lent == claims.HAND
    ticker.claims.saw([77])
    for number in range(3):
        case_id = play.hear(courier.said(parcel=f"single {number}")).case_id or 0
        connection().execute("UPDATE steps SET account_id = 77 WHERE case_id = %s", [case_id])
        assert not ticker.turn()
        assert 0 < ticker.pause() < 0.1
        assert called() == lent + number + 1
    monkeypatch.setattr(claims, "HAND_AFTER", 0.0)  # nobody took anything
    assert ticker.turn()
    assert called() > lent + 3


def test_a_flood_is_known_by_what_came_lately_and_is_over_some_seconds_after_its_end():
    seen = flow.Flow()
    seen.saw([1] * 400 + [2], now=10.0)
    assert seen.floods() == [1]
    for second in range(11, 14):
        seen.saw([2], now=float(second))
    assert seen.floods() == []


def called() -> int:
    row = connection().execute("SELECT count(*) AS n FROM messages").fetchone()
    return int(row["n"]) if row else 0
