"""SQL on what waits for endpoints: taken by endpoint and case, one after another within a case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.rows import class_row

from app.db.connection import Connection


@dataclass(frozen=True, slots=True)
class Due:
    """The next of a case that an endpoint is told; what it holds is the entry of the timeline."""

    id: int
    endpoint_id: int
    shipper_id: int
    case_id: int
    event_id: int
    kind: str
    tries: int
    """With this one."""
    url: str
    secret: bytes
    former_secret: bytes | None
    """Only while it still signs."""
    body: str | None
    """As it was sent before."""
    failing: bool
    """Whether the endpoint has taken nothing lately."""
    event: dict[str, Any] | None
    """`at, kind, actor, facts`; None of a test, and of what is there no more."""
    case: dict[str, Any] | None
    """`id, state, tracking_number, order_ref`."""
    request_id: str
    """Of the webhook that began the case; empty for a test."""


def waiting(conn: Connection, now: datetime, machine_now: datetime) -> list[int]:
    """The endpoints that something is due for."""
    rows = conn.execute(
        """SELECT id FROM webhook_endpoints e WHERE state = 'active' AND EXISTS (
               SELECT FROM webhook_lanes l WHERE l.endpoint_id = e.id AND l.due_at <= %s
                  AND (l.lease_until IS NULL OR l.lease_until <= %s)) ORDER BY id""",
        [now, machine_now],
    ).fetchall()
    return [row["id"] for row in rows]


def take(
    conn: Connection,
    room: Mapping[int, int],
    now: datetime,
    machine_now: datetime,
    lease_until: datetime,
) -> list[Due]:
    """Take the first of as many cases of each endpoint; nobody else takes them until then."""
    with conn.cursor(row_factory=class_row(Due)) as cursor:
        cursor.execute(
            """WITH due AS MATERIALIZED (
                   SELECT l.endpoint_id, l.case_id
                     FROM unnest(%(endpoints)s::bigint[], %(rooms)s::int[]) AS w(endpoint_id, room)
                    CROSS JOIN LATERAL (
                          SELECT endpoint_id, case_id FROM webhook_lanes
                           WHERE endpoint_id = w.endpoint_id AND due_at <= %(now)s
                             AND (lease_until IS NULL OR lease_until <= %(machine_now)s)
                           ORDER BY due_at, case_id LIMIT w.room FOR UPDATE SKIP LOCKED) l),
               taken AS (
                   UPDATE webhook_lanes l SET lease_until = %(lease)s, tries = tries + 1
                     FROM due WHERE (l.endpoint_id, l.case_id) = (due.endpoint_id, due.case_id)
                   RETURNING l.endpoint_id, l.case_id, l.tries)
               SELECT d.id, d.endpoint_id, e.shipper_id, d.case_id, d.event_id, d.kind, taken.tries,
                      e.url, e.secret, d.body, e.failing_since IS NOT NULL AS failing,
                      CASE WHEN e.former_until > %(now)s THEN e.former_secret END AS former_secret,
                      (SELECT jsonb_build_object('id', t.id, 'at', t.at, 'kind', t.kind,
                                                 'actor', t.actor, 'facts', t.facts)
                         FROM timeline t
                        WHERE t.case_id = d.case_id AND t.id = d.event_id) AS event,
                      (SELECT jsonb_build_object('id', c.id, 'state', c.state,
                                  'tracking_number', s.tracking_number, 'order_ref', s.order_ref)
                         FROM cases c JOIN shipments s ON s.id = c.shipment_id
                        WHERE c.id = d.case_id) AS case,
                      coalesce((SELECT c.request_id FROM cases c WHERE c.id = d.case_id), '')
                          AS request_id
                 FROM taken JOIN webhook_endpoints e ON e.id = taken.endpoint_id
                 JOIN LATERAL (
                      SELECT * FROM webhook_deliveries w
                       WHERE w.endpoint_id = taken.endpoint_id AND w.case_id = taken.case_id
                         AND w.state = 'waiting' ORDER BY w.event_id LIMIT 1) d ON true""",
            {
                "endpoints": list(room),
                "rooms": list(room.values()),
                "now": now,
                "machine_now": machine_now,
                "lease": lease_until,
            },
        )
        return cursor.fetchall()


def hold(conn: Connection, due: Due) -> bool:
    """Lock the lane; False when it is another try's by now, or gone.

    Whoever adds to it meanwhile is waited for: only the statements after this one see that.
    """
    row = conn.execute(
        """SELECT tries FROM webhook_lanes WHERE endpoint_id = %s AND case_id = %s FOR UPDATE""",
        [due.endpoint_id, due.case_id],
    ).fetchone()
    return row is not None and row["tries"] == due.tries


def over(
    conn: Connection, due: Due, said: dict[str, Any] | None, state: str, now: datetime
) -> None:
    """It is taken, or given up, and the case's next one has its turn. The lane is held.

    Without anything `said` it was not for this shipper, and nothing is kept of it.
    """
    ends = "DELETE FROM webhook_deliveries" if said is None else _SAID
    conn.execute(
        f"""WITH ended AS ({ends} WHERE id = %(id)s),
                 more AS (SELECT EXISTS (SELECT FROM webhook_deliveries
                            WHERE endpoint_id = %(endpoint)s AND case_id = %(case)s
                              AND state = 'waiting' AND id <> %(id)s) AS waits),
                 empty AS (DELETE FROM webhook_lanes WHERE endpoint_id = %(endpoint)s
                              AND case_id = %(case)s AND NOT (SELECT waits FROM more))
            UPDATE webhook_lanes SET tries = 0, lease_until = NULL, due_at = %(now)s
             WHERE endpoint_id = %(endpoint)s AND case_id = %(case)s
               AND (SELECT waits FROM more)""".encode(),  # noqa: S608 - both are ours
        {**(said or {}), **_of(due), "state": state, "now": now},
    )


def put_off(conn: Connection, due: Due, said: dict[str, Any], due_at: datetime) -> None:
    """It is tried again then, and what follows it in its case waits. The lane is held."""
    conn.execute(
        f"""WITH tried AS ({_SAID} WHERE id = %(id)s)
            UPDATE webhook_lanes SET lease_until = NULL, due_at = %(due_at)s
             WHERE endpoint_id = %(endpoint)s AND case_id = %(case)s""".encode(),  # noqa: S608
        {**said, **_of(due), "state": "waiting", "due_at": due_at},
    )


_SAID = """UPDATE webhook_deliveries SET state = %(state)s, tries = %(tries)s,
                  tried_at = %(tried_at)s, status = %(status)s, why = %(why)s,
                  took_ms = %(took_ms)s, body = %(body)s, answer = %(answer)s"""


def _of(due: Due) -> dict[str, int]:
    return {
        "id": due.id,
        "endpoint": due.endpoint_id,
        "case": due.case_id,
        "tries": due.tries,
    }


def failing(conn: Connection, endpoint_id: int, now: datetime) -> datetime:
    """Since when an endpoint has taken nothing, with this one."""
    row = conn.execute(
        """UPDATE webhook_endpoints SET failing_since = coalesce(failing_since, %s)
            WHERE id = %s RETURNING failing_since""",
        [now, endpoint_id],
    ).fetchone()
    since: datetime = row["failing_since"] if row else now
    return since


def doing_well(conn: Connection, endpoint_id: int) -> None:
    """An endpoint has taken something."""
    conn.execute(
        """UPDATE webhook_endpoints SET failing_since = NULL
            WHERE id = %s AND failing_since IS NOT NULL""",
        [endpoint_id],
    )


def forget_old(conn: Connection, before: datetime, limit: int) -> int:
    """Delete what was over before then; how many."""
    return conn.execute(
        """DELETE FROM webhook_deliveries WHERE id IN (
               SELECT id FROM webhook_deliveries WHERE state <> 'waiting' AND created_at < %s
                LIMIT %s)""",
        [before, limit],
    ).rowcount
