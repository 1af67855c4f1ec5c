"""Migrations: numbered SQL files, each applied once, in order, in a transaction."""

from __future__ import annotations

from importlib import resources

import psycopg

_LOCK = 7_405_661  # any fixed number; two starting processes take turns


def available() -> list[tuple[int, str, str]]:
    """All migrations as `(number, name, sql)`, in order."""
    folder = resources.files("app.db") / "migrations"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".sql")), key=lambda f: f.name)
    return [(int(f.name[:4]), f.name[5:-4], f.read_text()) for f in files]


def applied(conn: psycopg.Connection[tuple[int]]) -> set[int]:
    """The numbers of the migrations this database has."""
    conn.execute(
        "CREATE TABLE IF NOT EXISTS migrations (number int PRIMARY KEY, name text NOT NULL)"
    )
    return {row[0] for row in conn.execute("SELECT number FROM migrations")}


def pending(url: str) -> list[str]:
    """The names of the migrations this database still lacks, in order."""
    with psycopg.connect(url) as conn:
        done = applied(conn)
    return [f"{number:04} {name}" for number, name, _ in available() if number not in done]


def upgrade(url: str) -> list[str]:
    """Apply what is missing; the names of what was applied, in order.

    Raises:
        psycopg.Error: a migration failed; everything of this call is rolled back.
    """
    names = []
    with psycopg.connect(url) as conn:
        conn.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        done = applied(conn)
        for number, name, sql in available():
            if number in done:
                continue
            conn.execute(sql.encode())
            conn.execute("INSERT INTO migrations VALUES (%s, %s)", [number, name])
            names.append(f"{number:04} {name}")
    return names
