"""A server that vanishes without a word: whoever waits for its answer is told so in seconds."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.db import connection as db
from tests.db.wire import Peer


@pytest.mark.skipif(sys.platform != "linux", reason="other systems name these options differently")
def test_silence_and_what_does_not_arrive_end_a_connection(monkeypatch: pytest.MonkeyPatch):
    """By the system's own settings a silent server would be waited for for two hours.

    Tried with the cable cut in the middle of a statement, which a test cannot do: it ended
    after 11 seconds.
    """

    async def connect() -> socket.socket:
        peer = Peer()
        async with peer.listening():
            monkeypatch.setattr(db, "_url", peer.url)
            conn = await asyncio.to_thread(db.connect)
            sock = socket.socket(fileno=os.dup(conn.fileno()))
            conn.close()
            return sock

    with ThreadPoolExecutor(1) as other:  # a browser's test leaves this thread with a loop
        heard = other.submit(asyncio.run, connect()).result()
    with heard as sock:

        def option(name: int) -> int:
            return sock.getsockopt(socket.IPPROTO_TCP, name)

        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        unanswered = option(socket.TCP_KEEPINTVL) * option(socket.TCP_KEEPCNT)
        assert option(socket.TCP_KEEPIDLE) + unanswered <= 15
        assert option(socket.TCP_USER_TIMEOUT) <= 15_000
