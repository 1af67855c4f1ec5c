"""Two people act at the same instant, over HTTP: one is first, and both learn who."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import chain, cycle, product
from typing import Any, NamedTuple

import pytest
import requests
from requests import Request

from app import clock
from app.access import keys, links
from app.channels import gathering
from app.db.connection import connection, transaction
from app.dispatch.bundles import service as bundles
from app.settings import Settings
from tests.inline import advance
from tests.pages.web import free_port, serving
from tests.play import Play

PAIRS, LISTS, CASES = 800, 11, 20
PHONES = {"Ana": "+17145554101", "Ben": "+17145554102"}


class Pair(NamedTuple):
    """What both were answered, and how the task stands afterwards."""

    taken: requests.Response
    passed: requests.Response
    task: dict[str, Any]
    story: list[str]


@pytest.fixture
def served(settings: Settings, env: dict[str, str], play: Play) -> Iterator[str]:
    with serving(env | {"PORT": str(free_port())}) as url:
        yield url


def reset(task_ids: list[int]) -> None:
    """The first level was called for these, and nobody has them."""
    with transaction() as conn:
        conn.execute(
            """UPDATE dispatch_tasks SET state = 'open', level = 1, calls = 1, outcome = NULL,
                      acknowledged_at = NULL, acknowledged_by = NULL WHERE id = ANY(%s)""",
            [task_ids],
        )
        conn.execute("DELETE FROM timeline WHERE kind IN ('acknowledged', 'passed_on')")


class Ways:
    """How Ana takes on and Ben passes on, by HTTP: each is an address and what is sent there."""

    def __init__(self, url: str, play: Play) -> None:
        self.url, self.people = url, play.world.people
        self.heads = {}
        for name in ("Ana", "Ben"):
            person = play.world.people[name]
            key = keys.create(connection(), "dispatcher", name, None, person, clock.now())
            self.heads[name] = {"Authorization": f"Bearer {key}"}

    def api(self, name: str, verb: str, task_id: int) -> Request:
        place = f"/api/v1/dispatch-tasks/{task_id}/{verb}"
        return Request("POST", self.url + place, headers=self.heads[name])

    def link(self, name: str, verb: str, task_id: int) -> Request:
        token = links.make("task", task_id, self.people[name])
        act = {"act": verb.replace("-", "_"), "level": "1"}
        return Request("POST", f"{self.url}/t/{token}", data=act)

    def code(self, name: str, verb: str, task_id: int) -> Request:
        words = f"{1 if verb == 'acknowledge' else 2}-{task_id}"
        said = {"from": PHONES[name], "channel": "sms", "text": words}
        return Request("POST", f"{self.url}/playground/reply", json=said)


Asks = Callable[[Request, threading.Barrier], "Future[requests.Response]"]


@contextmanager
def sending() -> Iterator[Asks]:
    """Send requests that begin at the same instant."""
    sessions = threading.local()

    def send(asked: Request, start: threading.Barrier) -> requests.Response:
        if not hasattr(sessions, "one"):
            sessions.one = requests.Session()
        session: requests.Session = sessions.one
        prepared = session.prepare_request(asked)
        start.wait(30)
        return session.send(prepared, timeout=30, allow_redirects=False)

    with ThreadPoolExecutor(CASES + 1) as pool:
        yield lambda asked, start: pool.submit(send, asked, start)


def pairs(ways: Ways, rounds: int, task_ids: list[int]) -> Iterator[Pair]:
    """Ana takes on, Ben passes on, by API, link and code in turn; `rounds` times a task."""
    all_ways = list(product((ways.api, ways.link, ways.code), repeat=2))
    both_ways = cycle([*all_ways, *all_ways[:1] * 15])  # pages take longer than the API
    with sending() as send:
        for _ in range(rounds):
            reset(task_ids)
            for first in range(0, len(task_ids), 8):
                begun = []
                for task_id in task_ids[first : first + 8]:
                    start, (take, pass_on) = threading.Barrier(2), next(both_ways)
                    took = send(take("Ana", "acknowledge", task_id), start)
                    passed = send(pass_on("Ben", "pass-on", task_id), start)
                    begun.append((task_id, took, passed))
                for task_id, took, passed in begun:
                    yield Pair(took.result(), passed.result(), *_stands(task_id))


def pairs_of_lists(ways: Ways, rounds: int, bundle: int, task_ids: list[int]) -> Iterator[Pair]:
    """Ana takes all of a list on while Ben passes on each parcel of it."""
    token = links.make("calls", bundle, ways.people["Ana"])
    with sending() as send:
        for _ in range(rounds):
            reset(task_ids)
            start = threading.Barrier(len(task_ids) + 1)
            took = send(Request("POST", f"{ways.url}/t/all/{token}"), start)
            begun = [(t, send(ways.api("Ben", "pass-on", t), start)) for t in task_ids]
            for task_id, passed in begun:
                yield Pair(took.result(), passed.result(), *_stands(task_id))


def _stands(task_id: int) -> tuple[dict[str, Any], list[str]]:
    conn = connection()
    task = conn.execute(
        "SELECT case_id, state, acknowledged_by FROM dispatch_tasks WHERE id = %s", [task_id]
    ).fetchone()
    assert task
    told = conn.execute(
        "SELECT kind FROM timeline WHERE case_id = %s AND kind IN ('acknowledged', 'passed_on')"
        " ORDER BY id",
        [task["case_id"]],
    ).fetchall()
    return task, [row["kind"] for row in told]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_thousand_times_one_takes_on_what_another_passes_on(served: str, play: Play):
    case_ids = [play.courier(parcel=f"P{n}") for n in range(CASES)]
    advance(minutes=5)
    advance(minutes=10)  # Ben is called for them, too
    ways, task_ids = Ways(served, play), [play.task(case_id).id for case_id in case_ids]
    (bundle,) = gathering.texts_to(connection(), play.world.people["Ana"])[-1:]
    listed = [item.task.id for item in bundles.held(connection(), bundle)]
    assert len(listed) == CASES - 1
    first = {"taken": 0, "passed": 0}
    several = chain(
        pairs(ways, PAIRS // CASES, task_ids), pairs_of_lists(ways, LISTS, bundle, listed)
    )
    for pair in several:
        assert pair.taken.status_code in {200, 303}, pair.taken.text
        if "/api/" in pair.taken.url:
            taken = pair.taken.json()
            assert (taken["fresh"], taken["acknowledged_by"]) == (True, "Ana")
        assert (pair.task["state"], pair.task["acknowledged_by"]) == ("acknowledged", "Ana")
        if pair.story == ["acknowledged"]:
            first["taken"] += 1
            assert pair.passed.status_code == 409 or "/playground/" in pair.passed.url
            if pair.passed.status_code == 409:
                assert "Ana took it on at " in pair.passed.text
        else:
            first["passed"] += 1
            assert pair.story == ["passed_on", "acknowledged"], (
                "who came after has it, and it stays"
            )
            assert pair.passed.status_code in {200, 303}
    assert sum(first.values()) == PAIRS + LISTS * (CASES - 1) >= 1000
    assert min(first.values()) > 0, "both orders were seen"
