"""A happy customer is invited to recommend the shop: once, where the shop wishes it."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from app import clock
from app.db.connection import transaction
from app.directory.changes import TERMINAL
from app.errors import Problem
from app.managing import brands
from tests.aftercare.test_surveys import order
from tests.channels.world import read
from tests.inline import advance
from tests.links import page_of
from tests.play import Play

LINK = "https://oak.example/friends"


def wishes(link: str = LINK) -> None:
    """Let the shop wish it."""
    (shipper,) = read("SELECT slug FROM shippers")
    with transaction() as conn:
        brands.put(conn, TERMINAL, shipper["slug"], {"recommend": link}, clock.now())


def rated(play: Play, score: int, parcel: str = "P1") -> int:
    """A parcel that arrived after its customer was told of the failure; they rate it."""
    case_id = play.courier(parcel=parcel)
    play.acknowledge(case_id)
    advance(minutes=30)
    play.courier("delivered", parcel)
    play.rate(case_id, score)
    return case_id


def invited(play: Play, case_id: int) -> bool:
    (thanks,) = play.messages(case_id, topic="thanks")
    return LINK in thanks["text"]


def on_page(client: FlaskClient, case_id: int) -> bool:
    return LINK in client.get(page_of(case_id)).text


def test_they_are_invited_once_by_whichever_parcel(client: FlaskClient, play: Play) -> None:
    wishes()
    for parcel in ("P1", "P2"):
        order(parcel=parcel, email="kim.doe@gmail.com")
    first = rated(play, 5)
    assert invited(play, first)
    assert on_page(client, first)
    second = rated(play, 4, "P2")
    assert not invited(play, second)
    assert not on_page(client, second)
    play.rate(first, 2)  # whoever thinks better of it is asked for nothing
    assert not on_page(client, first)
    wishes("")
    play.rate(first, 5)
    assert not on_page(client, first)


def test_nobody_is_where_the_shop_did_not_wish_it(client: FlaskClient, play: Play) -> None:
    case_id = rated(play, 5)
    assert not invited(play, case_id)
    wishes()
    assert not on_page(client, case_id)  # what was not said then is not said later


@pytest.mark.parametrize("score", [1, 3])
def test_whoever_is_not_happy_is_not_even_when_it_is_made_good(
    client: FlaskClient, play: Play, score: int
) -> None:
    wishes()
    case_id = rated(play, score)
    assert play.messages(case_id, topic="thanks") == []
    assert not on_page(client, case_id)


@pytest.mark.parametrize("country", ["DE", "AT"])
def test_where_it_is_advertising_only_the_page_invites(
    client: FlaskClient, play: Play, country: str
) -> None:
    wishes()
    order(country)
    case_id = rated(play, 5)
    assert not invited(play, case_id)
    assert on_page(client, case_id)


def test_it_never_stands_in_the_first_message_that_somebody_gets(
    client: FlaskClient, play: Play
) -> None:
    wishes()
    case_id = play.courier()
    play.courier("delivered")  # before anybody was told anything
    play.rate(case_id, 5)
    assert not invited(play, case_id)
    assert on_page(client, case_id)


@pytest.mark.parametrize("link", ["http://oak.example", "javascript:alert(1)", "https://1.2.3.4/x"])
def test_only_a_link_that_can_be_given_is_taken(play: Play, link: str) -> None:
    with pytest.raises(Problem) as refused:
        wishes(link)
    assert list(refused.value.by_field) == ["recommend"]
