"""The grouped writer: statements of many requests in one round trip and one commit, no threads.

It is for an event loop. While a group is on its way, the requests that come wait and form the next
one, which is sent as one libpq pipeline on a connection that belongs to the groups. Nobody waits
for company: where no group is on its way, a request sets out at once.

If anything goes wrong with a group, nothing of it was done or nobody knows, and whoever was in it
is told to run its statement alone, in a thread, where it gets its own error.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import itertools
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import psycopg
from psycopg.pq import DiagnosticField, ExecStatus
from psycopg.types.json import Jsonb

from app.db import connection as db

MOST = 16
"""Statements in a group, which holds the locks of all of them until it commits."""

# Two groups that wait for each other, or one that waits long, soon give up, and each of their
# statements runs alone.
_OPTIONS = "-c lock_timeout=10"

_NAME = b"grouped"
_FORGOTTEN = b"26000"  # the server no longer knows the prepared statement


class _Waiter(NamedTuple):
    values: list[bytes | None]
    formats: list[int]
    answer: asyncio.Future[str | None]

    def say(self, text: str | None) -> None:
        if not self.answer.done():  # it is when nobody waits any more
            self.answer.set_result(text)


class GroupedWriter:
    """Runs one statement for all requests of an event loop that ask for it."""

    def __init__(self, statement: str) -> None:
        """`statement` has `%s` where the values go, and answers with one text."""
        self._statement = _numbered(statement)
        self._waiting: list[_Waiter] = []
        self._group: list[_Waiter] = []
        self._results: list[Any] = []
        self._conn: db.Connection | None = None
        self._socket = -1
        self._of: tuple[asyncio.AbstractEventLoop, str] | None = None
        self._opening: asyncio.Future[db.Connection] | None = None
        atexit.register(self._disconnect)

    async def text(self, values: Sequence[Any]) -> str | None:
        """The text that the statement answers with, after its commit.

        None when it is to be run alone: its group failed, or there is no connection yet.

        Raises:
            psycopg.DataError: a value cannot be sent.
        """
        loop = asyncio.get_running_loop()
        if self._conn is None or self._of != (loop, db.url()):
            self._open(loop)
            return None
        encoded = [_encoded(value) for value in values]
        formats = [int(isinstance(value, bytes)) for value in values]
        waiter = _Waiter(encoded, formats, loop.create_future())
        self._waiting.append(waiter)
        if not self._group:
            self._send()
        return await waiter.answer

    def _open(self, loop: asyncio.AbstractEventLoop) -> None:
        """Have a connection opened in a thread; nobody waits for it."""
        if self._opening is not None and not self._opening.done():
            return
        self._give_up()
        self._of = (loop, db.url())
        self._opening = loop.run_in_executor(None, self._opened)
        self._opening.add_done_callback(self._begin)

    def _opened(self) -> db.Connection:
        conn = db.connect(_OPTIONS)
        conn.pgconn.prepare(_NAME, self._statement)  # if this fails, so does every group
        conn.pgconn.nonblocking = 1
        conn.pgconn.enter_pipeline_mode()
        return conn

    def _begin(self, opening: asyncio.Future[db.Connection]) -> None:
        with contextlib.suppress(psycopg.Error):  # the next request asks for it again
            self._conn = opening.result()
            self._socket = self._conn.pgconn.socket  # libpq forgets it when the connection is lost
            opening.get_loop().add_reader(self._socket, self._heard)

    def _send(self) -> None:
        """Let those who wait set out, as many as a group takes."""
        assert self._conn is not None  # noqa: S101 - who waits waits for it
        pg: Any = self._conn.pgconn  # its annotations know of no NULL in a prepared statement
        self._group, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
        try:
            for waiter in self._group:
                pg.send_query_prepared(_NAME, waiter.values, waiter.formats)
            pg.pipeline_sync()
            self._flush(pg)
        except psycopg.Error:
            self._give_up()

    def _flush(self, pg: Any) -> None:
        """Hand over what the socket takes, and the rest when it takes more."""
        assert self._of is not None  # noqa: S101 - see above
        if pg.flush():
            self._of[0].add_writer(self._socket, self._heard)
        else:
            self._of[0].remove_writer(self._socket)

    def _heard(self) -> None:
        """The server has said something, can be told more, or is gone."""
        assert self._conn is not None  # noqa: S101 - it is the connection that is heard
        pg: Any = self._conn.pgconn
        try:
            pg.consume_input()
            self._flush(pg)
            while self._group and not pg.is_busy():
                result = pg.get_result()
                if result is not None and result.status == ExecStatus.PIPELINE_SYNC:
                    self._answer()
                elif result is not None:  # nothing is the end of a statement's results
                    self._results.append(result)
        except psycopg.Error:
            self._give_up()

    def _answer(self) -> None:
        """The group has committed, or was undone as a whole."""
        group, self._group = self._group, []
        results, self._results = self._results, []
        done = all(result.status == ExecStatus.TUPLES_OK for result in results)
        for waiter, result in zip(group, results, strict=False):
            waiter.say((result.get_value(0, 0) or b"").decode() if done else None)
        if any(result.error_field(DiagnosticField.SQLSTATE) == _FORGOTTEN for result in results):
            self._give_up()
        elif self._waiting:
            self._send()

    def _give_up(self) -> None:
        """Let everybody go alone; whoever comes next has the connection opened again."""
        self._disconnect()
        left, self._group, self._waiting = [*self._group, *self._waiting], [], []
        self._results = []
        for waiter in left:
            waiter.say(None)

    def _disconnect(self) -> None:
        conn, self._conn = self._conn, None
        if conn is None or self._of is None:
            return
        if not self._of[0].is_closed():
            self._of[0].remove_reader(self._socket)
            self._of[0].remove_writer(self._socket)
        conn.close()


def _numbered(statement: str) -> bytes:
    """The statement with `$1`, `$2` … in place of `%s`, as libpq wants it."""
    first, *others = statement.split("%s")
    pieces = zip(itertools.count(1), others, strict=False)
    return (first + "".join(f"${number}{piece}" for number, piece in pieces)).encode()


def _encoded(value: Any) -> bytes | None:
    """A parameter for libpq: texts, whole numbers, bytes, aware times, JSON, or nothing."""
    if value is None or isinstance(value, bytes):
        return value
    if isinstance(value, str):
        text = value.encode()
        if b"\0" in text:
            raise psycopg.DataError("a text cannot hold a NUL")
        return text
    if isinstance(value, int):
        return b"%d" % value
    if isinstance(value, datetime):
        return value.isoformat().encode()
    if isinstance(value, Jsonb):
        return db.dumps(value.obj)
    raise psycopg.DataError(f"{type(value).__name__} cannot be a parameter here")
