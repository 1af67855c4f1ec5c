"""A wake-up reaches the clocks at once, and a flood of reasons makes few of them."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
import redis

from app.chain import wake
from tests.servers import TestServers


@pytest.fixture
def ear(servers: TestServers) -> Iterator[redis.client.PubSub]:
    """What a clock hears."""
    servers.empty_redis()
    wake.configure(servers.redis.url)
    with redis.Redis.from_url(servers.redis.url) as client, client.pubsub() as ear:
        ear.subscribe(wake.CHANNEL)
        assert _heard(ear)  # the subscription
        yield ear


def test_a_single_reason_is_told(ear):
    wake.soon()
    assert _heard(ear)


def test_a_flood_makes_few_wake_ups_and_its_last_reason_is_told(ear):
    ends = time.monotonic() + 0.5
    reasons = 0
    while time.monotonic() < ends:
        wake.soon()
        reasons += 1
        time.sleep(0.001)  # others get their turn, as between two webhooks
    told = 0
    while ear.get_message(timeout=0.2):
        told += 1
    assert 1 <= told <= 20 < reasons
    wake.soon()
    assert _heard(ear)


@pytest.mark.parametrize(("every", "told"), [(0.0005, 20), (0.003, 20), (0.2, 5)])
def test_reasons_that_come_closely_share_wake_ups_and_single_ones_do_not(every: float, told: int):
    wake_ups, now, free_at, since, pause = 0, 0.0, 0.0, -60.0, 0.002
    while now < 1.0:
        if now >= free_at:
            wake_ups += 1
            pause = wake.pause_after(pause, now - since)
            since, free_at = now, now + pause
        now += every
    assert wake_ups <= told


def test_without_a_broker_nobody_is_held_up_and_the_next_one_is_told(ear, servers):
    servers.redis.stop()
    wake.soon()  # never raises, whatever becomes of it
    servers.redis.start()
    with redis.Redis.from_url(servers.redis.url) as client, client.pubsub() as again:
        again.subscribe(wake.CHANNEL)
        assert _heard(again)
        ends = time.monotonic() + 10
        while time.monotonic() < ends:
            wake.soon()
            if again.get_message(timeout=0.2):
                return
    pytest.fail("nothing was told after the broker came back")


def _heard(ear: redis.client.PubSub) -> bool:
    return ear.get_message(timeout=10) is not None
