"""Requests that share a round trip and a commit lose nothing by it, and never wait for ever."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from app.db import grouped
from app.db.connection import connect, connection
from app.db.grouped import GroupedWriter
from app.settings import Settings

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
ECHO = """SELECT concat_ws('|', %s::text, %s::bigint, %s::timestamptz, %s::jsonb ->> 'ä',
                        encode(%s::bytea, 'hex'), coalesce(%s::text, 'none'))"""
AT = datetime(2026, 3, 1, 12, tzinfo=timezone(timedelta(hours=5, minutes=30)))
VALUES = ('Ünal\'s \\ "x"\n', -7, AT, Jsonb({"ä": "ö"}), b"\0\xff", None)
ECHOED = f"{VALUES[0]}|-7|2026-03-01 06:30:00+00|ö|00ff|none"


def run(story: Coroutine[Any, Any, None]) -> None:
    """Play it in an event loop, in a thread of its own: in this one a browser's may run."""
    with ThreadPoolExecutor(1) as other:
        other.submit(asyncio.run, _played(story)).result()


async def _played(story: Coroutine[Any, Any, None]) -> None:
    try:
        await asyncio.wait_for(story, PATIENCE)
    finally:
        for group in _made:
            lost(group)
        _made.clear()


_made: list[GroupedWriter] = []


async def opened(statement: str = NOTE) -> GroupedWriter:
    """A writer with its connection."""
    group = GroupedWriter(statement)
    _made.append(group)
    await reopened(group)
    return group


async def reopened(group: GroupedWriter) -> None:
    """The next who comes asks for a connection; this waits for it."""
    assert await group.text(()) is None
    assert group._opening is not None
    await group._opening


def lost(group: GroupedWriter) -> None:
    """The connection of the groups is thrown away."""
    if group._pipeline is not None:
        group._pipeline.lose("tested")


def noted() -> dict[str, str]:
    """By text, the transaction that wrote it."""
    with connect() as other:
        rows = other.execute("SELECT text, xid::text FROM notes").fetchall()
    return {row["text"]: row["xid"] for row in rows}


@contextmanager
def held(text: str) -> Iterator[None]:
    """Whoever wants to note this text has to wait."""
    with connect() as other:
        other.execute("SELECT pg_advisory_lock(hashtext(%s))", [text])
        yield
        other.execute("SELECT pg_advisory_unlock(hashtext(%s))", [text])


def ended(group: GroupedWriter) -> None:
    """The server ends the connection of the groups."""
    assert group._pipeline is not None
    pid = group._pipeline._conn.info.backend_pid
    with connect() as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def broken_off(group: GroupedWriter) -> None:
    """The server dies without a word."""
    assert group._pipeline is not None
    with socket.fromfd(group._pipeline._socket, socket.AF_UNIX, socket.SOCK_STREAM) as same:
        same.shutdown(socket.SHUT_RDWR)


async def together(group: GroupedWriter, *notes: tuple[str, int, bytes]) -> list[str | None]:
    """The first sets out by itself; the others wait for it, and share a group."""
    return await asyncio.gather(*(group.text(one) for one in [("first", 1, b""), *notes]))


def test_those_who_wait_share_one_transaction_and_each_gets_its_own_answer():
    async def story() -> None:
        group = await opened()
        asked = [(f"n{n}", 1, b"x" * n) for n in range(1, 9)]
        assert await together(group, *asked) == ["first 0", *(f"n{n} {n}" for n in range(1, 9))]

    run(story())
    by = noted()
    assert len({by[f"n{n}"] for n in range(1, 9)}) == 1
    assert by["first"] != by["n1"]


