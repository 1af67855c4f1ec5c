"""The plain and the grouped writer are as safe as `execute`, and answer alike."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import psycopg
import pytest
from psycopg.types.json import Jsonb

from app.db.connection import connection
from app.db.grouped import GroupedWriter
from app.db.writer import PlainWriter, Writer

pytestmark = pytest.mark.usefixtures("settings")

ECHO = """SELECT concat_ws('|', %s::text, %s::bigint, %s::timestamptz, %s::jsonb ->> 'ä',
                        encode(%s::bytea, 'hex'), coalesce(%s::text, 'none'))"""
AT = datetime(2026, 3, 1, 12, tzinfo=timezone(timedelta(hours=5, minutes=30)))
VALUES = ('Ünal\'s \\ "x"\n', -7, AT, Jsonb({"ä": "ö"}), b"\0\xff", None)
ECHOED = f"{VALUES[0]}|-7|2026-03-01 06:30:00+00|ö|00ff|none"

Make = Callable[[str], Writer]


@pytest.fixture(params=[PlainWriter, GroupedWriter])
def make(request: pytest.FixtureRequest) -> Make:
    """Makes a writer of either kind."""
    kind: Make = request.param
    return kind


def end_all_other_connections(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_every_kind_of_value_arrives_as_it_is(make: Make):
    echo = make(ECHO)
    assert echo.text(VALUES) == ECHOED
    assert echo.text(VALUES) == ECHOED


def test_a_text_with_a_nul_is_refused_not_cut(make: Make):
    with pytest.raises(psycopg.DataError):
        make(ECHO).text(("a\0b", *VALUES[1:]))


def test_half_a_character_is_refused_as_a_text_and_in_json(make: Make):
    with pytest.raises(UnicodeError):
        make(ECHO).text(("\ud800", *VALUES[1:]))
    with pytest.raises(psycopg.DataError):
        make(ECHO).text((*VALUES[:3], Jsonb("\ud800"), *VALUES[4:]))


def test_errors_are_those_of_execute(make: Make):
    divide = make("SELECT (1 / %s::int)::text")
    with pytest.raises(psycopg.errors.DivisionByZero):
        divide.text((0,))
    assert divide.text((1,)) == "1"
    with pytest.raises(psycopg.DataError):
        divide.text((2**40,))
    with pytest.raises(psycopg.errors.SyntaxError):
        make("SELEKT").text(())


def test_connections_that_were_ended_are_opened_again(make: Make, database: str):
    echo = make(ECHO)
    assert echo.text(VALUES) == ECHOED
    end_all_other_connections(database)
    assert echo.text(VALUES) == ECHOED


def test_it_works_after_all_prepared_statements_were_forgotten(make: Make):
    echo = make(ECHO)
    assert [echo.text(VALUES) for _ in range(8)] == [ECHOED] * 8
    connection().execute("DEALLOCATE ALL")
    assert echo.text(VALUES) == ECHOED
