"""Somebody else chooses for a customer: what they may, what they see, and how it ends."""

from __future__ import annotations

import re
from functools import partial

import pytest
from flask.testing import FlaskClient

from app import clock
from app.customer import service as customer
from app.customer.delegates import service
from app.db.connection import connection
from app.settings import Settings
from tests.application import create_app
from tests.booking.test_races import at_once
from tests.browser import Browser
from tests.inline import advance, settle
from tests.links import page_of
from tests.pages.looking import looked_at
from tests.pages.reading import fingerprint, text
from tests.pages.web import free_port, serving
from tests.play import Play, play

__all__ = ["play"]

A_DAY = 24 * 3600


@pytest.fixture
def client(settings: Settings, play: Play) -> FlaskClient:
    client = create_app(settings).test_client()
    client.environ_base["HTTP_ACCEPT"] = "text/html"
    return client


@pytest.fixture
def case_id(play: Play) -> int:
    case_id = play.courier(email="kim@example.com")
    play.acknowledge(case_id)
    return case_id


def link_for(client: FlaskClient, case_id: int, name: str = "my neighbour Lou") -> str:
    html = client.post(page_of(case_id), data={"act": "delegate", "name": name}).text
    found = re.search(r'value="http[^"]*(/d/[\w-]+)"', html)
    assert found
    return found[1]


def test_a_neighbour_chooses_and_the_story_says_who(
    client: FlaskClient, play: Play, case_id: int
) -> None:
    link = link_for(client, case_id)
    before = fingerprint()
    html = client.get(link).text
    client.head(link)
    assert fingerprint() == before
    for hers in ("+1714", "kim@example.com", "Elm St", "1 Elm", "ORD-P1", "Kim Doe"):
        assert hers not in text(html)
    assert "my neighbour Lou" in text(html)
    choice = play.options(case_id).slots[0].choice
    assert client.post(link, data={"choice": choice}).status_code == 303
    settle()
    assert play.case(case_id).booked
    assert "my neighbour Lou chose this for you." in text(client.get(page_of(case_id)).text)
    assert "booking" in play.topics(case_id)  # the customer hears of it on their own contact
    assert client.get(link).headers["Referrer-Policy"] == "no-referrer"


def test_they_may_choose_and_nothing_else(client: FlaskClient, play: Play, case_id: int) -> None:
    link = link_for(client, case_id)
    before = fingerprint()
    for form in (
        {"act": "phone", "phone": "+14155550100"},
        {"act": "not_mine"},
        {"ask": "write", "message": "x"},
        {"act": "delegate", "name": "x"},
        {"language": "de"},
        {},
    ):
        assert client.post(link, data=form).status_code == 422
    assert client.get(f"{link}/calendar.ics").status_code == 404
    assert fingerprint() == before


def test_it_is_kept_as_a_digest_only(client: FlaskClient, case_id: int) -> None:
    token = link_for(client, case_id).rpartition("/")[2]
    rows = connection().execute("SELECT * FROM case_delegates").fetchall()
    assert rows[0]["hash"] == service.digest(token)
    assert token not in str(rows)
    assert token not in client.get(page_of(case_id)).text  # it is shown once


def test_it_is_taken_back_and_ends_by_itself(client: FlaskClient, play: Play, case_id: int) -> None:
    first, second = link_for(client, case_id, "Lou"), link_for(client, case_id, "Max")
    choice = play.options(case_id).slots[0].choice
    found = re.search(r'name="delegate" value="(\d+)"', client.get(page_of(case_id)).text)
    assert found
    client.post(page_of(case_id), data={"act": "undelegate", "delegate": found[1]})
    for _ in range(2):
        assert "This link has ended" in text(client.get(first).text)
        assert "This link has ended" in text(client.post(first, data={"choice": choice}).text)
    assert "When should the parcel come?" in text(client.get(second).text)
    advance(seconds=7 * A_DAY + 1)
    assert "This link has ended" in text(client.get(second).text)


def test_nobody_takes_back_what_is_anothers(client: FlaskClient, play: Play, case_id: int) -> None:
    link_for(client, case_id)
    other = play.courier(parcel="P2")
    client.post(page_of(other), data={"act": "undelegate", "delegate": "1"})
    (row,) = connection().execute("SELECT revoked_at FROM case_delegates").fetchall()
    assert row["revoked_at"] is None


def test_a_wrong_number_takes_it_back_from_everybody(
    client: FlaskClient, play: Play, case_id: int
) -> None:
    link = link_for(client, case_id)
    client.post(page_of(case_id), data={"act": "not_mine"})
    assert "This link has ended" in text(client.get(link).text)


def test_no_more_than_three_and_none_without_a_name(client: FlaskClient, case_id: int) -> None:
    for name in ("A", "B", "C"):
        link_for(client, case_id, name)
    page = page_of(case_id)
    assert client.post(page, data={"act": "delegate", "name": "D"}).status_code == 409
    assert client.post(page, data={"act": "delegate", "name": " "}).status_code == 422


def test_of_a_household_that_answers_at_once_one_booking_stands(
    client: FlaskClient, play: Play, case_id: int
) -> None:
    """Whoever is last before the cut-off has it, and everybody's page says what stands."""
    tokens = [link_for(client, case_id, name).rpartition("/")[2] for name in ("Lou", "Max")]
    slots = play.options(case_id).slots[:3]
    now = clock.now()
    at_once(
        [
            partial(customer.choose, case_id, slots[0].choice, now),
            partial(service.choose, tokens[0], slots[1].choice, now),
            partial(service.choose, tokens[1], slots[2].choice, now),
        ]
    )
    settle()
    stand = connection().execute(
        "SELECT slot_id FROM bookings WHERE case_id = %s AND state = 'standing'", [case_id]
    )
    assert len(stand.fetchall()) == 1
    service.choose(tokens[0], slots[1].choice, clock.now())
    settle()
    shown = {text(client.get(f"/d/{token}").text) for token in tokens}
    assert all("You can change it until" in one for one in shown)
    told = play.messages(case_id, audience="customer", topic="booking")
    assert told  # the customer's own contact is told what stands now


@pytest.mark.browser
def test_in_a_real_browser(env: dict[str, str], play: Play, browser: Browser, case_id: int) -> None:
    env["PORT"] = str(free_port())
    with serving(env) as url:
        browser.script(enabled=False)
        browser.open(f"{url}{page_of(case_id)}")
        browser.page.locator("summary", has_text="Somebody else").click()
        browser.page.fill("#delegate", "Lou")
        browser.click("[value=delegate]")
        token = browser.page.input_value("#delegate-link").rpartition("/")[2]
        browser.script(enabled=True)
        browser.open(f"{url}/d/{token}")
        looked_at(browser, "delegate")
        browser.page.locator("label.pick").first.click()
        browser.click(".dock button")
        browser.until("document.querySelector('.card.strong')")
        assert browser.log == []
