"""A courier's system, played at its HTTP edge; it checks what it is sent, and can misbehave."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

from app import clock
from app.booking.rows import BookingKind
from app.handover.connectors import http, named
from app.handover.connectors.base import Answer, Choice, Client, Confirmed, Parcel, Refused


@dataclass
class Asked:
    """A request as the courier sees it."""

    method: str
    path: str
    query: dict[str, str]
    headers: Any
    raw: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.raw)

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.raw.decode()))


class Play:
    """What all courier's plays have in common; the attributes say what this courier is like."""

    values: ClassVar[Mapping[str, str]] = {}
    """What an account of it is set up with, without `base`."""
    refusal: ClassVar[Refused] = Refused("OUT_OF_AREA", "Not on our tour.")
    """What a push, or its check, answers while `refusing`."""
    asynchronous: ClassVar[bool] = False
    """Whether it first answers that it has it, and `settle` decides."""
    cancels: ClassVar[bool] = True
    """Whether there is a call that withdraws."""
    corrects: ClassVar[bool] = False
    """Whether it takes nothing but corrections. Saying one again changes nothing."""
    renews: ClassVar[bool] = True
    """Whether a 401 means that a token ended, and a new one can be had."""
    nothing: ClassVar[bytes] = b""
    """What its search for our key answers when there is certainly nothing: to it, no nonsense."""
    limit: ClassVar[int] = 429
    """The status of too much at once."""

    def __init__(self) -> None:
        self.refusing = False
        self.placed: dict[str, str] = {}
        """What stands: by our key, or by what the courier knows it by, its own reference."""
        self.pushes = 0
        """How many times it placed something: twice for one booking is what must never be."""
        self.sign_ins = 0
        self.token = "none yet"

    def answer(self, asked: Asked) -> tuple[int, Any]:
        """Behave as the courier does; an `AssertionError` is a request that it would not take."""
        raise NotImplementedError

    def places(self, asked: Asked) -> bool:
        """Whether this request may place something; these are the ones that go wrong in tests."""
        raise NotImplementedError

    def settle(self) -> None:
        """Decide what was taken and not decided; for asynchronous ones."""

    def choice(self) -> Choice:
        """What somebody chose, in this courier's part of the world."""
        starts = (clock.now() + timedelta(days=2)).replace(
            hour=16, minute=0, second=0, microsecond=0
        )
        parcel = Parcel(
            case_id=7,
            tracking_number="HR-100200",
            courier_ref="HR-100200",
            name="Kim Doe",
            phone="+17145550142",
            email="kim@example.com",
            address={
                "line1": "2695 E Katella Ave",
                "city": "Anaheim",
                "region": "CA",
                "postcode": "92806",
                "country": "US",
            },
            notes="Gate code 4711",
            shipper="Hollow Oak",
            last_attempt_at=datetime(2026, 3, 2, 14, 4, tzinfo=UTC),
        )
        return Choice(
            parcel=parcel,
            kind=BookingKind.REDELIVERY,
            starts_at=starts,
            ends_at=starts + timedelta(hours=3),
            zone="America/Los_Angeles",
        )

    def new_token(self) -> str:
        """Somebody signs in."""
        self.sign_ins += 1
        self.token = f"token-{self.sign_ins}"
        return self.token

    def place(self, key: str, ref: str) -> None:
        """It takes something; a courier that takes one key once asks `placed` first."""
        self.pushes += 1
        self.placed[key] = ref


@dataclass
class Edge:
    """The played courier's server.

    Each of `misbehave` is for one request that may place something. `lose`: it acts, and the
    connection breaks; `hang`: it acts and never answers; `swallow`: it does not act and the
    connection breaks; `500`: it acts and says so; `html`: it acts and answers no JSON; `limit`:
    too much at once; `401`: not signed in; `nothing`: 200 with an empty object, and nothing done.
    """

    play: Play
    base: str = ""
    misbehave: list[str] = field(default_factory=list)
    always: bytes | None = None
    """What every request is answered from now on, with status 200."""
    asked: list[Asked] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def pushing(self) -> list[Asked]:
        """The requests that may have placed something."""
        return [asked for asked in self.asked if self.play.places(asked)]


_INSTEAD: Mapping[str, tuple[int, bytes, Mapping[str, str]]] = {
    "swallow": (0, b"", {}),
    "401": (401, b'{"message": "token expired"}', {}),
    "nothing": (200, b"{}", {}),
}
"""What a request gets that was not acted on."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body leave together: in two they would wait 40 ms for each other
    edge: Edge

    def _any(self) -> None:
        url = urlsplit(self.path)
        raw = self.rfile.read(int(self.headers["Content-Length"] or 0))
        asked = Asked(self.command, url.path, dict(parse_qsl(url.query)), self.headers, raw)
        edge = self.edge
        with edge.lock:
            edge.asked.append(asked)
            wrong = edge.misbehave.pop(0) if edge.misbehave and edge.play.places(asked) else ""
            status, raw, headers = self._answer(asked, wrong)
        if wrong == "hang":
            edge.over.wait(5)
        if wrong in {"lose", "hang", "swallow"}:
            self.close_connection = True
            return
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(raw))}.items():
            self.send_header(name, value)
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(raw)

    def _answer(self, asked: Asked, wrong: str) -> tuple[int, bytes, Mapping[str, str]]:
        edge = self.edge
        if edge.always is not None:
            return 200, edge.always, {}
        if wrong in _INSTEAD:
            return _INSTEAD[wrong]
        if wrong == "limit":
            return edge.play.limit, b'{"message": "slow down"}', {"Retry-After": "7"}
        try:
            status, body = edge.play.answer(asked)
        except Exception as error:  # noqa: BLE001 - it would not take it: the test must say why
            edge.faults.append(f"{asked.method} {asked.path}: {error!r}")
            status, body = 400, {"message": "the played courier did not take this"}
        if wrong == "500":
            return 500, b'{"message": "internal"}', {}
        if wrong == "html":
            return 200, b"<html>Please wait</html>", {}
        return status, json.dumps(body).encode(), {}

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _any  # noqa: N815 - so they are called

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def opened(play: Play) -> Iterator[Edge]:
    """The courier listens until the end of the block."""
    edge = Edge(play)
    handler = type("Handler", (_Handler,), {"edge": edge})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    edge.base = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield edge
    finally:
        edge.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def client(name: str, edge: Edge, **values: str) -> Client:
    """The connector of this name, with an account at its played courier."""
    connector = named(name)
    assert connector is not None
    http.forget_tokens()
    values = {**edge.play.values, "base": edge.base, **values}
    return connector.opens(connector.account(1, f"{name}-1", values, edge.play.choice().zone))


def placed(answer: Answer) -> str:
    """The courier's own id of what it confirmed."""
    assert isinstance(answer, Confirmed), answer
    return answer.ref
