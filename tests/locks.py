"""In which order rows are locked: who locks the oldest first waits for nobody who does the same."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from psycopg import sql

from app.db.connection import close, connection, transaction

_AS_OF_MANY_ROWS = "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off"
_BY_PAGES = "SET enable_indexscan = off; SET enable_bitmapscan = off"
PLANS = [_AS_OF_MANY_ROWS, _BY_PAGES]
"""Two ways of the server to the same rows, of which it takes what it thinks best."""


def oldest_first(act: Callable[[], object], plan: str, table: str, ids: tuple[int, int]) -> bool:
    """Whether `act`, held up at the first of these two rows, has not locked the second."""

    def run() -> None:
        try:
            connection().execute(plan)
            act()
        finally:
            close()

    row = sql.SQL("SELECT 1 FROM {} WHERE id = %s FOR UPDATE SKIP LOCKED").format(
        sql.Identifier(table)
    )
    with ThreadPoolExecutor(1) as pool:
        with transaction() as conn:
            conn.execute(row, [ids[0]])
            done = pool.submit(run)
            waits = "SELECT 1 FROM pg_locks WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))"
            while not done.done() and not conn.execute(waits).fetchone():
                pass
            held_up = not done.done()
            free = conn.execute(row, [ids[1]]).fetchone() is not None
        done.result()
    assert held_up
    return free
