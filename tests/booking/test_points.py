"""Pickup points near the customer: from a file, nearest first, ready only when they are open."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from app import clock
from app.booking import nearby, points_file, rules
from app.cli import environment, main
from app.db.connection import connection
from app.directory.rotas.model import Opening
from app.directory.rotas.opening import is_open
from app.languages import distances, get
from tests.booking.world import NOW, World, read

ALEXANDERPLATZ = nearby.At(52.5219, 13.4132)


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands work on this test's database."""
    monkeypatch.setattr(environment, "attach", lambda: None)


def imported(world: World, path: Path, text: str) -> Result:
    path.write_text(text, encoding="utf-8")
    (row,) = read("SELECT slug FROM depots WHERE id = %s", world.depot)
    return CliRunner().invoke(main, ["points", "import", row["slug"], str(path)])


def lines(*points: dict[str, Any]) -> str:
    out = io.StringIO()
    names = sorted({name for point in points for name in point})
    writer = csv.DictWriter(out, names)
    writer.writeheader()
    writer.writerows(points)
    return out.getvalue()


def point(code: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "name": f"Kiosk {code}", "address": "Karl-Marx-Str. 1", **more}


def at(latitude: float, longitude: float) -> str:
    return json.dumps(
        {"line1": "Here 1", "city": "Berlin", "postcode": "10178", "country": "DE"}
        | {"latitude": latitude, "longitude": longitude}
    )


def goes_to(case_id: int, address: str) -> None:
    connection().execute(
        """UPDATE shipments SET address = %s
            WHERE id = (SELECT shipment_id FROM cases WHERE id = %s)""",
        [address, case_id],
    )


def test_a_file_is_taken_row_by_row_and_twice_is_once(bare: World, tmp_path: Path) -> None:
    file = tmp_path / "points.csv"
    good = [point("A", latitude=52.52, longitude=13.41), point("B", capacity=3)]
    bad = [
        point("", name="No code"),
        point("C", latitude="north"),
        point("D", latitude=52.5),
        point("E", closed="24.12.2026"),
        point("A"),
    ]
    result = imported(bare, file, lines(*good, *bad))
    assert result.exit_code == 1
    assert "2 pickup points" in result.output
    assert "2 new or changed" in result.output
    for said in (
        "line 4: code: is missing",
        "line 5: latitude: must be a number",
        "line 6: latitude: latitude and longitude go together",
        "line 7: closed: must be days such as 2026-12-24",
        "line 8: code: stands in this file already",
        "5 rows were left out",
    ):
        assert said in result.output, said
    again = imported(bare, file, lines(*good))
    assert (again.exit_code, "0 new or changed" in again.output) == (0, True)
    moved = imported(bare, tmp_path / "p.ndjson", json.dumps(point("B", capacity=9)) + "\n\n")
    assert "1 new or changed" in moved.output
    rows = read(
        "SELECT code, capacity FROM pickup_points WHERE depot_id = %s ORDER BY code", bare.depot
    )
    assert [(r["code"], r["capacity"]) for r in rows] == [("A", 50), ("B", 9)]


def test_what_lies_in_a_point_keeps_its_place(bare: World, tmp_path: Path) -> None:
    imported(bare, tmp_path / "points.csv", lines(point("A", capacity=5)))
    connection().execute("UPDATE pickup_points SET taken = 4 WHERE depot_id = %s", [bare.depot])
    imported(bare, tmp_path / "points.csv", lines(point("A", capacity=2)))
    (row,) = read("SELECT capacity, taken FROM pickup_points WHERE depot_id = %s", bare.depot)
    assert (row["capacity"], row["taken"]) == (4, 4)


def test_the_nearest_comes_first_with_how_far_it_is(bare: World, tmp_path: Path) -> None:
    far, near, unknown = (52.40, 13.05), (52.5225, 13.4150), None
    rows = [
        point("far", latitude=far[0], longitude=far[1]),
        point("near", latitude=near[0], longitude=near[1], postcode="10178"),
        point("unknown"),
    ]
    imported(bare, tmp_path / "points.csv", lines(*rows))
    case_id = bare.case()
    goes_to(case_id, at(*ALEXANDERPLATZ))
    found = bare.options(case_id).pickup_points
    assert [p.name for p in found] == ["Kiosk near", "Kiosk far", "Kiosk unknown"]
    assert [p.away and round(p.away, -2) for p in found] == [100, 28100, unknown]
    goes_to(case_id, json.dumps({"postcode": "10178", "country": "DE"}))
    assert bare.options(case_id).pickup_points[0].away == 0
    goes_to(case_id, json.dumps({"postcode": "99999", "country": "DE", "latitude": 52.5}))
    assert {p.away for p in bare.options(case_id).pickup_points} == {None}


def test_of_many_the_nearest_are_found_at_once(bare: World) -> None:
    connection().execute(
        """INSERT INTO pickup_points (depot_id, code, name, address, hours, ready_in, keeps_for,
                  capacity, latitude, longitude, postcode)
           SELECT %s, n::text, 'Point ' || n, '-', 'Daily 8-20', '4 h', '5 d', 9,
                  47 + (n * 7919 %% 100000) / 12500.0, 6 + (n * 104729 %% 100003) / 12500.0,
                  lpad((n %% 90000)::text, 5, '0')
             FROM generate_series(1, 20000) n""",
        [bare.depot],
    )
    case_id = bare.case()
    goes_to(case_id, at(*ALEXANDERPLATZ))
    found = bare.options(case_id).pickup_points
    every = read(
        "SELECT name, latitude, longitude FROM pickup_points WHERE depot_id = %s", bare.depot
    )
    where = {r["name"]: nearby.At(r["latitude"], r["longitude"]) for r in every}
    truth = sorted(where, key=lambda name: nearby.metres(ALEXANDERPLATZ, where[name]))
    assert [p.name for p in found] == truth[: rules.SHOWN]
    bare.choose(case_id, found[0].choice)


