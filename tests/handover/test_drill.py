"""Nothing is placed twice or left without a keeper, however often the sender is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from app import clock
from app.booking import service as booking
from app.cases import service as cases
from app.db.connection import connection, transaction
from app.handover import audit
from tests.handover.conftest import connect
from tests.handover.connectors.play_webhook import SECRET, Counting
from tests.handover.edge import opened
from tests.inline import run_steps
from tests.play import Play

pytestmark = pytest.mark.slow

BOOKINGS = 200
SLUG = "standard-webhooks"


def book(play: Play, number: int) -> list[int]:
    """So many cases, each with a booking that nobody was told of yet."""
    connection().execute("UPDATE slots SET capacity = 10000")
    connection().execute("UPDATE slot_rules SET capacity = 10000")
    first = play.courier(parcel="D0")
    found = [first]
    for one in range(1, number):
        row = connection().execute(
            """WITH s AS (INSERT INTO shipments (shipper_id, account_id, depot_id, tracking_number,
                              courier_phone, courier_address, created_at, updated_at)
                          SELECT shipper_id, account_id, depot_id, %s, courier_phone,
                                 courier_address, created_at, updated_at
                            FROM shipments ORDER BY id LIMIT 1 RETURNING id)
               INSERT INTO cases (shipment_id, shipper_id, account_id, depot_id, policy_id, kind,
                      state, reason, fault, words, opened_at, updated_at, return_by, choose_by,
                      contact_phone, request_id)
               SELECT s.id, c.shipper_id, c.account_id, c.depot_id, c.policy_id, c.kind, c.state,
                      c.reason, c.fault, c.words, c.opened_at, c.updated_at, c.return_by,
                      c.choose_by, c.contact_phone, c.request_id
                 FROM cases c, s WHERE c.id = %s RETURNING id""",
            [f"D{one}", first],
        )
        case = row.fetchone()
        assert case is not None
        found.append(case["id"])
    slot = play.options(first).slots[0].choice
    for case_id in found:
        choose(case_id, slot)
    return found


def choose(case_id: int, choice: str) -> None:
    with transaction() as conn:
        case = cases.lock(conn, case_id)
        assert case is not None
        booking.choose(conn, case, choice, booking.ChosenBy.CUSTOMER, clock.now())


@contextmanager
def sender(env: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tasks.sender"],
        env={**os.environ, **env},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def waiting() -> int:
    row = connection().execute(
        "SELECT count(*) AS n FROM handover_acts WHERE state IN ('waiting', 'calling')"
    )
    return int((row.fetchone() or {"n": 0})["n"])


@pytest.mark.timeout(600)
def test_a_sender_that_is_killed_again_and_again_places_nothing_twice(
    play: Play, env: dict[str, str]
) -> None:
    played = Counting()
    with opened(played) as edge:
        connect(SLUG, "webhook", {"secret": SECRET, "base": edge.base})
        found = book(play, BOOKINGS)
        while run_steps():
            pass
        assert waiting() == BOOKINGS
        edge.misbehave = ["lose", "500", "html"] * 10  # and answers get lost beside that
        kills = 0
        until = time.monotonic() + 150
        while waiting() and time.monotonic() < until:
            with sender(env) as process:
                before, killed_at = len(edge.asked), time.monotonic() + 15
                while len(edge.asked) < before + 40 and waiting() and time.monotonic() < killed_at:
                    time.sleep(0.02)
                process.send_signal(signal.SIGKILL)
                kills += 1
            # what the killed one had begun is taken for gone, and its courier has had time
            connection().execute("UPDATE handover_acts SET lease_until = %s", [clock.machine_now()])
            connection().execute(
                "UPDATE handover_acts SET due_at = %s WHERE state = 'waiting'", [clock.now()]
            )
        while run_steps():
            pass
        assert waiting() == 0
        assert kills >= 3
        assert len(played.told) == BOOKINGS
        assert set(played.told.values()) == {1}, "0 bookings are placed twice"
        cut_off = [fault for fault in edge.faults if "No matching signature" in fault]
        assert edge.faults == cut_off, "a request of a killed sender may end in the middle"
    confirmed = connection().execute(
        "SELECT count(*) AS n FROM bookings WHERE confirmed_at IS NOT NULL"
    )
    assert (confirmed.fetchone() or {})["n"] == len(found)
    assert audit.find(connection()) == []
