"""What a whole journey asks of the database and lets it write: neither grows unseen.

A failure, the dispatcher's page and their yes, the customer's page, a booking, a delivery. More
statements, rows and bytes are more work for every case there will be: whoever needs one more looks
for one less.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from app import clock, create_app
from app.db.connection import connection
from app.settings import Settings
from tests import seed
from tests.bench.journey import Journeys, counted

ALONE = 140
"""Statements of a journey by itself; each look for what is due counts, too."""
SIDE_BY_SIDE = 46
"""Statements of one of ten, whose steps share their transactions."""
RECORDS = 208
"""Records that one of ten writes into the log: of rows, and of what finds them."""
LOG = 22_500
"""Bytes of these, no page as a whole."""


@pytest.fixture
def journeys(settings: Settings) -> Journeys:
    client = create_app(settings).test_client()
    connection().execute("VACUUM")  # what earlier tests have left is not this one's to clean up
    made = Journeys(seed.world(clock.now()), client)
    made.go(1)  # policies and accounts are read once
    return made


def test_a_journey_asks_no_more_of_the_database_than_it_did(journeys: Journeys) -> None:
    with counted() as ran:
        journeys.go(1)
    assert len(ran) <= ALONE


def test_ten_journeys_side_by_side_share_what_can_be_shared(journeys: Journeys) -> None:
    with counted() as ran, written() as wrote:
        journeys.go(10)
    assert len(ran) <= 10 * SIDE_BY_SIDE
    assert wrote["records"] <= 10 * RECORDS
    assert wrote["bytes"] <= 10 * LOG


@contextmanager
def written() -> Iterator[dict[str, int]]:
    """What this thread's session writes into the log meanwhile.

    What others write, such as the server when it cleans up, is not among them.
    """
    found: dict[str, int] = {}
    before = _written()
    yield found
    found.update({name: value - before[name] for name, value in _written().items()})


def _written() -> dict[str, int]:
    conn = connection()
    conn.execute("SELECT pg_stat_force_next_flush()")
    row = conn.execute(
        """SELECT wal_records::bigint AS records, wal_bytes::bigint AS bytes
             FROM pg_stat_get_backend_wal(pg_backend_pid())"""
    ).fetchone()
    assert row is not None
    return dict(row)
