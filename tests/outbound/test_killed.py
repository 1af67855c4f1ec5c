"""A sender that is killed again and again while a shop's system fails, hangs and recovers.

Nothing is lost, and what happens in one case comes in the order in which it happened: ten thousand
events, which take a minute and a half on two cores. `REKNOCK_DRILL_EVENTS=600` is a quick look.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from typing_extensions import override

from app import clock
from app.cases import track
from app.db.connection import connection, transaction
from app.directory.changes import ITSELF
from app.outbound import service
from app.settings import Settings
from tests.outbound.receiver import Receiver, opened
from tests.play import Play

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

EVENTS = int(os.environ.get("REKNOCK_DRILL_EVENTS", "10000"))
CASES = max(10, EVENTS // 50)
KILLS = 3
_ROOT = Path(__file__).parents[2]
KIND = "customer_word"
_PATIENCE = 300  # seconds in which the rest has to arrive
_HANGS_AT_MOST = 2  # each costs ten seconds of its endpoint's two slots


class Moody(Receiver):
    """Refuses a fifth, hangs a few times, closes now and then; once `well`, it takes everything."""

    def __init__(self) -> None:
        super().__init__()
        self.well = False
        self._random = random.Random(7)
        self._hung = 0

    @override
    def answer(self, path: str, raw: bytes, headers: dict[str, str]) -> int | str:
        chance = self._random.random()
        if not self.well and chance < 0.25:
            if chance < 0.01 and self._hung < _HANGS_AT_MOST:
                self._hung += 1
                return "hang"
            return "close" if chance < 0.05 else 503
        return super().answer(path, raw, headers)


@contextmanager
def sender(env: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """The sender as the Procfile starts it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tasks.sender"], env=env, cwd=_ROOT, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(timeout=30)


def test_nothing_is_lost_and_each_case_keeps_its_order(
    env: dict[str, str], settings: Settings, play: Play
) -> None:
    _open(play)
    moody = Moody()
    with opened(moody) as receiver:
        with transaction() as conn:
            url, now = f"{receiver.base}/hooks", clock.now()
            shipper = play.world.shipper_id
            _, secret = service.add(conn, ITSELF, shipper, url, [KIND], now, plain=True)
        receiver.secret("/hooks", secret)
        _happen()
        for kill in range(KILLS):
            with sender(env) as process:
                _until(receiver, (kill + 1) * EVENTS // (KILLS + 1), process)
            _leases_end()
        moody.well = True
        with sender(env) as process:
            _until(receiver, EVENTS, process)
        assert receiver.faults == []
        _in_order(receiver)
        told = receiver.took["/hooks"][0]["data"]["case"]
        assert told["track_token"] == track.token(told["id"])


def _open(play: Play) -> None:
    """Cases to which something can happen."""
    world = play.world
    connection().execute(
        """WITH parcels AS (
               INSERT INTO shipments (shipper_id, depot_id, tracking_number, created_at, updated_at)
               SELECT %(shipper)s, %(depot)s, 'D' || n, %(now)s, %(now)s
                 FROM generate_series(1, %(cases)s) n RETURNING id)
           INSERT INTO cases (shipment_id, shipper_id, account_id, depot_id, policy_id, kind,
                  reason, fault, words, opened_at, updated_at, request_id)
           SELECT p.id, s.id, %(account)s, %(depot)s, s.policy_id, 'failed', 'unknown', 'unknown',
                  '', %(now)s, %(now)s, 'drill'
             FROM parcels p, shippers s WHERE s.id = %(shipper)s""",
        {
            "shipper": world.shipper_id,
            "depot": world.depot_id,
            "account": world.accounts["onfleet"].id,
            "cases": CASES,
            "now": clock.now(),
        },
    )


def _happen() -> None:
    """As many events, in turn in all cases."""
    for _ in range(EVENTS // CASES):
        connection().execute(
            """INSERT INTO timeline (case_id, at, kind, actor, facts)
               SELECT id, %s, %s, 'customer', '{}' FROM cases ORDER BY id""",
            [clock.now(), KIND],
        )


def _until(receiver: Receiver, arrived: int, process: subprocess.Popen[bytes]) -> None:
    """So many events have arrived; what was refused is tried again as time goes by."""
    deadline = time.monotonic() + _PATIENCE
    while len(set(receiver.ids("/hooks"))) < arrived:
        assert process.poll() is None, "the sender has ended"
        assert time.monotonic() < deadline, len(set(receiver.ids("/hooks")))
        clock.advance(timedelta(minutes=6))
        time.sleep(0.5)


def _leases_end() -> None:
    """Half a minute goes by on the machine: whoever is dead holds nothing any more."""
    connection().execute(
        "UPDATE webhook_lanes SET lease_until = lease_until - interval '30 seconds'"
    )


def _in_order(receiver: Receiver) -> None:
    """At least once each, and within a case never one before an earlier one was taken."""
    last: dict[int, int] = {}
    for event in receiver.took["/hooks"]:
        case, number = event["data"]["case"]["id"], int(event["data"]["event_id"][4:])
        assert number >= last.get(case, 0), case
        last[case] = number
    assert len(last) == CASES
