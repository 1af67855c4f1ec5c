"""Migrations: numbered SQL files, each applied once, in order, in a transaction.

They are only ever added to. The database remembers the checksum of each file it has taken, so
that a file which was changed afterwards is refused instead of making databases that differ.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from importlib import resources
from typing import NamedTuple

import psycopg

_LOCK = 7_405_661  # any fixed number; two starting processes take turns


class MigrationError(Exception):
    """The files are not what they have to be; the text says which, and what to do."""


class Migration(NamedTuple):
    """One file."""

    number: int
    name: str
    sql: str
    checksum: str

    @property
    def label(self) -> str:
        """How it is called to people, and how its file begins."""
        return f"{self.number:04} {self.name}"


def available() -> list[Migration]:
    """All migrations in order.

    Raises:
        MigrationError: two have the same number. (Whether one is lost is for the linter.)
    """
    folder = resources.files("app.db") / "migrations"
    found = [
        read(file.name, file.read_bytes())
        for file in sorted(folder.iterdir(), key=lambda file: file.name)
        if file.name.endswith(".sql")
    ]
    numbers = {migration.number for migration in found}
    check_numbers(found, unused=set(range(1, max(numbers))) - numbers)
    return found


def read(file_name: str, body: bytes) -> Migration:
    """The migration in a file `0001_name.sql`.

    Line ends do not count, since a checkout may change them.

    Raises:
        MigrationError: the file's name has no number.
    """
    number, _, name = file_name.removesuffix(".sql").partition("_")
    if not (len(number) == 4 and number.isascii() and number.isdigit() and name):
        raise MigrationError(f"{file_name}: name it 0001_what_it_does.sql, with the next number.")
    body = body.replace(b"\r\n", b"\n")
    return Migration(int(number), name, body.decode(), hashlib.sha256(body).hexdigest())


def check_numbers(migrations: Iterable[Migration], unused: Collection[int] = ()) -> None:
    """Whether the numbers are 1, 2, 3 and so on, those excepted that were never used.

    Raises:
        MigrationError: two have the same number, or a number is left out.
    """
    expected = 1
    for migration in migrations:
        while expected in unused:
            expected += 1
        if migration.number < expected:
            raise MigrationError(
                f"Two migrations have the number {migration.number:04}. "
                f"Give {migration.name} the next free one."
            )
        if migration.number > expected:
            raise MigrationError(
                f"There is no migration {expected:04}. Restore it; if the number was never "
                f"used, say so in app/db/migrations/checksums.txt: `unused  {expected:04}`."
            )
        expected += 1


def applied(conn: psycopg.Connection[tuple[int, str | None]]) -> dict[int, str | None]:
    """By number, the checksum of each file this database has taken; None in an older one."""
    conn.execute(
        "CREATE TABLE IF NOT EXISTS migrations (number int PRIMARY KEY, name text NOT NULL)"
    )
    # As JSON, because the column comes with a migration of its own.
    return dict(
        conn.execute("SELECT number, to_jsonb(m) ->> 'checksum' FROM migrations m").fetchall()
    )


def pending(url: str) -> list[str]:
    """The migrations this database still lacks, in order.

    Raises:
        MigrationError: see `available`, and when a file was changed after it was applied.
    """
    with psycopg.connect(url) as conn:
        return [migration.label for migration in _missing(applied(conn))]


def upgrade(url: str) -> list[str]:
    """Apply what is missing; what was applied, in order.

    Raises:
        MigrationError: as `pending`.
        psycopg.Error: a migration failed; everything of this call is rolled back.
    """
    with psycopg.connect(url) as conn:
        conn.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        missing = _missing(applied(conn))
        for migration in missing:
            conn.execute(migration.sql.encode())
            conn.execute(
                "INSERT INTO migrations (number, name) VALUES (%s, %s)",
                [migration.number, migration.name],
            )
        _remember_checksums(conn)
    return [migration.label for migration in missing]


def _missing(done: dict[int, str | None]) -> list[Migration]:
    """The migrations that are not among these, which are as they were."""
    missing = []
    for migration in available():
        if migration.number not in done:
            missing.append(migration)
        elif done[migration.number] not in {None, migration.checksum}:
            raise MigrationError(
                f"app/db/migrations/{migration.number:04}_{migration.name}.sql was changed after "
                "this database had taken it. Restore the file as it was, and put the change "
                "into a new migration with the next number."
            )
    return missing


def _remember_checksums(conn: psycopg.Connection[tuple[int, str | None]]) -> None:
    """Note the checksums of what was just applied, and of rows from before there were any."""
    files = available()
    conn.execute(
        """UPDATE migrations m SET checksum = f.checksum
             FROM unnest(%s::int[], %s::text[]) AS f(number, checksum)
            WHERE m.number = f.number AND m.checksum IS NULL""",
        [[file.number for file in files], [file.checksum for file in files]],
    )
