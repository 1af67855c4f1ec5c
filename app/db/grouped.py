"""The grouped writer: statements of many requests in one round trip and one commit, no threads.

It is for an event loop. While a group is on its way, the requests that come wait and form the next
one, which is sent as one libpq pipeline on a connection that belongs to the groups. Nobody waits
for company: where no group is on its way, a request sets out at once.

If anything goes wrong with a group, nothing of it was done or nobody knows, and whoever was in it
is told to run its statement alone, in a thread, where it gets its own error. A connection that
breaks, says nothing for too long or says anything but what has to come next is thrown away, and
with it all that is known of its groups.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, NamedTuple

import psycopg
import structlog
from psycopg.pq import DiagnosticField, ExecStatus
from psycopg.types.json import Jsonb

from app.counted import families
from app.db import connection as db

log = structlog.get_logger(__name__)

MOST = 16
"""Statements in a group, which holds the locks of all of them until it commits."""
PATIENCE = 5.0
"""Seconds within which a group has to be answered."""

# Two groups that wait for each other, or one that waits long, soon give up, and each of their
# statements runs alone.
_OPTIONS = "-c lock_timeout=10"

_NAME = b"grouped"
_FORGOTTEN = b"26000"  # the server no longer knows the prepared statement


class OutOfStepError(Exception):
    """The server's answer is not the one that has to come next."""


class _Waiter(NamedTuple):
    number: bytes
    """The answer bears it too."""
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
        self._statement = _numbered(f"{statement}, %s::text")
        self._pipeline: _Pipeline | None = None
        self._opening: asyncio.Task[None] | None = None

    async def text(self, values: Sequence[Any]) -> str | None:
        """The text that the statement answers with, after its commit.

        None when it is to be run alone: its group failed, or there is no connection yet.

        Raises:
            psycopg.DataError: a value cannot be sent.
        """
        if self._pipeline is None or self._pipeline.lost:
            if self._opening is None:
                self._opening = asyncio.create_task(self._open())
            return None
        return await self._pipeline.ask(values)

    async def _open(self) -> None:
        """Open a connection in a thread. Until its pipeline stands no other is opened."""
        try:
            self._pipeline = _Pipeline(await asyncio.to_thread(_connected, self._statement))
        except psycopg.Error as error:  # the next request asks for it again
            log.warning("webhook_groups_not_open", error=str(error))
        finally:
            self._opening = None


def _connected(statement: bytes) -> db.Connection:
    conn = db.connect(_OPTIONS)
    prepared = conn.pgconn.prepare(_NAME, statement)
    if prepared.status != ExecStatus.COMMAND_OK:
        conn.close()
        raise psycopg.OperationalError(prepared.get_error_message())
    conn.pgconn.nonblocking = 1
    conn.pgconn.enter_pipeline_mode()
    return conn


class _Pipeline:
    """One connection in libpq's pipeline mode, and the groups that go over it.

    See https://www.postgresql.org/docs/current/libpq-pipeline-mode.html. It listens to its own
    socket only, and a group is answered by the connection that it was sent on or by none.
    """

    def __init__(self, conn: db.Connection) -> None:
        self.lost = False
        self._loop = asyncio.get_running_loop()
        self._conn = conn
        self._pg: Any = conn.pgconn  # its annotations know of no NULL in a prepared statement
        self._socket = conn.pgconn.socket  # libpq forgets it when the connection is lost
        self._numbers = itertools.count(1)
        self._waiting: list[_Waiter] = []
        self._group: list[_Waiter] = []
        self._results: list[Any] = []
        self._deadline: asyncio.TimerHandle | None = None
        self._full = False
        """The socket did not take all that is to be sent."""
        self._loop.add_reader(self._socket, self._heard)

    def ask(self, values: Sequence[Any]) -> asyncio.Future[str | None]:
        """The answer to the statement with these values, when its group was answered."""
        number = b"%d" % next(self._numbers)
        waiter = _Waiter(
            number,
            [*map(_encoded, values), number],
            [*(int(isinstance(value, bytes)) for value in values), 0],
            self._loop.create_future(),
        )
        self._waiting.append(waiter)
        if not self._group:
            self._send()
        return waiter.answer

    def _fail(self, error: Exception) -> None:
        self.lose("broken" if isinstance(error, psycopg.Error) else "out_of_step", repr(error))

    def lose(self, why: str, error: str = "") -> None:
        """Throw the connection away, whatever it would still say; let everybody go alone."""
        if self.lost:
            return
        self.lost = True
        left = [*self._group, *self._waiting]
        self._group, self._waiting = [], []
        for waiter in left:  # first of all: whatever comes of the rest, nobody waits for ever
            waiter.say(None)
        if self._deadline is not None:
            self._deadline.cancel()
        if not self._loop.is_closed():
            for forget in (self._loop.remove_reader, self._loop.remove_writer):
                with suppress(OSError):  # libpq has closed the socket if the server is gone
                    forget(self._socket)
        self._conn.close()
        if left:
            families.GROUPS_LOST.add(why)
            log.warning("webhook_group_lost", why=why, error=error, waiting=len(left))

    def _send(self) -> None:
        """Let those who wait set out, as many as a group takes."""
        self._group, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
        self._results = []
        try:
            for waiter in self._group:
                self._pg.send_query_prepared(_NAME, waiter.values, waiter.formats)
            self._pg.pipeline_sync()
            self._flush()
        except Exception as error:  # noqa: BLE001 - whatever it is, nobody waits for ever
            self._fail(error)
        else:
            self._deadline = self._loop.call_later(PATIENCE, self.lose, "silent")

    def _flush(self) -> None:
        """Hand over what the socket takes, and the rest when it takes more."""
        full = bool(self._pg.flush())
        if full and not self._full:
            self._loop.add_writer(self._socket, self._heard)
        elif self._full and not full:
            self._loop.remove_writer(self._socket)
        self._full = full

    def _heard(self) -> None:
        """The server has said something, can be told more, or is gone."""
        try:
            self._pg.consume_input()
            self._flush()
            while self._group and not self._pg.is_busy():
                self._take(self._pg.get_result())
        except Exception as error:  # noqa: BLE001 - see above
            self._fail(error)

    def _take(self, result: Any) -> None:
        """The next that libpq says: for each statement its result and nothing, at last the sync.

        Raises:
            OutOfStepError: it is something else.
        """
        said = len(self._results)
        synced = result is not None and result.status == ExecStatus.PIPELINE_SYNC
        last = said == 2 * len(self._group)
        if synced != last or (result is None) != (said % 2 == 1):
            raise OutOfStepError
        if last:
            self._answer(self._results[::2])
        else:
            self._results.append(result)

    def _answer(self, results: list[Any]) -> None:
        """The group has committed, or was undone as a whole.

        Raises:
            OutOfStepError: an answer is not that of its statement.
        """
        if any(result.error_field(DiagnosticField.SQLSTATE) == _FORGOTTEN for result in results):
            self.lose("forgotten")
            return
        texts: list[str | None] = [None] * len(results)
        if all(result.status == ExecStatus.TUPLES_OK for result in results):
            if [result.get_value(0, 1) for result in results] != [
                one.number for one in self._group
            ]:
                raise OutOfStepError
            texts = [(result.get_value(0, 0) or b"").decode() for result in results]
        if self._deadline is not None:
            self._deadline.cancel()
        group, self._group = self._group, []
        for waiter, text in zip(group, texts, strict=True):
            waiter.say(text)
        if self._waiting:
            self._send()


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
