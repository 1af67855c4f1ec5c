"""SQL on shippers' endpoints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.rows import class_row

from app.cases.model import Shipper
from app.db.connection import Connection


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A shipper's address that events are posted to."""

    id: int
    shipper_id: int
    url: str
    kinds: list[str]
    """Of the timeline; none: all of them."""
    state: str
    why: str
    failing_since: datetime | None
    told_from: datetime
    created_at: datetime


_ENDPOINT = """SELECT id, shipper_id, url, kinds, state, why, failing_since, told_from, created_at
                 FROM webhook_endpoints"""


def listed(conn: Connection, shipper_id: int) -> list[Endpoint]:
    """A shipper's endpoints, oldest first."""
    with conn.cursor(row_factory=class_row(Endpoint)) as cursor:
        cursor.execute(_ENDPOINT + " WHERE shipper_id = %s ORDER BY id", [shipper_id])
        return cursor.fetchall()


def shipper(conn: Connection, shipper_id: int) -> Shipper:
    """Whose endpoint it is, and how they can be reached."""
    with conn.cursor(row_factory=class_row(Shipper)) as cursor:
        cursor.execute(
            "SELECT name, email, phone, country FROM shippers WHERE id = %s", [shipper_id]
        )
        found = cursor.fetchone()
    assert found is not None  # noqa: S101 - shippers are never deleted
    return found


def lock(conn: Connection, endpoint_id: int) -> Endpoint | None:
    """One, locked until the transaction ends."""
    with conn.cursor(row_factory=class_row(Endpoint)) as cursor:
        cursor.execute(_ENDPOINT + " WHERE id = %s FOR UPDATE", [endpoint_id])
        return cursor.fetchone()


def add(
    conn: Connection,
    shipper_id: int,
    url: str,
    kinds: Sequence[str],
    secret: bytes,
    now: datetime,
) -> int:
    """Insert an endpoint; its id."""
    row = conn.execute(
        """INSERT INTO webhook_endpoints (shipper_id, url, kinds, secret, told_from, created_at)
           VALUES (%s, %s, %s, %s, %s, %s) RETURNING id""",
        [shipper_id, url, list(kinds), secret, now, now],
    ).fetchone()
    assert row is not None  # noqa: S101 - RETURNING gives a row
    return int(row["id"])


def update(conn: Connection, endpoint_id: int, url: str, kinds: Sequence[str]) -> None:
    """Let this be posted there."""
    conn.execute(
        "UPDATE webhook_endpoints SET url = %s, kinds = %s WHERE id = %s",
        [url, list(kinds), endpoint_id],
    )


def secret(conn: Connection, endpoint_id: int) -> bytes | None:
    """What signs what is posted to an endpoint, sealed."""
    row = conn.execute(
        "SELECT secret FROM webhook_endpoints WHERE id = %s", [endpoint_id]
    ).fetchone()
    return bytes(row["secret"]) if row else None


def set_secret(conn: Connection, endpoint_id: int, secret: bytes, former_until: datetime) -> None:
    """Let a new secret sign, and the former as well until then."""
    conn.execute(
        """UPDATE webhook_endpoints SET former_secret = secret, former_until = %s, secret = %s
            WHERE id = %s""",
        [former_until, secret, endpoint_id],
    )


def set_state(conn: Connection, endpoint_id: int, state: str, why: str, now: datetime) -> None:
    """Let an endpoint be told or not; what waits for one that is not is owed and waits no more."""
    conn.execute(
        """UPDATE webhook_endpoints SET state = %(state)s, why = %(why)s, failing_since = NULL,
                  told_from = CASE WHEN %(state)s = 'active' THEN told_from ELSE coalesce(
                      (SELECT min(created_at) FROM webhook_deliveries
                        WHERE endpoint_id = %(id)s AND state = 'waiting'), %(now)s) END
            WHERE id = %(id)s""",
        {"id": endpoint_id, "state": state, "why": why, "now": now},
    )
    if state != "active":
        conn.execute(
            "DELETE FROM webhook_deliveries WHERE endpoint_id = %s AND state = 'waiting'",
            [endpoint_id],
        )
        conn.execute("DELETE FROM webhook_lanes WHERE endpoint_id = %s", [endpoint_id])


def remove(conn: Connection, endpoint_id: int) -> None:
    """Delete an endpoint and all that waits for it."""
    conn.execute("DELETE FROM webhook_endpoints WHERE id = %s", [endpoint_id])


def owe(conn: Connection, endpoint: Endpoint, since: datetime, now: datetime) -> int:
    """Let everything since then wait for an endpoint once more; how much that is."""
    row = conn.execute(
        """SELECT owe_events(%(id)s, array_agg(t.id), array_agg(t.case_id), array_agg(t.kind),
                             %(now)s) AS owed
             FROM timeline t JOIN cases c ON c.id = t.case_id
            WHERE c.shipper_id = %(shipper)s AND t.at >= %(since)s
              AND c.opened_at >= %(since)s - interval '120 days'  -- no case lives longer
              AND (%(kinds)s::text[] = '{}' OR t.kind = ANY(%(kinds)s))
           HAVING count(*) > 0""",
        {
            "id": endpoint.id,
            "shipper": endpoint.shipper_id,
            "since": since,
            "kinds": endpoint.kinds,
            "now": now,
        },
    ).fetchone()
    return int(row["owed"]) if row else 0


def owe_test(conn: Connection, endpoint_id: int, now: datetime) -> None:
    """Let a test wait for an endpoint."""
    conn.execute(
        "SELECT owe_events(%s, ARRAY[0]::bigint[], ARRAY[0]::bigint[], ARRAY['test'], %s)",
        [endpoint_id, now],
    )


def deliveries(conn: Connection, endpoint_id: int, cursor: int, limit: int) -> list[dict[str, Any]]:
    """What was delivered and what waits, the newest first, older than `cursor`."""
    return conn.execute(
        """SELECT d.id, d.event_id, nullif(d.case_id, 0) AS case_id, d.kind, d.state,
                  coalesce(l.tries, d.tries) AS tries, d.created_at, d.tried_at, d.status, d.why,
                  d.took_ms, d.body, d.answer,
                  CASE WHEN d.state = 'waiting' THEN l.due_at END AS next_try_at
             FROM webhook_deliveries d
             LEFT JOIN webhook_lanes l ON l.endpoint_id = d.endpoint_id
                   AND l.case_id = d.case_id AND d.state = 'waiting' AND NOT EXISTS (
                       SELECT FROM webhook_deliveries e WHERE e.endpoint_id = d.endpoint_id
                          AND e.case_id = d.case_id AND e.state = 'waiting'
                          AND e.event_id < d.event_id)
            WHERE d.endpoint_id = %s AND (%s = 0 OR d.id < %s)
            ORDER BY d.id DESC LIMIT %s""",
        [endpoint_id, cursor, cursor, limit],
    ).fetchall()
