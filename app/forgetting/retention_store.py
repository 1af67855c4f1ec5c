"""SQL on what goes when it is old: walked in the order of ids, and looked at when it is due."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row, scalar_row

from app.db.connection import Connection
from app.forgetting.kinds import Days, House, Row

_FREE = """(c.id IS NULL OR NOT c.live AND NOT EXISTS (
    SELECT FROM disputes d WHERE d.case_id = c.id AND d.state = 'open'))"""
_BUSY = """EXISTS (
    SELECT FROM cases c LEFT JOIN disputes d ON d.case_id = c.id
     WHERE c.shipment_id = r.id AND (c.live OR d.state = 'open'))"""


@dataclass(frozen=True, slots=True)
class Table:
    """Whose old rows are looked at: how they are read, since when they are there, what goes."""

    name: str
    kind: str
    read: str
    since: str
    """Of a row; later ones have a later one, so that the walk ends at the first young row."""
    drop: str = ""


COPIES = (
    Table(
        "courier_events",
        "bodies",
        f"""SELECT r.id, a.shipper_id, r.received_at AS at, {_FREE} AS free
              FROM courier_events r JOIN courier_accounts a ON a.id = r.account_id
              LEFT JOIN cases c ON c.id = r.case_id""",  # noqa: S608 - constants
        "r.received_at",
        """UPDATE courier_events SET body = '', headers = NULL
            WHERE id = ANY(%s) AND outcome <> 'quarantined' AND body <> ''""",
    ),
    Table(
        "messages",
        "bodies",
        f"""SELECT r.id, c.shipper_id, r.created_at AS at,
                   {_FREE} AND r.state NOT IN ('queued', 'sending') AS free
              FROM messages r LEFT JOIN cases c ON c.id = r.case_id""",  # noqa: S608 - constants
        "r.created_at",
        """UPDATE message_words SET html = NULL, calendar = NULL, spoken = NULL, made_of = NULL
            WHERE message_id = ANY(%s)
              AND (html IS NOT NULL OR calendar IS NOT NULL OR spoken IS NOT NULL
                   OR made_of IS NOT NULL)""",
    ),
    Table(  # what nothing shows any more is swept by `app.photos`
        "photos",
        "photos",
        f"""SELECT r.id, c.shipper_id, coalesce(r.kept_at, r.begun_at) AS at, {_FREE} AS free
              FROM photos r JOIN cases c ON c.id = r.case_id""",  # noqa: S608 - constants
        "coalesce(r.kept_at, r.begun_at)",
        "UPDATE photos SET kept_at = NULL WHERE id = ANY(%s) AND kept_at IS NOT NULL",
    ),
)
PARCELS = Table(
    "shipments",
    "words",
    f"""SELECT r.id, r.shipper_id, NOT {_BUSY} AS free,
               greatest(r.updated_at, (SELECT max(c.closed_at) FROM cases c
                                        WHERE c.shipment_id = r.id)) AS at
          FROM shipments r""",  # noqa: S608 - constants
    "r.created_at",
)


def house(conn: Connection, days: Days) -> House:
    """For how long everything is kept: as the house says, and as shippers do."""
    rows = conn.execute("SELECT id, retention FROM shippers WHERE retention <> '{}'").fetchall()
    return House(days, {row["id"]: row["retention"] for row in rows})


def begin(conn: Connection, table: Table, days: str) -> int:
    """After which id the walk goes on; from the start when it was by other days."""
    row = conn.execute(
        """INSERT INTO retention_walks AS w VALUES (%(what)s, 0, %(days)s)
               ON CONFLICT (what) DO UPDATE SET days = excluded.days,
                  after = CASE WHEN w.days = excluded.days THEN w.after ELSE 0 END
           RETURNING after""",
        {"what": table.name, "days": days},
    ).fetchone()
    return int(row["after"]) if row else 0


def go_on(conn: Connection, table: Table, after: int) -> None:
    """The walk has come so far."""
    conn.execute("UPDATE retention_walks SET after = %s WHERE what = %s", [after, table.name])


def next_ids(conn: Connection, table: Table, after: int, before: datetime, limit: int) -> list[int]:
    """The next rows of the walk, up to the first that came after this moment."""
    with conn.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(
            f"""WITH next AS MATERIALIZED (
                    SELECT r.id, {table.since} AS since FROM {table.name} r
                     WHERE r.id > %(after)s ORDER BY r.id LIMIT %(limit)s)
                SELECT id FROM next
                 WHERE id < coalesce((SELECT min(id) FROM next WHERE since > %(before)s),
                                     9223372036854775807)
                 ORDER BY id""".encode(),  # noqa: S608 - constants
            {"after": after, "before": before, "limit": limit},
        ).fetchall()


def take_due(conn: Connection, table: Table, now: datetime, limit: int) -> list[int]:
    """Rows that are to be looked at again; they are no longer listed."""
    with conn.cursor(row_factory=scalar_row) as cursor:
        found = cursor.execute(
            """DELETE FROM retention_later WHERE (what, id) IN (
                   SELECT what, id FROM retention_later WHERE what = %s AND due_at <= %s
                    ORDER BY due_at, id LIMIT %s)
               RETURNING id""",
            [table.name, now, limit],
        ).fetchall()
    return sorted(found)


def later(conn: Connection, table: Table, looks: Iterable[tuple[int, datetime]]) -> None:
    """Look at these again then."""
    ids, times = zip(*looks, strict=True) if (looks := list(looks)) else ((), ())
    conn.execute(
        """INSERT INTO retention_later SELECT %s, * FROM unnest(%s::bigint[], %s::timestamptz[])
               ON CONFLICT (what, id) DO UPDATE SET due_at = excluded.due_at""",
        [table.name, list(ids), list(times)],
    )


def read(conn: Connection, table: Table, ids: Sequence[int]) -> list[Row]:
    """These rows, as they are now; parcels whose recipient is forgotten are left out."""
    known = " AND r.forgotten_at IS NULL" if table is PARCELS else ""
    with conn.cursor(row_factory=class_row(Row)) as cursor:
        sql = f"{table.read} WHERE r.id = ANY(%s){known} ORDER BY r.id"
        return cursor.execute(sql.encode(), [list(ids)]).fetchall()


def drop(conn: Connection, table: Table, ids: Sequence[int]) -> int:
    """Let these rows' contents go; of how many there was something."""
    return conn.execute(table.drop.encode(), [list(ids)]).rowcount


def numbers(conn: Connection, table: Table, ids: Sequence[int]) -> list[tuple[int, str]]:
    """`(shipper, tracking number)` of the parcels of these rows of `COPIES`."""
    whose = {
        "courier_events": "JOIN shipments s ON s.id = r.shipment_id",
    }.get(table.name, "JOIN cases c ON c.id = r.case_id JOIN shipments s ON s.id = c.shipment_id")
    rows = conn.execute(
        f"""SELECT DISTINCT s.shipper_id, s.tracking_number FROM {table.name} r {whose}
             WHERE r.id = ANY(%s)""".encode(),  # noqa: S608 - constants
        [list(ids)],
    )
    return [(row["shipper_id"], row["tracking_number"]) for row in rows]
