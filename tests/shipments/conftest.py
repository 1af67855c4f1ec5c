"""A world of its own for every test, and the order gate over HTTP."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from app import clock
from app.access import keys
from app.db.connection import transaction
from app.settings import Settings
from tests.application import create_app
from tests.play import Play, play

__all__ = ["play"]


@pytest.fixture
def client(settings: Settings, play: Play) -> FlaskClient:
    """The order system of the world's shipper."""
    with transaction() as conn:
        key = keys.create(conn, "shipper", "shop", play.world.shipper_id, None, clock.now())
    client = create_app(settings).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key}"
    return client
