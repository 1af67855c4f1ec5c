"""SQL on rotas and on depots' opening hours: what is read to know who is called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from app.db.connection import Connection
from app.directory.model import Person
from app.directory.rotas.model import (
    Covers,
    Handover,
    Opening,
    Override,
    Rota,
    Shift,
    Span,
    Swap,
    Why,
)
from app.directory.store import as_person

_NEAR = timedelta(days=3)
"""A swap is of a day; so far from a moment its shift can be at most."""

_READ = """SELECT r.*, d.slug AS depot,
       ARRAY(SELECT jsonb_build_object(
                 'id', s.id, 'weekdays', s.weekdays, 'starts', s.starts, 'ends', s.ends,
                 'first', s.first, 'last', s.last, 'people',
                 ARRAY(SELECT person_id FROM rota_turns t WHERE t.shift_id = s.id ORDER BY place))
               FROM rota_shifts s WHERE s.rota_id = r.id ORDER BY s.id) AS shifts,
       ARRAY(SELECT jsonb_build_array(w.shift_id, w.day, w.of_id, w.to_id)
               FROM rota_swaps w JOIN rota_shifts s ON s.id = w.shift_id
              WHERE s.rota_id = r.id AND w.day BETWEEN %(since)s::date AND %(until)s::date
              ORDER BY w.day) AS swaps,
       ARRAY(SELECT jsonb_build_array(o.id, o.starts_at, o.ends_at, o.person_id, o.of_id)
               FROM rota_overrides o
              WHERE o.rota_id = r.id AND o.ends_at > %(since)s AND o.starts_at < %(until)s
              ORDER BY o.id) AS overrides,
       ARRAY(SELECT jsonb_build_array(i.starts_at, i.ends_at, i.person_id) FROM rota_imported i
              WHERE i.rota_id = r.id AND i.ends_at > %(since)s AND i.starts_at < %(until)s
              ORDER BY i.starts_at) AS imported,
       ARRAY(SELECT jsonb_build_object('id', p.id, 'name', p.name, 'phone', p.phone,
                                       'email', p.email, 'channels', p.channels,
                                       'endpoints', endpoints_of(p.id, NULL),
                                       'language', p.language)
               FROM people p WHERE p.removed_at IS NULL AND p.id IN (
                    SELECT t.person_id FROM rota_shifts s JOIN rota_turns t ON t.shift_id = s.id
                     WHERE s.rota_id = r.id
                    UNION SELECT w.to_id FROM rota_shifts s JOIN rota_swaps w ON w.shift_id = s.id
                     WHERE s.rota_id = r.id
                    UNION SELECT o.person_id FROM rota_overrides o
                     WHERE o.rota_id = r.id AND o.ends_at > %(since)s
                    UNION SELECT i.person_id FROM rota_imported i
                     WHERE i.rota_id = r.id AND i.ends_at > %(since)s)
              ORDER BY p.name, p.id) AS people
  FROM rotas r JOIN depots d ON d.id = r.depot_id"""


class Known(NamedTuple):
    """A rota with what is known about it besides who is on duty."""

    rota: Rota
    people: Mapping[int, Person]
    """Everybody who takes part in it."""
    depot_id: int
    depot: str
    version: int
    feed_version: int
    source: str | None
    read_until: datetime | None
    created_at: datetime


def by_ids(
    conn: Connection, ids: Sequence[int], since: datetime, until: datetime
) -> dict[int, Known]:
    """Rotas by id, with all that decides who is on duty in this time."""
    rows = conn.execute(_READ + " WHERE r.id = ANY(%(ids)s)", _around(since, until, ids=list(ids)))
    return {row["id"]: _known(row) for row in rows}


def by_slug(conn: Connection, slug: str, since: datetime, until: datetime) -> Known | None:
    """A rota by slug; None if there is none."""
    row = conn.execute(
        _READ + " WHERE r.slug = %(slug)s", _around(since, until, slug=slug)
    ).fetchone()
    return _known(row) if row else None


def all_of(conn: Connection, since: datetime, until: datetime) -> list[Known]:
    """All rotas, by depot and name."""
    rows = conn.execute(_READ + " ORDER BY d.slug, r.name, r.id", _around(since, until))
    return [_known(row) for row in rows]


def depot_of(conn: Connection, slug: str) -> int | None:
    """The id of a rota's depot; None if there is no such rota."""
    row = conn.execute("SELECT depot_id FROM rotas WHERE slug = %s", [slug]).fetchone()
    return row["depot_id"] if row else None


