"""People of two shippers, each at a browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app import clock
from app.access import keys, sessions_store
from app.db.connection import transaction
from app.directory.changes import ITSELF
from app.managing import people
from app.settings import Settings
from tests.access import two_depots
from tests.access.two_depots import Things
from tests.application import create_app
from tests.pages.staff import token
from tests.play import Play, play

__all__ = ["play"]


@pytest.fixture
def sides(play: Play) -> tuple[Things, Things]:
    """Two shippers, each with a failed delivery."""
    return two_depots.build(play)


@pytest.fixture
def enter(settings: Settings) -> Callable[[str], FlaskClient]:
    """A browser of somebody of this shipper."""

    def enter(shipper: str) -> FlaskClient:
        with transaction() as conn:
            wanted = people.Wanted(
                name=f"Kim of {shipper}",
                phone="",
                email=f"kim@{shipper}.example",
                channels=["email"],
                role="shipper",
                depots=None,
                shipper=shipper,
            )
            person = people.add(conn, ITSELF, wanted, clock.now())
        client = create_app(settings).test_client()
        client.environ_base["HTTP_ACCEPT"] = "text/html"
        now = clock.machine_now()
        with client.session_transaction() as cookie, transaction() as conn:
            cookie["session"] = shipper
            sessions_store.begin(
                conn,
                keys.digest(shipper),
                key_id=None,
                person_id=person.id,
                how="email",
                agent="",
                now=now,
                ends_at=now + timedelta(hours=1),
            )
        return client

    return enter


def send(client: FlaskClient, path: str, **form: object):
    """Fill in a form of this page."""
    return client.post(path, data={"csrf_token": token(client.get(path).text), **form})
