"""SQL on a scratch world: every table of ours shadowed by an empty temporary one.

The names of live tables mean the temporary ones on this connection, and it may write nothing else:
the database itself refuses any write to a row that lives.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from psycopg import sql
from psycopg.types.json import Jsonb

from app.db.connection import Connection

_SET_UP = (
    *("policies", "shippers", "people", "depots", "ladder_levels", "courier_accounts"),
    *("slot_rules", "depot_closures", "depot_hours", "pickup_points", "opt_outs"),
    *("rotas", "rota_shifts", "rota_turns", "rota_swaps", "rota_overrides", "rota_imported"),
    *("staff_endpoints", "provider_templates", "gesture_rules"),
)
"""What a case finds when it begins; everything else is empty."""
_OWN_IDS = 1 << 40
"""Above all ids that were copied."""


def shadow(conn: Connection) -> None:
    """Make the world, with the set-up as it is now and without any case."""
    tables = conn.execute(
        """SELECT c.relname AS name FROM pg_class c
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'"""
    ).fetchall()
    triggers = conn.execute(
        """SELECT c.relname AS name, pg_get_triggerdef(t.oid) AS made FROM pg_trigger t
             JOIN pg_class c ON c.oid = t.tgrelid
            WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace"""
    ).fetchall()
    with conn.transaction():
        for row in tables:
            name = sql.Identifier(row["name"])
            conn.execute(
                sql.SQL("CREATE TEMP TABLE {0} (LIKE public.{0} INCLUDING ALL)").format(name)
            )
        for row in triggers:
            live, ours = f" ON public.{row['name']} ", f" ON pg_temp.{row['name']} "
            conn.execute(row["made"].replace(live, ours, 1).encode())
    conn.execute("SET default_transaction_read_only = on")
    known = {row["name"] for row in tables}
    for table in _SET_UP:
        if table in known:
            _copy(conn, table)
    conn.execute("UPDATE pickup_points SET taken = 0")
    conn.execute("UPDATE people SET rung_again = DEFAULT")
    conn.execute("UPDATE courier_accounts SET connector = 'depot', connector_values = NULL")


def _copy(conn: Connection, table: str, where: str = "true", values: Sequence[Any] = ()) -> None:
    columns = conn.execute(
        """SELECT attname AS name FROM pg_attribute
            WHERE attrelid = ('public.' || quote_ident(%s))::regclass AND attnum > 0
              AND NOT attisdropped AND attgenerated = ''""",
        [table],
    ).fetchall()
    names = sql.SQL(", ").join(sql.Identifier(row["name"]) for row in columns)
    conn.execute(
        sql.SQL(
            """INSERT INTO pg_temp.{0} ({1}) OVERRIDING SYSTEM VALUE
               SELECT {1} FROM public.{0} WHERE """
        ).format(sql.Identifier(table), names)
        + sql.SQL(where),
        values,
    )


def use_policy(conn: Connection, shipper_id: int, number: int, body: dict[str, Any]) -> None:
    """Let a shipper's cases run by this body, under a number that no policy has."""
    conn.execute(
        """INSERT INTO policies (id, name, body, created_at) OVERRIDING SYSTEM VALUE
           VALUES (%s, 'tried', %s, '-infinity')""",
        [number, Jsonb(body)],
    )
    conn.execute("UPDATE shippers SET policy_id = %s WHERE id = %s", [number, shipper_id])


def stretch_ladders(conn: Connection, factor: float) -> None:
    """Let every level of every ladder wait so many times as long before the next is called."""
    conn.execute(
        """UPDATE ladder_levels SET wait = wait * %(factor)s,
                  ways = (SELECT coalesce(jsonb_agg(way || jsonb_build_object('wait',
                                 round((way->>'wait')::numeric * %(factor)s::numeric))), '[]')
                            FROM jsonb_array_elements(ways) way)""",
        {"factor": factor},
    )


def put_parcels(conn: Connection, shipment_ids: Sequence[int]) -> None:
    """Copy parcels as if nothing had happened to them, with what is known of them now."""
    _copy(conn, "shipments", "id = ANY(%s)", [list(shipment_ids)])
    conn.execute(
        """UPDATE shipments SET status = 'known', status_code = NULL, status_words = NULL,
                  status_at = NULL, attempts = 0, last_attempt_at = NULL, delivered_at = NULL,
                  returned_at = NULL, back_at = NULL, held = NULL"""
    )
    conn.execute("SELECT setval(pg_get_serial_sequence('shipments', 'id'), %s)", [_OWN_IDS])


def opened(conn: Connection) -> list[tuple[int, int]]:
    """`(id, shipment_id)` of the cases, in the order in which they were opened."""
    rows = conn.execute("SELECT id, shipment_id FROM cases ORDER BY id").fetchall()
    return [(row["id"], row["shipment_id"]) for row in rows]


def happened(conn: Connection, after: int) -> list[dict[str, Any]]:
    """What the timelines say since the entry `after`: `id, case_id, at, kind, facts`."""
    return conn.execute(
        "SELECT id, case_id, at, kind, facts FROM timeline WHERE id > %s ORDER BY id", [after]
    ).fetchall()


def stop(conn: Connection, case_id: int) -> None:
    """Let nothing more happen to a case."""
    conn.execute("DELETE FROM steps WHERE case_id = %s", [case_id])


def failed(conn: Connection) -> list[str]:
    """What steps could not be run, and why."""
    rows = conn.execute(
        "SELECT name, last_error FROM step_runs WHERE last_error IS NOT NULL LIMIT 3"
    )
    return [f"{row['name']}: {row['last_error']}" for row in rows]


def now_of(conn: Connection) -> datetime:
    """The database's own time."""
    row = conn.execute("SELECT clock_timestamp() AS at").fetchone()
    assert row is not None  # noqa: S101 - a SELECT without FROM gives a row
    at: datetime = row["at"]
    return at
