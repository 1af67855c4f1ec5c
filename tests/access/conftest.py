"""Signing in, with keys and sessions, through the whole app."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from app.settings import Settings
from tests.application import create_app
from tests.play import Play, play

__all__ = ["play"]


@pytest.fixture
def client(settings: Settings, play: Play) -> FlaskClient:
    """A browser without JavaScript."""
    client = create_app(settings).test_client()
    client.environ_base["HTTP_ACCEPT"] = "text/html,application/xhtml+xml,*/*;q=0.8"
    return client
