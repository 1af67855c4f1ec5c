"""(q) Events told to shippers' own systems: some fail, one is slow, and none is lost.

Eight receivers are told the same events; a fifth of all requests is refused. Once all answer at
once, once one of them takes its time: that is not to slow the others.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from app import clock
from app.db.connection import transaction
from app.directory.changes import TERMINAL
from app.outbound import service
from tasks.hooks import Hooks
from tests import seed
from tests.bench import steps
from tests.bench.report import Figure, Sample, repeated
from tests.bench.stage import Servers, Stage, stage
from tests.outbound.receiver import Receiver, opened

CASES, EVENTS, RECEIVERS = 100, 10, 8
FAILING, SLOW = 0.2, 0.5  # of all requests; seconds
_LATER = timedelta(minutes=6)


def figures(servers: Servers) -> Iterator[Figure]:
    def once() -> Sample:
        return {"slow": _rate(servers, slow=True), "all": _rate(servers, slow=False)}

    got = repeated("outbound", once, by=lambda sample: sample["slow"] / sample["all"])
    yield Figure(
        f"{CASES * EVENTS * (RECEIVERS - 1):,} events told to {RECEIVERS - 1} systems beside one "
        f"that answers in {SLOW} s, and beside one that does not; a fifth fails at first, none is "
        "lost and each case keeps its order",
        "/s",
        got["slow"],
        got["all"],
        at_least=0.8,
    )


class Moody(Receiver):
    """Refuses some of what it is asked; one path is slow."""

    def __init__(self, *, slow: bool) -> None:
        super().__init__()
        self._slow = slow
        self._random = random.Random(1)

    def answer(self, path: str, raw: bytes, headers: dict[str, str]) -> int | str:
        if self._slow and path == "/0":
            time.sleep(SLOW)
        if self._random.random() < FAILING:
            return 503
        return super().answer(path, raw, headers)


def _rate(servers: Servers, *, slow: bool) -> float:
    """Events a second that the seven quick ones took, until they had them all."""
    with stage(servers, REKNOCK_DEMO="1") as here, opened(Moody(slow=slow)) as receiver:
        world = here.world()
        with transaction() as conn:
            for number in range(RECEIVERS):
                url, now = f"{receiver.base}/{number}", clock.now()
                service.add(conn, TERMINAL, world.shipper_id, url, [], now, plain=True)
        _happen(here, world)
        return _tell(receiver)


def _happen(here: Stage, world: seed.World) -> None:
    """As many events, in turn in as many cases."""
    steps.arm(here, world, CASES, "bench_none", datetime.now(UTC) + timedelta(days=1))
    with here.connect() as conn, conn.transaction():
        for _ in range(EVENTS):
            conn.execute(
                """INSERT INTO timeline (case_id, at, kind, actor, facts)
                   SELECT id, now(), 'customer_word', 'customer', '{}' FROM cases ORDER BY id"""
            )


def _tell(receiver: Receiver) -> float:
    woken = threading.Event()
    hooks = Hooks(woken)
    quick = [f"/{number}" for number in range(1, RECEIVERS)]
    spent = 0.0
    while not all(len(set(receiver.ids(path))) == CASES * EVENTS for path in quick):
        since = time.perf_counter()
        if not hooks.turn() and not hooks.under_way:
            clock.advance(_LATER)
        woken.wait(0.05)
        woken.clear()
        spent += time.perf_counter() - since
    for path in quick:
        _in_order(receiver, path)
    hooks.close()
    return CASES * EVENTS * len(quick) / spent


def _in_order(receiver: Receiver, path: str) -> None:
    last: dict[int, int] = {}
    for event in receiver.took[path]:
        case, number = event["data"]["case"]["id"], int(event["data"]["event_id"][4:])
        assert number >= last.get(case, 0), (path, case)
        last[case] = number
