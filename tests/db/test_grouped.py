"""Threads that share a round trip and a commit lose nothing by it, and never wait for ever."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from app.db.connection import connect, connection
from app.db.grouped import GroupedWriter
from app.settings import Settings
from tests.web import eventually

PATIENCE = 30  # seconds a stuck test may take


@pytest.fixture(autouse=True)
def notes(settings: Settings) -> None:
    """What a statement under test can do: note a text, after its lock was free, or fail."""
    connection().execute("CREATE TABLE notes (text text PRIMARY KEY, xid xid8)")
    connection().execute(
        """CREATE FUNCTION note(p_text text, p_divisor int, p_body bytea) RETURNS text
           LANGUAGE plpgsql AS $$
           BEGIN
               PERFORM pg_advisory_xact_lock(hashtext(p_text));
               PERFORM 1 / p_divisor;
               INSERT INTO notes VALUES (p_text, pg_current_xact_id());
               RETURN concat(p_text, ' ', octet_length(p_body));
           END $$"""
    )


NOTE = "SELECT note(%s, %s, %s)"


def grouped() -> GroupedWriter:
    return GroupedWriter(NOTE)


def noted() -> dict[str, str]:
    """By text, the transaction that wrote it."""
    rows = connection().execute("SELECT text, xid::text FROM notes").fetchall()
    return {row["text"]: row["xid"] for row in rows}


@contextmanager
def held(text: str) -> Iterator[None]:
    """Whoever wants to note this text has to wait."""
    other = connect()
    other.execute("SELECT pg_advisory_lock(hashtext(%s))", [text])
    try:
        yield
    finally:
        other.close()


@contextmanager
def behind(group: GroupedWriter, monkeypatch: pytest.MonkeyPatch) -> Iterator[ThreadPoolExecutor]:
    """While the block runs a group is on its way, so what is begun in it waits together."""
    gate = threading.Event()
    run = group._run

    def late(waiters: list[Any]) -> Any:
        assert gate.wait(PATIENCE)
        return run(waiters)

    monkeypatch.setattr(group, "_run", late)
    with ThreadPoolExecutor(16) as threads:
        first = threads.submit(group._together, ("first", 1, b""))
        eventually(lambda: group._leading and not group._waiting)
        yield threads
        gate.set()
        assert first.result(PATIENCE) == "first 0"


def all_waiting(group: GroupedWriter, number: int) -> Callable[[], bool]:
    return lambda: len(group._waiting) == number


def test_those_who_wait_share_one_transaction_and_each_gets_its_own_answer(
    monkeypatch: pytest.MonkeyPatch,
):
    group = grouped()
    with behind(group, monkeypatch) as threads:
        asked = {
            f"n{n}": threads.submit(group._together, (f"n{n}", 1, b"x" * n)) for n in range(1, 9)
        }
        eventually(all_waiting(group, 8))
    for n, future in enumerate(asked.values(), 1):
        assert future.result(PATIENCE) == f"n{n} {n}"
    by = noted()
    assert len({by[text] for text in asked}) == 1
    assert by["first"] != by["n1"]


def test_one_that_fails_makes_the_whole_group_go_alone_and_nothing_was_done(
    monkeypatch: pytest.MonkeyPatch,
):
    group = grouped()
    with behind(group, monkeypatch) as threads:
        asked = [
            threads.submit(group._together, (text, divisor, b""))
            for text, divisor in (("good", 1), ("bad", 0), ("fine", 1))
        ]
        eventually(all_waiting(group, 3))
    assert [future.result(PATIENCE) for future in asked] == [None, None, None]
    assert set(noted()) == {"first"}
    assert group.text(("good", 1, b"")) == "good 0"


def test_what_fails_only_at_the_commit_was_not_done():
    connection().execute(
        """ALTER TABLE notes ADD UNIQUE (xid) DEFERRABLE INITIALLY DEFERRED;
           CREATE FUNCTION twice() RETURNS trigger LANGUAGE plpgsql AS $$
           BEGIN
               INSERT INTO notes VALUES ('again', NEW.xid);
               RETURN NULL;
           END $$;
           CREATE TRIGGER twice AFTER INSERT ON notes FOR EACH ROW
              WHEN (NEW.text = 'bad') EXECUTE FUNCTION twice()"""
    )
    group = grouped()
    assert group._together(("bad", 1, b"")) is None
    assert noted() == {}
    assert group._together(("good", 1, b"")) == "good 0"


def test_bodies_larger_than_a_socket_holds_go_through(monkeypatch: pytest.MonkeyPatch):
    group = grouped()
    body = bytes(range(256)) * 1024
    with behind(group, monkeypatch) as threads:
        asked = [threads.submit(group._together, (f"n{n}", 1, body)) for n in range(12)]
        eventually(all_waiting(group, 12))
    assert [future.result(PATIENCE) for future in asked] == [f"n{n} {len(body)}" for n in range(12)]


def test_a_group_does_not_wait_long_for_what_another_holds():
    group = grouped()
    with held("wanted"):
        assert group._together(("wanted", 1, b"")) is None
    assert group.text(("wanted", 1, b"")) == "wanted 0"


def _ended(group: GroupedWriter) -> None:
    assert group._pipeline is not None
    pid = group._pipeline.conn.info.backend_pid
    connection().execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def test_a_connection_that_was_ended_is_opened_again():
    group = grouped()
    assert group._together(("one", 1, b"")) == "one 0"
    _ended(group)
    assert group._together(("two", 1, b"")) is None
    assert group._together(("two", 1, b"")) == "two 0"


def test_a_connection_that_is_ended_in_the_middle_leaves_nobody_waiting():
    slow = GroupedWriter("SELECT pg_sleep(%s::int)::text")
    with ThreadPoolExecutor(4) as threads:
        first = threads.submit(slow._together, (600,))
        eventually(lambda: slow._pipeline)
        others = [threads.submit(slow._together, (600,)) for _ in range(3)]
        eventually(all_waiting(slow, 3))
        _ended(slow)
        assert first.result(PATIENCE) is None
        eventually(lambda: slow._pipeline)  # of the three
        _ended(slow)
        assert [other.result(PATIENCE) for other in others] == [None] * 3


def test_at_the_end_an_idle_connection_is_closed_and_one_in_use_is_left_alone(
    monkeypatch: pytest.MonkeyPatch,
):
    group = grouped()
    assert group._together(("zero", 1, b"")) == "zero 0"
    with behind(group, monkeypatch):
        group._at_exit()
        assert group._pipeline is not None
    idle = grouped()
    assert idle._together(("one", 1, b"")) == "one 0"
    idle._at_exit()
    assert idle._pipeline is None


def test_statements_that_were_forgotten_are_prepared_anew():
    group = grouped()
    assert group._together(("one", 1, b"")) == "one 0"
    assert group._pipeline is not None
    pg = group._pipeline.conn.pgconn
    pg.exit_pipeline_mode()
    group._pipeline.conn.execute("DEALLOCATE ALL")
    pg.enter_pipeline_mode()
    assert group._together(("two", 1, b"")) is None
    assert group._together(("two", 1, b"")) == "two 0"


def test_without_a_database_one_asks_for_all_who_wait(monkeypatch: pytest.MonkeyPatch):
    tries: list[str] = []
    gate = threading.Event()

    def away(options: str) -> None:
        tries.append(options)
        assert gate.wait(PATIENCE)
        raise psycopg.OperationalError("nobody listens")

    monkeypatch.setattr("app.db.grouped.db.connect", away)
    group = grouped()
    with ThreadPoolExecutor(4) as threads:
        asked = [threads.submit(group._together, ("first", 1, b""))]
        eventually(lambda: tries)
        asked += [threads.submit(group._together, (f"n{n}", 1, b"")) for n in range(3)]
        eventually(all_waiting(group, 3))
        gate.set()
    for future in asked:
        with pytest.raises(psycopg.OperationalError, match="nobody listens"):
            future.result(PATIENCE)
    assert len(tries) == 2


def test_a_value_that_cannot_be_sent_harms_nobody_else():
    group = grouped()
    with pytest.raises(psycopg.DataError):
        group._together(("a\0b", 1, b""))
    assert group._together(("one", 1, b"")) == "one 0"
