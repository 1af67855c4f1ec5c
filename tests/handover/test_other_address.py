"""A delivery goes to another address where the courier's terms allow it; else somebody agrees."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from app import clock
from app.booking import leaving, terms
from app.booking.terms import Within
from app.contact.lookup import guard
from app.customer import service as customer
from app.db.connection import connection
from app.errors import Problem
from tests.handover.conftest import connect
from tests.handover.connectors import play_webhook
from tests.handover.edge import Edge, opened
from tests.handover.test_stories import acts, row
from tests.inline import settle
from tests.play import Play

THERE = {
    "line1": "9 Maple Court",
    "city": "Anaheim",
    "region": "CA",
    "postcode": "92806",
    "country": "US",
}


@pytest.fixture
def system(play: Play, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(guard, "_allowed", guard.Allowed(True, frozenset(), ()))
    with opened(play_webhook.Played()) as edge:
        connect("standard-webhooks", "webhook", {**edge.play.values, "base": edge.base})
        yield edge
        assert edge.faults == []


def begun(play: Play, **of_account: str) -> int:
    case_id = play.courier()
    play.acknowledge(case_id)
    connection().execute("UPDATE courier_accounts SET terms = %s", [Jsonb(of_account)])
    return case_id


def move(case_id: int, **address: str) -> None:
    assert customer.correct(case_id, {"act": "move", **THERE, **address}, clock.now())
    settle()


def told(play: Play, case_id: int, audience: str = "customer") -> str:
    return str(play.messages(case_id, audience=audience)[-1]["text"])


def test_within_the_terms_it_is_booked_told_and_confirmed_and_only_this_once(
    play: Play, system: Edge
) -> None:
    case_id = begun(play, elsewhere="postcode")
    home = play.case(case_id).parcel.address
    move(case_id)
    parcel = system.pushing[0].json["data"]["parcel"]
    assert parcel["address"]["line1"] == "9 Maple Court"
    assert "Bring to another address: 9 Maple Court" in parcel["notes"]
    assert "9 Maple Court" in told(play, case_id)
    assert row(case_id)["confirmed_at"]
    assert play.case(case_id).parcel.address == home
    # another day goes there too; taken back, it comes home
    play.choose(case_id, play.options(case_id).slots[-1].choice, confirmed=False)
    assert row(case_id)["leaving"] == "address"
    customer.choose(case_id, "", clock.now(), leaving.TO_ME)
    settle()
    assert row(case_id)["leave_address"] is None
    customer.take_back(case_id, "undo", clock.now())
    settle()
    assert row(case_id)["leave_address"] == THERE


@pytest.mark.parametrize(
    ("of_account", "address", "reason"),
    [
        ({}, {}, None),
        ({"elsewhere": "postcode"}, {"postcode": "92805"}, None),
        ({"elsewhere": "city"}, {"city": "Fullerton", "postcode": "92831"}, None),
        ({"elsewhere": "country"}, {}, "identification_failed"),
    ],
)
def test_beyond_the_terms_somebody_has_to_agree(
    play: Play, of_account: dict[str, str], address: dict[str, str], reason: str | None
) -> None:
    case_id = begun(play, **of_account)
    if reason:
        connection().execute("UPDATE cases SET reason = %s", [reason])
    move(case_id, **address)
    assert not play.case(case_id).booked
    assert "correction_asked" in play.timeline(case_id)


def test_a_courier_without_a_call_for_it_leaves_it_to_the_depots_people(
    play: Play, heron: Edge
) -> None:
    case_id = begun(play, elsewhere="city")
    move(case_id)
    assert heron.play.pushes == 0
    assert play.tasks(case_id)[-1] == ("handover", "open")
    call = told(play, case_id, "dispatcher")
    assert "9 Maple Court" in call
    assert "another address than on the label" in call


def test_refused_it_goes_home_and_is_not_offered_again(play: Play, system: Edge) -> None:
    system.play.refusing = True
    case_id = begun(play, elsewhere="city")
    move(case_id)
    assert row(case_id)["state"] == "refused"
    assert "the courier can't do" in told(play, case_id)
    assert play.options(case_id).elsewhere is Within.NO
    assert play.options(case_id).slots
    with pytest.raises(Problem, match="not offered"):
        customer.choose(case_id, "", clock.now(), leaving.brought_to(THERE))
    assert acts(case_id) == [("push", "refused")]


PLACES = st.fixed_dictionaries(
    {},
    optional={
        "country": st.sampled_from(["US", "us ", "DE"]),
        "region": st.sampled_from(["CA", "ca", "BE"]),
        "city": st.sampled_from(["Anaheim", "ANAHEIM", "Berlin", ""]),
        "postcode": st.sampled_from(["92806", "928 06", "10178", ""]),
    },
)


@given(now=PLACES, other=PLACES)
def test_what_is_allowed_further_away_holds_nearer_and_nothing_is_guessed(
    now: dict[str, str], other: dict[str, str]
) -> None:
    allowed = {within: terms.brings_to(within, now, other) for within in Within}
    assert not allowed[Within.NO]
    for nearer in (Within.POSTCODE, Within.CITY, Within.REGION):
        assert allowed[Within.COUNTRY] or not allowed[nearer]
        assert not (allowed[nearer] and not (now.get(nearer) and other.get(nearer)))
    assert allowed == {within: terms.brings_to(within, other, now) for within in Within}
