"""(q) Webhooks while fifty consoles are open, with the whole chain alive, beside none open.

Each console is a browser that is signed in and asks for what is new every five seconds, over HTTP,
as the page's own script does; the queue that it shows moves meanwhile.
"""

from __future__ import annotations

import html
import http.client
import itertools
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from statistics import quantiles

from app import create_app
from app.intake import samples
from app.intake.event import Account
from tests.bench import crowd, growth
from tests.bench.pacing import timed
from tests.bench.report import Figure, Sample, repeated
from tests.bench.stage import Servers, Stage, role, stage
from tests.pages.staff import make_key, sign_in

CONSOLES = 50
OPEN = 1_000
EVERY = 5.0
"""Seconds between two polls of a console, as its page says."""
PACE, SECONDS = 20, 10
"""Webhooks a second, and for how long."""

_POLL = re.compile(r'hx-get="([^"]*/console/live[^"]*)"')
_numbers = itertools.count(1)


def figures(servers: Servers) -> Iterator[Figure]:
    with stage(servers, REKNOCK_DEMO="1") as here:
        world = here.world()
        crowd.seed(here, world, crowd.Size(open=OPEN, closed=0))
        growth.fold()
        consoles = Consoles(here, here.web())
        here.worker()
        here.start("sender", role("sender"))
        here.start("clock", role("clock"))
        account = world.accounts["easypost"]
        consoles.webhooks(account)

        def once() -> Sample:
            alone = consoles.webhooks(account)
            with consoles.open() as polls:
                beside = consoles.webhooks(account)
            return {"alone p50": alone[49], "alone p99": alone[98], "p50": beside[49]} | {
                "p99": beside[98],
                "poll": _cuts(polls)[98],
            }

        got = repeated("consoles", once, by=lambda sample: sample["p50"])
    what = f"webhooks beside {CONSOLES} open consoles with {OPEN:,} cases, beside none"
    yield Figure(f"{what}: half of them within", "ms", got["p50"], got["alone p50"], at_most=1.25)
    yield Figure(f"{what}: 99 of 100 within", "ms", got["p99"], got["alone p99"])
    yield Figure(f"what is new for {CONSOLES} consoles: 99 of 100 within", "ms", got["poll"])


class Consoles:
    """Browsers at one web process, signed in as somebody who sees everything."""

    def __init__(self, here: Stage, port: int) -> None:
        self._port = port
        client = create_app(here.settings).test_client()
        sign_in(client, make_key("admin"))
        self._first = _next(client.get("/console").text)
        cookies = client._cookies or {}
        self._cookie = "; ".join(f"{c.key}={c.value}" for c in cookies.values())

    def webhooks(self, account: Account) -> list[float]:
        """Percentiles, in milliseconds, of what comes in at a pace."""
        now, number = datetime.now(UTC), PACE * SECONDS
        ready = [
            samples.failure(account, now, shipment=f"Q{next(_numbers)}") for _ in range(number)
        ]
        return _cuts([one.seconds for one in timed(self._port, account.slug, ready, PACE)])

    @contextmanager
    def open(self) -> Iterator[list[float]]:
        """All of them are open meanwhile; the seconds that their polls took."""
        over, took = threading.Event(), list[float]()
        threads = [
            threading.Thread(target=self._poll, args=(EVERY * n / CONSOLES, over, took))
            for n in range(CONSOLES)
        ]
        for thread in threads:
            thread.start()
        try:
            yield took
        finally:
            over.set()
            for thread in threads:
                thread.join()

    def _poll(self, wait: float, over: threading.Event, took: list[float]) -> None:
        client = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        address = self._first
        while not over.wait(wait):
            since = time.perf_counter()
            client.request("GET", address, headers={"Cookie": self._cookie, "HX-Request": "true"})
            answer = client.getresponse()
            text = answer.read().decode()
            took.append(time.perf_counter() - since)
            assert answer.status in {200, 204}, answer.status
            address = _next(text) if text else address
            wait = max(0.0, EVERY - took[-1])
        client.close()


def _next(page: str) -> str:
    found = _POLL.search(page)
    assert found, page[:500]
    return html.unescape(found[1])


def _cuts(seconds: list[float]) -> list[float]:
    return [1000 * cut for cut in quantiles(seconds, n=100, method="inclusive")]
