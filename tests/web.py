"""The web app, asked in this process: one world for a whole module of tests."""

from __future__ import annotations

import asyncio
import io
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app import clock
from app import settings as app_settings
from app.access import keys
from app.channels import providers
from app.db import connection as db
from app.db.connection import transaction
from app.db.grouped import GroupedWriter
from app.intake import store as intake_store
from app.intake.middleware import at_once
from app.settings import Settings
from tests import calendar, courier
from tests.application import create_app
from tests.play import Play
from tests.servers import TestServers


class Web:
    """Couriers, shippers and staff, each with their own proof of who they are."""

    def __init__(self, settings: Settings, servers: TestServers) -> None:
        self.servers = servers
        self.play = Play(settings)
        self.app = create_app(settings)
        self.client = self.app.test_client()
        world = self.play.world
        self.keys = {
            "shipper": self.key("shipper", shipper_id=world.shipper_id),
            "dispatcher": self.key("dispatcher", person_id=world.people["Ana"]),
            "admin": self.key("admin"),
        }

    def key(self, role: str, *, shipper_id: int | None = None, person_id: int | None = None) -> str:
        """A fresh API key."""
        with transaction() as conn:
            return keys.create(conn, role, role, shipper_id, person_id, clock.now())

    def post(
        self,
        raw: bytes,
        headers: dict[str, str] | None = None,
        account: str = "standard_webhooks",
        request_id: str = "",
    ) -> TestResponse:
        """One webhook; signed as the courier would, unless headers are given."""
        one = self.play.world.accounts[account]
        signed = courier.signed(one, raw) if headers is None else headers
        head = signed | ({"X-Request-ID": request_id} if request_id else {})
        return self.client.post(f"/webhooks/{one.slug}", data=raw, headers=head)

    def api(self, method: str, path: str, by: str = "dispatcher", **how: Any) -> TestResponse:
        """Call the API with a key of this role, or with no key."""
        head = {"Authorization": f"Bearer {self.keys[by]}"} if by else {}
        return self.client.open(f"/api/v1{path}", method=method, headers=head, **how)

    def walk(self, path: str, limit: int) -> Iterator[int]:
        """The ids of all pages of a list."""
        cursor: int | None = 0
        while cursor is not None:
            page = self.api("GET", f"{path}?limit={limit}&cursor={cursor}").get_json()
            yield from (item["id"] for item in page["items"])
            cursor = page["next"]


def grouped_anew() -> GroupedWriter:
    """What writes webhooks in an event loop, for the next loop."""
    intake_store._grouped = GroupedWriter(intake_store._TAKE_EVENT)
    return intake_store._grouped


class AtOnce:
    """Webhooks go through an event loop first, as under the server; what it leaves goes on."""

    def __init__(self, wsgi: Any) -> None:
        self._wsgi = wsgi
        self._grouped = grouped_anew()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        answering = asyncio.run_coroutine_threadsafe(at_once(environ, body), self._loop)
        answer = answering.result(30)
        if answer is None:
            return self._wsgi(environ, start_response)
        status, headers, said = answer
        start_response(f"{status} OK", headers)
        return [said]

    def close(self) -> None:
        """End the loop, and what it has opened."""
        if (pipeline := self._grouped._pipeline) is not None:
            self._loop.call_soon_threadsafe(pipeline.lose, "tested")
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


def rows(query: str, *values: Any) -> list[dict[str, Any]]:
    """Facts."""
    return db.connection().execute(query.encode(), list(values)).fetchall()


def eventually(true: Callable[[], object], within: float = 10) -> None:
    """Fail unless it becomes true; for what a thread does in its own time."""
    deadline = time.monotonic() + within
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def problem(answer: TestResponse) -> dict[str, Any]:
    """A problem document, whose shape is always the same."""
    assert answer.content_type == "application/problem+json", answer.data
    document: dict[str, Any] = answer.get_json()
    assert {"type", "title", "status", "detail", "code"} <= set(document)
    assert document["status"] == answer.status_code
    assert document["type"] == f"/docs/errors/{document['code']}"
    for fault in document.get("errors", ()):
        assert set(fault) == {"field", "code", "detail"}
    return document


@contextmanager
def web_app(servers: TestServers, home: Path, **env: str) -> Iterator[Web]:
    """A demo copy with a database of its own."""
    with servers.database() as url:
        servers.empty_redis()
        settings = app_settings.load(
            {
                "REKNOCK_HOME": str(home),
                "DATABASE_URL": url,
                "REDIS_URL": servers.redis.url,
                "SECRET_KEY": "a-secret-key-for-tests-and-nothing-else",
                "REKNOCK_DEMO": "1",
            }
            | env
        )
        calendar.begin(settings.clock_file)
        yield Web(settings, servers)
        db.close()
        providers._chosen.clear()
        clock._shift = None


@pytest.fixture(scope="module")
def web(servers: TestServers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """Tests of one module share it: each has parcels of its own."""
    with web_app(servers, tmp_path_factory.mktemp("home")) as made:
        yield made
