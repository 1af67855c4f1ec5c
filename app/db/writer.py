"""How a statement of the busiest path is run: one interface, and two ways behind it.

`PlainWriter` is psycopg's `execute` on the thread's own connection. `GroupedWriter`, in
`grouped.py`, lets statements of several threads share a round trip and a commit. Both give the
same answers and raise the same errors; a setting chooses between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from psycopg.rows import tuple_row

from app.db import connection as db


class Writer(Protocol):
    """Runs one statement that answers with one text."""

    def text(self, values: Sequence[Any]) -> str:
        """Run the statement with these values and commit; the text that it answers with.

        Raises:
            psycopg.OperationalError: the database is away, or the connection broke and it is
                not known whether the statement was committed.
            psycopg.Error: the statement failed; nothing was done.
        """


class PlainWriter:
    """Runs the statement by itself."""

    def __init__(self, statement: str) -> None:
        """`statement` has `%s` where the values go."""
        self._statement = statement.encode()

    def text(self, values: Sequence[Any]) -> str:
        """See `Writer`."""
        with db.connection().cursor(row_factory=tuple_row) as cursor:
            row = cursor.execute(self._statement, values).fetchone()
        return str(row[0]) if row else ""
