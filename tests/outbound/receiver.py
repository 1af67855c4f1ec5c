"""A shipper's own system, played: it verifies by the standard's own library and can misbehave."""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks.webhooks import Webhook


class Receiver:
    """Keeps what it took, by path. `answers` of a path are given in turn, then 204."""

    def __init__(self) -> None:
        self.base = ""
        self.secrets: dict[str, str] = {}
        self.answers: dict[str, list[int | str]] = defaultdict(list)
        self.took: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.asked: dict[str, int] = defaultdict(int)
        self.at_once: dict[str, int] = defaultdict(int)
        self.most_at_once: dict[str, int] = defaultdict(int)
        self.faults: list[str] = []
        self.bodies: dict[str, bytes] = {}
        """What it answers beside 200, by path."""

    def secret(self, path: str, secret: str) -> None:
        self.secrets[path] = secret

    def answer(self, path: str, raw: bytes, headers: dict[str, str]) -> int | str:
        self.asked[path] += 1
        if path in self.secrets:
            try:
                Webhook(self.secrets[path]).verify(raw, headers)
            except Exception as error:  # noqa: BLE001 - the library raises several
                self.faults.append(f"{path}: {error!r}")
        said = self.answers[path].pop(0) if self.answers[path] else 204
        if said == 204 and path in self.bodies:
            said = 200
        if said in {200, 204}:
            event = json.loads(raw)
            assert event["data"]["event_id"] == headers["webhook-id"]
            self.took[path].append(event)
        return said

    def ids(self, path: str) -> list[str]:
        return [event["data"]["event_id"] for event in self.took[path]]


@contextmanager
def opened(receiver: Receiver) -> Iterator[Receiver]:
    """It, listening."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            said = receiver.answer(self.path, raw, headers)
            if said == "hang":
                receiver.at_once[self.path] += 1
                most = max(receiver.most_at_once[self.path], receiver.at_once[self.path])
                receiver.most_at_once[self.path] = most
                self.connection.settimeout(30)
                with suppress(OSError):
                    self.rfile.read(1)  # until the other side has had enough
                receiver.at_once[self.path] -= 1
                return
            if said == "close":
                return
            with suppress(OSError):
                self.send_response(int(said))
                if said == 302:
                    self.send_header("Location", f"{receiver.base}/elsewhere")
                body = b"<script>alert(1)</script>" if said >= 400 else b""  # type: ignore[operator]
                body = receiver.bodies.get(self.path, b"") if said == 200 else body
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Nothing: what was asked is kept."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

    server = Server(("127.0.0.1", 0), Handler)
    receiver.base = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
