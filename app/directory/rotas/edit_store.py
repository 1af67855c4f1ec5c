"""SQL that changes rotas."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any, NamedTuple

from app.db.connection import Connection
from app.directory.rotas.model import Handover, Shift, Span, Swap


class Settings(NamedTuple):
    """What a rota is called and how it turns."""

    name: str
    zone: str
    handover: Handover
    covers: str


def add(
    conn: Connection, slug: str, depot_id: int, settings: Settings, now: datetime
) -> int | None:
    """Insert a rota; its id, None if there is one with this slug."""
    row = conn.execute(
        """INSERT INTO rotas (slug, depot_id, name, timezone, handover_from, handover_at,
                              handover_days, covers, created_at)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
               ON CONFLICT (slug) DO NOTHING RETURNING id""",
        [slug, depot_id, settings.name, settings.zone, *settings.handover, settings.covers, now],
    ).fetchone()
    return row["id"] if row else None


def lock(conn: Connection, slug: str) -> tuple[int, int] | None:
    """A rota's `(id, version)`, locked until the transaction ends."""
    row = conn.execute(
        "SELECT id, version FROM rotas WHERE slug = %s FOR UPDATE", [slug]
    ).fetchone()
    return (row["id"], row["version"]) if row else None


def set_settings(conn: Connection, rota_id: int, depot_id: int, settings: Settings) -> None:
    """Give a rota these settings."""
    conn.execute(
        """UPDATE rotas SET depot_id = %s, name = %s, timezone = %s, handover_from = %s,
                  handover_at = %s, handover_days = %s, covers = %s WHERE id = %s""",
        [depot_id, settings.name, settings.zone, *settings.handover, settings.covers, rota_id],
    )


def touch(conn: Connection, rota_id: int, by: str, what: str, now: datetime) -> None:
    """It was changed: write down by whom and what, and let open forms know that they are stale."""
    conn.execute("UPDATE rotas SET version = version + 1 WHERE id = %s", [rota_id])
    conn.execute(
        "INSERT INTO rota_changes (rota_id, at, by, what) VALUES (%s, %s, %s, %s)",
        [rota_id, now, by, what],
    )


def put_shifts(conn: Connection, rota_id: int, shifts: Sequence[Shift]) -> None:
    """Let a rota have these shifts; one with an id keeps it, and so what was swapped in it."""
    kept = [shift.id for shift in shifts if shift.id]
    conn.execute("DELETE FROM rota_shifts WHERE rota_id = %s AND id <> ALL(%s)", [rota_id, kept])
    for shift in shifts:
        values = [sorted(shift.weekdays), shift.starts, shift.ends, shift.first, shift.last]
        if shift.id:
            conn.execute(
                """UPDATE rota_shifts SET weekdays = %s, starts = %s, ends = %s, first = %s,
                          last = %s WHERE id = %s AND rota_id = %s""",
                [*values, shift.id, rota_id],
            )
            shift_id = shift.id
        else:
            row = conn.execute(
                """INSERT INTO rota_shifts (weekdays, starts, ends, first, last, rota_id)
                   VALUES (%s, %s, %s, %s, %s, %s) RETURNING id""",
                [*values, rota_id],
            ).fetchone()
            assert row is not None  # noqa: S101 - RETURNING gives a row
            shift_id = row["id"]
        conn.execute("DELETE FROM rota_turns WHERE shift_id = %s", [shift_id])
        conn.execute(
            """INSERT INTO rota_turns (shift_id, place, person_id)
               SELECT %s, place, person
                 FROM unnest(%s::bigint[]) WITH ORDINALITY AS t(person, place)""",
            [shift_id, list(shift.people)],
        )


def add_override(
    conn: Connection,
    rota_id: int,
    starts_at: datetime,
    ends_at: datetime,
    person_id: int | None,
    of_id: int | None,
) -> int:
    """Insert an override, which counts over all earlier ones; its id."""
    row = conn.execute(
        """INSERT INTO rota_overrides (rota_id, starts_at, ends_at, person_id, of_id)
           VALUES (%s, %s, %s, %s, %s) RETURNING id""",
        [rota_id, starts_at, ends_at, person_id, of_id],
    ).fetchone()
    assert row is not None  # noqa: S101 - RETURNING gives a row
    return int(row["id"])


