"""A whole request reaches the WSGI app as PEP 3333 says, and its answer leaves as it was given."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest

from app import server
from app.server import LIMIT, WholeRequests


class Headers(dict[str, str]):
    """As Granian's: a name may come several times."""

    def __init__(self, *pairs: tuple[str, str]) -> None:
        super().__init__(pairs)
        self.pairs = pairs

    def items(self) -> Any:
        return list(self.pairs)


class Protocol:
    """As Granian's."""

    def __init__(self, pieces: list[bytes]) -> None:
        self.pieces = pieces
        self.answer: tuple[int, dict[str, str], bytes] | None = None

    async def __call__(self) -> bytes:
        return b"".join(self.pieces)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            yield piece

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.answer = status, dict(headers), body


class Stalled(Protocol):
    """A sender that pauses before its last piece."""

    def __init__(self, pieces: list[bytes]) -> None:
        super().__init__(pieces)
        self.go_on = asyncio.Event()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        *first, last = self.pieces
        for piece in first:
            yield piece
        await self.go_on.wait()
        yield last


def scope(*headers: tuple[str, str], path: str = "/") -> Any:
    return SimpleNamespace(
        method="POST",
        path=path,
        query_string="a=%20b",
        headers=Headers(*headers),
        server="127.0.0.1:8000",
        client="10.0.0.7:4711",
        scheme="http",
        http_version="1.1",
    )


def ask(app: Any, *headers: tuple[str, str], pieces: list[bytes], path: str = "/") -> Any:
    protocol = Protocol(pieces)
    asked = WholeRequests(app).__rsgi__(scope(*headers, path=path), protocol)  # type: ignore[arg-type]
    with ThreadPoolExecutor(1) as other:  # in this thread a browser's own loop may run
        other.submit(asyncio.run, asked).result()
    return protocol.answer


def seen_by_an_app(*headers: tuple[str, str], pieces: list[bytes], path: str = "/") -> Any:
    seen: dict[str, Any] = {}

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        seen.update(environ, body=environ["wsgi.input"].read())
        start_response("200 OK", [])
        return []

    assert ask(app, *headers, pieces=pieces, path=path) == (200, {}, b"")
    return seen


def test_a_request_is_seen_as_it_came():
    seen = seen_by_an_app(
        ("content-type", "text/plain"),
        ("content-length", "2"),
        ("host", "reknock.example"),
        pieces=[b"h", b"i"],
        path="/ä",
    )
    assert seen["body"] == b"hi"
    assert seen["CONTENT_LENGTH"] == "2"
    assert seen["CONTENT_TYPE"] == "text/plain"
    assert seen["HTTP_HOST"] == "reknock.example"
    assert seen["PATH_INFO"] == "/\u00c3\u00a4"  # bytes of UTF-8, as PEP 3333 writes them
    assert (seen["QUERY_STRING"], seen["REMOTE_ADDR"]) == ("a=%20b", "10.0.0.7")
    assert (seen["SERVER_NAME"], seen["SERVER_PORT"]) == ("127.0.0.1", "8000")


def test_headers_that_come_twice_are_joined_and_look_alikes_are_left_out():
    seen = seen_by_an_app(
        ("cookie", "a=1"),
        ("cookie", "b=2"),
        ("x-tag", "1"),
        ("x-tag", "2"),
        ("webhook_id", "forged"),
        ("transfer-encoding", "chunked"),
        pieces=[b"a", b"b"],
    )
    assert seen["HTTP_COOKIE"] == "a=1; b=2"
    assert seen["HTTP_X_TAG"] == "1,2"
    assert "HTTP_WEBHOOK_ID" not in seen
    assert "HTTP_TRANSFER_ENCODING" not in seen
    assert (seen["body"], seen["CONTENT_LENGTH"]) == (b"ab", "2")


def test_what_the_app_opened_is_closed_and_what_it_wrote_is_sent():
    closed = []

    class Pieces:
        def __iter__(self) -> Any:
            return iter([b"b", b"c"])

        def close(self) -> None:
            closed.append(True)

    def app(_: dict[str, Any], start_response: Any) -> Any:
        start_response("201 CREATED", [("X-A", "1")])(b"a")
        return Pieces()

    assert ask(app, pieces=[]) == (201, {"X-A": "1"}, b"abc")
    assert closed == [True]


def test_an_app_that_fails_is_a_problem_document():
    def app(*_: Any) -> Any:
        raise RuntimeError("a mistake of ours")

    status, headers, body = ask(app, pieces=[])
    assert (status, headers["Content-Type"]) == (500, "application/problem+json")
    assert b"a mistake" not in body


@pytest.mark.parametrize(
    ("headers", "pieces"),
    [
        ([("content-length", str(LIMIT + 1))], [b"{"]),
        ([], [b" " * LIMIT, b" "]),
        ([("content-length", "9" * 400)], []),
    ],
)
def test_a_body_beyond_the_limit_never_reaches_the_app(headers, pieces):
    def app(*_: Any) -> Any:
        raise AssertionError("never reached")

    assert ask(app, *headers, pieces=pieces)[0] == 413


def test_large_bodies_together_never_fill_the_memory(monkeypatch):
    """What fits is taken, small requests always are, and what is over is given back."""
    monkeypatch.setattr(server, "MOST_HELD", 410 * 1024)

    def app(_: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        return []

    site: Any = WholeRequests(app)
    large = [b"x" * 100 * 1024] * 2

    async def together() -> list[int]:
        stalled = [Stalled(large) for _ in range(2)]
        tasks = [asyncio.create_task(site.__rsgi__(scope(), one)) for one in stalled]
        await asyncio.sleep(0)
        late, small = Protocol(large * 2), Protocol([b"x" * 100])
        await site.__rsgi__(scope(), late)
        await site.__rsgi__(scope(("content-length", "100")), small)
        for one in stalled:
            one.go_on.set()
        await asyncio.gather(*tasks)
        again = Protocol(large)
        await site.__rsgi__(scope(), again)
        return [found.answer[0] for found in (late, small, *stalled, again) if found.answer]

    with ThreadPoolExecutor(1) as other:
        assert other.submit(asyncio.run, together()).result() == [503, 200, 200, 200, 200]


def test_pages_that_hang_hold_up_no_webhook():
    """All threads of pages wait; a webhook is answered meanwhile."""
    go_on = threading.Event()

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        if environ["PATH_INFO"] == "/console":
            assert go_on.wait(10)
        start_response("200 OK", [])
        return []

    site: Any = WholeRequests(app)

    async def together() -> list[bool]:
        pages = [Protocol([]) for _ in range(50)]
        tasks = [asyncio.create_task(site.__rsgi__(scope(path="/console"), p)) for p in pages]
        await asyncio.sleep(0)
        webhook = Protocol([b"{}"])
        await asyncio.wait_for(site.__rsgi__(scope(path="/webhooks/city"), webhook), 5)
        before = [page.answer is None for page in pages]
        go_on.set()
        await asyncio.gather(*tasks)
        return [webhook.answer is not None, *before, *(p.answer is not None for p in pages)]

    with ThreadPoolExecutor(1) as other:
        assert all(other.submit(asyncio.run, together()).result())
