"""The grouped writer: statements of many threads in one round trip and one commit.

While a group is on its way, the threads that come wait and form the next group. One of them, the
leader, sends the group as one libpq pipeline on a connection that belongs to the groups. Nobody
waits for company: a thread that finds no group on its way leads a group of its own at once.

If anything in a group fails, nothing of it was done and every thread runs its own statement
alone, so that each gets its own error.
"""

from __future__ import annotations

import atexit
import contextlib
import itertools
import select
import threading
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import psycopg
from psycopg.pq import DiagnosticField, ExecStatus
from psycopg.types.json import Jsonb

from app.db import connection as db
from app.db.writer import PlainWriter

# A group holds many locks. Two groups that wait for each other, or one that waits long, soon
# give up, and each of their statements runs alone.
_OPTIONS = "-c lock_timeout=10"

_FORGOTTEN = b"26000"  # the server no longer knows the prepared statement
_NAME = b"grouped"

_Answer = str | None | psycopg.OperationalError
"""None when the group failed; an error when the database is away."""


class _Waiter:
    """A thread that waits for its answer, or for its turn to lead."""

    __slots__ = ("answer", "answered", "formats", "turn", "values")

    def __init__(self, values: Sequence[Any]) -> None:
        self.values = [_encoded(value) for value in values]
        self.formats = [int(isinstance(value, bytes)) for value in values]
        self.answer: _Answer = None
        self.answered = False
        self.turn = threading.Lock()
        """Released when there is an answer, or when it is this thread's turn to lead."""
        self.turn.acquire()


class GroupedWriter:
    """Runs one statement for all threads of the process that ask for it."""

    def __init__(self, statement: str) -> None:
        """`statement` has `%s` where the values go."""
        self._alone = PlainWriter(statement)
        self._statement = _numbered(statement)
        self._lock = threading.Lock()
        self._waiting: list[_Waiter] = []
        self._leading = False
        self._pipeline: _Pipeline | None = None  # only the leader touches it
        atexit.register(self._at_exit)

    def text(self, values: Sequence[Any]) -> str:
        """See `app.db.writer.Writer`."""
        text = self._together(values)
        return self._alone.text(values) if text is None else text

    def _together(self, values: Sequence[Any]) -> str | None:
        """Run the statement in a group; None when the group failed, through whichever of them.

        When the connection broke in the middle it is not known whether the group was committed.
        """
        waiter = _Waiter(values)
        with self._lock:
            self._waiting.append(waiter)
            leads = not self._leading
            self._leading = True
        if not leads:
            waiter.turn.acquire()
        if not waiter.answered:
            self._lead()
        if isinstance(waiter.answer, psycopg.OperationalError):
            raise psycopg.OperationalError(str(waiter.answer)) from waiter.answer
        return waiter.answer

    def _lead(self) -> None:
        """Run all who wait now; the first of those who came meanwhile is the next leader."""
        with self._lock:
            group, self._waiting = self._waiting, []
        answers: Sequence[_Answer] = [None] * len(group)
        try:
            answers = self._run(group)
        except BaseException as error:
            self._disconnect()  # whatever the server would still say is for nobody
            if not isinstance(error, psycopg.Error):
                raise
        finally:
            for waiter, answer in zip(group, answers, strict=True):
                waiter.answer, waiter.answered = answer, True
            with self._lock:
                next_leader = self._waiting[:1]
                self._leading = bool(next_leader)
            for waiter in (*next_leader, *group):
                waiter.turn.release()

    def _run(self, group: list[_Waiter]) -> Sequence[_Answer]:
        if self._pipeline is None or self._pipeline.url != db.url():
            self._disconnect()
            try:
                self._pipeline = _Pipeline()
            except psycopg.OperationalError as away:
                return [away] * len(group)
            self._pipeline.prepare(self._statement)
        results = self._pipeline.run(group)
        if all(result.status == ExecStatus.TUPLES_OK for result in results):
            return [(result.get_value(0, 0) or b"").decode() for result in results]
        if any(result.error_field(DiagnosticField.SQLSTATE) == _FORGOTTEN for result in results):
            raise psycopg.OperationalError("the statement has to be prepared again")
        return [None] * len(group)

    def _disconnect(self) -> None:
        pipeline, self._pipeline = self._pipeline, None
        if pipeline is not None:
            with contextlib.suppress(psycopg.Error):
                pipeline.conn.close()

    def _at_exit(self) -> None:
        with self._lock:
            idle = not self._leading
            self._leading = True  # threads that still come wait for the end of the process
        if idle:  # otherwise a thread is inside libpq with the connection
            self._disconnect()


class _Pipeline:
    """The connection of the groups, in libpq's pipeline mode.

    See https://www.postgresql.org/docs/current/libpq-pipeline-mode.html.
    """

    def __init__(self) -> None:
        self.url = db.url()
        self.conn = db.connect(_OPTIONS)
        self._poll = select.poll()

    def prepare(self, statement: bytes) -> None:
        """Make ready for `run`."""
        pg = self.conn.pgconn
        pg.prepare(_NAME, statement)  # if this fails, so does every run, and all go alone
        pg.nonblocking = 1
        pg.enter_pipeline_mode()
        self._poll.register(pg.socket, select.POLLIN)

    def run(self, group: list[_Waiter]) -> list[Any]:
        """The result of each statement, after the commit; if one failed, none was done.

        Raises:
            psycopg.OperationalError: none was done, or the connection broke and nobody knows.
        """
        pg: Any = self.conn.pgconn  # its annotations know of no NULL in a prepared statement
        for waiter in group:
            pg.send_query_prepared(_NAME, waiter.values, waiter.formats)
        pg.pipeline_sync()
        self._send(pg)
        results = []
        for _ in group:
            results.append(self._result(pg))
            self._result(pg)  # nothing: the end of the statement's results
        if self._result(pg).status != ExecStatus.PIPELINE_SYNC:
            raise psycopg.OperationalError("the commit failed")
        return results

    def _send(self, pg: Any) -> None:
        if not pg.flush():
            return
        self._poll.modify(pg.socket, select.POLLIN | select.POLLOUT)
        while pg.flush():
            self._poll.poll()
            pg.consume_input()
        self._poll.modify(pg.socket, select.POLLIN)

    def _result(self, pg: Any) -> Any:
        while pg.is_busy():
            self._poll.poll()
            pg.consume_input()
        return pg.get_result()


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
