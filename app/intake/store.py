"""SQL of intake: what became of a courier's body, refusals, unknown codes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

import psycopg
from psycopg.rows import tuple_row
from psycopg.types.json import Jsonb

from app import json_body
from app.db import packed
from app.db.connection import Connection, connection, transaction
from app.db.grouped import GroupedWriter
from app.intake.event import Event, KeyReused, Message
from app.shipments import normal


class Taken(NamedTuple):
    """What became of a message: accepted, duplicate, ignored or quarantined."""

    outcome: str
    event_id: int
    case_id: int | None


Also = Callable[[Connection], None]

RANK = {"accepted": 0, "quarantined": 1, "duplicate": 2, "ignored": 3}
"""Of a message with several events the first of these that any of them got is answered."""

_TAKE_EVENT = f"SELECT take_event({', '.join(['%s'] * 14)}, %s::int, {', '.join(['%s'] * 11)})"
_grouped = GroupedWriter(_TAKE_EVENT)


def take(message: Message, now: datetime, also: Also | None = None) -> Taken:
    """Commit what a message means: the body, the parcel, the case, its timeline and first step.

    `also` is done in the same transaction, where it is news.

    Once more when the connection was stale or another thread used the same key first. This is
    safe: what was committed before its answer got lost is a duplicate.
    """
    try:
        return _take(message, now, also)
    except (psycopg.OperationalError, psycopg.errors.UniqueViolation):
        return _take(message, now, also)


async def take_at_once(message: Message, now: datetime) -> Taken | None:
    """The same as `take` in an event loop, for a new message of one event; with others, in a group.

    None when it could not be taken like that. It may be committed all the same.
    """
    text = await _grouped.text(_values(message, message.events[0], now))
    return _taken(text) if text else None


def take_on(conn: Connection, message: Message, now: datetime) -> Taken:
    """The same on this connection, in the caller's transaction."""
    return _take_several(conn, message, now)


def _take(message: Message, now: datetime, also: Also | None) -> Taken:
    if message.replay_of is None and not message.events:
        return _keep(connection(), message, now)
    if also or message.replay_of is not None or len(message.events) > 1:
        with transaction() as conn:
            taken = _take_several(conn, message, now)
            if also and taken.outcome != "duplicate":
                also(conn)
            return taken
    taken = _take_one(connection(), message, message.events[0], now)
    _check_same(connection(), message, message.events[0], taken)
    return taken


def _take_several(conn: Connection, message: Message, now: datetime) -> Taken:
    """All events of a body; in a replay the first of them takes the quarantined row's place."""
    if message.replay_of is not None:
        so_far = _lock_event(conn, message.replay_of)
        if so_far.outcome != "quarantined":
            return so_far
        if not message.events:
            return _still_quarantined(conn, message)
    taken = [
        _take_one(conn, message, event, now, message.replay_of if number == 0 else None)
        for number, event in enumerate(message.events)
    ]
    for event, one in zip(message.events, taken, strict=True):
        _check_same(conn, message, event, one)
    return min(taken, key=lambda one: (RANK[one.outcome], one.case_id is None))


def _take_one(
    conn: Connection, message: Message, event: Event, now: datetime, replay_of: int | None = None
) -> Taken:
    with conn.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute(
            _TAKE_EVENT.encode(), _values(message, event, now, replay_of)
        ).fetchone()
    return _taken(row[0] if row else "")


def _check_same(conn: Connection, message: Message, event: Event, taken: Taken) -> None:
    """Check that a duplicate is one: the same body, or the same parcel in a body of several.

    Of what came long ago the body is no longer there (`app/insight/retention.py`): it is believed.

    Raises:
        KeyReused: something else came with this key before.
    """
    if taken.outcome != "duplicate" or taken.event_id == message.replay_of:
        return
    known = conn.execute(
        """SELECT e.body, s.tracking_number, s.courier_ref
             FROM courier_events e LEFT JOIN shipments s ON s.id = e.shipment_id
            WHERE e.id = %s""",
        [taken.event_id],
    ).fetchone()
    if known is None:
        return
    before = packed.unpack(known["body"])
    if before in {message.incoming.raw, b""} or _one_meaning(before, message.incoming.raw):
        return
    same_parcel = (
        event.tracking_number == known["tracking_number"]
        or event.courier_ref == known["courier_ref"]
    )
    if len(message.events) > 1 and same_parcel:
        return
    raise KeyReused(taken.event_id)