def names(conn: Connection) -> list[tuple[str, str]]:
    """`(slug, name)` of all rotas."""
    rows = conn.execute("SELECT slug, name FROM rotas ORDER BY id").fetchall()
    return [(row["slug"], row["name"]) for row in rows]


def ids(conn: Connection, slugs: Sequence[str]) -> dict[str, int]:
    """The ids of the rotas that there are, by slug."""
    rows = conn.execute("SELECT slug, id FROM rotas WHERE slug = ANY(%s)", [list(slugs)])
    return {row["slug"]: row["id"] for row in rows}


def opening(conn: Connection, depot_id: int, since: datetime, until: datetime) -> Opening:
    """A depot's opening hours, with the days in this time on which it is closed."""
    row = conn.execute(
        """SELECT timezone, country, region, closes_on_holidays,
                  ARRAY(SELECT jsonb_build_array(weekday, opens, closes) FROM depot_hours h
                         WHERE h.depot_id = d.id ORDER BY weekday, opens) AS hours,
                  ARRAY(SELECT day FROM depot_closures c WHERE c.depot_id = d.id
                           AND day BETWEEN %(since)s::date AND %(until)s::date) AS closed
             FROM depots d WHERE id = %(id)s""",
        _around(since, until, id=depot_id),
    ).fetchone()
    assert row is not None  # noqa: S101 - depots are never deleted
    return Opening(
        zone=row["timezone"],
        hours=hours(row["hours"]),
        closed=frozenset(row["closed"]),
        country=row["country"],
        region=row["region"],
        keeps_holidays=row["closes_on_holidays"],
    )


def hours(raw: Sequence[Sequence[Any]]) -> list[tuple[int, time, time]]:
    """Opening hours as the database tells of them in JSON."""
    return [
        (weekday, time.fromisoformat(opens), time.fromisoformat(closes))
        for weekday, opens, closes in raw
    ]


def forget_person(conn: Connection, person_id: int) -> None:
    """Take somebody out of all rotas."""
    for statement in (
        "DELETE FROM rota_turns WHERE person_id = %s",
        "DELETE FROM rota_swaps WHERE to_id = %s",
        "DELETE FROM rota_overrides WHERE person_id = %s",
        "DELETE FROM rota_imported WHERE person_id = %s",
    ):
        conn.execute(statement, [person_id])


def _around(since: datetime, until: datetime, **more: Any) -> dict[str, Any]:
    return {"since": since - _NEAR, "until": until + _NEAR, **more}


def _known(row: dict[str, Any]) -> Known:
    rota = Rota(
        id=row["id"],
        slug=row["slug"],
        name=row["name"],
        zone=row["timezone"],
        handover=Handover(row["handover_from"], row["handover_at"], row["handover_days"]),
        shifts=[_shift(shift) for shift in row["shifts"]],
        swaps=[Swap(shift, date.fromisoformat(day), of, to) for shift, day, of, to in row["swaps"]],
        overrides=[
            Override(id_, _moment(starts), _moment(ends), person, of)
            for id_, starts, ends, person, of in row["overrides"]
        ],
        imported=[
            Span(_moment(starts), _moment(ends), person, Why.IMPORTED)
            for starts, ends, person in row["imported"]
        ],
        covers=Covers(row["covers"]),
    )
    people = {person["id"]: as_person(person) for person in row["people"]}
    return Known(
        rota,
        people,
        row["depot_id"],
        row["depot"],
        row["version"],
        row["feed_version"],
        row["source"],
        row["read_until"],
        row["created_at"],
    )


def _shift(raw: dict[str, Any]) -> Shift:
    return Shift(
        id=raw["id"],
        weekdays=frozenset(raw["weekdays"]),
        starts=time.fromisoformat(raw["starts"]),
        ends=time.fromisoformat(raw["ends"]),
        people=tuple(raw["people"]),
        first=date.fromisoformat(raw["first"]) if raw["first"] else None,
        last=date.fromisoformat(raw["last"]) if raw["last"] else None,
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
