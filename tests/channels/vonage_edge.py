"""Vonage's Messages API as far as we use it, played at its HTTP edge: it checks, and misbehaves.

The names and limits are those that Vonage publishes; callbacks are signed by another package than
the one that checks them.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

KEY, SECRET, FROM = "a1b2c3d4", "secret-of-a-test", "+447700900001"
APPLICATION = "78d335fa-323d-0114-9c3d-d6f0d48968cf"
SIGNATURE_SECRET = "a signature secret of at least thirty-two bytes"
_AUTH = "Basic " + base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
_KNOWN = {
    *("message_type", "channel", "to", "from", "text", "ttl", "client_ref"),
    *("webhook_url", "webhook_version", "sms"),
}
_SMS = {"encoding_type", "content_id", "entity_id"}


def faults_of(sent: dict[str, Any]) -> list[str]:
    """What Vonage would not take in a message."""
    faults = [f"{name} is not known" for name in sent.keys() - _KNOWN]
    faults += [f"sms.{name} is not known" for name in sent.get("sms", {}).keys() - _SMS]
    needed = ("message_type", "channel", "to", "from", "text")
    faults += [f"{name} is missing" for name in needed if not sent.get(name)]
    if not str(sent.get("to")).isdigit():
        faults.append("to is no number without a plus")
    if len(str(sent.get("text"))) > 1000 or len(str(sent.get("client_ref"))) > 100:
        faults.append("too long")
    if sent.get("message_type") != "text" or sent.get("channel") != "sms":
        faults.append("another kind of message")
    return faults


class Edge:
    """What came in, and what is answered: each of `answers` once, then 202.

    An answer is `(status, body)`, or `"hang"`: taken, and nobody learns of it.
    """

    def __init__(self) -> None:
        self.answers: list[tuple[int, Any] | str] = []
        self.sent: list[dict[str, Any]] = []
        self.faults: list[str] = []
        self.tokens: frozenset[str] = frozenset()
        self.public_key: RSAKey | None = None
        """Of the application by whose tokens it is asked; None: by the account's key and secret."""
        self.over = threading.Event()
        self.base = ""

    def knows(self, authorization: str) -> bool:
        """Whether whoever asks may."""
        if self.public_key is None:
            return authorization == _AUTH
        kind, _, token = authorization.partition(" ")
        found = jwt.decode(token, self.public_key, algorithms=["RS256"])
        claims = found.claims
        lasts = claims["exp"] - claims["iat"]
        used, self.tokens = claims["jti"] in self.tokens, self.tokens | {claims["jti"]}
        return (
            kind == "Bearer"
            and claims["application_id"] == APPLICATION
            and lasts <= 900
            and not used
        )

    def take(self, sent: dict[str, Any]) -> tuple[int, Any] | str:
        self.faults += faults_of(sent)
        self.sent.append(sent)
        return self.answers.pop(0) if self.answers else (202, {"message_uuid": str(uuid.uuid4())})


def signed(
    document: dict[str, Any], at: datetime, secret: str = SIGNATURE_SECRET, **claims: Any
) -> tuple[bytes, dict[str, str]]:
    """A callback's body and headers."""
    body = json.dumps(document).encode()
    said = {
        "iat": int(at.timestamp()),
        "jti": str(uuid.uuid4()),
        "iss": "Vonage",
        "api_key": KEY,
        "payload_hash": hashlib.sha256(body).hexdigest(),
    }
    token = jwt.encode({"alg": "HS256"}, said | claims, OctKey.import_key(secret))
    return body, {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}


@contextmanager
def open_edge() -> Iterator[Edge]:
    edge = Edge()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if self.path != "/v1/messages" or not edge.knows(self.headers["Authorization"]):
                edge.faults.append(f"{self.path} or its authorization")
            answer = edge.take(sent)
            if isinstance(answer, str):
                edge.over.wait(5)
                return
            raw = answer[1] if isinstance(answer[1], bytes) else json.dumps(answer[1]).encode()
            self.send_response(answer[0])
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    edge.base = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield edge
        assert edge.faults == []
    finally:
        edge.over.set()
        server.shutdown()
        thread.join()
        server.server_close()
