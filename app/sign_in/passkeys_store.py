"""SQL on passkeys and on what they are asked to sign."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from psycopg.rows import class_row

from app.db.connection import Connection


class Passkey(NamedTuple):
    """A passkey of somebody who works here."""

    id: int
    person_id: int
    credential: bytes
    public_key: bytes
    sign_count: int
    agent: str
    added_at: datetime
    used_at: datetime | None


_READ = """SELECT k.id, k.person_id, k.credential, k.public_key, k.sign_count, k.agent, k.added_at,
                  k.used_at
             FROM passkeys k JOIN people p ON p.id = k.person_id AND p.removed_at IS NULL"""


def ask(
    conn: Connection, challenge: bytes, person_id: int | None, now: datetime, ends_at: datetime
) -> None:
    """Keep what is asked; what nobody answered in time is swept out with it."""
    conn.execute("DELETE FROM passkey_challenges WHERE ends_at < %s", [now])
    conn.execute(
        "INSERT INTO passkey_challenges (challenge, person_id, ends_at) VALUES (%s, %s, %s)",
        [challenge, person_id, ends_at],
    )


def answered(conn: Connection, challenge: bytes, person_id: int | None, now: datetime) -> bool:
    """Whether this was asked of them and is good still; it is no more afterwards."""
    done = conn.execute(
        """DELETE FROM passkey_challenges
            WHERE challenge = %s AND person_id IS NOT DISTINCT FROM %s AND ends_at > %s""",
        [challenge, person_id, now],
    )
    return bool(done.rowcount)


def of(conn: Connection, person_id: int) -> list[Passkey]:
    """Somebody's, the newest first."""
    with conn.cursor(row_factory=class_row(Passkey)) as cursor:
        cursor.execute(f"{_READ} WHERE k.person_id = %s ORDER BY k.id DESC", [person_id])
        return cursor.fetchall()


def lock(conn: Connection, credential: bytes) -> Passkey | None:
    """The one that has signed, locked until the transaction ends."""
    with conn.cursor(row_factory=class_row(Passkey)) as cursor:
        cursor.execute(f"{_READ} WHERE k.credential = %s FOR UPDATE OF k", [credential])
        return cursor.fetchone()


def add(
    conn: Connection,
    person_id: int,
    credential: bytes,
    public_key: bytes,
    sign_count: int,
    agent: str,
    now: datetime,
) -> bool:
    """Insert one; False when it is known already."""
    done = conn.execute(
        """INSERT INTO passkeys (person_id, credential, public_key, sign_count, agent, added_at)
           VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (credential) DO NOTHING""",
        [person_id, credential, public_key, sign_count, agent, now],
    )
    return bool(done.rowcount)


def used(conn: Connection, passkey_id: int, sign_count: int, now: datetime) -> None:
    """Remember a use."""
    conn.execute(
        "UPDATE passkeys SET sign_count = %s, used_at = %s WHERE id = %s",
        [sign_count, now, passkey_id],
    )


def remove(conn: Connection, person_id: int, passkey_id: int) -> bool:
    """Forget one of somebody's; False when they have none of this id."""
    done = conn.execute(
        "DELETE FROM passkeys WHERE id = %s AND person_id = %s", [passkey_id, person_id]
    )
    return bool(done.rowcount)