def drop_override(conn: Connection, rota_id: int, override_id: int) -> bool:
    """Take an override back; False: there is none of this id."""
    done = conn.execute(
        "DELETE FROM rota_overrides WHERE rota_id = %s AND id = %s", [rota_id, override_id]
    )
    return bool(done.rowcount)


def put_swap(conn: Connection, swap: Swap) -> None:
    """Let one person stand for another on a day's shift; for themselves: as it was planned."""
    conn.execute(
        "DELETE FROM rota_swaps WHERE shift_id = %s AND day = %s AND of_id = %s",
        [swap.shift_id, swap.day, swap.of],
    )
    if swap.of != swap.to:
        conn.execute("INSERT INTO rota_swaps VALUES (%s, %s, %s, %s)", list(swap))


def put_imported(
    conn: Connection, rota_id: int, source: str, until: datetime, spans: Sequence[Span]
) -> None:
    """Let what a calendar says, read so far, be who is on duty; an empty one ends the import."""
    conn.execute("DELETE FROM rota_imported WHERE rota_id = %s", [rota_id])
    conn.execute(
        """INSERT INTO rota_imported (rota_id, starts_at, ends_at, person_id)
           SELECT %s, * FROM unnest(%s::timestamptz[], %s::timestamptz[], %s::bigint[])
               ON CONFLICT (rota_id, starts_at, person_id)
               DO UPDATE SET ends_at = greatest(excluded.ends_at, rota_imported.ends_at)""",
        [
            rota_id,
            [one.starts_at for one in spans],
            [one.ends_at for one in spans],
            [one.person for one in spans],
        ],
    )
    conn.execute(
        "UPDATE rotas SET source = nullif(%s, ''), read_until = %s WHERE id = %s",
        [source, until if source else None, rota_id],
    )


def renew_feed(conn: Connection, rota_id: int) -> None:
    """End all links of a rota's calendar."""
    conn.execute("UPDATE rotas SET feed_version = feed_version + 1 WHERE id = %s", [rota_id])


def remove(conn: Connection, rota_id: int) -> None:
    """Delete a rota with all that belongs to it."""
    conn.execute("DELETE FROM rotas WHERE id = %s", [rota_id])


def levels_of(conn: Connection, rota_id: int) -> list[str]:
    """The levels that name a rota: `anaheim level 1`."""
    rows = conn.execute(
        """SELECT d.slug || ' level ' || l.level AS name FROM ladder_levels l
             JOIN depots d ON d.id = l.depot_id WHERE l.rota_id = %s ORDER BY 1""",
        [rota_id],
    ).fetchall()
    return [row["name"] for row in rows]


def changes(conn: Connection, rota_id: int, limit: int) -> list[dict[str, Any]]:
    """The latest changes: `at, by, what`."""
    return conn.execute(
        "SELECT at, by, what FROM rota_changes WHERE rota_id = %s ORDER BY id DESC LIMIT %s",
        [rota_id, limit],
    ).fetchall()


def people_ids(conn: Connection, ids: Sequence[int]) -> set[int]:
    """Those of the ids that somebody has who can be called."""
    rows = conn.execute(
        "SELECT id FROM people WHERE id = ANY(%s) AND removed_at IS NULL AND role <> 'shipper'",
        [list(ids)],
    )
    return {row["id"] for row in rows}


def put_hours(
    conn: Connection,
    depot_id: int,
    hours: Sequence[tuple[int, time, time]],
    *,
    keeps_holidays: bool,
) -> None:
    """Let a depot be open at these hours, on public holidays or not."""
    conn.execute("DELETE FROM depot_hours WHERE depot_id = %s", [depot_id])
    with conn.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO depot_hours VALUES (%s, %s, %s, %s)", [(depot_id, *one) for one in hours]
        )
    conn.execute(
        "UPDATE depots SET closes_on_holidays = %s WHERE id = %s", [keeps_holidays, depot_id]
    )


def is_planned(conn: Connection, rota_id: int, shift_id: int, day: date) -> bool:
    """Whether a rota has this shift on that day."""
    row = conn.execute(
        """SELECT FROM rota_shifts WHERE rota_id = %s AND id = %s
              AND extract(isodow FROM %s::date)::int = ANY(weekdays)
              AND %s::date BETWEEN coalesce(first, '-infinity') AND coalesce(last, 'infinity')""",
        [rota_id, shift_id, day, day],
    ).fetchone()
    return row is not None
