"""Whatever is killed in the middle: nothing is lost, nothing is said twice, all end alike."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from tests.servers import TestServers
from tests.stories.drill import Burst, same_end
from tests.stories.house import House, open_house

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def servers() -> Iterator[TestServers]:
    """Servers of these drills' own: they are killed."""
    servers = TestServers()
    try:
        servers.start()
        yield servers
    finally:
        servers.stop()


@pytest.fixture(scope="module")
def running(servers: TestServers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(servers, tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest.fixture
def house(running: House) -> Iterator[House]:
    yield running
    running.close_all()


def drill(house: House, name: str, disaster: Callable[[], object], number: int = 60) -> None:
    """A disaster in the middle of a burst, and another one when the customers are told."""
    burst = Burst(house, name, number)
    burst.middle()
    disaster()
    cases = burst.cases()
    house.recover()
    house.advance(minutes=19)
    house.move(timedelta(minutes=2))
    disaster()
    house.recover()
    same_end(house, cases)


@pytest.mark.parametrize("name", ["worker", "clock", "sender", "web"])
def test_a_process_is_killed(house: House, name: str):
    drill(house, name, lambda: house.kill(name), 200)


def test_one_of_the_web_s_own_workers_is_killed(house: House):
    drill(house, "child", lambda: house.kill_child("web"))


def test_every_process_is_killed_at_once(house: House):
    def all_die() -> None:
        for name in ("web", "worker", "sender", "clock"):
            house.kill(name)

    drill(house, "all", all_die)


def test_workers_hang_and_wake_up_with_old_hints(house: House):
    with house.hanging("worker", "sender"):
        cases = Burst(house, "hang", 40).cases()
        house.recover()
        house.move(timedelta(minutes=20))
        house.recover()
    house.settle()
    same_end(house, cases)


def test_redis_forgets_everything(house: House):
    pids = house.pids()
    drill(house, "flushed", house.servers.empty_redis)
    assert house.pids() == pids


def test_redis_dies_and_comes_back_empty(house: House):
    def dies() -> None:
        house.servers.redis.kill()
        house.servers.redis.start()

    pids = house.pids()
    drill(house, "redis", dies)
    assert house.pids() == pids


@pytest.mark.parametrize("how", ["kill", "stop"])
def test_postgres_is_restarted(house: House, how: str):
    def restarts() -> None:
        getattr(house.servers.postgres, how)()
        house.servers.postgres.start()

    pids = house.pids()
    drill(house, f"postgres-{how}", restarts)
    assert house.pids() == pids


def test_connections_to_postgres_are_ended_all_the_time(house: House):
    """Each time others, in the middle of whatever they were used for."""
    chance = random.Random(1)
    pids = house.pids()
    burst = Burst(house, "ended", 200)
    while burst.answered() < burst.number:
        house.facts(
            """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid() AND random() < %s""",
            chance.choice([0.1, 0.5, 1.0]),
        )
        time.sleep(chance.choice([0.01, 0.1, 0.3]))
    cases = burst.cases()
    house.recover()
    house.advance(minutes=19)
    house.move(timedelta(minutes=2))
    house.recover()
    same_end(house, cases)
    assert house.pids() == pids


def test_escalation_goes_on_without_a_broker_and_work_returns_to_the_workers(house: House):
    sent = house.count("sender", '"event":"message"')
    house.servers.redis.kill()
    cases = Burst(house, "away", 20).cases()
    house.advance(minutes=20)
    same_end(house, cases)
    assert house.count("sender", '"event":"message"') > sent  # senders need no broker
    # the longer the broker is away, the longer Celery would wait by itself
    house.eventually(lambda: house.count("worker", "(4/"))
    done = house.count("worker", '"event":"step"')
    house.servers.redis.start()
    house.hear(parcel="back")  # settled by whoever is there first

    def the_worker_works_again() -> bool:
        house.hear(parcel=f"back-{len(house.facts('SELECT id FROM cases'))}")
        return house.count("worker", '"event":"step"') > done

    house.eventually(the_worker_works_again, within=6)  # Celery by itself: 8 seconds after (4/
