from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from app.booking.rows import ChosenBy
from app.db.connection import transaction
from app.errors import Problem
from tests.booking.world import NOW, World, insert, read, read_case, steps

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def timeline(case_id: int) -> list[dict[str, Any]]:
    return read("SELECT * FROM timeline WHERE case_id = %s ORDER BY id", case_id)


def refused(act: Callable[[], object], code: str, status: int) -> Problem:
    with pytest.raises(Problem) as caught:
        act()
    assert (caught.value.code, caught.value.status) == (code, status)
    return caught.value


def test_a_slot_is_booked(world: World) -> None:
    case = world.case(state="informed")
    insert("steps", case_id=case, name="choose_default", due_at=NOW, request_id="r-1")
    slot = world.options(case).slots[0]
    booking = world.choose(case, slot.choice)
    assert booking.kind == "redelivery"
    assert booking.choice == slot.choice
    assert (booking.starts_at, booking.ends_at) == (slot.starts_at, slot.ends_at)
    assert booking.cutoff_at == slot.cutoff_at
    assert (booking.state, booking.sequence, booking.chosen_by) == ("standing", 0, "customer")
    assert booking.address == "Sonnenallee 12, Berlin, 12045"
    assert (booking.place, booking.zone) == ("Depot Neukölln", "Europe/Berlin")
    assert booking.hours is None
    assert world.taken(slot.choice) == 1
    row = read_case(case)
    assert row["state"] == "booked"
    assert row["news_by"] == slot.ends_at + 2 * HOUR
    assert row["updated_at"] == NOW
    (entry,) = timeline(case)
    assert (entry["kind"], entry["actor"]) == ("booked", "customer")
    assert datetime.fromisoformat(entry["facts"]["starts_at"]) == slot.starts_at
    assert "schedule_redelivery" in steps(case)
    assert "choose_default" not in steps(case)


def test_a_pickup_point_is_booked(world: World) -> None:
    case = world.case()
    (point,) = world.options(case).pickup_points
    booking = world.choose(case, point.choice, ChosenBy.DISPATCHER)
    assert (booking.kind, booking.choice) == ("pickup", point.choice)
    assert (booking.place, booking.address) == ("Kiosk", "Karl-Marx-Str. 1, Berlin")
    assert booking.hours == "Mo-Sa 8-20"
    assert (booking.starts_at, booking.ends_at) == (point.starts_at, point.ends_at)
    assert world.taken(point.choice) == 1
    assert timeline(case)[0]["actor"] == "dispatcher"
    assert "schedule_pickup" in steps(case)


def test_choosing_the_same_again_changes_nothing(world: World) -> None:
    case = world.case()
    slot = world.options(case).slots[0]
    first = world.choose(case, slot.choice)
    written = (timeline(case), world.slots(), read("SELECT * FROM steps"))
    assert world.choose(case, slot.choice, now=NOW + HOUR) == first
    assert world.choose(case, f"slot:00{slot.id}", now=slot.cutoff_at + HOUR) == first
    assert (timeline(case), world.slots(), read("SELECT * FROM steps")) == written


def test_a_change_gives_the_old_place_back_and_counts_up(world: World) -> None:
    case = world.case()
    offered = world.options(case)
    first, second = offered.slots[:2]
    point = offered.pickup_points[0]
    assert world.choose(case, second.choice).sequence == 0
    assert world.choose(case, first.choice).sequence == 1
    assert (world.taken(first.choice), world.taken(second.choice)) == (1, 0)
    assert world.choose(case, point.choice).sequence == 2
    assert (world.taken(first.choice), world.taken(point.choice)) == (0, 1)
    assert "schedule_pickup" in steps(case)
    assert world.choose(case, first.choice).sequence == 3
    assert (world.taken(first.choice), world.taken(point.choice)) == (1, 0)
    kinds = [e["kind"] for e in timeline(case)]
    assert kinds == ["booked", "rebooked", "rebooked", "rebooked"]
    assert timeline(case)[-1]["facts"]["instead_of"]["place"] == "Kiosk"
    states = read("SELECT state, ended_at FROM bookings WHERE case_id = %s ORDER BY id", case)
    assert [s["state"] for s in states] == ["changed", "changed", "changed", "standing"]
    assert [s["ended_at"] for s in states] == [NOW, NOW, NOW, None]


