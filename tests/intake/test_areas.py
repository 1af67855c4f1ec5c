"""Which depot a parcel goes to, by its postcode and the areas that depots serve."""

from __future__ import annotations

import pytest

from app import clock
from app.db.connection import transaction
from app.directory.changes import TERMINAL
from app.errors import Problem
from app.managing import areas, depots, depots_store
from app.managing.depots import Where
from tests.play import Play, play

__all__ = ["play"]


def serve(slug: str, starts: str, account: str = "") -> None:
    with transaction() as conn:
        depot = depots.find(conn, slug)
        areas.put(conn, TERMINAL, depot, areas.read(starts), clock.now(), account=account)


@pytest.fixture
def fresno(play: Play) -> str:
    """Another depot in the same country."""
    where = Where(timezone="America/Los_Angeles", country="US")
    with transaction() as conn:
        made = depots.add(
            conn, TERMINAL, "fresno", "Fresno", where, play.world.people["Ana"], clock.now()
        )
    return made.slug


def depot_of(play: Play, parcel: str, postcode: str = "", country: str = "US") -> str:
    known = {"line1": "1 Elm St", "postcode": postcode, "country": country}
    address = {name: value for name, value in known.items() if value}
    return play.case(play.courier(parcel=parcel, address=address)).depot.name


def test_the_area_that_is_named_most_exactly_decides(play: Play, fresno: str):
    """`depot_serving` says it."""
    serve("anaheim", "92, 937 0")
    serve(fresno, "93, 926")
    found = {
        code: depot_of(play, f"P-{code}", code)
        for code in ("92801", "92602", "93650", "9370-1", "10001")
    }
    assert found == {
        "92801": "Anaheim depot",
        "92602": "Fresno",
        "93650": "Fresno",
        "9370-1": "Anaheim depot",
        "10001": "Anaheim depot",  # nobody's: the account's
    }
    assert depot_of(play, "nowhere-1") == "Anaheim depot"
    assert depot_of(play, "abroad-1", "93650", "MX") == "Anaheim depot"
    assert depot_of(play, "here-1", "93650", "") == "Fresno"


def test_an_account_of_a_depot_without_areas_is_as_before(play: Play, fresno: str):
    serve(fresno, "928")
    assert depot_of(play, "P1", "92806") == "Anaheim depot"


def test_who_works_on_a_case_keeps_it_and_a_later_one_goes_where_the_parcel_does(
    play: Play, fresno: str
):
    serve("anaheim", "92")
    serve(fresno, "93")
    first = play.courier(address={"postcode": "92806", "country": "US"})
    again = play.courier(address={"postcode": "93650", "country": "US"})
    assert again == first
    assert play.case(first).depot.name == "Anaheim depot"


def test_two_depots_do_not_serve_the_same(play: Play, fresno: str):
    serve("anaheim", "928")
    with pytest.raises(Problem, match="Anaheim depot serves 928"):
        serve(fresno, "928, 937")
    with pytest.raises(Problem, match="No postcode begins with 92\\*"):
        serve(fresno, "92*")


def test_an_account_s_own_areas_come_first_and_another_s_do_not_count(play: Play, fresno: str):
    account = play.world.accounts["standard_webhooks"].slug
    serve("anaheim", "92602")
    serve(fresno, "92", account)
    assert depot_of(play, "P1", "92602") == "Fresno"
    assert depot_of(play, "P2", "10001") == "Anaheim depot"
    with transaction() as conn:
        conn.execute("UPDATE depot_areas SET account_id = NULL WHERE starts = '92'")
    assert depot_of(play, "P3", "92602") == "Anaheim depot"


def test_an_account_s_network_counts_where_its_depot_has_no_areas(play: Play, fresno: str):
    serve(fresno, "93")
    serve(fresno, "92", play.world.accounts["standard_webhooks"].slug)
    assert depot_of(play, "P1", "92602") == "Fresno"
    assert depot_of(play, "P2", "93650") == "Anaheim depot"


def test_two_networks_lie_over_the_same_postcodes_and_an_area_moves_within_one(
    play: Play, fresno: str
):
    account = play.world.accounts["standard_webhooks"].slug
    serve("anaheim", "92, 93")
    serve("anaheim", "92, 93", account)
    with transaction() as conn:
        network = {"anaheim": ["92"], fresno: ["93"]}
        areas.put_network(conn, TERMINAL, account, network, clock.now())
        assert depots_store.network(conn, account) == network
    assert depot_of(play, "P1", "93650") == "Fresno"
    with pytest.raises(Problem, match="Anaheim depot serves 92"):
        serve(fresno, "92", account)
