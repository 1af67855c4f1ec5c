"""A store that speaks as much of S3 as is used: put, get and delete, signed."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY_ID = "AKIDEXAMPLE"


class Bucket(ThreadingHTTPServer):
    """What is in it, by path."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.objects: dict[str, bytes] = {}
        self.broken = False


class _Handler(BaseHTTPRequestHandler):
    server: Bucket
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def _answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"1"')
        self.send_header("Last-Modified", "Thu, 26 Nov 2026 08:00:00 GMT")
        self.end_headers()
        self.wfile.write(body)

    def _act(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        signed = self.headers.get("Authorization", "")
        known = signed.startswith(f"AWS4-HMAC-SHA256 Credential={KEY_ID}/")
        if self.server.broken or not known or "/eu-central-1/s3/" not in signed:
            self._answer(403, b"<Error><Code>AccessDenied</Code></Error>")
        elif self.command == "PUT":
            self.server.objects[self.path] = body
            self._answer(200)
        elif self.command == "POST":
            self._delete(body.decode())
        elif self.path not in self.server.objects:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
        else:
            self._answer(200, self.server.objects[self.path])

    def _delete(self, named: str) -> None:
        """Several at a time; what is not there counts as deleted."""
        keys = re.findall(r"<Key>(.*?)</Key>", named)
        assert self.path.endswith("?delete")
        for key in keys:
            self.server.objects.pop(f"{self.path.removesuffix('?delete')}/{key}", None)
        gone = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
        self._answer(200, f"<DeleteResult>{gone}</DeleteResult>".encode())

    do_PUT = do_GET = do_POST = _act  # noqa: N815 - the base class's names


@contextmanager
def bucket() -> Iterator[Bucket]:
    """One that listens."""
    server = Bucket()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
