"""Whether a bouncer such as PgBouncer stands before Postgres, and what the database then sets."""

from __future__ import annotations

from typing import NamedTuple

import psycopg

from app.db import turns
from app.db.connection import SESSION

_TRIES = 3  # between our two sessions somebody else may have borrowed the same server


class Found(NamedTuple):
    """`lends`: two open sessions were served by the same server, so it is lent by transaction.

    `to_set` are the statements that give each session what we would set ourselves.
    """

    lends: bool
    to_set: list[str]


def look(url: str) -> Found:
    """Look through two sessions at once.

    Raises:
        psycopg.Error: the database does not answer.
    """
    with (
        psycopg.connect(url, autocommit=True, prepare_threshold=None) as one,
        psycopg.connect(url, autocommit=True, prepare_threshold=None) as other,
    ):
        lends = any(turns.server_of(one) == turns.server_of(other) for _ in range(_TRIES))
        return Found(lends, turns.settings_to_set(one, SESSION))
