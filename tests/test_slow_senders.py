"""Connections that hold on and send nothing more stop nobody: threads are for whole requests."""

from __future__ import annotations

import contextlib
import http.client
import json
import resource
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from app.intake.event import Account
from app.server import LIMIT, PATIENCE
from tests import courier
from tests.bench.stage import stage

MANY = 500
SOON = 4.0
"""Seconds within which everybody else is answered meanwhile."""
IDLE = 5.0
"""Seconds that `docker/web` gives a connection for its headers."""

pytestmark = pytest.mark.slow


class Served:
    """The web process as it runs in production, and one courier account."""

    def __init__(self, port: int, account: Account) -> None:
        self.port = port
        self.account = account

    def connect(self, sent: bytes) -> socket.socket:
        made = socket.create_connection(("127.0.0.1", self.port), SOON)
        made.sendall(sent)
        return made

    def ask(self, method: str, path: str, body: bytes = b"", **how: str) -> tuple[int, bytes]:
        web = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SOON)
        with contextlib.closing(web):
            web.request(method, path, body, how)
            answer = web.getresponse()
            return answer.status, answer.read()

    def everybody_else_is_answered(self, parcel: str) -> None:
        for number in range(5):
            assert self.ask("GET", "/healthz")[0] == 200
            assert self.ask("GET", "/readyz")[0] == 200
            raw = courier.said(parcel=f"{parcel}-{number}", at=datetime.now(UTC))
            signed = courier.signed(self.account, raw)
            status, said = self.ask("POST", f"/webhooks/{self.account.slug}", raw, **signed)
            assert (status, json.loads(said)["status"]) == (200, "accepted")


@pytest.fixture(scope="module", autouse=True)
def many_files() -> Iterator[None]:
    """So many connections need so many files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.fixture(scope="module")
def web(servers) -> Iterator[Served]:
    with stage(servers) as here:
        account = here.world().accounts["standard_webhooks"]
        yield Served(here.web(), account)


HEAD = b"POST /webhooks/easypost HTTP/1.1\r\nHost: reknock\r\n"
HOLDING_ON = {
    "a body that does not come": HEAD + b"Content-Length: 1000\r\n\r\n{",
    "a chunk that does not come": HEAD + b"Transfer-Encoding: chunked\r\n\r\n3e8\r\n{",
    "a form that does not come": b"POST /sign-in HTTP/1.1\r\nHost: reknock\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nk",
    "headers that do not end": HEAD,
    "nothing at all": b"",
}


@pytest.mark.parametrize("what", HOLDING_ON)
def test_500_connections_that_hold_on_stop_nobody(web: Served, what: str):
    slow = [web.connect(HOLDING_ON[what]) for _ in range(MANY)]
    try:
        web.everybody_else_is_answered(what)
    finally:
        for one in slow:
            one.close()


def test_more_connections_than_may_be_worked_on_at_once_stop_nobody(web: Served):
    slow = [web.connect(HOLDING_ON["a body that does not come"]) for _ in range(3 * MANY)]
    try:
        web.everybody_else_is_answered("many")
    finally:
        for one in slow:
            one.close()


@pytest.mark.parametrize("what", HOLDING_ON)
def test_who_holds_on_is_cut_off(web: Served, what: str):
    one = web.connect(HOLDING_ON[what])
    since = time.monotonic()
    one.settimeout(2 * PATIENCE)
    with one:
        answer = b"".join(iter(lambda: one.recv(65536), b""))
    took = time.monotonic() - since
    if "body" in what or "form" in what or "chunk" in what:
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert json.loads(answer.partition(b"\r\n\r\n")[2])["code"] == "request_timeout"
        assert PATIENCE <= took < PATIENCE + SOON
    else:
        assert took < IDLE + SOON


def test_who_drips_is_cut_off_too(web: Served):
    one = web.connect(HOLDING_ON["a body that does not come"])
    one.settimeout(0.5)
    since = time.monotonic()
    answer = b""
    with one:
        while not answer and time.monotonic() - since < 2 * PATIENCE:
            with contextlib.suppress(TimeoutError):
                one.sendall(b" ")
                answer = one.recv(65536)
    assert answer.startswith(b"HTTP/1.1 408 ")


def test_what_is_too_large_is_refused_unread(web: Served):
    large = str(LIMIT + 1).encode()
    with web.connect(HEAD + b"Content-Length: " + large + b"\r\n\r\n{") as one:
        assert one.recv(65536).startswith(b"HTTP/1.1 413 ")
    piece = b"10000\r\n" + b" " * 65536 + b"\r\n"
    with web.connect(HEAD + b"Transfer-Encoding: chunked\r\n\r\n") as one:
        with contextlib.suppress(OSError):
            for _ in range(LIMIT // 65536 + 1):
                one.sendall(piece)
        assert one.recv(65536).startswith(b"HTTP/1.1 413 ")
