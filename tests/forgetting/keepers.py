"""Twilio and Vonage as those who keep copies: they check what they are asked, and misbehave.

Methods, paths and parameters are those that both publish: a Message resource is updated with an
empty `Body`, its Media and a Call are deleted; Vonage redacts a transaction by id, product, type.
"""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from tests.channels.exchange import ACCOUNT, SID, TOKEN
from tests.channels.vonage_edge import KEY, SECRET

_ID = "[0-9a-f]{32}"


class Keeper:
    """What is kept: texts by sid, pictures by the sid of their message, calls."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.media: dict[str, list[str]] = {}
        self.calls: set[str] = set()
        self.faults: list[str] = []
        self.refuses: list[int] = []
        """Each is answered once, before anything is done."""
        self.base = ""

    def twilio(self, method: str, path: str, form: dict[str, list[str]]) -> tuple[int, Any]:
        path = path.removeprefix(ACCOUNT)
        if found := re.fullmatch(rf"/Messages/((?:SM|MM){_ID})\.json", path):
            if method != "POST" or form != {"Body": [""]}:
                self.faults.append(f"{method} {path} {form}")
            self.texts[found[1]] = ""
            return 200, {"sid": found[1], "body": ""}
        if found := re.fullmatch(rf"/Messages/((?:SM|MM){_ID})/Media\.json", path):
            listed = [{"sid": one, "parent_sid": found[1]} for one in self.media.get(found[1], ())]
            return 200, {"media_list": listed}
        if found := re.fullmatch(rf"/Messages/((?:SM|MM){_ID})/Media/(ME{_ID})\.json", path):
            if method == "DELETE":
                self.media[found[1]].remove(found[2])
            return 204, None
        if (found := re.fullmatch(rf"/Calls/(CA{_ID})\.json", path)) and method == "DELETE":
            self.calls.discard(found[1])
            return 204, None
        self.faults.append(f"{method} {path}")
        return 404, {"code": 20404}

    def vonage(self, said: dict[str, Any]) -> tuple[int, Any]:
        if said.keys() != {"id", "product", "type"} or said["type"] not in {"inbound", "outbound"}:
            self.faults.append(str(said))
        if said.get("product") not in {"sms", "messages", "voice", "verify", "number-insight"}:
            self.faults.append(str(said))
        self.texts.pop(said["id"], None)
        return 204, None


@contextmanager
def opened() -> Iterator[Keeper]:
    keeper = Keeper()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            who = (SID, TOKEN) if self.path.startswith(ACCOUNT) else (KEY, SECRET)
            basic = "Basic " + base64.b64encode(":".join(who).encode()).decode()
            if self.headers["Authorization"] != basic:
                keeper.faults.append("authorization")
            if keeper.refuses:
                self.respond(keeper.refuses.pop(0), {"code": 20500})
            elif self.path == "/v1/redact/transaction" and self.command == "POST":
                self.respond(*keeper.vonage(json.loads(raw)))
            else:
                form = parse_qs(raw.decode(), keep_blank_values=True)
                self.respond(*keeper.twilio(self.command, self.path, form))

        def do_GET(self) -> None:
            self.answer()

        def do_POST(self) -> None:
            self.answer()

        def do_DELETE(self) -> None:
            self.answer()

        def respond(self, status: int, said: Any) -> None:
            body = b"" if said is None else json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    keeper.base = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield keeper
        assert keeper.faults == []
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
