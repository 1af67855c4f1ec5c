"""A statement for the busiest path: prepared once for each connection, run by the shortest way.

psycopg's `execute` hands Python's lock over three times for each statement, and under load
each time queues for it. Here it is one call into libpq, which waits by itself.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import psycopg
from psycopg import errors
from psycopg.pq import ConnStatus, DiagnosticField, ExecStatus, TransactionStatus

from app.db.connection import Connection, dumps

FORGOTTEN = b"26000"  # psycopg forgets all that is prepared after some rollbacks


class Prepared:
    """One statement with parameters `$1`…; every thread runs it on its own connection."""

    def __init__(self, name: str, statement: str) -> None:
        self.name = name.encode()
        self.statement = statement.encode()
        self._prepared = threading.local()

    def row(self, conn: Connection, values: Sequence[Any]) -> list[bytes | None]:
        """Run it; the first row, each value as the server writes it.

        Values are of the types that `encoded` knows.

        Raises:
            psycopg.Error: as from `execute`.
        """
        result = self._run(conn, *encoded(values))
        if result.status != ExecStatus.TUPLES_OK:
            if conn.pgconn.status == ConnStatus.BAD:
                raise psycopg.OperationalError(conn.pgconn.get_error_message())
            raise errors.error_from_result(result)
        return first_row(result)

    def _run(self, conn: Connection, sent: list[bytes | None], formats: list[int]) -> Any:
        pg: Any = conn.pgconn  # its annotations know of no NULL in a prepared statement
        if pg.transaction_status != TransactionStatus.IDLE:  # nothing can be mended in it
            return pg.exec_params(self.statement, sent, None, formats)
        if getattr(self._prepared, "conn", None) is conn:
            result = pg.exec_prepared(self.name, sent, formats)
            if result.error_field(DiagnosticField.SQLSTATE) != FORGOTTEN:
                return result
        result = pg.prepare(self.name, self.statement)
        if result.status != ExecStatus.COMMAND_OK:
            return result
        self._prepared.conn = conn
        return pg.exec_prepared(self.name, sent, formats)


def encoded(values: Sequence[Any]) -> tuple[list[bytes | None], list[int]]:
    """Parameters and their formats for libpq.

    Values are texts, whole numbers, bytes, aware times, dictionaries for JSON, or None.
    """
    return (
        [_written(value) for value in values],
        [int(isinstance(value, bytes)) for value in values],
    )


def _written(value: Any) -> bytes | None:
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
    return dumps(value)


def first_row(result: Any) -> list[bytes | None]:
    """The first row of a libpq result, each value as the server writes it."""
    return [result.get_value(0, column) for column in range(result.nfields)]
