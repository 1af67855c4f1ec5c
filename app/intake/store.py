"""SQL of the courier's door."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from psycopg.rows import tuple_row
from psycopg.types.json import Jsonb

from app.db.connection import Connection
from app.db.prepared import Prepared
from app.db.together import Together
from app.intake.event import Account, Event


class Taken(NamedTuple):
    """What became of an event: accepted, duplicate, ignored or quarantined."""

    outcome: str
    event_id: int
    case_id: int | None


_TAKE = Prepared(
    "take_event",
    f"SELECT take_event({', '.join(f'${n}' for n in range(1, 25))})",
)
_TAKE_TOGETHER = Together(_TAKE)


def take(
    conn: Connection,
    account: Account,
    event: Event,
    body: bytes,
    now: datetime,
    request_id: str,
    replay_of: int | None = None,
) -> Taken:
    """Everything an event means, in one statement; see migration 0004."""
    return _taken(_TAKE.row(conn, _values(account, event, body, now, request_id, replay_of)))


def take_together(
    account: Account, event: Event, body: bytes, now: datetime, request_id: str
) -> Taken | None:
    """The same beside what other threads take at the moment; None: take it alone."""
    row = _TAKE_TOGETHER.row(_values(account, event, body, now, request_id, None))
    return _taken(row) if row else None


def _values(
    account: Account,
    event: Event,
    body: bytes,
    now: datetime,
    request_id: str,
    replay_of: int | None,
) -> tuple[Any, ...]:
    return (
        account.id,
        account.shipper_id,
        account.depot_id,
        event.key,
        body,
        event.kind,
        event.courier_ref,
        event.tracking_number,
        event.order_ref,
        event.tracking_url,
        event.reason,
        event.fault,
        event.code,
        event.words,
        event.attempt,
        event.occurred_at,
        event.raw_time,
        event.name,
        event.phone,
        event.email,
        event.address or None,
        now,
        request_id,
        replay_of,
    )


def _taken(row: list[bytes | None]) -> Taken:
    outcome, event_id, case_id = (row[0] or b"").decode().split(" ")
    return Taken(outcome, int(event_id), int(case_id) if case_id else None)


def keep(
    conn: Connection,
    account: Account,
    key: str,
    body: bytes,
    outcome: str,
    now: datetime,
    request_id: str,
    fault: str | None = None,
    headers: dict[str, str] | None = None,
) -> Taken:
    """Keep a body that made no event; the same body a second time is a duplicate."""
    with conn.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute(
            """INSERT INTO courier_events
                  (account_id, event_key, received_at, outcome, request_id, body, fault, headers)
               VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
                   ON CONFLICT (account_id, event_key) DO NOTHING RETURNING id""",
            [account.id, key, now, outcome, request_id, body, fault, Jsonb(headers or {})],
        ).fetchone()
        if row:
            return Taken(outcome, row[0], None)
        row = cursor.execute(
            "SELECT id, case_id FROM courier_events WHERE account_id = %s AND event_key = %s",
            [account.id, key],
        ).fetchone()
    if row is None:
        raise LookupError("an event vanished")
    return Taken("duplicate", row[0], row[1])


def count_refusals(conn: Connection, counts: Iterable[tuple[str, str, int]], day: date) -> None:
    """Add `(account, code, count)` to the day's refusals."""
    rows = list(counts)
    conn.execute(
        """INSERT INTO refusals (account, day, code, count)
           SELECT a, %s, c, n FROM unnest(%s::text[], %s::text[], %s::bigint[]) AS t(a, c, n)
               ON CONFLICT (account, day, code) DO UPDATE
                  SET count = refusals.count + excluded.count""",
        [day, [r[0] for r in rows], [r[1] for r in rows], [r[2] for r in rows]],
    )


def count_codes(
    conn: Connection, rows: Iterable[tuple[int, str, str, int]], now: datetime
) -> list[tuple[int, str]]:
    """Add `(account_id, code, words, events)` to the unknown codes; those that are new."""
    rows = list(rows)
    with conn.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(
            """INSERT INTO unknown_codes AS u (account_id, code, words, events, first_at, last_at)
               SELECT a, c, max(w), sum(n), %s, %s
                 FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::bigint[]) AS t(a, c, w, n)
                GROUP BY a, c
                   ON CONFLICT (account_id, code) DO UPDATE SET words = excluded.words,
                      events = u.events + excluded.events, last_at = excluded.last_at
               RETURNING account_id, code, xmax = 0""",
            [
                now,
                now,
                [r[0] for r in rows],
                [r[1] for r in rows],
                [r[2] for r in rows],
                [r[3] for r in rows],
            ],
        )
        return [(account_id, code) for account_id, code, fresh in cursor if fresh]


def quarantined(
    conn: Connection, after: int = 0, limit: int = 100, account: str | None = None
) -> list[dict[str, Any]]:
    """Quarantined bodies, oldest first, without the bodies; of one account by its slug."""
    return conn.execute(
        """SELECT e.id, a.slug AS account, a.courier, e.received_at, e.fault,
                  octet_length(e.body) AS bytes
             FROM courier_events e JOIN courier_accounts a ON a.id = e.account_id
            WHERE e.outcome = 'quarantined' AND e.id > %s AND a.slug = coalesce(%s, a.slug)
            ORDER BY e.id LIMIT %s""",
        [after, account, limit],
    ).fetchall()


def count_quarantined(conn: Connection, account: str | None = None) -> int:
    """How many bodies are in quarantine; of one account by its slug."""
    row = conn.execute(
        """SELECT count(*) FROM courier_events e JOIN courier_accounts a ON a.id = e.account_id
            WHERE e.outcome = 'quarantined' AND a.slug = coalesce(%s, a.slug)""",
        [account],
    ).fetchone()
    return int(row["count"]) if row else 0


def event(conn: Connection, event_id: int) -> dict[str, Any] | None:
    """One event with its body and the slug of its account."""
    return conn.execute(
        """SELECT e.*, a.slug AS account, a.courier FROM courier_events e
             JOIN courier_accounts a ON a.id = e.account_id WHERE e.id = %s""",
        [event_id],
    ).fetchone()


def lock_event(conn: Connection, event_id: int) -> str:
    """Its outcome, held until the end of the transaction."""
    row = conn.execute(
        "SELECT outcome FROM courier_events WHERE id = %s FOR UPDATE", [event_id]
    ).fetchone()
    if row is None:
        raise LookupError("an event vanished")
    return str(row["outcome"])


def still_unreadable(conn: Connection, event_id: int, fault: str) -> None:
    """A replay failed; remember the newer reason."""
    conn.execute(
        "UPDATE courier_events SET fault = %s WHERE id = %s AND outcome = 'quarantined'",
        [fault, event_id],
    )


def set_aside(conn: Connection, event_id: int) -> None:
    """A replay found nothing in it that concerns a parcel."""
    conn.execute(
        """UPDATE courier_events SET outcome = 'ignored', fault = NULL
            WHERE id = %s AND outcome = 'quarantined'""",
        [event_id],
    )
