"""A connection that is kept for the next test holds nothing of the former."""

from __future__ import annotations

from app.db import connection as db
from app.settings import Settings


def pid() -> int:
    return db.connection().info.backend_pid


def test_it_is_as_if_it_were_new(settings: Settings) -> None:
    conn, first = db.connection(), pid()
    conn.execute("SET work_mem = '77MB'")
    conn.execute("CREATE TEMPORARY TABLE of_one_test (id int)")
    conn.execute("SELECT pg_advisory_lock(7)")
    conn.execute("LISTEN to_one_test")
    for _ in range(9):
        conn.execute("SELECT 'said often'")
    db.configure(settings.database_url)
    assert pid() == first
    holds = (
        db.connection()
        .execute(
            """SELECT current_setting('work_mem') AS work_mem, to_regclass('of_one_test') AS made,
                  (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory') AS locks,
                  (SELECT count(*) FROM pg_listening_channels()) AS listens,
                  (SELECT count(*) FROM pg_prepared_statements) AS prepared"""
        )
        .fetchone()
    )
    assert holds
    assert holds.pop("work_mem") != "77MB"
    assert holds == {"made": None, "locks": 0, "listens": 0, "prepared": 0}
    for _ in range(9):
        assert db.connection().execute("SELECT 'said often' AS said").fetchone()


def test_one_in_the_middle_of_something_is_closed(settings: Settings) -> None:
    first = pid()
    db.connection().execute("BEGIN")
    db.close()
    assert pid() != first


def test_one_that_the_server_ended_is_not_used_again(settings: Settings) -> None:
    first = pid()
    db.close()
    with db.connect("-c jit=off") as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [first])
    assert pid() != first
