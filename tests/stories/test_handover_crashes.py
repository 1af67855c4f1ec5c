"""Bookings on their way to a courier: whatever is killed or comes first, none contradicts."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import requests

from app.access import signing
from tests.handover.connectors.play_webhook import SECRET, Counting
from tests.handover.edge import Edge, opened
from tests.links import token_of
from tests.servers import TestServers
from tests.stories.drill import Burst
from tests.stories.handing import connect
from tests.stories.house import House, open_house

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

NUMBER = 200
TRIPLES = 500
_PATIENCE = 60  # seconds for which somebody presses a button again


@pytest.fixture(scope="module")
def edge() -> Iterator[Edge]:
    with opened(Counting()) as edge:
        yield edge


@pytest.fixture(scope="module")
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
    assert {told(edge)[key] for key in pushes(house, found).values()} == {1}, "placed once"
    kept = house.facts(
        """SELECT id FROM bookings WHERE state = 'standing' AND confirmed_at IS NOT NULL
              AND case_id = ANY(%s)""",
        found,
    )
    assert len(kept) == NUMBER, "0 are without a keeper"
    cut_off = [fault for fault in edge.faults if "No matching signature" in fault]
    assert edge.faults == cut_off, "a request of a killed sender may end in the middle"


def test_change_confirmation_and_withdrawal_at_once_never_contradict(
    house: House, edge: Edge
) -> None:
    """Three at once, over HTTP: the customer changes, the courier confirms, the shop closes."""
    found = Burst(house, "race", TRIPLES).cases()
    house.recover()
    slots = house._call("GET", f"/cases/{found[0]}/options", "Ana").json()["slots"]
    first, other = slots[0]["choice"], slots[-1]["choice"]
    with house.hanging("sender"), ThreadPoolExecutor(8) as people:
        list(people.map(lambda case_id: book(house, case_id, first), found))
        house.eventually(lambda: len(pushes(house, found)) == TRIPLES)
    keys = pushes(house, found)  # from here on the sender tells the courier beside all that happens
    with ThreadPoolExecutor(9) as people:
        said = [
            people.submit(act) for case_id in found for act in three(house, case_id, keys, other)
        ]
    assert {one.result() for one in said} <= {200, 303, 409}
    come_to_rest(house, edge)
    assert house.facts(CONTRADICTIONS) == []
    standing = house.facts(
        """SELECT a.key FROM handover_acts a JOIN bookings b ON b.id = a.booking_id
            WHERE a.act = 'push' AND b.state = 'standing'"""
    )
    assert set(edge.play.placed) <= {row["key"] for row in standing}, "none is brought in vain"
    assert set(told(edge).values()) == {1}


CONTRADICTIONS = """SELECT b.id, b.state, c.state AS of_case FROM bookings b
  JOIN cases c ON c.id = b.case_id
 WHERE (b.state = 'standing' AND c.state <> 'booked')
    OR (b.state = 'changed' AND NOT EXISTS (
        SELECT 1 FROM bookings n WHERE n.case_id = b.case_id AND n.id > b.id))
    OR (b.state <> 'standing' AND EXISTS (
        SELECT 1 FROM handover_acts p WHERE p.booking_id = b.id AND p.act = 'push'
           AND p.state IN ('waiting', 'calling') AND NOT p.pushed))
    OR (b.state IN ('changed', 'dropped') AND EXISTS (
        SELECT 1 FROM handover_acts p WHERE p.booking_id = b.id AND p.act = 'push'
           AND p.outcome = 'confirmed')
        AND NOT EXISTS (SELECT 1 FROM handover_acts w
           WHERE w.booking_id = b.id AND w.act = 'withdraw'))"""
"""Bookings that stand twice or in a closed case, are confirmed and off, or stay pushed."""


def three(house: House, case_id: int, keys: dict[int, str], other: str) -> list[Callable[[], int]]:
    """A change, a confirmation and, of every second case, its end."""

    link = f"{house.base}/c/{token_of(case_id)}"  # made here: each thread would have a connection

    def changes() -> int:
        return house.press(link, choice=other).status_code

    def confirms() -> int:
        raw = json.dumps({"type": "handover.confirmed", "data": {"reference": keys[case_id]}})
        head = signing.headers(SECRET, f"m{case_id}", raw.encode(), datetime.now(UTC))
        url = f"{house.base}/callbacks/handover/{house.account.slug}"
        return requests.post(url, raw.encode(), headers=head, timeout=30).status_code

    def ends() -> int:
        said = house._call("POST", f"/cases/{case_id}/close", "Ana", resolution="refunded")
        return said.status_code

    return [changes, confirms, ends] if case_id % 2 else [changes, confirms]


def pushes(house: House, found: list[int]) -> dict[int, str]:
    """By which key the courier knows what was booked first in these cases."""
    rows = house.facts(
        """SELECT DISTINCT ON (case_id) case_id, key FROM handover_acts
            WHERE act = 'push' AND case_id = ANY(%s) ORDER BY case_id, id""",
        found,
    )
    return {row["case_id"]: row["key"] for row in rows}


def told(edge: Edge) -> Counter[str]:
    """How often the courier was told of each key."""
    assert isinstance(edge.play, Counting)
    return edge.play.told
