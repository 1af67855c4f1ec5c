"""A rota on the ladder of `tests/seed.py`, made as a page would make it."""

from __future__ import annotations

from datetime import date, time, timedelta

from app.db.connection import transaction

ZONE = "America/Los_Angeles"
ALL_WEEK = [1, 2, 3, 4, 5, 6, 7]


def a_rota(depot_id: int, shifts: list[tuple[time, time, list[int]]], name: str = "Days") -> int:
    """A rota with shifts on all days, `(from, to, people in turn)`; its id.

    Turns pass on every seven days, first half an hour after stories begin.
    """
    with transaction() as conn:
        (row,) = conn.execute(
            """INSERT INTO rotas (slug, name, depot_id, timezone, handover_from, handover_at,
                                  created_at)
               VALUES (%s, %s, %s, %s, %s, '09:30', now()) RETURNING id""",
            [name.lower(), name, depot_id, ZONE, date(2036, 5, 6)],
        ).fetchall()
        for starts, ends, people in shifts:
            (shift,) = conn.execute(
                """INSERT INTO rota_shifts (rota_id, weekdays, starts, ends)
                   VALUES (%s, %s, %s, %s) RETURNING id""",
                [row["id"], ALL_WEEK, starts, ends],
            ).fetchall()
            for place, person in enumerate(people):
                conn.execute(
                    "INSERT INTO rota_turns VALUES (%s, %s, %s)", [shift["id"], place, person]
                )
        return int(row["id"])


def a_level(depot_id: int, level: int, minutes: int = 5, **what) -> None:
    """A level in place of what stands at this number."""
    columns = {"depot_id": depot_id, "level": level, "wait": timedelta(minutes=minutes), **what}
    names, marks = ", ".join(columns), ", ".join(["%s"] * len(columns))
    with transaction() as conn:
        conn.execute(
            "DELETE FROM ladder_levels WHERE depot_id = %s AND level = %s", [depot_id, level]
        )
        conn.execute(
            f"INSERT INTO ladder_levels ({names}) VALUES ({marks})", list(columns.values())
        )
