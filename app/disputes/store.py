"""SQL on disputed attempts and their evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from app.db import packed
from app.db.connection import Connection
from app.db.together import Rows
from app.disputes.evidence import Piece


@dataclass(frozen=True, slots=True)
class Dispute:
    """What both say of one attempt. Times are aware, UTC."""

    id: int
    case_id: int
    event_id: int
    attempted_at: datetime
    reason: str
    code: str
    words: str
    """The courier's."""
    came: bool
    """What the customer says."""
    said: str
    """Their words, if any."""
    said_at: datetime
    finding: str
    """What our checks say of the courier's report: `contradicts`, `supports` or `open`."""
    state: str
    """`agreed` (both say the same), `open`, `accepted` (nobody came) or `rejected`."""
    settled_at: datetime | None
    settled_by: str | None
    why: str
    salt: bytes | None = field(default=None, repr=False)
    """The key of its digests."""
    forgotten_at: datetime | None = None
    """When the customer was forgotten: texts are digests since then."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece, with the digest of what was there; see `evidence.py`."""

    id: int
    dispute_id: int
    kind: str
    source: str
    at: datetime
    recorded_at: datetime
    content: dict[str, Any]
    photo: str
    sha256: str
    bytes: int


_NAMES = tuple(one.name for one in fields(Dispute))
_SELECT = f"SELECT {', '.join(_NAMES)} FROM disputes"  # noqa: S608 - constants
OF_CASE = Rows(_NAMES, _SELECT + " WHERE case_id = %(case)s ORDER BY attempted_at, id", Dispute)
"""What was said of a case's attempts, oldest first."""


def of_case(conn: Connection, case_id: int) -> list[Dispute]:
    """What was said of a case's attempts, oldest first."""
    return OF_CASE.read(conn, case=case_id)


def of_cases(conn: Connection, case_ids: Sequence[int]) -> list[Dispute]:
    """The same of several cases."""
    with conn.cursor(row_factory=class_row(Dispute)) as cursor:
        return cursor.execute(
            _SELECT + " WHERE case_id = ANY(%s) ORDER BY id", [list(case_ids)]
        ).fetchall()


def forget(
    conn: Connection, dispute_id: int, words: str, said: str, why: str, now: datetime
) -> None:
    """Put digests in the place of texts, and let the key go."""
    conn.execute(
        """UPDATE disputes SET words = %s, said = %s, why = %s, salt = NULL, forgotten_at = %s
            WHERE id = %s""",
        [words, said, why, now, dispute_id],
    )


def forget_piece(conn: Connection, piece_id: int, content: dict[str, Any], photo: str) -> None:
    """The same of a piece of evidence."""
    conn.execute(
        "UPDATE dispute_evidence SET content = %s, photo = %s WHERE id = %s",
        [Jsonb(content), photo, piece_id],
    )


def find(conn: Connection, dispute_id: int) -> Dispute | None:
    """One by its id."""
    with conn.cursor(row_factory=class_row(Dispute)) as cursor:
        return cursor.execute(_SELECT + " WHERE id = %s", [dispute_id]).fetchone()


def evidence(conn: Connection, dispute_ids: Sequence[int]) -> list[Evidence]:
    """The evidence of these disputes, in the order in which it came."""
    names = ", ".join(one.name for one in fields(Evidence))
    with conn.cursor(row_factory=class_row(Evidence)) as cursor:
        return cursor.execute(
            f"SELECT {names} FROM dispute_evidence WHERE dispute_id = ANY(%s) ORDER BY id",  # noqa: S608
            [list(dispute_ids)],
        ).fetchall()


def insert(conn: Connection, new: Dispute) -> int:
    """Keep what the customer says of an attempt; what they said of it before is changed to it."""
    row = conn.execute(
        """INSERT INTO disputes (case_id, event_id, attempted_at, reason, code, words, came, said,
                                 said_at, finding, state, salt)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
               ON CONFLICT (case_id, event_id) DO UPDATE
              SET came = excluded.came, said = excluded.said, said_at = excluded.said_at,
                  finding = excluded.finding, state = excluded.state
           RETURNING id""",
        [
            new.case_id,
            new.event_id,
            new.attempted_at,
            new.reason,
            new.code,
            new.words,
            new.came,
            new.said,
            new.said_at,
            new.finding,
            new.state,
            new.salt,
        ],
    ).fetchone()
    assert row is not None  # noqa: S101 - RETURNING gives a row
    return int(row["id"])


def add(conn: Connection, dispute_id: int, pieces: Sequence[Piece], now: datetime) -> None:
    """Keep evidence; the same piece twice is once."""
    conn.cursor().executemany(
        """INSERT INTO dispute_evidence (dispute_id, kind, source, at, content, sha256, bytes,
                                         photo, recorded_at)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
               ON CONFLICT (dispute_id, kind, sha256) DO NOTHING""",
        [
            [dispute_id, *p._replace(content=Jsonb(p.content)), now]  # type: ignore[arg-type]
            for p in pieces
        ],
    )


def settle(conn: Connection, dispute_id: int, state: str, by: str, why: str, now: datetime) -> bool:
    """An open one is accepted or rejected; False when it is not open any more."""
    done = conn.execute(
        """UPDATE disputes SET state = %s, settled_at = %s, settled_by = %s, why = %s
            WHERE id = %s AND state = 'open'""",
        [state, now, by, why, dispute_id],
    )
    return done.rowcount == 1


def body(conn: Connection, event_id: int) -> bytes | None:
    """The courier's message as it came; None where it is no longer kept."""
    row = conn.execute("SELECT body FROM courier_events WHERE id = %s", [event_id]).fetchone()
    return packed.unpack(row["body"]) if row else None
