from datetime import timedelta

import pytest

from app.booking import service
from app.booking.rows import BookingState
from app.chain import policy
from app.db.connection import connection, transaction
from tests.booking.world import NOW, World, lock, read, read_case

DAY = timedelta(days=1)


def standing(case_id: int) -> service.Booking | None:
    return service.standing(connection(), case_id)


def prefer_pickup(world: World) -> int:
    body = policy.STANDARD | {"default": "pickup"}
    with transaction() as conn:
        return policy.create(conn, "pickup first", body, NOW)


@pytest.mark.parametrize(
    ("state", "slot_left", "point_left", "sequence"),
    [(BookingState.KEPT, 1, 0, 0), (BookingState.BROKEN, 1, 0, 1), (BookingState.DROPPED, 0, 0, 1)],
)
def test_settling_ends_the_booking(
    world: World, state: BookingState, slot_left: int, point_left: int, sequence: int
) -> None:
    offered = world.options(world.case())
    for place, left in ((offered.slots[0], slot_left), (offered.pickup_points[0], point_left)):
        case = world.case()
        held = world.choose(case, place.choice)
        assert standing(case) == held
        settled = world.settle(case, state, NOW + DAY)
        assert settled is not None
        assert (settled.id, settled.state, settled.sequence) == (held.id, state, sequence)
        assert standing(case) is None
        assert world.taken(place.choice) == left
        (row,) = read("SELECT * FROM bookings WHERE case_id = %s", case)
        assert (row["state"], row["sequence"], row["ended_at"]) == (state, sequence, NOW + DAY)
        assert world.settle(case, state) is None


def test_after_a_broken_promise_the_next_invitation_is_newer(world: World) -> None:
    case = world.case()
    first, second = world.options(case).slots[:2]
    world.choose(case, first.choice)
    broken = world.settle(case, BookingState.BROKEN)
    assert broken is not None
    connection().execute("UPDATE cases SET state = 'informed', round = 2 WHERE id = %s", [case])
    booking = world.choose(case, second.choice)
    assert booking.sequence > broken.sequence
    assert booking.round == 2
    kinds = [e["kind"] for e in read("SELECT kind FROM timeline WHERE case_id = %s", case)]
    assert kinds == ["booked", "booked"]


def test_the_policy_books_the_earliest_slot(world: World) -> None:
    case = world.case(state="informed")
    booking = world.choose_default(case)
    assert booking is not None
    assert (booking.kind, booking.chosen_by) == ("redelivery", "policy")
    assert booking.choice == world.options(world.case()).slots[0].choice
    assert read_case(case)["state"] == "booked"
    assert world.choose_default(case) == booking


def test_the_policy_prefers_what_it_says_and_falls_back(world: World) -> None:
    by_pickup = prefer_pickup(world)
    first = world.choose_default(world.case(policy_id=by_pickup))
    assert first is not None
    assert first.kind == "pickup"
    world.fill(first.choice)
    second = world.choose_default(world.case(policy_id=by_pickup))
    assert second is not None
    assert second.kind == "redelivery"
    for slot in world.slots():
        world.fill(f"slot:{slot['id']}")
    assert world.choose_default(world.case(policy_id=by_pickup)) is None
    connection().execute("UPDATE pickup_points SET taken = 0 WHERE depot_id = %s", [world.depot])
    third = world.choose_default(world.case())
    assert third is not None
    assert third.kind == "pickup"


def test_the_policy_leaves_alone_what_stands_and_what_is_closed(world: World) -> None:
    case = world.case()
    chosen = world.choose(case, world.options(case).slots[3].choice)
    assert world.choose_default(case) == chosen
    closed = world.case(state="closed", closed_at=NOW, resolution="delivered")
    assert world.choose_default(closed) is None
    assert lock(closed).state == "closed"


def test_nothing_is_booked_beyond_the_return_deadline(world: World) -> None:
    assert world.choose_default(world.case(return_by=NOW + timedelta(hours=3))) is None
