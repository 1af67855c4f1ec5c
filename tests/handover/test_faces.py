"""What people see of a handover: the customer's page, the depot's page, the API, `reknock why`."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from app import clock
from app.db.connection import connection
from app.directory import accounts_store
from app.insight import story
from app.settings import Settings
from tests.application import create_app
from tests.handover.edge import Edge
from tests.handover.test_stories import booked, row
from tests.inline import settle
from tests.links import page_of
from tests.play import Play


@pytest.fixture
def client(play: Play, settings: Settings) -> FlaskClient:
    return create_app(settings).test_client()


def text(client: FlaskClient, path: str) -> str:
    page = client.get(path)
    assert page.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", page.text).split())


def test_the_customers_page_says_asked_confirmed_and_refused(
    client: FlaskClient, play: Play
) -> None:
    case_id = booked(play)
    page = page_of(case_id)
    asked = text(client, page)
    assert "You asked for" in asked
    assert "We are confirming it and will tell you by" in asked
    assert b"STATUS:TENTATIVE" in client.get(page + "/calendar.ics").data

    link = play.messages(case_id, audience="dispatcher")[-1]["text"].rpartition(" ")[2]
    path = "/t/" + link.rpartition("/")[2]
    task = text(client, path)
    assert "A booking to confirm" in task
    assert "Yes, it goes ahead" in task
    assert "No, we can’t do that" in task
    assert client.post(path, data={"act": "resolve", "outcome": "other"}).status_code == 422
    done = client.post(path, data={"act": "resolve", "outcome": "confirmed"})
    assert done.status_code == 303
    settle()
    assert "Done by Ana" in text(client, path)
    assert "We’ll knock again" in text(client, page)
    assert b"STATUS:CONFIRMED" in client.get(page + "/calendar.ics").data

    play.choose(case_id, play.options(case_id).slots[-1].choice, confirmed=False)
    play.answer(case_id, "refused", note="the van is full")
    refused = text(client, page)
    assert "That cannot be done. Please choose again" in refused
    assert "The depot cannot do" in refused
    assert "the van is full" not in refused


def test_why_tells_what_is_due_at_the_courier(play: Play, heron: Edge) -> None:
    heron.misbehave = ["limit"]
    case_id = booked(play)
    told = story.tell(connection(), case_id, clock.now())
    assert told is not None
    waiting = [line.text for line in told.waiting]
    assert any("tell Heron of the booking (key rk-" in line for line in waiting), waiting
    assert any("asked for, not confirmed" in line for line in waiting)
    assert row(case_id)["confirmed_at"] is None


def test_credentials_are_stored_encrypted(play: Play, heron: Edge) -> None:
    row_of = accounts_store.account(connection(), "standard-webhooks")
    assert row_of is not None
    assert b"a-secret-of-heron" not in bytes(row_of["connector_values"])
