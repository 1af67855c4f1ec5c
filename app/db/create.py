"""Makes the database itself, on a server that this program has started."""

from __future__ import annotations

import psycopg
from psycopg import sql


def ensure_database(server_url: str, name: str) -> None:
    """Create the database of this name if the server lacks it.

    Raises:
        psycopg.Error: the server does not answer, or refuses.
    """
    with psycopg.connect(server_url, autocommit=True) as conn:
        known = conn.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if known.fetchone() is None:
            conn.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
