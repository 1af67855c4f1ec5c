"""SQL on pickup points: those of a case, nearest first, and many of them at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.booking.nearby import At
from app.db.connection import Connection
from app.db.together import Rows

_NAMES = (
    *("id", "depot_id", "name", "address", "hours", "ready_in", "keeps_for", "capacity", "taken"),
    *("latitude", "longitude", "keeps_holidays", "closed"),
)
_COLUMNS = ", ".join(f"p.{name}" for name in _NAMES)
_BOX = """
          p.latitude BETWEEN h.latitude - {km} / 111.0 AND h.latitude + {km} / 111.0
      AND p.longitude BETWEEN h.longitude - {km} / h.degree AND h.longitude + {km} / h.degree
"""
"""So many kilometres around `h`; of a degree of longitude it says how many that has there."""
_FEW, _NEAR = 200, 40

MANY = f"EXISTS (SELECT FROM pickup_points q WHERE q.depot_id = d.id OFFSET {_FEW})"
"""Whether a depot `d` has so many that not all are read."""

_REFUSED = """EXISTS (SELECT FROM bookings b WHERE b.case_id = %(case)s
                         AND b.pickup_point_id = p.id AND b.state = 'refused') AS refused"""

POINTS: Rows[dict[str, Any]] = Rows(
    (*_NAMES, "postcode", "refused"),
    f"""SELECT {_COLUMNS}, p.postcode, {_REFUSED}
          FROM cases c JOIN depots d ON d.id = c.depot_id JOIN pickup_points p ON p.depot_id = d.id
         WHERE c.id = %(case)s AND NOT {MANY}""",  # noqa: S608 - constants
    dict,
)
"""The pickup points of a case's depot, full ones and what was refused too; none if it has many."""

NEAR: Rows[dict[str, Any]] = Rows(
    (*_NAMES, "refused", "at_latitude", "at_longitude"),
    f"""WITH the AS (
            SELECT c.depot_id, coalesce(s.address, s.courier_address) AS a,
                   jsonb_typeof(coalesce(s.address, s.courier_address)->'latitude') = 'number'
                   AND jsonb_typeof(coalesce(s.address, s.courier_address)->'longitude') = 'number'
                       AS known
              FROM cases c JOIN shipments s ON s.id = c.shipment_id WHERE c.id = %(case)s),
        here AS (  -- where the address is, else where the points of its postcode are
            SELECT the.depot_id, upper(replace(coalesce(a->>'postcode', ''), ' ', '')) AS postcode,
                   CASE WHEN known THEN (a->>'latitude')::float8 ELSE o.latitude END AS latitude,
                   CASE WHEN known THEN (a->>'longitude')::float8 ELSE o.longitude END AS longitude
              FROM the LEFT JOIN LATERAL (
                   SELECT avg(q.latitude) AS latitude, avg(q.longitude) AS longitude
                     FROM pickup_points q WHERE q.depot_id = the.depot_id AND q.postcode <> ''
                      AND q.postcode = upper(replace(a->>'postcode', ' ', ''))) o ON true),
        there AS (
            SELECT here.*, 111.0 * greatest(cos(radians(latitude)), 0.01) AS degree FROM here),
        h AS (  -- the smallest box that holds enough of them
            SELECT there.*, (SELECT coalesce(min(km), 75)
                               FROM (VALUES (1), (3), (10), (30)) boxes(km)
                             WHERE {_NEAR} = (SELECT count(*) FROM (
                                   SELECT FROM pickup_points p, there h
                                    WHERE p.depot_id = h.depot_id AND {_BOX.format(km="km")}
                                    LIMIT {_NEAR}) found)) AS km
              FROM there)
        SELECT {_COLUMNS}, {_REFUSED}, h.latitude AS at_latitude, h.longitude AS at_longitude
          FROM h, LATERAL (
               (SELECT p.* FROM pickup_points p
                 WHERE p.depot_id = h.depot_id AND {_BOX.format(km="h.km")}
                 ORDER BY (p.latitude - h.latitude) ^ 2
                          + ((p.longitude - h.longitude) * cos(radians(h.latitude))) ^ 2, p.id
                 LIMIT {_NEAR})
                UNION ALL
               (SELECT p.* FROM pickup_points p
                 WHERE h.latitude IS NULL AND p.depot_id = h.depot_id
                   AND p.postcode <> '' AND p.postcode = h.postcode
                 ORDER BY p.name, p.id LIMIT {_NEAR})) p""",  # noqa: S608 - constants
    dict,
)
"""Of a depot with many those near the case's address, with where that is.

What the first box counts is read from the index, and so is the band of latitudes of the second.
"""


def place(near: Sequence[Mapping[str, Any]]) -> At | None:
    """Where the address is that these are near, if that is known."""
    if not near or near[0]["at_latitude"] is None:
        return None
    return At(near[0]["at_latitude"], near[0]["at_longitude"])


def put(conn: Connection, depot_id: int, rows: Sequence[Mapping[str, Any]]) -> int:
    """Let a depot have these pickup points, by their codes; how many are new or other than before.

    What is there now stays there: no place is taken away from a parcel that lies in it.
    """
    names = (
        *("code", "name", "address", "postcode", "hours", "ready_in", "keeps_for", "capacity"),
        *("latitude", "longitude", "keeps_holidays"),
    )
    kinds = (
        *("text", "text", "text", "text", "text", "interval", "interval", "int"),
        *("float8", "float8", "boolean"),
    )
    arrays = ", ".join(f"%({name})s::{kind}[]" for name, kind in zip(names, kinds, strict=True))
    said = [name for name in (*names[1:], "closed") if name != "capacity"]
    became = ", ".join(f"{name} = excluded.{name}" for name in said)
    was = ", ".join(f"p.{name}" for name in (*said, "capacity"))
    new = ", ".join(f"excluded.{name}" for name in (*said, "capacity"))
    done = conn.execute(
        f"""INSERT INTO pickup_points AS p (depot_id, {", ".join(names)}, closed)
            SELECT %(depot)s, {", ".join(f"r.{name}" for name in names)},
                   coalesce(string_to_array(nullif(r.days, ''), ' ')::date[], '{{}}')
              FROM unnest({arrays}, %(closed)s::text[]) AS r({", ".join(names)}, days)
             ORDER BY r.code
                ON CONFLICT (depot_id, code) WHERE code <> '' DO UPDATE
               SET {became}, capacity = greatest(excluded.capacity, p.taken)
             WHERE ({was}) IS DISTINCT FROM ({new})""",  # noqa: S608 - constants
        {
            "depot": depot_id,
            "closed": [" ".join(map(str, row["closed"])) for row in rows],
            **{name: [row[name] for row in rows] for name in names},
        },
    )
    return done.rowcount


def coded(conn: Connection, depot_id: int) -> list[dict[str, Any]]:
    """The pickup points of a depot that came from a file, by their codes."""
    return conn.execute(
        """SELECT code, name, address, postcode, hours, ready_in, keeps_for, capacity, latitude,
                  longitude, keeps_holidays, closed
             FROM pickup_points WHERE depot_id = %s AND code <> '' ORDER BY code""",
        [depot_id],
    ).fetchall()
