from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.booking.service import Options
from tests.booking.world import NOW, World, insert, lock, read

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def test_slots_of_the_week_and_pickup_points(world: World) -> None:
    case = world.case()
    offered = world.options(case)
    first = offered.slots[0]
    assert first.starts_at == NOW + timedelta(hours=5)  # 16:00 in Berlin; 8:00 is over
    assert first.ends_at - first.starts_at == 4 * HOUR
    assert first.starts_at - first.cutoff_at == 2 * HOUR
    assert len(offered.slots) == 12
    assert len({s.starts_at.date() for s in offered.slots}) == 7
    assert all(s.ends_at <= NOW + 7 * DAY for s in offered.slots)
    (point,) = offered.pickup_points
    assert (point.starts_at, point.ends_at) == (NOW + 4 * HOUR, NOW + 4 * HOUR + 5 * DAY)
    assert point.cutoff_at == point.starts_at


def test_asking_again_makes_no_row_twice(world: World) -> None:
    case = world.case()
    first = world.options(case)
    rows = world.slots()
    assert world.options(case) == first
    assert world.options(case, NOW + DAY).slots[0].starts_at > first.slots[0].starts_at
    again = world.slots()
    assert again[: len(rows)] == rows
    assert len({row["starts_at"] for row in again}) == len(again)


def test_full_slots_and_points_are_left_out(world: World) -> None:
    case = world.case()
    before = world.options(case)
    world.fill(before.slots[0].choice)
    world.fill(before.pickup_points[0].choice)
    after = world.options(case)
    assert after.pickup_points == []
    assert before.slots[0].id not in {s.id for s in after.slots}


def test_closed_days_and_holidays_are_left_out(world: World) -> None:
    case = world.case()
    tomorrow = date(2026, 6, 11)
    world.options(case)  # the rows are there before the depot closes
    insert("depot_closures", depot_id=world.depot, day=tomorrow, why="move")
    assert tomorrow not in {s.starts_at.date() for s in world.options(case).slots}
    easter = NOW.replace(month=4, day=2)
    late = world.case(return_by=easter + 7 * DAY)
    days = {s.starts_at.date() for s in world.options(late, easter).slots}
    assert not days & {date(2026, 4, 3), date(2026, 4, 6)}
    assert {date(2026, 4, 4), date(2026, 4, 7)} <= days


def test_a_week_of_closures_is_looked_beyond(world: World) -> None:
    for n in range(8):
        insert("depot_closures", depot_id=world.depot, day=NOW.date() + n * DAY, why="flood")
    slots = world.options(world.case(return_by=None)).slots
    assert slots[0].starts_at.date() == NOW.date() + 8 * DAY


def test_a_busy_depot_shows_twelve_over_three_days_from_morning_to_evening(bare: World) -> None:
    for weekday in range(1, 8):
        for hour in range(8, 20):
            bare.rule(weekday, hour, hour + 1)
    slots = bare.options(bare.case()).slots
    assert len(slots) == 12
    assert len({s.starts_at.date() for s in slots}) == 3
    tomorrow = [s.starts_at.hour + 2 for s in slots if s.starts_at.date() == NOW.date() + DAY]
    assert tomorrow[0] == 8
    assert tomorrow[-1] == 19


def test_the_return_deadline_ends_the_list(world: World) -> None:
    case = world.case(return_by=NOW + DAY)
    offered = world.options(case)
    assert [s.starts_at for s in offered.slots] == [NOW + 5 * HOUR]  # tomorrow's ends at 12:00
    assert offered.pickup_points == []  # ready at 15:00, gone again after 20 hours
    (point,) = world.options(world.case(return_by=NOW + 2 * DAY)).pickup_points
    assert point.ends_at == NOW + 2 * DAY


@pytest.mark.parametrize("kind", ["lost", "damaged", "returned"])
def test_nothing_for_a_parcel_that_cannot_be_had(world: World, kind: str) -> None:
    assert world.options(world.case(kind=kind)) == Options([], [])
    assert world.slots() == []


def test_nothing_for_a_closed_case(world: World) -> None:
    case = world.case(state="closed", closed_at=NOW, resolution="delivered")
    assert world.options(case) == Options([], [])


def test_nothing_once_the_booking_cannot_be_changed(world: World) -> None:
    case = world.case()
    slot = world.options(case).slots[0]
    world.choose(case, slot.choice)
    assert world.options(case, slot.cutoff_at - timedelta(seconds=1)).slots
    assert world.options(case, slot.cutoff_at) == Options([], [])


def test_a_depot_without_rules_offers_nothing(bare: World) -> None:
    case = bare.case()
    assert replace(bare.options(case), way_back=None) == Options([], [])
    assert bare.choose_default(case) is None
    assert lock(case).state == "open"
    assert read("SELECT 1 FROM bookings WHERE case_id = %s", case) == []
