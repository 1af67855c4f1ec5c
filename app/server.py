"""A WSGI app under Granian, which gets a thread only once its request has arrived whole.

Granian's own WSGI interface gives a request its thread first and reads the body there, so that a
few connections that send nothing more hold all threads, and with them the whole site. Here the
body is read by the event loop, up to a limit and a deadline; a connection that still waits for
its body costs a few kilobytes and no thread.

Measured while 500 connections hold on: Granian's WSGI interface answers nobody; waitress in two
processes answers everybody, with half the webhooks a second that the WSGI interface takes on a
quiet day; this answers everybody, with four fifths of them.
"""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, nullcontext
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import orjson
import structlog

from app.errors import PROBLEM_TYPE, Problem

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication
    from granian._granian import RSGIHTTPProtocol as HTTPProtocol
    from granian.rsgi import Scope

log = structlog.get_logger(__name__)

LIMIT = 1024 * 1024
"""Bytes of the largest body, but for the addresses that are said to take more."""
PATIENCE = 10.0
"""Seconds within which a small body has to be here."""
SLOWEST = 32 * 1024
"""Bytes a second that a large body has to come in with, beyond `PATIENCE`."""
SMALL = 64 * 1024
"""Bytes of a body that a connection may always hold; of larger ones the sum is bounded."""
MOST_HELD = 128 * 1024 * 1024
"""Bytes of larger bodies that a process holds at once, so that no flood fills the memory."""
THREADS = 4
"""Of pages, and as many of the addresses that have threads apart: four of each in a process."""
APART = "/webhooks/"
"""Whatever pages are slow, what couriers send gets a thread at once."""

Answer = tuple[int, list[tuple[str, str]], bytes]
AtOnce = Callable[[dict[str, Any], bytes], Awaitable[Answer | None]]


class WholeRequests:
    """`granian --interface rsgi` loads an instance of it."""

    def __init__(
        self,
        wsgi: WSGIApplication,
        larger: Mapping[str, int] | None = None,
        at_once: AtOnce | None = None,
    ) -> None:
        """`larger` has the limits of paths that take more than `LIMIT` bytes.

        `at_once` may answer in the event loop what comes to the addresses that have threads apart.
        """
        self._at_once = at_once
        self._wsgi = wsgi
        self._larger = dict(larger or {})
        self._threads = ThreadPoolExecutor(THREADS, "web")
        self._apart = ThreadPoolExecutor(THREADS, "webhook")
        self._held = 0  # only the event loop touches it

    async def __rsgi__(self, scope: Scope, protocol: HTTPProtocol) -> None:
        """Read a request, have it answered in a thread, send the answer."""
        body = bytearray()
        try:
            most = self._larger.get(scope.path.rstrip("/"), LIMIT)
            await self._read(scope.headers.get("content-length"), protocol, body, most)
        except Problem as problem:
            status, headers, answer = _refusal(problem)
        else:
            status, headers, answer = await self._answered(scope, bytes(body))
        finally:
            self._held -= len(body)
        protocol.response_bytes(status, headers, answer)

    async def _answered(self, scope: Scope, body: bytes) -> Answer:
        apart = scope.path.startswith(APART)
        try:
            environ = _environ(scope, body)
            if apart and self._at_once is not None:
                answer = await self._at_once(environ, body)
                if answer is not None:
                    return answer
        except Exception:
            log.exception("request_failed")
            return _failed()
        threads = self._apart if apart else self._threads
        return await asyncio.get_running_loop().run_in_executor(threads, self._answer, environ)

    async def _read(
        self, length: str | None, protocol: HTTPProtocol, body: bytearray, most: int
    ) -> None:
        """Read the body until it is complete.

        Raises:
            Problem: 413, it is too large; 408, it did not come in time; 503, others have as much
                as fits.
        """
        expected = int(length) if length and length.isascii() and length.isdigit() else None
        if expected == 0:
            return
        if expected is not None and expected > most:
            raise _too_large(most)
        try:
            async with asyncio.timeout(PATIENCE + (expected or 0) / SLOWEST) as limit:
                if expected is not None and expected <= SMALL:
                    self._keep(body, await protocol())
                    return
                started = asyncio.get_running_loop().time()
                async for piece in protocol:  # only so much is read, as long as it keeps coming
                    self._keep(body, piece)
                    if len(body) > most:
                        raise _too_large(most)
                    limit.reschedule(started + PATIENCE + len(body) / SLOWEST)
        except TimeoutError as error:
            detail = "The body did not arrive in time. Please send it again."
            raise Problem(408, "request_timeout", detail) from error

    def _keep(self, body: bytearray, piece: bytes) -> None:
        body += piece
        self._held += len(piece)
        if len(body) > SMALL and self._held > MOST_HELD:
            detail = "Too many large requests are under way. Please send this one again."
            raise Problem(503, "too_much_under_way", detail, headers={"Retry-After": "5"})

    def _answer(self, environ: dict[str, Any]) -> Answer:
        """What the app answers."""
        begun: list[tuple[str, list[tuple[str, str]]]] = []
        written: list[bytes] = []

        def start_response(
            status: str, headers: list[tuple[str, str]], _error: Any = None
        ) -> Callable[[bytes], object]:
            begun[:] = [(status, headers)]
            return written.append

        try:
            pieces: Any = self._wsgi(environ, start_response)
            with closing(pieces) if hasattr(pieces, "close") else nullcontext():
                written += pieces
            status, headers = begun[0]
        except Exception:
            log.exception("request_failed")
            return _failed()
        return int(status[:3]), headers, b"".join(written)


def _too_large(most: int) -> Problem:
    return Problem(413, "request_entity_too_large", f"A body may have {most} bytes at most.")


def _failed() -> Answer:
    detail = "Something went wrong here. Please try again."
    return _refusal(Problem(500, "internal_server_error", detail))


def _refusal(problem: Problem) -> Answer:
    headers = [("Content-Type", PROBLEM_TYPE), ("Connection", "close"), *problem.headers.items()]
    return problem.status, headers, orjson.dumps(problem.document())


def _environ(scope: Scope, body: bytes) -> dict[str, Any]:
    """The request as PEP 3333 wants it."""
    host, _, port = scope.server.rpartition(":")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "CONTENT_LENGTH": str(len(body)),
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope.headers.items():
        key = _key(name)
        if key in environ:
            environ[key] += ("; " if key == "HTTP_COOKIE" else ",") + value
        elif key:
            environ[key] = value
    return environ


@lru_cache(maxsize=1024)
def _key(name: str) -> str:
    """The name of a header in the environment; empty when the app is not to see the header.

    A name with an underscore would look like that of another header. The body has arrived, so how
    it was transferred says nothing any more.
    """
    if "_" in name or name in {"content-length", "transfer-encoding"}:
        return ""
    return "CONTENT_TYPE" if name == "content-type" else f"HTTP_{name.upper().replace('-', '_')}"
