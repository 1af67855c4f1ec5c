"""The shortest way to the database is as safe as the ordinary one."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import psycopg
import pytest

from app.db.connection import connection, transaction
from app.db.prepared import Prepared

ECHO = Prepared(
    "echo",
    """SELECT $1::text, $2::bigint, $3::timestamptz, $4::jsonb ->> 'ä', encode($5::bytea, 'hex'),
              $6::text""",
)
AT = datetime(2026, 3, 1, 12, tzinfo=timezone(timedelta(hours=5, minutes=30)))
VALUES = ('Ünal\'s \\ "x"\n', -7, AT, {"ä": "ö"}, b"\0\xff", None)
ECHOED = [str(VALUES[0]).encode(), b"-7", b"2026-03-01 06:30:00+00", "ö".encode(), b"00ff", None]


def test_every_kind_of_value_arrives_as_it_is(settings):
    assert ECHO.row(connection(), VALUES) == ECHOED
    assert ECHO.row(connection(), VALUES) == ECHOED


def test_it_works_inside_a_transaction_and_after_all_prepared_is_forgotten(settings):
    ECHO.row(connection(), VALUES)
    connection().execute("DEALLOCATE ALL")
    with transaction() as conn:
        assert ECHO.row(conn, VALUES) == ECHOED
    assert ECHO.row(connection(), VALUES) == ECHOED


def test_a_new_connection_prepares_anew(settings):
    ECHO.row(connection(), VALUES)
    connection().close()
    assert ECHO.row(connection(), VALUES) == ECHOED


def test_a_text_with_a_nul_is_refused_not_cut(settings):
    with pytest.raises(psycopg.DataError):
        ECHO.row(connection(), ("a\0b", *VALUES[1:]))


def test_errors_are_those_of_execute(settings):
    divide = Prepared("divide", "SELECT 1 / $1::int")
    with pytest.raises(psycopg.errors.DivisionByZero):
        divide.row(connection(), (0,))
    assert divide.row(connection(), (1,)) == [b"1"]
    with pytest.raises(psycopg.errors.SyntaxError):
        Prepared("nonsense", "SELEKT").row(connection(), ())


def test_a_server_that_has_gone_is_an_operational_error(settings):
    conn = connection()
    with psycopg.connect(settings.database_url, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [conn.info.backend_pid])
    with pytest.raises(psycopg.OperationalError):
        ECHO.row(conn, VALUES)
    assert ECHO.row(connection(), VALUES) == ECHOED
