"""One connection per thread, kept open, and transactions on it.

Threads here are few and long-lived (web threads, worker threads), so a connection that
belongs to its thread needs no pool and no hand-over: measured, this is the fastest way in.
Statements outside `transaction()` commit by themselves: one statement, one round trip.
"""

from __future__ import annotations

import select
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import orjson
import psycopg
from psycopg.abc import AdaptContext, Transformer
from psycopg.pq import TransactionStatus
from psycopg.rows import DictRow, dict_row
from psycopg.types.composite import RecordBinaryLoader
from psycopg.types.json import set_json_dumps, set_json_loads

Connection = psycopg.Connection[DictRow]

P = ParamSpec("P")
T = TypeVar("T")

_local = threading.local()
_url = ""
_pooled = False

# A forgotten open transaction lets dead rows pile up under the claim's index.
SESSION = {
    "idle_in_transaction_session_timeout": "60000",
    "jit": "off",
    "timezone": "UTC",
}
_OPTIONS = " ".join(f"-c {name}={value}" for name, value in SESSION.items())


def dumps(value: Any) -> bytes:
    """JSON as it is stored.

    Raises:
        psycopg.DataError: it cannot be.
    """
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError as error:  # half a character; the server would refuse it too
        raise psycopg.DataError(str(error)) from error


set_json_dumps(dumps)
set_json_loads(orjson.loads)


def configure(url: str, *, pooled: bool = False) -> None:
    """Say once per process which database is meant (a libpq address).

    With `pooled` a bouncer stands in between and lends a server for a transaction only:
    nothing is prepared on the server by name, and no options are sent when connecting. What
    `_OPTIONS` sets then has to be set for the database, see `reknock doctor`.
    """
    global _url, _pooled  # one database per process is the point
    _url, _pooled = url, pooled
    close()


def url() -> str:
    """The database of this process."""
    return _url


def connection() -> Connection:
    """This thread's connection, opened or opened again when needed; autocommit.

    Raises:
        psycopg.OperationalError: the database cannot be reached.
    """
    conn: Connection | None = getattr(_local, "conn", None)
    if conn is not None and _local.url == _url and _usable(conn):
        return conn
    if getattr(_local, "only", False):
        raise psycopg.OperationalError("the one connection that may be used is gone")
    close()
    conn = connect()
    _local.conn = conn
    _local.url = _url
    return conn


def connect(options: str = "") -> Connection:
    """A connection of its own, autocommit, with more options of the server (`-c name=value`).

    Raises:
        psycopg.OperationalError: the database cannot be reached.
    """
    conn = psycopg.connect(
        _url,
        autocommit=True,
        row_factory=dict_row,
        connect_timeout=5,
        # A server that vanished without a word, since its machine died, is not waited for. By the
        # system's own settings whoever waits for its answer would do so for two hours.
        tcp_user_timeout=10_000,  # milliseconds until what was sent must have arrived
        keepalives_idle=5,  # seconds of silence until it is asked for a sign of life
        keepalives_interval=2,
        keepalives_count=3,
        prepare_threshold=None if _pooled else 5,
        options="" if _pooled else f"{_OPTIONS} {options}",
    )
    _remember_columns(conn)
    return conn


def _remember_columns(conn: Connection) -> None:
    """Let a connection find out once how the columns of rows within a row are read.

    psycopg does so for each array of each answer: a third of what reading a page's rows costs.
    """
    known: dict[tuple[int, ...], Transformer] = {}

    class Records(RecordBinaryLoader):
        def __init__(self, oid: int, _: AdaptContext | None = None) -> None:
            super().__init__(oid, conn)
            self._txs = known

    conn.adapters.register_loader("record", Records)


def _usable(conn: Connection) -> bool:
    """Whether it is open; of an idle one the socket knows when the server has ended it.

    A server that has nothing to answer says nothing, so a readable socket means good-bye.
    """
    if conn.closed or conn.broken:
        return False
    if conn.info.transaction_status != TransactionStatus.IDLE:
        return True
    poll = select.poll()
    poll.register(conn.fileno(), select.POLLIN)
    return not poll.poll(0)


@contextmanager
def only(conn: Connection) -> Iterator[None]:
    """Let this thread work on this connection and on no other: it is never opened again."""
    before, url = getattr(_local, "conn", None), getattr(_local, "url", "")
    _local.conn, _local.url, _local.only = conn, _url, True
    try:
        yield
    finally:
        _local.conn, _local.url, _local.only = before, url, False


def close() -> None:
    """Close this thread's connection, if any."""
    conn: Connection | None = getattr(_local, "conn", None)
    if conn is not None:
        _local.conn = None
        conn.close()


def again_after_deadlock(verb: Callable[P, T]) -> Callable[P, T]:
    """Let a verb that is one transaction be done once more when the database ended it.

    It must end one of two that wait for each other; somebody pressed a button and waits.
    """

    @wraps(verb)
    def done(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return verb(*args, **kwargs)
        except psycopg.errors.DeadlockDetected:
            if connection().info.transaction_status != TransactionStatus.IDLE:
                raise  # it was part of something larger
            return verb(*args, **kwargs)

    return done


@contextmanager
def transaction(patience: timedelta | None = None) -> Iterator[Connection]:
    """One transaction: commits at the end of the block, rolls back when it raises.

    Inside another one of the same thread it is a savepoint. With `patience` a statement that takes
    longer, or waits longer for a lock, ends it.

    Raises:
        psycopg.OperationalError: the database is away, or too slow.
    """
    conn = connection()
    outermost = conn.info.transaction_status == TransactionStatus.IDLE
    if outermost:
        _local.after = []
    with conn.transaction():
        if patience is not None:
            at_most = f"{patience / timedelta(milliseconds=1):.0f}"
            conn.execute("SELECT set_config('statement_timeout', %s, true)", [at_most])
        yield conn
    if outermost:
        for act in dict.fromkeys(_local.after):
            act()


def after_commit(act: Callable[[], None]) -> None:
    """Have `act` done once this thread's open transaction has committed; never before."""
    _local.after.append(act)
