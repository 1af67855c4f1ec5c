"""Where a parcel goes is corrected: validated, in versions, by whom it may be, and never lost."""

from __future__ import annotations

import threading
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import clock
from app.db import connection as db
from app.db.connection import connection, transaction
from app.errors import Problem
from app.shipments.corrections import rules, service, store
from app.shipments.corrections.rules import Place
from app.shipments.orders import rules as orders
from app.shipments.orders import service as gate
from tests.inline import settle
from tests.play import Play

ELM: dict[str, Any] = {
    "line1": "1 Elm St",
    "city": "Anaheim",
    "region": "CA",
    "postcode": "92801",
    "country": "US",
}
OAK = ELM | {"line1": "7 Oak Ave", "line2": "Unit 4"}


def correct(play: Play, case_id: int, by: str = "Ana", seen: int | None = None, **given: Any):
    made = service.correct(
        play.case(case_id).shipment_id, rules.read(given), by, clock.now(), seen=seen
    )
    settle()
    return made


def versions(play: Play, case_id: int) -> list[store.Version]:
    return store.versions(connection(), play.case(case_id).shipment_id)


def test_a_correction_counts_everywhere_and_what_was_before_is_kept(play: Play):
    case_id = play.courier()
    before = play.case(case_id).parcel.address
    made = correct(play, case_id, **OAK, directions="Blue door, ring twice")
    assert (made.version, made.fresh) == (1, True)
    parcel = play.case(case_id).parcel
    assert (parcel.address, parcel.directions) == (OAK, "Blue door, ring twice")
    (version,) = versions(play, case_id)
    assert (version.made_by, version.before["address"]) == ("Ana", before)
    assert version.after["address"] == OAK
    assert "corrected" in play.timeline(case_id)
    play.choose(case_id)
    assert "7 Oak Ave" in str(play.messages(case_id)) or "7 Oak Ave" in _booking_address(case_id)


def _booking_address(case_id: int) -> str:
    from app.booking import service as booking

    stands = booking.standing(connection(), case_id)
    assert stands
    return stands.address


def test_the_same_twice_is_one_version(play: Play):
    case_id = play.courier()
    first = correct(play, case_id, **OAK)
    again = correct(play, case_id, **OAK)
    assert (again.version, again.fresh) == (first.version, False)
    assert play.timeline(case_id).count("corrected") == 1


def test_directions_can_be_given_and_taken_back_alone(play: Play):
    case_id = play.courier()
    correct(play, case_id, directions="Gate 4711")
    assert play.case(case_id).parcel.directions == "Gate 4711"
    correct(play, case_id, directions="")
    assert play.case(case_id).parcel.directions is None
    assert [v.after["directions"] for v in versions(play, case_id)] == ["Gate 4711", None]


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({}, "line1", "missing"),
        ({"line1": "1 Elm St"}, "city", "missing"),
        (ELM | {"country": "Atlantis"}, "country", "unknown_country"),
        (ELM | {"line1": "x" * 201}, "line1", "too_long"),
        ({"directions": "x" * 301}, "directions", "too_long"),
    ],
)
def test_what_no_order_could_say_is_refused_by_field(given: dict[str, Any], field: str, code: str):
    with pytest.raises(Problem) as refused:
        rules.read(given)
    assert refused.value.code == "address_unusable"
    assert (field, code) in [(e["field"], e["code"]) for e in refused.value.errors or ()]


@given(st.fixed_dictionaries({part: st.text(max_size=12) for part in rules.PARTS}))
def test_a_unit_is_the_same_door_and_anything_else_is_not(address: dict[str, str]):
    assert rules.same_door(address, address | {"line2": "Unit 9"})
    for part in ("line1", "city", "postcode"):
        assert not rules.same_door(address, address | {part: address[part] + "x"})


def test_who_saw_an_older_version_is_told_who_changed_it(play: Play):
    case_id = play.courier()
    correct(play, case_id, "Ana", 0, **OAK)
    with pytest.raises(Problem) as refused:
        correct(play, case_id, "Ben", 0, **ELM, directions="Back door")
    assert (refused.value.code, refused.value.facts) == ("corrected_meanwhile", {"version": 1})
    assert "Ana" in refused.value.detail
    assert correct(play, case_id, "Ben", 1, directions="Back door").version == 2


def test_of_many_at_once_each_is_a_version_and_none_is_lost(play: Play):
    case_id = play.courier()
    shipment_id = play.case(case_id).shipment_id
    start = threading.Barrier(4)

    def one(number: int) -> None:
        start.wait()
        try:
            place = Place(directions=f"Door {number}")
            service.correct(shipment_id, place, "Ana", clock.now())
        finally:
            db.close()

    threads = [threading.Thread(target=one, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    made = versions(play, case_id)
    assert [version.version for version in made] == [1, 2, 3, 4]
    for former, later in pairwise(made):
        assert later.before["directions"] == former.after["directions"]
    assert play.case(case_id).parcel.directions == made[-1].after["directions"]


def _order(address: dict[str, Any]) -> list[orders.Read]:
    said = {"tracking_number": "P1", "name": "Kim Doe", "phone": "+17145554231"}
    return [orders.read({**said, "address": address})]


def test_an_order_that_says_the_old_address_again_takes_no_correction_back(play: Play):
    for _ in gate.take(play.world.shipper_id, "shop", _order(ELM)):
        pass
    case_id = play.courier()
    correct(play, case_id, **OAK)
    for _ in gate.take(play.world.shipper_id, "shop", _order(ELM)):
        pass
    assert play.case(case_id).parcel.address == OAK
    moved = ELM | {"line1": "9 Pine Rd"}
    for _ in gate.take(play.world.shipper_id, "shop", _order(moved)):
        pass
    assert play.case(case_id).parcel.address == moved


def test_what_was_delivered_goes_nowhere_else(play: Play):
    case_id = play.courier()
    play.courier("delivered")
    with pytest.raises(Problem) as refused:
        correct(play, case_id, **OAK)
    assert (refused.value.status, refused.value.code) == (409, "parcel_delivered")


def test_another_address_is_asked_for_and_counts_when_somebody_agrees(play: Play):
    case_id = play.courier()
    shipment_id = play.case(case_id).shipment_id
    before = play.case(case_id).parcel.address
    with transaction() as conn:
        assert service.ask(conn, shipment_id, OAK, "customer", clock.now())
        assert not service.ask(conn, shipment_id, OAK, "customer", clock.now())
    assert play.case(case_id).parcel.address == before
    service.agree(shipment_id, "Ana", clock.now())
    settle()
    assert play.case(case_id).parcel.address == OAK
    with pytest.raises(Problem) as refused:
        service.refuse(shipment_id, "Too far", "Ben", clock.now())
    assert refused.value.code == "nothing_to_agree"


def test_a_new_number_is_a_version_too(play: Play):
    from app.contact import service as contact

    case_id = play.courier(phone=None)
    contact.supply(case_id, "+17145554242", "", "shipper", clock.now())
    settle()
    (version,) = versions(play, case_id)
    assert version.after["phone"] == "+17145554242"
    assert play.case(case_id).contact_phone == "+17145554242"
