"""This process's connections outlive the test that opened them, but nothing of the test does.

A server process that has just begun reads the catalogue of 300 tables and indexes anew. Measured
over a small story: 109 ms of the server's processor time with new connections, 78 with kept ones.
"""

from __future__ import annotations

from collections import defaultdict

import psycopg
from psycopg._preparing import PrepareManager
from psycopg.pq import TransactionStatus

from app.db import connection
from app.db.connection import Connection

_AT_MOST = 2  # for each database; a test with many threads leaves more

_open, _end = connection.connect, connection.close
_kept: dict[tuple[str, int, str], list[Connection]] = defaultdict(list)


def keep() -> None:
    """Let whoever opens and closes a thread's connection do it in this way from now on."""
    connection.connect = connect
    connection.close = close


def connect(options: str = "") -> Connection:
    """In place of `connection.connect`: one that is there already, where it would be the same."""
    if not options and not connection._pooled:
        info = psycopg.conninfo.conninfo_to_dict(connection.url())
        found = _kept[str(info.get("host")), int(info.get("port") or 5432), str(info["dbname"])]
        while found:
            conn = found.pop()
            if connection._usable(conn):
                return conn
            conn.close()
    return _open(options)


def close() -> None:
    """In place of `connection.close`: an idle one is as it was at first, and waits for the next."""
    conn: Connection | None = getattr(connection._local, "conn", None)
    if conn is None or not _can_be_kept(conn):
        _end()
        return
    connection._local.conn = None
    conn.execute("DISCARD ALL")
    conn._prepared = PrepareManager()
    _kept[_place(conn)].append(conn)


def pids() -> list[int]:
    """The server's processes of those that are kept."""
    return [conn.info.backend_pid for kept in _kept.values() for conn in kept if not conn.closed]


def end() -> None:
    """Close all that are kept."""
    for kept in _kept.values():
        while kept:
            kept.pop().close()


def _place(conn: Connection) -> tuple[str, int, str]:
    return conn.info.host, conn.info.port, conn.info.dbname


def _can_be_kept(conn: Connection) -> bool:
    return (
        conn.prepare_threshold is not None
        and not getattr(connection._local, "only", False)
        and connection._usable(conn)
        and conn.info.transaction_status == TransactionStatus.IDLE
        and len(_kept[_place(conn)]) < _AT_MOST
    )