def _as_written(event: Event) -> str | None:
    """How the courier wrote the time, where that is not the very moment that was read."""
    try:
        plain = datetime.fromisoformat(event.raw_time) == event.occurred_at
    except (TypeError, ValueError):
        plain = False
    return None if plain else event.raw_time


def _one_meaning(*bodies: bytes) -> bool:
    """Whether bodies say the same: one was only written anew on its way, spaced otherwise."""
    try:
        return len({json.dumps(json_body.parse(raw), sort_keys=True) for raw in bodies}) == 1
    except (ValueError, RecursionError):
        return False


def _values(
    message: Message, event: Event, now: datetime, replay_of: int | None = None
) -> tuple[Any, ...]:
    account = message.account
    return (
        account.id,
        account.shipper_id,
        account.depot_id,
        event.key,
        message.incoming.kept(),
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
        event.occurred_at or _came_at(message),
        _as_written(event),
        event.name,
        event.phone,
        event.email,
        normal.language(event.language) if event.language else None,
        Jsonb(event.address) if event.address else None,
        now,
        message.request_id,
        replay_of,
        Jsonb(event.held.as_json()) if event.held else None,
    )


def _came_at(message: Message) -> datetime | None:
    """When a body that is read again came; it says nothing of its time, so that is the time."""
    return None if message.replay_of is None else message.incoming.received_at


def _taken(text: str) -> Taken:
    outcome, event_id, case_id = text.split(" ")
    return Taken(outcome, int(event_id), int(case_id) if case_id else None)


def _keep(conn: Connection, message: Message, now: datetime) -> Taken:
    """Keep a body that made no event; the same body a second time is a duplicate."""
    outcome = "quarantined" if message.fault else "ignored"
    account, key = message.account, message.digest()
    with conn.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute(
            """INSERT INTO courier_events
                  (account_id, event_key, received_at, outcome, request_id, body, fault, headers)
               VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
                   ON CONFLICT (account_id, event_key) DO NOTHING RETURNING id""",
            [
                account.id,
                key,
                now,
                outcome,
                message.request_id,
                message.incoming.raw,
                message.fault,
                Jsonb(message.headers),
            ],
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


def _lock_event(conn: Connection, event_id: int) -> Taken:
    """What became of it so far, held until the end of the transaction."""
    row = conn.execute(
        "SELECT outcome, case_id FROM courier_events WHERE id = %s FOR UPDATE", [event_id]
    ).fetchone()
    if row is None:
        raise LookupError("an event vanished")
    return Taken(row["outcome"], event_id, row["case_id"])


def _still_quarantined(conn: Connection, message: Message) -> Taken:
    """A replay could still not read it, or found nothing in it that concerns a parcel."""
    outcome = "quarantined" if message.fault else "ignored"
    conn.execute(
        "UPDATE courier_events SET outcome = %s, fault = %s WHERE id = %s",
        [outcome, message.fault, message.replay_of],
    )
    return Taken(outcome, message.replay_of or 0, None)


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
                GROUP BY a, c ORDER BY a, c
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


def count_other(conn: Connection, rows: Iterable[tuple[int, str, int]], now: datetime) -> None:
    """Add `(account_id, type, events)` to the messages that are about nothing of ours."""
    rows = list(rows)
    conn.execute(
        """INSERT INTO other_news AS o (account_id, type, events, first_at, last_at)
           SELECT a, t, n, %s, %s FROM unnest(%s::bigint[], %s::text[], %s::bigint[]) AS u(a, t, n)
               ON CONFLICT (account_id, type) DO UPDATE
                  SET events = o.events + excluded.events, last_at = excluded.last_at""",
        [now, now, [r[0] for r in rows], [r[1] for r in rows], [r[2] for r in rows]],
    )