@pytest.mark.parametrize(
    ("own", "ready_on"),
    [
        ({}, date(2026, 6, 10)),
        ({"closed": "{2026-06-10}"}, date(2026, 6, 11)),
        ({"closed": "{2026-06-10,2026-06-11}"}, date(2026, 6, 12)),
        ({"closed": "{2026-06-10}", "hours": "24/7"}, date(2026, 6, 11)),
        ({"closed": "{2026-06-10}", "keeps_holidays": False}, date(2026, 6, 11)),
    ],
)
def test_it_is_never_ready_on_a_day_on_which_the_point_is_closed(
    bare: World, own: dict[str, Any], ready_on: date
) -> None:
    bare.point(**{"hours": "Mo-Su 8-20", **own})
    (found,) = bare.options(bare.case()).pickup_points
    assert clock.local(found.starts_at, "Europe/Berlin").date() == ready_on


def test_a_locker_is_open_on_the_depots_closed_days(bare: World) -> None:
    for day in (10, 11, 12):
        connection().execute(
            "INSERT INTO depot_closures (depot_id, day, why) VALUES (%s, %s, 'Move')",
            [bare.depot, date(2026, 6, day)],
        )
    bare.point("Kiosk", hours="Daily 8-20")
    bare.point("Locker", hours="Daily 8-20", keeps_holidays=False, ready_in=timedelta(hours=1))
    ready = {p.name: p.starts_at.date() for p in bare.options(bare.case()).pickup_points}
    assert ready == {"Kiosk": date(2026, 6, 13), "Locker": date(2026, 6, 13)}


@given(
    closed=st.sets(st.dates(date(2026, 6, 8), date(2026, 6, 30)), max_size=8),
    minute=st.integers(0, 60 * 24 * 6),
    ready_in=st.integers(1, 72),
    opens=st.integers(0, 20),
    long=st.integers(1, 4),
)
def test_ready_and_last_moment_fall_into_the_points_own_hours(
    closed: set[date], minute: int, ready_in: int, opens: int, long: int
) -> None:
    week = [(day, time(opens), time(opens + long - (opens + long) // 24)) for day in range(1, 7)]
    shop = Opening("Europe/Berlin", week, frozenset(closed), "DE", None, keeps_holidays=False)
    now = NOW + timedelta(minutes=minute)
    stay = rules.stay(
        timedelta(hours=ready_in), timedelta(days=5), now, None, Opening("Europe/Berlin"), shop
    )
    if stay is not None:
        assert is_open(shop, stay[0])
        assert is_open(shop, stay[1] - timedelta(seconds=1))
        assert stay[0] >= now + timedelta(hours=ready_in)


@given(
    south=st.floats(-89, 89), west=st.floats(-180, 180), up=st.floats(-1, 1), along=st.floats(-1, 1)
)
def test_a_way_is_as_long_as_back_and_never_longer_than_by_way_of_a_corner(
    south: float, west: float, up: float, along: float
) -> None:
    here = nearby.At(south, west)
    there, corner = nearby.At(south + up, west + along), nearby.At(south + up, west)
    way = nearby.metres(here, there)
    assert way == pytest.approx(nearby.metres(there, here))
    assert 0 <= way <= nearby.metres(here, corner) + nearby.metres(corner, there) + 1e-6
    assert nearby.metres(here, corner) == pytest.approx(abs(up) * 111_195, rel=0.01, abs=1)


@pytest.mark.parametrize(
    ("metres", "country", "language", "said"),
    [
        (12, "DE", "en", "50 m"),
        (370, "DE", "de", "350 m"),
        (1240, "DE", "de", "1,2 km"),
        (23_400, "FR", "fr", "23 km"),
        (1240, "US", "en", "0.8 mi"),
        (90, "GB", "en", "0.1 mi"),
    ],
)
def test_distances_are_said_as_people_count(
    metres: float, country: str, language: str, said: str
) -> None:
    found = distances.said(metres, country, get(language))
    assert " ".join(found.split()) == said


def test_a_file_without_columns_is_refused() -> None:
    with pytest.raises(ValueError, match="code, name, address is missing"):
        list(points_file.rows(["a,b\n", "1,2\n"], as_json=False))
    (row,) = points_file.rows(["[1]"], as_json=True)
    assert row.faults == {"": "this line is no object"}


def test_a_postcode_without_points_is_nowhere() -> None:
    there: list[dict[str, Any]] = [
        {"postcode": "10178", "latitude": 52.0, "longitude": 13.0},
        {"postcode": "10178", "latitude": 53.0, "longitude": 14.0},
        {"postcode": "10178", "latitude": None, "longitude": None},
        {"postcode": "", "latitude": 1.0, "longitude": 1.0},
    ]
    assert nearby.place_of({"postcode": "101 78"}, there) == nearby.At(52.5, 13.5)
    assert nearby.place_of({"postcode": "99999"}, there) is None
    assert nearby.place_of({"postcode": "", "latitude": 52.5}, there) is None
    assert nearby.place_of({"latitude": 1, "longitude": 2}, there) == nearby.At(1, 2)
    assert nearby.place_of(None, there) is None
