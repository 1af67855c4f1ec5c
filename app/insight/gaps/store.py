"""SQL of the gap detector. Every event is looked at once, in batches, off the webhooks' path."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from app.db.connection import Connection
from app.intake.backfill import MARK

WEEKS = 8
"""What is usual is learned from the last weeks."""
_COMMITTED = timedelta(seconds=20)
"""By then a transaction that got a number has ended; a webhook's takes milliseconds."""


def count(conn: Connection, at_most: int, now: datetime) -> bool:
    """Count events that an earlier turn has seen, up to `at_most`; True when there are more.

    Events that an operator took in later are no sign of life and are left out.
    """
    mark = conn.execute(
        """SELECT counted, seen, seen_at > %s AS fresh FROM intake_marks
            WHERE name = 'courier_events' FOR UPDATE""",
        [now - _COMMITTED],
    ).fetchone()
    newest = conn.execute("SELECT coalesce(max(id), 0) AS id FROM courier_events").fetchone()
    if mark is None or newest is None:
        raise LookupError("the mark of the counted events is gone")
    upto = mark["counted"] if mark["fresh"] else min(mark["counted"] + at_most, mark["seen"])
    conn.execute(
        """INSERT INTO courier_hours AS h (account_id, hour, events, minutes)
           SELECT account_id, date_trunc('hour', received_at), count(*),
                  bit_or(1::bigint << extract(minute FROM received_at)::int)
             FROM courier_events
            WHERE id > %s AND id <= %s AND NOT starts_with(request_id, %s)
            GROUP BY 1, 2
               ON CONFLICT (account_id, hour) DO UPDATE SET
                  events = h.events + excluded.events, minutes = h.minutes | excluded.minutes""",
        [mark["counted"], upto, MARK],
    )
    conn.execute(
        """INSERT INTO courier_rhythms AS r (account_id, first_at, last_at)
           SELECT account_id, min(received_at), max(received_at) FROM courier_events
            WHERE ((id > %s AND id <= %s) OR id > %s) AND NOT starts_with(request_id, %s)
            GROUP BY 1
               ON CONFLICT (account_id) DO UPDATE SET
                  first_at = least(r.first_at, excluded.first_at),
                  last_at = greatest(r.last_at, excluded.last_at)""",
        [mark["counted"], upto, mark["seen"], MARK],
    )
    if upto == mark["seen"] and not mark["fresh"]:
        conn.execute(
            """UPDATE intake_marks SET counted = %s, seen = %s, seen_at = %s
                WHERE name = 'courier_events'""",
            [upto, newest["id"], now],
        )
        return False
    conn.execute("UPDATE intake_marks SET counted = %s WHERE name = 'courier_events'", [upto])
    return not mark["fresh"]


def to_learn(conn: Connection, before: datetime, limit: int) -> list[dict[str, Any]]:
    """Accounts whose rhythm was not learned since `before`: `{id, timezone}`."""
    return conn.execute(
        """SELECT a.id, a.timezone FROM courier_rhythms r
             JOIN courier_accounts a ON a.id = r.account_id
            WHERE (r.learned_at IS NULL OR r.learned_at <= %s)
              AND EXISTS (SELECT 1 FROM courier_hours h WHERE h.account_id = r.account_id)
            ORDER BY r.learned_at NULLS FIRST, a.id LIMIT %s FOR UPDATE OF r""",
        [before, limit],
    ).fetchall()


