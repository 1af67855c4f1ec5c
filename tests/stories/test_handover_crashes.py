"""200 bookings on their way to a courier while every process is killed: none is placed twice."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
import requests

from app import configure
from app import settings as app_settings
from app.channels import providers
from app.db import connection as db
from app.handover import accounts
from tests.handover.connectors.play_webhook import SECRET, Counting
from tests.handover.edge import Edge, opened
from tests.servers import TestServers
from tests.stories.drill import Burst
from tests.stories.house import House, open_house

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

NUMBER = 200
_PATIENCE = 60  # seconds for which somebody presses a button again


@pytest.fixture
def edge() -> Iterator[Edge]:
    with opened(Counting()) as edge:
        yield edge


@pytest.fixture
def house(tmp_path_factory: pytest.TempPathFactory, edge: Edge) -> Iterator[House]:
    """A house on servers of its own, since they are killed, whose courier is told of bookings."""
    servers = TestServers()
    try:
        servers.start()
        with open_house(servers, tmp_path_factory.mktemp("house")) as house:
            connect(house, edge)
            yield house
    finally:
        servers.stop()


def connect(house: House, edge: Edge) -> None:
    configure(app_settings.load(house.env))
    with db.transaction() as conn:
        accounts.connect(conn, house.account.slug, "webhook", {"secret": SECRET, "base": edge.base})
        conn.execute("UPDATE slots SET capacity = 10000")
        conn.execute("UPDATE slot_rules SET capacity = 10000")
    db.close()
    providers._chosen.clear()


def book(house: House, case_id: int, choice: str) -> None:
    """Press the button again and again until it is answered, as people do."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            answer = house._call("POST", f"/cases/{case_id}/booking", "Ana", choice=choice)
            if answer.status_code == 200:
                return
            assert answer.status_code >= 500, answer.text
        except requests.ConnectionError:
            pass
        assert time.monotonic() < deadline
        time.sleep(0.05)


def restart_redis(house: House) -> None:
    house.servers.redis.kill()
    house.servers.redis.start()


def disasters(house: House) -> list[Callable[[], None]]:
    """Each process dies alone, the broker too, and at last all at once."""
    names = ("web", "worker", "clock", "sender")

    def all_die() -> None:
        for name in names:
            house.kill(name)

    alone = [partial(house.kill, name) for name in names]
    return [*alone, partial(restart_redis, house), all_die]


def answered(pressed: Sequence[Future[None]], number: int) -> bool:
    return sum(one.done() for one in pressed) >= number


def come_to_rest(house: House, edge: Edge) -> None:
    """Let what a killed sender had begun be asked for; time is moved and not waited for."""
    deadline = time.monotonic() + 90
    while house.facts("SELECT 1 FROM handover_acts WHERE state IN ('waiting', 'calling') LIMIT 1"):
        assert time.monotonic() < deadline, Counter(asked.method for asked in edge.asked)
        house.facts(
            """UPDATE handover_acts SET lease_until = now()
                WHERE state = 'calling' AND lease_until < now() + interval '57 seconds'
            RETURNING id"""
        )
        house.move(timedelta(seconds=20))
        time.sleep(0.5)
    house.recover()


def test_every_process_is_killed_while_bookings_reach_the_courier(house: House, edge: Edge) -> None:
    found = Burst(house, "book", NUMBER).cases()
    house.recover()
    choice = house._call("GET", f"/cases/{found[0]}/options", "Ana").json()["slots"][0]["choice"]
    edge.misbehave = ["lose", "500", "html"] * 5  # and answers get lost beside that
    with ThreadPoolExecutor(8) as people:
        pressed = [people.submit(book, house, case_id, choice) for case_id in found]
        steps = disasters(house)
        for number, disaster in enumerate(steps, 1):
            share = number * NUMBER // (len(steps) + 1)
            house.eventually(partial(answered, pressed, share))
            disaster()
        for one in pressed:
            one.result()
    come_to_rest(house, edge)
    told = edge.play.told  # type: ignore[attr-defined]
    assert len(told) == NUMBER
    assert set(told.values()) == {1}, "0 bookings are placed twice"
    assert house.facts("SELECT id FROM bookings WHERE confirmed_at IS NULL") == []
    (standing,) = house.facts("SELECT count(*) AS n FROM bookings WHERE state = 'standing'")
    assert standing["n"] == NUMBER, "0 are without a keeper"
    cut_off = [fault for fault in edge.faults if "No matching signature" in fault]
    assert edge.faults == cut_off, "a request of a killed sender may end in the middle"
