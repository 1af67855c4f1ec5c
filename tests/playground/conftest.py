"""The demo: alone on a database of the test's own, or behind one real web process for many."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from app import clock, configure
from app.channels import providers
from app.db import connection
from app.directory import ladders
from app.dispatch import store as tasks
from app.intake import accounts
from app.playground import demo, sender
from app.settings import Settings, load
from tests import calendar
from tests.inline import settle
from tests.pages.web import free_port, serving
from tests.servers import TestServers


@pytest.fixture
def document(settings: Settings) -> Iterator[dict[str, Any]]:
    """The demo data, loaded; what is to stand in `demo.json`, which stands there too."""
    configure(settings)
    document = demo.load(settings)
    (settings.home / "demo.json").write_text(json.dumps(document))
    yield document
    providers._chosen.clear()
    accounts.forget()


@dataclass(frozen=True)
class Copy:
    """A running demo: its web process is real, its chain is run by the tests themselves."""

    url: str
    settings: Settings

    def fail(self, account: str = "onfleet") -> int:
        """A delivery fails; the id of its case, the newest one."""
        case_id: int = sender.send(self.settings, account, "failure").body["case_id"]
        settle()
        return case_id

    def task(self, case_id: int) -> tuple[int, int]:
        """The case's newest task, and who is called for it first."""
        conn = connection.connection()
        task = tasks.of_case(conn, case_id)[0]
        first = ladders.levels(conn, task.depot_id, timedelta(minutes=5), clock.now())[0]
        return task.id, first.people[0].id


@pytest.fixture(scope="module")
def started(servers: TestServers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    """One copy for all tests of a module: starting a web process takes seconds."""
    home = tmp_path_factory.mktemp("home")
    with servers.database() as database:
        env = {
            "REKNOCK_HOME": str(home),
            "DATABASE_URL": database,
            "REDIS_URL": servers.redis.url,
            "SECRET_KEY": "a-secret-key-for-tests-and-nothing-else",
            "REKNOCK_DEMO": "1",
            "PORT": str(free_port()),
        }
        settings = load(env)
        calendar.begin(settings.clock_file)
        configure(settings)
        demo.load(settings)
        with serving(env) as url:
            yield Copy(url, settings)
        connection.close()


@pytest.fixture
def copy(started: Copy) -> Iterator[Copy]:
    """The running copy, with this process set up as one of its own."""
    configure(started.settings)
    accounts.forget()
    settle()
    clock.advance(timedelta(minutes=12))  # nothing is gathered with what an earlier test did
    yield started
    connection.close()
    clock._shift = None
    providers._chosen.clear()
    accounts.forget()
