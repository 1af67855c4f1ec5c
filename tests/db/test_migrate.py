"""Migrations are only added to: a file that a database has taken never changes again."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from app.db import migrate
from app.db.migrate import Migration, MigrationError
from tests.servers import TestServers

OLD = [migrate.read("0001_first.sql", b"CREATE TABLE first ();")]
COLUMN = migrate.read("0002_checksums.sql", b"ALTER TABLE migrations ADD COLUMN checksum text;")
LATER = migrate.read("0003_later.sql", b"CREATE TABLE later ();")


@pytest.fixture
def empty(servers: TestServers) -> Iterator[str]:
    """A database that has taken nothing."""
    with servers.database() as url:
        with psycopg.connect(url) as conn:
            conn.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        yield url


def ship(monkeypatch: pytest.MonkeyPatch, *files: Migration) -> None:
    """Let this be the program's migrations."""
    monkeypatch.setattr(migrate, "available", lambda: list(files))


def checksums(url: str) -> list[str | None]:
    with psycopg.connect(url) as conn:
        rows = conn.execute("SELECT checksum FROM migrations ORDER BY number").fetchall()
    return [row[0] for row in rows]


def test_each_file_is_taken_once_and_remembered(empty, monkeypatch):
    ship(monkeypatch, *OLD, COLUMN, LATER)
    assert migrate.pending(empty) == ["0001 first", "0002 checksums", "0003 later"]
    assert migrate.upgrade(empty) == ["0001 first", "0002 checksums", "0003 later"]
    assert checksums(empty) == [OLD[0].checksum, COLUMN.checksum, LATER.checksum]
    assert migrate.upgrade(empty) == migrate.pending(empty) == []


def test_a_changed_file_is_refused_by_name_and_nothing_is_done(empty, monkeypatch):
    ship(monkeypatch, *OLD, COLUMN)
    migrate.upgrade(empty)
    changed = migrate.read("0001_first.sql", b"CREATE TABLE first (id int);")
    ship(monkeypatch, changed, COLUMN, LATER)
    for act in (migrate.pending, migrate.upgrade):
        with pytest.raises(MigrationError, match=r"0001_first\.sql was changed.*new migration"):
            act(empty)
    with psycopg.connect(empty) as conn:
        assert conn.execute("SELECT to_regclass('later')").fetchone() == (None,)


def test_rows_from_before_get_their_checksum_at_the_next_upgrade(empty, monkeypatch):
    with psycopg.connect(empty) as conn:  # as an older program left it
        conn.execute("CREATE TABLE migrations (number int PRIMARY KEY, name text NOT NULL)")
        conn.execute("INSERT INTO migrations VALUES (1, 'first')")
    ship(monkeypatch, *OLD, COLUMN)
    assert migrate.upgrade(empty) == ["0002 checksums"]
    assert checksums(empty) == [OLD[0].checksum, COLUMN.checksum]


def test_a_database_of_a_newer_program_is_left_as_it_is(empty, monkeypatch):
    ship(monkeypatch, *OLD, COLUMN, LATER)
    migrate.upgrade(empty)
    ship(monkeypatch, *OLD, COLUMN)
    assert migrate.upgrade(empty) == []


def test_a_failing_migration_takes_the_whole_upgrade_back(empty, monkeypatch):
    broken = migrate.read("0003_later.sql", b"CREATE TABEL later ();")
    ship(monkeypatch, *OLD, COLUMN, broken)
    with pytest.raises(psycopg.errors.SyntaxError):
        migrate.upgrade(empty)
    assert migrate.pending(empty) == ["0001 first", "0002 checksums", "0003 later"]


def test_line_ends_do_not_change_a_file():
    assert migrate.read("0001_a.sql", b"a\r\nb\r\n") == migrate.read("0001_a.sql", b"a\nb\n")


@pytest.mark.parametrize(
    "name", ["first.sql", "1_first.sql", "0001.sql", "0001_.sql", "abcd_x.sql"]
)
def test_a_file_without_a_number_is_refused(name):
    with pytest.raises(MigrationError, match="name it 0001_what_it_does"):
        migrate.read(name, b"")


def test_a_number_that_is_given_twice_is_refused():
    twin = migrate.read("0001_twin.sql", b"")
    with pytest.raises(MigrationError, match="Two migrations have the number 0001"):
        migrate.check_numbers([*OLD, twin])


def test_a_number_that_is_left_out_is_refused():
    with pytest.raises(MigrationError, match="no migration 0002"):
        migrate.check_numbers([*OLD, LATER])
    migrate.check_numbers([*OLD, LATER], unused={2})


def test_the_test_database_has_all_with_their_checksums(database):
    assert checksums(database) == [migration.checksum for migration in migrate.available()]
