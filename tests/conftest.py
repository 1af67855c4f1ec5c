"""What every test can ask for. Servers are real; time is moved, never slept."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

from app import clock
from app import settings as app_settings
from app.chain import standard
from app.db import connection
from app.settings import Settings
from tests import calendar, warm
from tests.servers import TestServers, memory
from tests.spread import pytest_collection_modifyitems, pytest_xdist_make_scheduler

if TYPE_CHECKING:  # most runs need no browser, and so no library that drives one
    from tests.browser import Browser

__all__ = ["pytest_collection_modifyitems", "pytest_xdist_make_scheduler"]

# Stories move time through many nights; what is about quiet hours asks for them.
standard.STANDARD["quiet_hours"] = None

# Neither how long an example took nor how long it took to think of one is a fault of ours.
hypothesis.settings.register_profile(
    "reknock",
    deadline=None,
    max_examples=60,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("reknock")

warm.keep()


@pytest.fixture(scope="session")
def servers() -> Iterator[TestServers]:
    """The run's Postgres and Redis."""
    servers = TestServers(memory())
    try:
        servers.start()
        yield servers
    finally:
        servers.stop()


@pytest.fixture
def database(servers: TestServers) -> Iterator[str]:
    """The address of a migrated, empty database of this test's own."""
    with servers.database() as url:
        yield url


@pytest.fixture
def env(servers: TestServers, database: str, tmp_path: Path) -> dict[str, str]:
    """The environment of a demo copy on this test's database, for processes it starts."""
    servers.empty_redis()
    return {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "REKNOCK_HOME": str(tmp_path / "home"),
        "DATABASE_URL": database,
        "REDIS_URL": servers.redis.url,
        "SECRET_KEY": "a-secret-key-for-tests-and-nothing-else",
        "REKNOCK_DEMO": "1",
    }


@pytest.fixture
def settings(env: dict[str, str]) -> Iterator[Settings]:
    """The same as settings; this process's database and movable clock are set up with them."""
    settings = app_settings.load(env)
    connection.configure(settings.database_url)
    calendar.begin(settings.clock_file)
    clock.use_file(settings.clock_file)
    yield settings
    connection.close()
    clock._shift = None


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium; without one the test is skipped, but never in CI."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    if os.environ.get("REKNOCK_CI") == "1":
        pytest.fail("CI needs a Chromium")
    pytest.skip("there is no Chromium on the PATH")


@pytest.fixture(scope="session")
def promtool() -> str:
    """Prometheus's own checks; without them the test is skipped, but never in CI."""
    if path := shutil.which("promtool"):
        return path
    if os.environ.get("REKNOCK_CI") == "1":
        pytest.fail("CI needs promtool, from the package prometheus")
    pytest.skip("there is no promtool on the PATH: it is part of the package prometheus")


@pytest.fixture(scope="session")
def window(chromium: str) -> Iterator[Browser]:
    """The one browser of this run."""
    from playwright.sync_api import sync_playwright

    from tests.browser import Browser

    with sync_playwright() as playwright:
        window = Browser(playwright, chromium)
        yield window
        window.close()


@pytest.fixture
def browser(window: Browser) -> Browser:
    """A real browser, the size of a phone, as if it had never been here."""
    window.script(enabled=True)
    return window