def learn(conn: Connection, zones: Sequence[tuple[int, str]], now: datetime) -> None:
    """Learn again what is usual for accounts `(id, zone)`, from the last whole weeks.

    Raises:
        psycopg.errors.InvalidParameterValue: Postgres does not know a zone.
    """
    conn.execute(
        """WITH due AS (
               SELECT d.account_id, d.zone, date_trunc('hour', %(now)s::timestamptz) AS until,
                      least(%(weeks)s, floor(extract(epoch FROM
                          date_trunc('hour', %(now)s::timestamptz) - r.first_at) / 604800))::int
                          AS weeks
                 FROM unnest(%(ids)s::bigint[], %(zones)s::text[]) AS d(account_id, zone)
                 JOIN courier_rhythms r USING (account_id)),
           slots AS (
               SELECT d.account_id, (extract(isodow FROM l.hour)::int - 1) * 24
                          + extract(hour FROM l.hour)::int AS slot,
                      sum(h.events) / d.weeks::real AS events,
                      sum(bit_count(h.minutes::bit(64))) / d.weeks::real AS minutes,
                      least(count(*) / d.weeks::real, 1) AS active
                 FROM due d
                 JOIN courier_hours h ON h.account_id = d.account_id AND h.hour < d.until
                  AND h.hour >= d.until - d.weeks * interval '7 days'
                CROSS JOIN LATERAL (SELECT h.hour AT TIME ZONE d.zone AS hour) l
                WHERE d.weeks > 0 GROUP BY 1, 2, d.weeks),
           weeks AS (
               SELECT d.account_id, d.zone, d.weeks,
                      array_agg(coalesce(s.events, 0)::real ORDER BY n) AS events,
                      array_agg(coalesce(s.minutes, 0)::real ORDER BY n) AS minutes,
                      array_agg(coalesce(s.active, 0)::real ORDER BY n) AS active
                 FROM due d CROSS JOIN generate_series(0, 167) n
                 LEFT JOIN slots s ON s.account_id = d.account_id AND s.slot = n
                GROUP BY 1, 2, 3)
           UPDATE courier_rhythms r SET zone = w.zone, weeks = w.weeks, events = w.events,
                  minutes = w.minutes, active = w.active, learned_at = %(now)s
             FROM weeks w WHERE r.account_id = w.account_id""",
        {
            "now": now,
            "weeks": WEEKS,
            "ids": [account_id for account_id, _ in zones],
            "zones": [zone for _, zone in zones],
        },
    )
    conn.execute(
        "DELETE FROM courier_hours WHERE account_id = ANY(%s) AND hour < %s",
        [[account_id for account_id, _ in zones], now - timedelta(weeks=WEEKS + 1)],
    )


def watched(conn: Connection) -> list[dict[str, Any]]:
    """Every account that ever spoke, with what is usual for it and its standing alert."""
    return conn.execute(
        """SELECT a.id, a.slug, a.shipper_id, r.last_at, r.zone, r.weeks, r.minutes, r.active,
                  t.raised_at
             FROM courier_rhythms r JOIN courier_accounts a ON a.id = r.account_id
             LEFT JOIN alerts t ON t.kind = 'courier_silent' AND t.subject = a.slug
                   AND t.ended_at IS NULL
            ORDER BY a.id"""
    ).fetchall()


def overview(conn: Connection, now: datetime) -> list[dict[str, Any]]:
    """Every account: what is usual, the last seven days by the hour, and what went wrong."""
    return conn.execute(
        """SELECT a.id, a.depot_id, a.slug, a.courier, a.timezone, r.last_at,
                  coalesce(r.weeks, 0) AS weeks,
                  r.zone, r.events AS usual, r.minutes, r.active, w.hours, w.events,
                  coalesce(q.count, 0) AS quarantined, f.refused, u.codes, t.raised_at
             FROM courier_accounts a
             LEFT JOIN courier_rhythms r ON r.account_id = a.id
             LEFT JOIN alerts t ON t.kind = 'courier_silent' AND t.subject = a.slug
                   AND t.ended_at IS NULL
             LEFT JOIN (SELECT account_id, array_agg(hour) AS hours, array_agg(events) AS events
                          FROM courier_hours WHERE hour > %(week)s GROUP BY account_id) w
                    ON w.account_id = a.id
             LEFT JOIN (SELECT account_id, count(*) AS count FROM courier_events
                         WHERE outcome = 'quarantined' GROUP BY account_id) q
                    ON q.account_id = a.id
             LEFT JOIN (SELECT account, jsonb_object_agg(code, count) AS refused
                          FROM (SELECT account, code, sum(count) AS count FROM refusals
                                 WHERE day > %(day)s GROUP BY account, code) c
                         GROUP BY account) f ON f.account = a.slug
             LEFT JOIN (SELECT account_id, jsonb_agg(jsonb_build_object('code', code,
                               'words', words, 'events', events, 'first_at', first_at)
                               ORDER BY last_at DESC, code) AS codes
                          FROM unknown_codes GROUP BY account_id) u ON u.account_id = a.id
            ORDER BY t.raised_at IS NULL, a.slug""",
        {"week": now - timedelta(days=7), "day": (now - timedelta(days=7)).date()},
    ).fetchall()


def past(conn: Connection, limit: int) -> list[dict[str, Any]]:
    """The silences that are over, the newest first: `{subject, raised_at, ended_at, facts}`."""
    return conn.execute(
        """SELECT subject, raised_at, ended_at, facts FROM alerts
            WHERE kind = 'courier_silent' AND ended_at IS NOT NULL ORDER BY id DESC LIMIT %s""",
        [limit],
    ).fetchall()
