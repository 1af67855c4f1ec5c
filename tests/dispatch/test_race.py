"""Two people act at the same instant, over HTTP: one is first, and both learn who."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import pytest
import requests

from app import clock
from app.access import keys
from app.db.connection import connection, transaction
from app.settings import Settings
from tests.inline import settle
from tests.pages.web import free_port, serving
from tests.play import Play

PAIRS, CASES = 1000, 20


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


def pairs(url: str, play: Play, rounds: int, case_ids: list[int]) -> Iterator[Pair]:
    """Ana takes on, Ben passes on, at the same instant; `rounds` times for each case."""
    heads = {}
    for name in ("Ana", "Ben"):
        key = keys.create(
            connection(), "dispatcher", name, None, play.world.people[name], clock.now()
        )
        heads[name] = {"Authorization": f"Bearer {key}"}
    task_ids = [play.task(case_id).id for case_id in case_ids]
    sessions = threading.local()
    with ThreadPoolExecutor(16) as pool:

        def act(name: str, verb: str, task_id: int, start: threading.Barrier) -> requests.Response:
            if not hasattr(sessions, "one"):
                sessions.one = requests.Session()
            start.wait(30)
            place = f"{url}/api/v1/dispatch-tasks/{task_id}/{verb}"
            session: requests.Session = sessions.one
            return session.post(place, headers=heads[name], timeout=30)

        for _ in range(rounds):
            reset(task_ids)
            for first in range(0, len(task_ids), 8):
                some = task_ids[first : first + 8]
                starts = [threading.Barrier(2) for _ in some]
                both = [
                    (
                        pool.submit(act, "Ana", "acknowledge", task_id, start),
                        pool.submit(act, "Ben", "pass-on", task_id, start),
                    )
                    for task_id, start in zip(some, starts, strict=True)
                ]
                answers = [(taken.result(), passed.result()) for taken, passed in both]
                for task_id, (taken, passed) in zip(some, answers, strict=True):
                    yield Pair(taken, passed, *_stands(task_id))


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
@pytest.mark.timeout(300)
def test_a_thousand_times_one_takes_on_what_another_passes_on(served: str, play: Play):
    case_ids = [play.courier(parcel=f"P{n}") for n in range(CASES)]
    settle()
    first = {"taken": 0, "passed": 0}
    for pair in pairs(served, play, PAIRS // CASES, case_ids):
        taken = pair.taken.json()
        assert pair.taken.status_code == 200, taken
        assert (taken["fresh"], taken["acknowledged_by"]) == (True, "Ana")
        assert (pair.task["state"], pair.task["acknowledged_by"]) == ("acknowledged", "Ana")
        if pair.passed.status_code == 409:
            first["taken"] += 1
            assert pair.passed.json()["code"] == "taken_meanwhile"
            assert "Ana took it on at " in pair.passed.json()["detail"]
            assert pair.story == ["acknowledged"]
        else:
            first["passed"] += 1
            assert (pair.passed.status_code, pair.passed.json()["state"]) == (200, "open")
            assert pair.story == ["passed_on", "acknowledged"], (
                "who came after has it, and it stays"
            )
    assert sum(first.values()) == PAIRS
    assert min(first.values()) > 0, "both orders were seen"
