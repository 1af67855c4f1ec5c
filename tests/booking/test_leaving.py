"""A delivery is left with a neighbour or in a safe place: it is one booking with its window."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.booking import leaving, service
from app.booking.leaving import TO_ME, Leave, Leaving
from app.booking.rows import BookingState, ChosenBy
from app.db.connection import transaction
from app.errors import Problem
from tests.booking.world import NOW, World, lock, read

NELL = leaving.neighbour("Nell Ito", "14")


def leave(case_id: int, how: Leave, choice: str = "") -> Any:
    by = ChosenBy.CUSTOMER
    with transaction() as conn:
        if choice:
            return service.choose(conn, lock(case_id), choice, by, NOW, leave=how).booking
        return service.leave_with(conn, lock(case_id), how, by, NOW).booking


def code(case_id: int, how: Leave, choice: str = "") -> str:
    with pytest.raises(Problem) as refused:
        leave(case_id, how, choice)
    return refused.value.code


def test_without_a_booking_the_next_delivery_is_left_there(world: World) -> None:
    case_id = world.case()
    first = world.options(case_id).slots[0]
    booked = leave(case_id, NELL)
    assert (booked.choice, booked.leave) == (first.choice, NELL)
    assert booked.leave_in_words == "Leave with neighbour: Nell Ito, no. 14."


def test_the_one_that_stands_keeps_its_place_and_is_asked_for_anew(world: World) -> None:
    case_id = world.case()
    choice = world.options(case_id).slots[2].choice
    first = world.choose(case_id, choice)
    world.fill(choice)  # nobody else can have it, and it is theirs already
    second = leave(case_id, leaving.safe_place("Behind the blue bins."))
    assert second.id != first.id
    assert second.choice == choice
    assert second.leave_in_words == "Leave in safe place: Behind the blue bins."
    assert read("SELECT taken = capacity AS full FROM slots WHERE id = %s", first.slot_id) == [
        {"full": True}
    ]
    assert leave(case_id, second.leave).id == second.id, "saying it again changes nothing"
    assert leave(case_id, TO_ME).leaving == Leaving.IN_PERSON


def test_another_day_is_left_with_the_same_neighbour(world: World) -> None:
    case_id = world.case()
    slots = world.options(case_id).slots
    leave(case_id, NELL, slots[0].choice)
    assert world.choose(case_id, slots[3].choice).leave == NELL
    assert world.taken(slots[0].choice) == 0
    (point,) = world.options(case_id).pickup_points
    assert world.choose(case_id, point.choice).leave == TO_ME, "nobody brings it then"


def test_what_was_refused_is_not_offered_again_and_its_window_is(world: World) -> None:
    case_id = world.case()
    booked = leave(case_id, NELL)
    world.settle(case_id, BookingState.REFUSED)
    offered = world.options(case_id)
    assert offered.leaving == (Leaving.SAFE_PLACE,)
    assert booked.choice in {slot.choice for slot in offered.slots}
    assert code(case_id, NELL) == "no_such_option"


@pytest.mark.parametrize("reason", ["payment_due", "identification_failed"])
def test_what_only_the_recipient_can_take_is_left_with_nobody(world: World, reason: str) -> None:
    case_id = world.case(reason=reason)
    assert world.options(case_id).leaving == ()
    assert code(case_id, NELL) == "no_such_option"


def test_too_late_or_over_tells_the_truth(world: World) -> None:
    case_id = world.case()
    booked = leave(case_id, NELL)
    at = booked.cutoff_at + timedelta(minutes=1)
    with transaction() as conn, pytest.raises(Problem) as refused:
        service.leave_with(conn, lock(case_id), TO_ME, ChosenBy.CUSTOMER, at)
    assert refused.value.code == "too_late_to_change"
    assert code(world.case(state="closed", closed_at=NOW), NELL) == "case_closed"
    assert code(world.case(return_by=NOW), NELL) == "not_offered", "nothing can be booked"


@pytest.mark.parametrize(
    ("who", "where", "field"),
    [(" ", "", "name"), ("N" * 61, "2", "name"), ("Nell", "2" * 61, "where")],
)
def test_a_neighbour_is_named_within_bounds(who: str, where: str, field: str) -> None:
    with pytest.raises(Problem) as refused:
        leaving.neighbour(who, where)
    assert refused.value.by_field.keys() == {field}
