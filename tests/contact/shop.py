"""A shipper's own system: a small HTTP server that checks what it is sent."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "a-shop's-token"


class Shop:
    """What was asked, and what is answered: each of `answers` once, then `usual`.

    An answer is `(status, body)`, `(301, address)`, `"close"` (no answer), `"hang"` (none until
    the end) or `"drip"` (a body that never ends).
    """

    def __init__(self) -> None:
        self.usual: Any = (404, {})
        self.answers: list[Any] = []
        self.asked: list[str] = []
        self.faults: list[str] = []
        self.over = threading.Event()
        self.base = ""


class _Handler(BaseHTTPRequestHandler):
    shop: Shop

    def do_GET(self) -> None:
        shop = self.shop
        shop.asked.append(self.path)
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            shop.faults.append("authorization")
        if not self.headers["X-Request-ID"]:
            shop.faults.append("request id")
        answer = shop.answers.pop(0) if shop.answers else shop.usual
        if answer == "hang":
            shop.over.wait(20)
        elif answer == "drip":
            self._drip()
        elif answer != "close":
            self._respond(*answer)

    def _respond(self, status: int, body: Any) -> None:
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", body)
            body = b""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def _drip(self) -> None:
        self.send_response(200)
        self.end_headers()
        with contextlib.suppress(OSError):
            while not self.shop.over.wait(0.02):
                self.wfile.write(b" ")

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def open_shop() -> Iterator[Shop]:
    shop = Shop()
    handler = type("Handler", (_Handler,), {"shop": shop})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    shop.base = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield shop
    finally:
        shop.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
