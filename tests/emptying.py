"""A database that a test has used becomes as empty as the template, where that is safe."""

from __future__ import annotations

import os
from typing import Any

import psycopg
from psycopg import sql

from tests import warm

OURS = f"tests {os.getpid()}"
"""What connections of this process are called, so that they differ from those it started."""

_END_OURS = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = %s
    AND pid <> ALL(%s)
"""

_OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
    AND pid <> ALL(%s)
"""

_SCHEMA = sql.SQL(" UNION ALL ").join(
    sql.SQL("SELECT count(*), coalesce(max(xmin::text::bigint), 0) FROM {}").format(
        sql.Identifier(name)
    )
    for name in (
        "pg_class",
        "pg_attribute",
        "pg_constraint",
        "pg_index",
        "pg_proc",
        "pg_trigger",
        "pg_type",
    )
)
"""Any change of a schema writes a row in one of these, in a later transaction."""

_USED = """
SELECT oid::regclass::text FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0
"""

_SEQUENCES = """
SELECT format('%I.%I', schemaname, sequencename), coalesce(last_value, start_value),
    last_value IS NOT NULL
FROM pg_sequences
"""


class Emptying:
    """What the template holds, and how another database comes to hold the same again."""

    def __init__(self, template: str) -> None:
        """`template`: the address of the migrated database that others are copies of."""
        self._connections: dict[str, psycopg.Connection[Any]] = {}
        os.environ["PGAPPNAME"] = OURS  # libpq's default; processes of a test do not inherit it
        with psycopg.connect(template, autocommit=True) as conn:
            self._schema = conn.execute(_SCHEMA).fetchall()
            self._rows = {
                table: self._read(conn, table) for (table,) in conn.execute(_USED).fetchall()
            }
            sequences = conn.execute(_SEQUENCES).fetchall()
        self._restart = "SELECT " + ", ".join(
            f"setval('{name}', {value}, {called})" for name, value, called in sequences
        )

    def empty(self, url: str) -> bool:
        """Whether it is as the template is now; False: it has to be dropped.

        It is left alone where its schema was changed, or where a process that the test started is
        still connected and might write when the next test has begun.
        """
        conn, kept = self._connection(url), warm.pids()
        with conn.transaction():
            conn.execute(_END_OURS, [OURS, kept])
            conn.execute("SELECT pg_stat_clear_snapshot()")
            if conn.execute(_OTHERS, [kept]).fetchone() != (0,):
                return False
            if conn.execute(_SCHEMA).fetchall() != self._schema:
                return False
            for (table,) in conn.execute(_USED).fetchall():
                conn.execute(sql.SQL("DELETE FROM {}").format(sql.SQL(table)))
            for table, rows in self._rows.items():
                with conn.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(sql.SQL(table))) as to:
                    to.write(rows)
            conn.execute(self._restart)
        return True

    def _connection(self, url: str) -> psycopg.Connection[Any]:
        """Its own, kept open: a new one would read the whole catalogue again."""
        conn = self._connections.pop(url, None)
        if conn is None or conn.closed or not self._answers(conn):
            conn = psycopg.connect(
                url, options="-c session_replication_role=replica", autocommit=True
            )
        self._connections[url] = conn
        return conn

    def close(self) -> None:
        """Close its connections."""
        for conn in self._connections.values():
            conn.close()

    @staticmethod
    def _answers(conn: psycopg.Connection[Any]) -> bool:
        try:
            conn.execute("")
        except psycopg.OperationalError:
            return False
        return True

    @staticmethod
    def _read(conn: psycopg.Connection[Any], table: str) -> bytes:
        with conn.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.SQL(table))) as rows:
            return b"".join(bytes(part) for part in rows)
