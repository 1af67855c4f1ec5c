"""The load generator: raw sockets kept open, one process, cheaper than what it measures.

`python -m tests.bench.load PORT CONCURRENCY EXPECTED` reads the pickled requests from standard
input, posts each once, and prints the seconds it took. An answer without `EXPECTED` in it, or
that is not a 200, ends it.
"""

from __future__ import annotations

import pickle
import re
import selectors
import socket
import subprocess
import sys
import time
from typing import cast

from tests.bench.stage import ROOT, Stage

CONCURRENCY = 16
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


def request(slug: str, raw: bytes, headers: dict[str, str]) -> bytes:
    """A webhook as bytes on the wire."""
    lines = [f"POST /webhooks/{slug} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(raw)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + raw


def per_second(stage: Stage, port: int, requests: list[bytes], expected: str) -> float:
    """How many a second were answered as expected."""
    command = [sys.executable, "-m", "tests.bench.load", str(port), str(CONCURRENCY), expected]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=stage.env,
        input=pickle.dumps(requests),
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr.decode()[-2000:])
    return len(requests) / float(done.stdout)


def main() -> None:
    port, concurrency, expected = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3].encode()
    requests = iter(pickle.load(sys.stdin.buffer))
    selector = selectors.EpollSelector() if sys.platform == "linux" else selectors.SelectSelector()
    clients = [socket.create_connection(("127.0.0.1", port)) for _ in range(concurrency)]
    started = time.perf_counter()
    for client in clients:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.setblocking(False)
        selector.register(client, selectors.EVENT_READ, bytearray())
        client.send(next(requests))
    waiting = len(clients)
    while waiting:
        for key, _ in selector.select():
            client, got = cast("socket.socket", key.fileobj), key.data
            chunk = client.recv(65536)
            if not chunk:
                raise ConnectionError("the server closed a connection")
            got += chunk
            if not _complete(got):
                continue
            if not got.startswith(b"HTTP/1.1 200") or expected not in got:
                raise ValueError(got.decode(errors="replace"))
            got.clear()
            following = next(requests, None)
            if following is None:
                waiting -= 1
            elif client.send(following) != len(following):
                raise BlockingIOError("a request did not fit into the socket's buffer")
    print(time.perf_counter() - started)


def _complete(got: bytearray) -> bool:
    head = got.find(b"\r\n\r\n")
    if head < 0:
        return False
    length = _LENGTH.search(got, 0, head)
    return length is not None and len(got) >= head + 4 + int(length[1])


if __name__ == "__main__":
    main()
