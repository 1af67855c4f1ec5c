"""SQL that reads all that is kept of somebody, as the map of columns says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.db.connection import Connection
from app.forgetting import columns
from app.forgetting.columns import Table


def everything(
    conn: Connection, ids: Mapping[str, Sequence[int]], contacts: Sequence[str]
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """`(table, rows)` of what is about these parcels, and of these numbers and addresses."""
    for table in columns.tables().values():
        if table.whose in ids:
            yield table.name, _read(conn, table, list(ids[table.whose]))
        elif table.whose == "contact":
            yield table.name, _read(conn, table, list(contacts))


def _read(conn: Connection, table: Table, keys: list[Any]) -> list[dict[str, Any]]:
    """As JSON, which has a word for times before all time; bytes are text in hex there."""
    columns = ", ".join(table.told)
    sql = f"""SELECT to_jsonb(r) AS row FROM (
                  SELECT {columns} FROM {table.name} WHERE {table.key} = ANY(%s)
                   ORDER BY 1) r"""  # noqa: S608 - from the map
    return [found["row"] for found in conn.execute(sql.encode(), [keys])]
