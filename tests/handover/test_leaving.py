"""Whom a delivery is left with reaches the courier, the depot's list and the customer's page."""

from __future__ import annotations

import pytest

from app import clock
from app.booking import leaving
from app.customer import service as customer
from app.db.connection import connection
from app.dispatch.days import exports
from app.dispatch.days import service as days
from app.theme.times import When
from tests.handover.edge import Edge
from tests.handover.test_stories import acts, booked
from tests.inline import settle
from tests.play import Play


def leave(case_id: int, how: leaving.Leave) -> None:
    customer.choose(case_id, "", clock.now(), how)
    settle()


def test_the_courier_is_told_anew_and_says_yes_or_no_to_it(play: Play, heron: Edge) -> None:
    case_id = booked(play)
    leave(case_id, leaving.neighbour("Abe Loy", "9"))
    assert acts(case_id) == [
        ("push", "confirmed"),
        ("withdraw", "withdrawn"),
        ("push", "confirmed"),
    ]
    said = [m["text"] for m in play.messages(case_id, audience="customer", topic="booking")]
    assert "to your neighbour (Abe Loy, 9)" in said[-1]
    heron.play.refusing = True
    leave(case_id, leaving.safe_place("in the shed"))
    assert "the courier can't do" in play.messages(case_id, audience="customer")[-1]["text"]
    assert [str(one) for one in play.options(case_id).leaving] == ["neighbour"]


@pytest.mark.parametrize(
    ("connector", "offered"), [("onfleet", True), ("bring", True), ("ups", False), ("depot", True)]
)
def test_it_is_offered_where_it_can_reach_the_driver(
    play: Play, connector: str, offered: bool
) -> None:
    case_id = play.courier()
    connection().execute("UPDATE courier_accounts SET connector = %s", [connector])
    assert bool(play.options(case_id).leaving) is offered


def test_the_depots_list_says_it_first(play: Play) -> None:
    case_id = play.courier()
    play.acknowledge(case_id)
    slot = play.options(case_id).slots[0]
    customer.choose(case_id, slot.choice, clock.now(), leaving.neighbour("", "9"))
    settle()
    found = connection().execute(
        "SELECT d.slug, d.timezone FROM cases c JOIN depots d ON d.id = depot_id WHERE c.id = %s",
        [case_id],
    )
    depot = found.fetchone()
    assert depot is not None
    day = clock.local(slot.starts_at, depot["timezone"]).date()
    shown = days.read(connection(), depot["slug"], day)
    assert "Leave with neighbour: no. 9." in exports.table(shown, When("UTC", clock.now()))
