"""Reads that share a statement: a page that shows ten things asks the database once.

Each store says what it reads as `Rows`, which can be read alone, or with others by `together`. What
is read in one statement is also seen at one moment.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeAlias, TypeVar

from psycopg import RawCursor
from psycopg.rows import kwargs_row, tuple_row

from app.db.connection import Connection

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Rows(Generic[T]):
    """Rows that a store reads."""

    columns: tuple[str, ...]
    """All that `sql` selects, in any order; the arguments of `make`."""
    sql: str
    """A SELECT; values stand in it by name, such as `%(case)s`."""
    make: Callable[..., T]

    def read(self, conn: Connection, **values: Any) -> list[T]:
        """Read them, and nothing else."""
        with conn.cursor(row_factory=kwargs_row(self.make)) as cursor:
            return cursor.execute(self.sql.encode(), values, binary=True).fetchall()


Reads: TypeAlias = Mapping[str, Rows[Any]]
"""What is read together, by names of the reader's own."""


def together(conn: Connection, rows: Reads, of: str = "", **values: Any) -> dict[str, Any]:
    """All of these in one statement: a list for each name.

    `of` is a SELECT of at most one row whose columns stand for values that are not known yet; all
    lists are empty where it finds none.
    """
    statement, names = _statement(tuple(rows.items()), of, tuple(values))
    with RawCursor(conn, row_factory=tuple_row) as cursor:
        cursor.execute(statement, [values[name] for name in names], binary=True)
        found = cursor.fetchone() or [()] * len(rows)
    return {
        name: [of.make(**dict(zip(of.columns, row, strict=True))) for row in part]
        for (name, of), part in zip(rows.items(), found, strict=True)
    }


def first(rows: Sequence[T]) -> T | None:
    """The only one of them, or the first; None without any."""
    return rows[0] if rows else None


@cache
def _statement(
    rows: tuple[tuple[str, Rows[Any]], ...], of: str, given: tuple[str, ...]
) -> tuple[bytes, list[str]]:
    """The statement, and which value each of its places takes.

    It is written as the server reads it: what is this long is not kept by psycopg but gone through
    anew each time.
    """
    names: dict[str, int] = {}

    def value(place: re.Match[str]) -> str:
        match place[1]:
            case None:
                return "%"
            case name if name in given:
                return f"${names.setdefault(name, len(names) + 1)}"
            case name:
                return f'of."{name}"'

    arrays = ", ".join(_array(one) for _, one in rows)
    of = f" FROM ({of}) of" if of else ""
    return _PLACE.sub(value, f"SELECT {arrays}{of}").encode(), list(names)


_PLACE = re.compile(r"%\((\w+)\)s|%%")


def _array(of: Rows[Any]) -> str:
    # Rows in an array keep their types, and in binary they come as what they are, not as text.
    columns = ", ".join(f'r."{column}"' for column in of.columns)
    return f"ARRAY(SELECT ROW({columns}) FROM ({of.sql}) r)"  # noqa: S608 - of stores
