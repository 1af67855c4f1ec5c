"""(h) What people and operators look at, with 100,000 open cases and a million closed.

Beside the same with a thousand open ones, in turns, through the whole app in this process. With
`--quick` there are fewer, which shows what grows, not how far.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from statistics import median

from flask.testing import FlaskClient

from app import clock, create_app
from app.chain import audit
from app.db.connection import transaction
from app.dispatch import queue_counts_store
from app.insight import rollups, store
from tests.bench.crowd import Size, seed
from tests.bench.report import Figure, Sample, repeated, say
from tests.bench.stage import Servers, Stage, stage
from tests.pages.staff import make_key, sign_in

SMALL = Size(open=1_000, closed=0)
LARGE = Size(open=100_000, closed=1_000_000)
QUICK = Size(open=5_000, closed=20_000)
TURNS = 5
LONG = 1.0  # seconds
"""Of each look in a repeat, unless they take long; the median counts."""


@dataclass(frozen=True)
class Looks:
    """One filled database, and somebody who is signed in."""

    stage: Stage
    client: FlaskClient
    key: str

    def all(self) -> Sample:
        """Milliseconds of each look."""
        self.stage.attach()
        console = self.client.get("/console").text
        poll = unescape(re.search(r'"([^"]*/console/live[^"]*)"', console)[1])  # type: ignore[index]
        looks: dict[str, Callable[[], object]] = {
            "console": lambda: self._page("/console"),
            "poll": lambda: self._page(poll),
            **{f"dashboard {n}": self._dashboard(n) for n in (7, 30, 90)},
            "metrics": lambda: self._page("/metrics"),
            "audit": _audit,
            "tasks": self._api("/api/v1/dispatch-tasks?state=open"),
            "done tasks": self._api("/api/v1/dispatch-tasks?state=resolved"),
            "no depot": self._api("/api/v1/cases?depot=nowhere", status=422),
        }
        return {name: _milliseconds(look) for name, look in looks.items()}

    def _dashboard(self, days: int) -> Callable[[], object]:
        return lambda: self._page(f"/dashboard?days={days}")

    def _api(self, address: str, status: int = 200) -> Callable[[], object]:
        return lambda: self._page(address, status, {"Authorization": f"Bearer {self.key}"})

    def _page(self, address: str, status: int = 200, headers: dict[str, str] | None = None) -> None:
        answer = self.client.get(address, headers=headers)
        assert answer.status_code == status, (address, answer.status_code)


def _audit() -> None:
    found = audit.run(clock.now())
    assert not any(found), found


def _milliseconds(look: Callable[[], object]) -> float:
    look()
    took: list[float] = []
    while len(took) < TURNS and sum(took) < LONG:
        since = time.perf_counter()
        look()
        took.append(time.perf_counter() - since)
    return 1000 * median(took)


def figures(servers: Servers) -> Iterator[Figure]:
    with stage(servers) as one, stage(servers) as other:
        small_looks, large_looks = _fill(one, SMALL), _fill(other, LARGE)

        def once() -> Sample:
            return large_looks.all() | {f"{k} small": v for k, v in small_looks.all().items()}

        got = repeated("growth", once, by=lambda sample: sample["metrics"])
        other.attach()
        _check()
    size = f"{LARGE.open:,} open and {LARGE.closed:,} closed cases, beside {SMALL.open:,} open"
    for name, (what, goal) in _GOALS.items():
        note = f"at most {goal:g} ms wanted" if goal else ""
        yield Figure(f"{what}: {size}", "ms", got[name], got[f"{name} small"], note=note)


_GOALS = {
    "console": ("the console", 40),
    "poll": ("its poll", 10),
    "dashboard 7": ("the dashboard of 7 days", 100),
    "dashboard 30": ("the dashboard of 30 days", 100),
    "dashboard 90": ("the dashboard of 90 days", 100),
    "metrics": ("`/metrics`", 5),
    "audit": ("an audit", 2),
    "tasks": ("dispatch tasks that are open, by the API", 5),
    "done tasks": ("dispatch tasks that are done, by the API", 5),
    "no depot": ("cases of a depot that does not exist, by the API", 5),
}


def _fill(here: Stage, size: Size) -> Looks:
    since = time.monotonic()
    world = here.world()
    seed(here, world, size)
    client = create_app(here.settings).test_client()
    key = make_key("admin")
    sign_in(client, key)
    say(f"growth: {size.open + size.closed:,} cases in {time.monotonic() - since:.0f} s")
    since = time.monotonic()
    fold()
    say(f"growth: counts and figures of them in {time.monotonic() - since:.0f} s")
    return Looks(here, client, key)


def fold() -> None:
    """What the clock does every few seconds."""
    with transaction() as conn:
        queue_counts_store.fold_counts(conn, clock.now())
        store.fold_gauges(conn)
    rollups.catch_up()


def _check() -> None:
    """The counts that were read are those of the rows."""
    with transaction() as conn:
        assert store.wrong_gauges(conn) == []
        assert queue_counts_store.wrong_counts(conn, clock.now()) == []
    assert list(rollups.audit(days=2)) == []
