"""SQL on what was changed in the set-up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from app.db.connection import Connection


@dataclass(frozen=True, slots=True)
class Change:
    """One change. What was added has no `before`, what was removed no `after`."""

    id: int
    at: datetime
    by: str
    kind: str
    subject_id: int
    subject: str
    before: dict[str, Any]
    after: dict[str, Any]


def add(
    conn: Connection,
    by: str,
    person_id: int | None,
    kind: str,
    subject_id: int,
    subject: str,
    depots: Sequence[int] | None,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    now: datetime,
) -> None:
    """Insert a change."""
    conn.execute(
        """INSERT INTO setup_changes
               (at, by, person_id, kind, subject_id, subject, depots, before, after)
           VALUES (%s, %s, %s, %s, %s, %s, %s::bigint[], %s, %s)""",
        [
            *(now, by, person_id, kind, subject_id, subject),
            None if depots is None else list(depots),
            *(Jsonb(dict(before)), Jsonb(dict(after))),
        ],
    )


def last_id(conn: Connection) -> int:
    """The newest change's id; 0 without any."""
    row = conn.execute("SELECT coalesce(max(id), 0) AS id FROM setup_changes").fetchone()
    return int(row["id"]) if row else 0


def since(conn: Connection, change_id: int) -> list[Change]:
    """The changes after this one, oldest first."""
    with conn.cursor(row_factory=class_row(Change)) as cursor:
        cursor.execute(
            """SELECT id, at, by, kind, subject_id, subject, before, after FROM setup_changes
                WHERE id > %s ORDER BY id""",
            [change_id],
        )
        return cursor.fetchall()


def newest(
    conn: Connection,
    theirs: Sequence[int] | None,
    limit: int,
    *,
    before: int = 0,
    kind: str = "",
    subject_id: int = 0,
) -> list[Change]:
    """The newest changes of these depots, or all; older than the id `before`, of one subject."""
    with conn.cursor(row_factory=class_row(Change)) as cursor:
        cursor.execute(
            """SELECT id, at, by, kind, subject_id, subject, before, after FROM setup_changes
                WHERE (%(theirs)s::bigint[] IS NULL OR depots && %(theirs)s::bigint[])
                  AND (%(before)s = 0 OR id < %(before)s)
                  AND (%(kind)s = '' OR kind = %(kind)s AND subject_id = %(subject)s)
                ORDER BY id DESC LIMIT %(limit)s""",
            {
                "theirs": theirs,
                "before": before,
                "kind": kind,
                "subject": subject_id,
                "limit": limit,
            },
        )
        return cursor.fetchall()


def forget(conn: Connection, kind: str, subject_id: int, names: Sequence[str]) -> None:
    """Take these facts out of all changes of a subject: how to reach somebody who left."""
    conn.execute(
        """UPDATE setup_changes SET before = before - %(names)s::text[],
                  after = after - %(names)s::text[]
            WHERE kind = %(kind)s AND subject_id = %(id)s""",
        {"names": list(names), "kind": kind, "id": subject_id},
    )
