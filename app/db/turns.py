"""Who does what only one process may do, and which processes live."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import scalar_row

from app.db.connection import Connection


def try_lock(conn: Connection, number: int) -> bool:
    """Take the advisory lock of this number until the transaction ends; False: another has it."""
    row = conn.execute("SELECT pg_try_advisory_xact_lock(%s) AS mine", [number]).fetchone()
    return bool(row and row["mine"])


def lock(conn: Connection, number: int) -> None:
    """Take the advisory lock of this number until the transaction ends, once it is free."""
    conn.execute("SELECT pg_advisory_xact_lock(%s)", [number])


def beat(conn: Connection, name: str, now: datetime) -> None:
    """Show that a process of this name lives."""
    conn.execute(
        """INSERT INTO heartbeats VALUES (%s, %s)
           ON CONFLICT (name) DO UPDATE SET at = excluded.at""",
        [name, now],
    )


def last_beat(conn: psycopg.Connection[Any], prefix: str) -> datetime | None:
    """When a process whose name begins so was last seen."""
    query = "SELECT max(at) FROM heartbeats WHERE starts_with(name, %s)"
    with conn.cursor(row_factory=scalar_row) as cursor:
        seen: datetime | None = cursor.execute(query, [prefix]).fetchone()
    return seen


def beats(conn: Connection) -> dict[str, datetime]:
    """When a process of each kind was last seen."""
    return {row["name"]: row["at"] for row in conn.execute("SELECT name, at FROM heartbeats")}


def server_of(conn: psycopg.Connection[Any]) -> int:
    """The process of Postgres that serves this session's next statement."""
    with conn.cursor(row_factory=scalar_row) as cursor:
        return int(cursor.execute("SELECT pg_backend_pid()").fetchone() or 0)


def settings_to_set(conn: psycopg.Connection[Any], wanted: Mapping[str, str]) -> list[str]:
    """The statements that let the database give each session these settings, where it does not."""
    query = "SELECT lower(name), setting FROM pg_settings WHERE lower(name) = ANY(%s)"
    there = dict(conn.execute(query, [list(wanted)]).fetchall())
    return [
        f"ALTER DATABASE \"{conn.info.dbname}\" SET {name} = '{value}';"
        for name, value in wanted.items()
        if there.get(name) != value
    ]
