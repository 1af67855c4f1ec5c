"""A statement of many threads at once: who comes while a group is on its way goes with the next.

A group travels as one pipeline on a connection of its own and commits as one transaction, so
that a round trip and a commit are shared by all who would have waited for them anyway. Nobody
waits for company.
"""

from __future__ import annotations

import atexit
import contextlib
import select
import threading
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg.pq import DiagnosticField, ExecStatus

from app.db import connection as db
from app.db.prepared import FORGOTTEN, Prepared, encoded, first_row

# In a group there are many locks. Two groups that wait for each other, or one that waits long,
# soon give up, and everybody goes alone.
_OPTIONS = "-c lock_timeout=10"

Row = list[bytes | None]
_Answer = Row | psycopg.OperationalError
"""Empty when the group failed; an error when the database is away."""


class _Seat:
    """One thread's place in a group."""

    __slots__ = ("answer", "formats", "sent", "turn")

    def __init__(self, sent: list[bytes | None], formats: list[int]) -> None:
        self.sent = sent
        self.formats = formats
        self.answer: _Answer | None = None
        """None until the group has run."""
        self.turn = threading.Lock()
        """Held until there is an answer, or until it is this thread's turn to drive."""
        self.turn.acquire()


class Together:
    """A prepared statement, run for all threads of the process that ask for it."""

    def __init__(self, prepared: Prepared) -> None:
        self._prepared = prepared
        self._lock = threading.Lock()
        self._waiting: list[_Seat] = []
        self._driven = False
        self._line: _Line | None = None  # only its driver touches it
        atexit.register(self._at_exit)

    def row(self, values: Sequence[Any]) -> Row | None:
        """As `Prepared.row`; None when the group failed, through whomever: then go alone.

        When the connection broke in the middle, it is not known whether it was committed.

        Raises:
            psycopg.OperationalError: the database cannot be reached.
        """
        seat = _Seat(*encoded(values))
        with self._lock:
            self._waiting.append(seat)
            drives = not self._driven
            self._driven = True
        if not drives:
            seat.turn.acquire()
        if seat.answer is None:
            self._drive()
        if isinstance(seat.answer, psycopg.OperationalError):
            raise psycopg.OperationalError(str(seat.answer)) from seat.answer
        return seat.answer or None

    def _drive(self) -> None:
        """Run all who wait now, and let the first of those who came meanwhile drive next."""
        with self._lock:
            group, self._waiting = self._waiting, []
        answers: Sequence[_Answer] = [[]] * len(group)
        try:
            answers = self._run(group)
        except BaseException as error:
            self._hang_up()  # whatever it would still say is for nobody
            if not isinstance(error, psycopg.Error):
                raise
        finally:
            for seat, answer in zip(group, answers, strict=True):
                seat.answer = answer
            with self._lock:
                heirs = self._waiting[:1]
                self._driven = bool(heirs)
            for seat in (*heirs, *group):
                seat.turn.release()

    def _run(self, group: list[_Seat]) -> Sequence[_Answer]:
        if self._line is None or self._line.url != db.url():
            self._hang_up()
            try:
                self._line = _Line()
            except psycopg.OperationalError as away:
                return [away] * len(group)
            self._line.prepare(self._prepared)
        results = self._line.run(self._prepared.name, group)
        if all(result.status == ExecStatus.TUPLES_OK for result in results):
            return [first_row(result) for result in results]
        if any(result.error_field(DiagnosticField.SQLSTATE) == FORGOTTEN for result in results):
            raise psycopg.OperationalError("the statement has to be prepared again")
        return [[]] * len(group)

    def _hang_up(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            with contextlib.suppress(psycopg.Error):
                line.conn.close()

    def _at_exit(self) -> None:
        with self._lock:
            idle = not self._driven
            self._driven = True  # whoever still comes waits for the end
        if idle:  # else a thread is inside libpq with it
            self._hang_up()


class _Line:
    """The connection of the groups, in libpq's pipeline mode.

    See https://www.postgresql.org/docs/current/libpq-pipeline-mode.html.
    """

    def __init__(self) -> None:
        self.url = db.url()
        self.conn = db.connect(_OPTIONS)
        self._poll = select.poll()

    def prepare(self, prepared: Prepared) -> None:
        """Make ready for `run`."""
        pg = self.conn.pgconn
        pg.prepare(prepared.name, prepared.statement)  # if it fails so does what runs it
        pg.nonblocking = 1
        pg.enter_pipeline_mode()
        self._poll.register(pg.socket, select.POLLIN)

    def run(self, name: bytes, group: list[_Seat]) -> list[Any]:
        """The result of each, after the commit; if one failed, none was done.

        Raises:
            psycopg.OperationalError: none was done, or the connection broke and nobody knows.
        """
        pg: Any = self.conn.pgconn  # its annotations know of no NULL in a prepared statement
        for seat in group:
            pg.send_query_prepared(name, seat.sent, seat.formats)
        pg.pipeline_sync()
        self._send(pg)
        results = []
        for _ in group:
            results.append(self._result(pg))
            self._result(pg)  # nothing: the end of its results
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
