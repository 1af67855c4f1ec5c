"""Twilio as far as we use it: a small HTTP server that checks what it is sent.

Calls are only taken down here; `phones.py` lets them ring.
"""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

SID, TOKEN, FROM = "AC" + "0" * 32, "token-of-a-test", "+15005550006"
OTHER_TOKEN = "the-token-that-comes-next"
WHATSAPP_FROM = "+15005550099"
ACCOUNT = f"/2010-04-01/Accounts/{SID}"
PATH = f"{ACCOUNT}/Messages.json"
_AUTH = "Basic " + base64.b64encode(f"{SID}:{TOKEN}".encode()).decode()


class Exchange:
    """What came in, and what is answered: each of `answers` once, then 201.

    An answer is `(status, body)`, `"close"` (no answer) or `"hang"` (none until the end).
    Whatever is answered, the message is listed when `accepts` is true.
    """

    def __init__(self) -> None:
        self.answers: list[tuple[int, dict[str, Any]] | str] = []
        self.answers_to = ""
        """The number whose messages get these answers; empty: whoever is next."""
        self.accepts = True
        self.sent: list[dict[str, str]] = []
        self.faults: list[str] = []
        self.listed: list[dict[str, Any]] = []
        self.over = threading.Event()
        self.away = False
        self.pages = 0
        self.base = ""
        self.dialled: list[tuple[str, list[tuple[str, str]]]] = []
        """The calls that were asked for, `(sid, form)`."""
        self.updated: list[tuple[str, dict[str, str]]] = []
        """What calls were changed to, `(sid, form)`."""

    def call(
        self, sid: str | None, form: list[tuple[str, str]]
    ) -> tuple[int, dict[str, Any]] | str:
        """Somebody is to be called, and one of `answers` counts as for messages; or a change."""
        if sid:
            self.updated.append((sid[1:], dict(form)))
            return 200, {"sid": sid[1:], "status": "canceled"}
        sid = f"CA{len(self.dialled):032}"
        answer: tuple[int, dict[str, Any]] | str = (201, {"sid": sid, "status": "queued"})
        if self.answers and self.answers_to in {"", dict(form)["To"]}:
            answer = self.answers.pop(0)
        if isinstance(answer, str) or answer[0] < 300:
            self.dialled.append((sid, form))
        return answer

    def comes_in(self, words: str, sender: str, at: datetime, by: str = "") -> str:
        """Somebody writes to our number, perhaps on WhatsApp; its sid."""
        sid = f"SM{'f' * 20}{len(self.listed):012}"
        self.listed.insert(
            0,
            {
                "sid": sid,
                "to": by + WHATSAPP_FROM if by else FROM,
                "from": by + sender,
                "body": words,
                "direction": "inbound",
                "status": "received",
                "date_sent": format_datetime(at),
                "date_created": format_datetime(at),
            },
        )
        return sid

    def page(self, wanted: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """One page of the list of messages to a number, the newest first."""
        if self.away:
            return 503, {"code": 20503}
        found = [item for item in self.listed if item["to"] == wanted["To"]]
        size, page = int(wanted["PageSize"]), int(wanted.get("Page", "0"))
        more = len(found) > (page + 1) * size
        query = urlencode({"To": wanted["To"], "PageSize": size, "Page": page + 1})
        self.pages += 1
        return 200, {
            "messages": found[page * size : (page + 1) * size],
            "next_page_uri": f"{PATH}?{query}" if more else None,
        }

    def one(self, sid: str) -> tuple[int, dict[str, Any]]:
        """One message as it is now."""
        found = [item for item in self.listed if item["sid"] == sid]
        return (200, found[0]) if found else (404, {"code": 20404})

    def take(self, form: dict[str, str]) -> tuple[int, dict[str, Any]] | str:
        self.sent.append(form)
        sid = f"SM{len(self.sent):032}"
        answer: tuple[int, dict[str, Any]] | str = (201, {"sid": sid, "status": "queued"})
        if self.answers and self.answers_to in {"", form["To"]}:
            answer = self.answers.pop(0)
        if self.accepts and (isinstance(answer, str) or answer[0] not in {400, 401, 429, 503}):
            self.listed.insert(
                0,
                {
                    "sid": sid,
                    "to": form["To"],
                    "from": form["From"],
                    "body": form.get("Body", "as Meta has it"),
                    "direction": "outbound-api",
                    "status": "queued",
                    "date_created": format_datetime(datetime.now(UTC)),
                },
            )
        return answer


@contextmanager
def open_exchange() -> Iterator[Exchange]:
    exchange = Exchange()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = parse_qsl(raw, strict_parsing=True)
            call = re.fullmatch(rf"{ACCOUNT}/Calls(/CA[0-9a-f]{{32}})?\.json", self.path)
            self.check(self.path if call else PATH)
            self.respond(exchange.call(call[1], form) if call else exchange.take(dict(form)))

        def do_GET(self) -> None:
            one = re.fullmatch(rf"{ACCOUNT}/(?:Messages|Calls)/([A-Z0-9a-f]+)\.json", self.path)
            self.check(self.path if one else PATH)
            wanted = dict(parse_qsl(urlsplit(self.path).query))
            self.respond(exchange.one(one[1]) if one else exchange.page(wanted))

        def check(self, path: str) -> None:
            if urlsplit(self.path).path != path:
                exchange.faults.append(f"path {self.path}")
            if self.headers["Authorization"] != _AUTH:
                exchange.faults.append("authorization")

        def respond(self, answer: tuple[int, dict[str, Any]] | str) -> None:
            if answer == "hang":
                exchange.over.wait(5)
            if isinstance(answer, str):
                return
            raw = json.dumps(answer[1]).encode()
            self.send_response(answer[0])
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    exchange.base = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield exchange
        assert exchange.faults == []
    finally:
        exchange.over.set()
        server.shutdown()
        thread.join()
        server.server_close()
