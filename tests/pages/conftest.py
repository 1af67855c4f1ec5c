"""Pages are asked for through the whole app, on a world of the test's own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from app import create_app
from app.settings import Settings
from tests.browser import Browser
from tests.play import Play, play

__all__ = ["play"]


@pytest.fixture
def client(settings: Settings, play: Play) -> FlaskClient:
    """A browser without JavaScript."""
    client = create_app(settings).test_client()
    client.environ_base["HTTP_ACCEPT"] = "text/html,application/xhtml+xml,*/*;q=0.8"
    return client


@pytest.fixture(scope="session")
def window(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """The one window of this run."""
    browser = Browser(chromium, tmp_path_factory.mktemp("profile"))
    yield browser
    browser.close()


@pytest.fixture
def browser(window: Browser) -> Browser:
    """A real browser, the size of a phone."""
    window.fresh()
    return window