def test_a_group_is_not_larger_than_it_may_be(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(grouped, "MOST", 3)

    async def story() -> None:
        assert None not in await together(await opened(), *((f"n{n}", 1, b"") for n in range(8)))

    run(story())
    transactions = list(noted().values())
    assert sorted(transactions.count(one) for one in set(transactions)) == [1, 2, 3, 3]


def test_one_that_fails_makes_its_whole_group_go_alone_and_nothing_of_it_was_done():
    async def story() -> None:
        group = await opened()
        before = group._pipeline
        asked = [("good", 1, b""), ("bad", 0, b""), ("fine", 1, b"")]
        assert await together(group, *asked) == ["first 0", None, None, None]
        assert set(noted()) == {"first"}
        assert await group.text(("good", 1, b"")) == "good 0"
        assert group._pipeline is before
        assert before is not None
        assert not before.lost

    run(story())


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

    async def story() -> None:
        group = await opened()
        assert await group.text(("bad", 1, b"")) is None
        assert noted() == {}
        await reopened(group)
        assert await group.text(("good", 1, b"")) == "good 0"

    run(story())


def test_bodies_larger_than_a_socket_holds_go_through():
    body = bytes(range(256)) * 1024

    async def story() -> None:
        answers = await together(await opened(), *((f"n{n}", 1, body) for n in range(12)))
        assert answers[1:] == [f"n{n} {len(body)}" for n in range(12)]

    run(story())


def test_a_group_does_not_wait_long_for_what_another_holds():
    async def story() -> None:
        group = await opened()
        with held("wanted"):
            assert await group.text(("wanted", 1, b"")) is None
        assert await group.text(("wanted", 1, b"")) == "wanted 0"

    run(story())


def test_a_connection_that_was_ended_is_opened_again():
    async def story() -> None:
        group = await opened()
        ended(group)
        assert await group.text(("one", 1, b"")) is None
        await reopened(group)
        assert await group.text(("two", 1, b"")) == "two 0"

    run(story())
    assert set(noted()) == {"two"}


def test_a_connection_that_is_ended_in_the_middle_leaves_nobody_waiting():
    async def story() -> None:
        slow = await opened("SELECT pg_sleep(%s::int)::text")
        asked = [asyncio.create_task(slow.text((600,))) for _ in range(4)]
        await asyncio.sleep(0)
        assert slow._pipeline is not None
        assert len(slow._pipeline._waiting) == 3
        ended(slow)
        assert await asyncio.gather(*asked) == [None] * 4

    run(story())


def test_a_connection_that_breaks_while_its_socket_is_full_leaves_nobody_waiting():
    async def story() -> None:
        slow = await opened("SELECT pg_sleep(%s::int)::text, %s::bytea")
        asked = [
            asyncio.create_task(slow.text((600, b"x" * size))) for size in (16 * 1024 * 1024, 1)
        ]
        await asyncio.sleep(0)
        assert slow._pipeline is not None
        assert slow._pipeline._full
        broken_off(slow)
        assert await asyncio.gather(*asked) == [None] * 2

    run(story())


def test_statements_that_were_forgotten_are_prepared_anew():
    async def story() -> None:
        group = await opened()
        assert group._pipeline is not None
        pg = group._pipeline._pg
        pg.exit_pipeline_mode()
        group._pipeline._conn.execute("DEALLOCATE ALL")
        pg.nonblocking = 1
        pg.enter_pipeline_mode()
        assert await group.text(("two", 1, b"")) is None
        await reopened(group)
        assert await group.text(("two", 1, b"")) == "two 0"

    run(story())


def test_without_a_database_nobody_waits_and_it_is_asked_for_again(
    monkeypatch: pytest.MonkeyPatch,
):
    tries: list[str] = []

    def away(options: str) -> None:
        tries.append(options)
        raise psycopg.OperationalError("nobody listens")

    monkeypatch.setattr("app.db.grouped.db.connect", away)

    async def story() -> None:
        group = GroupedWriter(NOTE)
        for _ in range(2):
            assert await group.text(("one", 1, b"")) is None
            assert await group.text(("two", 1, b"")) is None
            assert group._opening is not None
            await asyncio.wait([group._opening])

    run(story())
    assert len(tries) == 2


def test_every_kind_of_value_arrives_as_it_is():
    async def story() -> None:
        assert await (await opened(ECHO)).text(VALUES) == ECHOED

    run(story())


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        (("a\0b", *VALUES[1:]), psycopg.DataError),
        (("\ud800", *VALUES[1:]), UnicodeError),
        ((*VALUES[:3], Jsonb("\ud800"), *VALUES[4:]), psycopg.DataError),
        ((*VALUES[:5], 1.5), psycopg.DataError),
    ],
)
def test_a_value_that_cannot_be_sent_is_refused_and_harms_nobody_else(
    values: tuple[Any, ...], refusal: type[Exception]
):
    async def story() -> None:
        echo = await opened(ECHO)
        with pytest.raises(refusal):
            await echo.text(values)
        assert await echo.text(VALUES) == ECHOED

    run(story())


def test_a_statement_that_is_wrong_answers_nobody():
    async def story() -> None:
        assert await (await opened("SELEKT")).text(()) is None

    run(story())


def test_while_a_connection_is_opened_no_second_one_is_asked_for(monkeypatch: pytest.MonkeyPatch):
    """Groups on one connection whose successor was listened to: a process span in it for ever."""
    made: list[Any] = []

    def counted(options: str) -> Any:
        made.append(connect(options))
        return made[-1]

    monkeypatch.setattr("app.db.grouped.db.connect", counted)

    async def story() -> None:
        group = GroupedWriter("SELECT pg_sleep(0.1)::text || %s")
        _made.append(group)
        while await group.text(("early",)) is None:  # noqa: ASYNC110 - one comes in each turn
            await asyncio.sleep(0)
        asked = [group.text((f"n{n}",)) for n in range(5)]
        assert await asyncio.gather(*asked) == [f"n{n}" for n in range(5)]

    run(story())
    assert len(made) == 1
