"""Which indexes the migrations make, and which of them a database lacks or cannot use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import psycopg

from app.db import migrate

_BODY = re.compile(r"\$(\w*)\$.*?\$\1\$", re.DOTALL)
_COMMENT = re.compile(r"--[^\n]*")
_MADE = re.compile(r"CREATE (?:UNIQUE )?INDEX (?:CONCURRENTLY )?(?:IF NOT EXISTS )?(\w+) ON")
_DROPPED = re.compile(r"DROP INDEX (?:CONCURRENTLY )?(?:IF EXISTS )?([\w, ]+)")


def expected(texts: Iterable[str]) -> dict[str, str]:
    """By its name, the statement that makes each index that there should be after these texts."""
    found: dict[str, str] = {}
    for text in texts:
        for part in _COMMENT.sub("", _BODY.sub("''", text)).split(";"):
            statement = " ".join(part.split())
            if made := _MADE.match(statement):
                found[made[1]] = statement
            elif dropped := _DROPPED.match(statement):
                for name in dropped[1].split(","):
                    found.pop(name.strip(), None)
    return found


def wrong(conn: psycopg.Connection[Any]) -> Mapping[str, str]:
    """By its name, what to run for each index that is missing, or that was never finished."""
    there = dict(
        conn.execute(
            """SELECT c.relname, i.indisvalid AND i.indisready
                 FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
                 JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public'"""
        ).fetchall()
    )
    should = expected(migration.sql for migration in migrate.available())
    missing = {name: f"{made};" for name, made in should.items() if name not in there}
    broken = {name: f"REINDEX INDEX {name};" for name, usable in there.items() if not usable}
    return missing | broken
