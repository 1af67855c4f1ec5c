"""A depot in Berlin with a plain week; every test gets its own."""

import itertools

import pytest

from app.chain import policy
from app.db.connection import transaction
from app.settings import Settings
from tests.booking.world import NOW, World, insert

_numbers = itertools.count(1)


@pytest.fixture
def bare(settings: Settings) -> World:
    """A depot that offers nothing yet."""
    n = next(_numbers)
    with transaction() as conn:
        person = insert("people", name="Ana", phone="+4915112345678", created_at=NOW)
        policy_id = policy.create(conn, f"booking-{n}", policy.STANDARD, NOW)
        shipper = insert(
            "shippers",
            slug=f"booking-{n}",
            name="Shop",
            country="DE",
            policy_id=policy_id,
            created_at=NOW,
        )
        depot = insert(
            "depots",
            slug=f"booking-{n}",
            name="Depot Neukölln",
            timezone="Europe/Berlin",
            country="DE",
            region="BE",
            address="Hafen 1, Berlin",
            catch_all_id=person,
            created_at=NOW,
        )
        account = insert(
            "courier_accounts",
            slug=f"booking-{n}",
            courier="onfleet",
            shipper_id=shipper,
            depot_id=depot,
            secrets=[],
            timezone="Europe/Berlin",
            created_at=NOW,
        )
    return World(shipper, account, depot, policy_id)


@pytest.fixture
def world(bare: World) -> World:
    """Two windows of three places on every day, and one pickup point."""
    for weekday in range(1, 8):
        bare.rule(weekday, 8, 12)
        bare.rule(weekday, 16, 20)
    bare.point()
    return bare
