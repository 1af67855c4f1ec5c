"""What a whole journey asks of the database: the count never grows unseen.

A failure, the dispatcher's page and their yes, the customer's page, a booking, a delivery. More
statements are more work for every case there will be: whoever needs one more looks for one less.
"""

from __future__ import annotations

import pytest

from app import clock, create_app
from app.settings import Settings
from tests import seed
from tests.bench.journey import Journeys, counted

ALONE = 143
"""Statements of a journey by itself; each look for what is due counts, too."""
SIDE_BY_SIDE = 54
"""Statements of one of ten, whose steps share their transactions."""


@pytest.fixture
def journeys(settings: Settings) -> Journeys:
    client = create_app(settings).test_client()
    made = Journeys(seed.world(clock.now()), client)
    made.go(1)  # policies and accounts are read once
    return made


def test_a_journey_asks_no_more_of_the_database_than_it_did(journeys: Journeys) -> None:
    with counted() as ran:
        journeys.go(1)
    assert len(ran) <= ALONE


def test_ten_journeys_side_by_side_share_what_can_be_shared(journeys: Journeys) -> None:
    with counted() as ran:
        journeys.go(10)
    assert len(ran) <= 10 * SIDE_BY_SIDE
