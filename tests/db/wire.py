"""A peer that speaks as much of Postgres's protocol as the grouped writer uses, and may lie."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable, Iterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import psycopg

SYNC = b"Z\0\0\0\5I"

Spoken = list[bytes]
"""Messages; an empty one ends the connection."""
Twist = Callable[[Spoken], Spoken]
"""What it says in place of the right answer to a group."""


def message(kind: bytes, body: bytes = b"") -> bytes:
    return kind + struct.pack("!i", len(body) + 4) + body


def error(severity: bytes = b"ERROR", state: bytes = b"XX000", kind: bytes = b"E") -> bytes:
    return message(kind, b"S%b\0V%b\0C%b\0Msays the peer\0\0" % (severity, severity, state))


def answered(values: list[bytes]) -> Spoken:
    """A statement's first and last value, as a row of two columns."""
    column = struct.pack("!ihihih", 0, 0, 25, -1, -1, 0)
    row = b"".join(struct.pack("!i", len(one)) + one for one in (values[0], values[-1]))
    return [
        message(b"2"),
        message(b"T", b"\0\2text\0" + column + b"number\0" + column),
        message(b"D", b"\0\2" + row),
        message(b"C", b"SELECT 1\0"),
    ]


def _bound(body: bytes) -> list[bytes]:
    """The values of a Bind."""
    _, _, rest = body.split(b"\0", 2)
    (formats,) = struct.unpack_from("!h", rest)
    at = 2 + 2 * formats + 2
    (number,) = struct.unpack_from("!h", rest, at - 2)
    values = []
    for _ in range(number):
        (size,) = struct.unpack_from("!i", rest, at)
        values.append(rest[at + 4 : at + 4 + size])
        at += 4 + size
    return values


class Peer:
    """Listens; `twist` is how it answers."""

    def __init__(self) -> None:
        self.twist: Twist = lambda said: said
        self.slowly = False
        """Byte by byte."""
        self._port = 0
        self._talks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """Where it listens."""
        address = f"host=127.0.0.1 port={self._port}"
        return f"{address} user=x dbname=x sslmode=disable gssencmode=disable"

    def connect(self, _options: str = "") -> Any:
        return psycopg.connect(self.url, autocommit=True)

    @asynccontextmanager
    async def listening(self) -> Any:
        server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        self._port = server.sockets[0].getsockname()[1]
        try:
            yield
        finally:
            server.close()
            for talk in self._talks:
                talk.cancel()

    async def _talk(self, heard: asyncio.StreamReader, says: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._talks.add(task)
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await self._answer(heard, says)
        says.close()
        self._talks.discard(task)

    async def _answer(self, heard: asyncio.StreamReader, says: asyncio.StreamWriter) -> None:
        (size,) = struct.unpack("!i", await heard.readexactly(4))
        await heard.readexactly(size - 4)
        says.write(message(b"R", struct.pack("!i", 0)))
        for name, value in ((b"client_encoding", b"UTF8"), (b"server_version", b"15.0")):
            says.write(message(b"S", b"%b\0%b\0" % (name, value)))
        says.write(message(b"K", b"\0" * 8) + SYNC)
        said: Spoken = []
        prepares = False
        while True:
            kind = await heard.readexactly(1)
            (size,) = struct.unpack("!i", await heard.readexactly(4))
            body = await heard.readexactly(size - 4)
            if kind == b"P":
                prepares = True
                said.append(message(b"1"))
            elif kind == b"B":
                said += answered(_bound(body))
            elif kind == b"S":
                said.append(SYNC)
                for piece in self._pieces(said if prepares else self.twist(said)):
                    if not piece:
                        return
                    says.write(piece)
                    await says.drain()
                    if self.slowly:
                        await asyncio.sleep(0)
                said, prepares = [], False

    def _pieces(self, said: Spoken) -> Iterator[bytes]:
        for one in said:
            if self.slowly and one:
                yield from (one[n : n + 1] for n in range(len(one)))
            else:
                yield one