def test_a_full_slot_is_refused_and_the_standing_one_stays(world: World) -> None:
    case = world.case()
    offered = world.options(case)
    held = world.choose(case, offered.slots[0].choice)
    for full in (offered.slots[1].choice, offered.pickup_points[0].choice):
        world.fill(full)
        problem = refused(partial(world.choose, case, full), "slot_full", 409)
        assert "another" in problem.detail
        with transaction():  # and nothing is written even when the caller goes on
            with pytest.raises(Problem):
                world.choose(case, full)
            insert("opt_outs", channel="sms", recipient=full, at=NOW, why="goes on")
        assert world.taken(full) == 3
    assert world.taken(held.choice) == 1
    assert len(timeline(case)) == 1


def test_a_slot_beyond_its_cutoff_is_refused_in_local_time(world: World) -> None:
    case = world.case()
    slot = world.options(case).slots[0]
    refuse = refused(
        lambda: world.choose(case, slot.choice, now=slot.cutoff_at), "cutoff_passed", 409
    )
    assert "Wednesday 10 June, 14:00" in refuse.detail
    assert world.taken(slot.choice) == 0


@pytest.mark.parametrize(
    "choice",
    ["", "slot", "slot:", "slot:x", "slot:-1", "slot:0", "slot:999999999999999999", "point:0",
     "slot:99999999999999999999999", "slot:١", "home:1", "slot:1\n", "point:1 OR 1=1"],
)  # fmt: skip
def test_what_is_no_option_is_not_found(world: World, choice: str) -> None:
    case = world.case()
    refused(lambda: world.choose(case, choice), "no_such_option", 404)


def test_another_depots_places_are_not_found(world: World) -> None:
    case = world.case()
    elsewhere = world.sibling()
    slot = insert(
        "slots",
        depot_id=elsewhere,
        starts_at=NOW + DAY,
        ends_at=NOW + DAY + HOUR,
        cutoff_at=NOW + HOUR,
        capacity=3,
    )
    refused(lambda: world.choose(case, f"slot:{slot}"), "no_such_option", 404)
    point = world.point("Elsewhere", depot_id=elsewhere)
    refused(lambda: world.choose(case, point), "no_such_option", 404)


def test_what_is_no_longer_offered_is_not_found(world: World) -> None:
    case = world.case()
    slot = next(s for s in world.options(case).slots if s.starts_at > NOW + DAY)
    insert("depot_closures", depot_id=world.depot, day=slot.starts_at.date(), why="strike")
    refused(lambda: world.choose(case, slot.choice), "no_such_option", 404)
    urgent = world.case(return_by=NOW + 4 * HOUR)
    early = world.options(case).slots[0]
    refused(lambda: world.choose(urgent, early.choice), "no_such_option", 404)
    point = world.options(case).pickup_points[0]
    refused(lambda: world.choose(urgent, point.choice), "no_such_option", 404)


def test_a_closed_case_tells_the_truth(world: World) -> None:
    case = world.case(
        state="closed", closed_at=datetime(2026, 6, 9, 10, 4, tzinfo=UTC), resolution="delivered"
    )
    problem = refused(lambda: world.choose(case, "slot:1"), "case_closed", 409)
    assert "Tuesday 9 June, 12:04. The parcel was delivered." in problem.detail
    assert problem.facts["resolution"] == "delivered"


@pytest.mark.parametrize("kind", ["lost", "damaged", "returned"])
def test_what_cannot_be_had_cannot_be_booked(world: World, kind: str) -> None:
    slot = world.options(world.case()).slots[0]
    case = world.case(kind=kind)
    problem = refused(lambda: world.choose(case, slot.choice), "not_offered", 409)
    assert problem.facts["kind"] == kind
    assert world.choose_default(case) is None


def test_after_its_own_cutoff_a_booking_stands(world: World) -> None:
    case = world.case()
    first, second = world.options(case).slots[:2]
    world.choose(case, first.choice)
    late = first.cutoff_at
    problem = refused(
        lambda: world.choose(case, second.choice, now=late), "too_late_to_change", 409
    )
    assert "16:00" in problem.detail
    assert "14:00" in problem.detail
    assert (world.taken(first.choice), world.taken(second.choice)) == (1, 0)
