"""SQL on proofs of what was forgotten: each chained to the one before it, none naming anybody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from app.db.connection import Connection

RETENTION = "retention"
"""Nobody asked: it was old."""
_LOCK = 7_405_673  # one proof after another


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What was forgotten, when, and of whom: under pseudonyms that only we can recognise."""

    id: int
    at: datetime
    by: str
    asked: str
    """`tracking_number`, `recipient` or `retention`."""
    subject: str
    shipper_id: int | None
    """Whose parcels; None: everybody's."""
    parcels: list[str]
    contacts: list[str]
    cases: int
    closed: int
    """Cases of them that were open."""
    counts: dict[str, int]
    elsewhere: dict[str, Any]
    """Copies that others have, by provider, as it was then."""
    former: str
    hash: str


_NAMES = [field.name for field in fields(Proof)]
_SELECT = f"SELECT {', '.join(_NAMES)} FROM erasures"  # noqa: S608 - constants


def take_turn(conn: Connection) -> str:
    """Wait until nobody else adds a proof; the hash of the last one."""
    conn.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    row = conn.execute("SELECT hash FROM erasures ORDER BY id DESC LIMIT 1").fetchone()
    return str(row["hash"]) if row else ""


def add(conn: Connection, proof: Proof) -> Proof:
    """Keep a proof; as it is then, with its id."""
    values = {name: getattr(proof, name) for name in _NAMES if name != "id"}
    for name in ("counts", "elsewhere"):
        values[name] = Jsonb(values[name])
    sql = f"""INSERT INTO erasures ({", ".join(values)})
              VALUES ({", ".join(f"%({name})s" for name in values)})
              RETURNING {", ".join(_NAMES)}"""  # noqa: S608 - names of fields
    with conn.cursor(row_factory=class_row(Proof)) as cursor:
        made = cursor.execute(sql.encode(), values).fetchone()
    assert made is not None  # noqa: S101 - RETURNING gives a row
    return made


def latest(conn: Connection, subject: str, shipper_id: int | None) -> Proof | None:
    """The newest proof about this subject that somebody may see."""
    with conn.cursor(row_factory=class_row(Proof)) as cursor:
        return cursor.execute(
            f"""{_SELECT} WHERE subject = %s AND (%s::bigint IS NULL OR shipper_id = %s)
                 ORDER BY id DESC LIMIT 1""".encode(),
            [subject, shipper_id, shipper_id],
        ).fetchone()


def known(conn: Connection, hashes: Sequence[str]) -> set[str]:
    """Those of these hashes that are kept."""
    rows = conn.execute("SELECT hash FROM erasures WHERE hash = ANY(%s)", [list(hashes)])
    return {row["hash"] for row in rows}


def every(conn: Connection) -> Iterator[Proof]:
    """All proofs, in their order."""
    with conn.cursor(row_factory=class_row(Proof)) as cursor:
        yield from cursor.execute(f"{_SELECT} ORDER BY id".encode())


def page(conn: Connection, shipper_id: int | None, before: int | None, limit: int) -> list[Proof]:
    """The newest proofs that somebody may see."""
    with conn.cursor(row_factory=class_row(Proof)) as cursor:
        return cursor.execute(
            f"""{_SELECT} WHERE (%(shipper)s::bigint IS NULL OR shipper_id = %(shipper)s)
                  AND (%(before)s::bigint IS NULL OR id < %(before)s)
                ORDER BY id DESC LIMIT %(limit)s""".encode(),
            {"shipper": shipper_id, "before": before, "limit": limit},
        ).fetchall()
