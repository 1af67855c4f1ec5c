"""When the depot is called again is promised to who was told it, and kept by the call."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app import clock
from app.customer import outlook
from app.customer.hours import hour
from app.db.connection import connection
from app.promises import service as promises
from app.promises.service import Kind, Promise
from app.settings import Settings
from tests.application import create_app
from tests.inline import advance
from tests.links import page_of
from tests.pages.reading import text
from tests.play import Play


@pytest.fixture
def case_id(play: Play) -> int:
    """A case that nobody took on; its customer was just told so."""
    found = play.courier()
    advance(hours=23, minutes=30)
    assert play.topics(found)[-1] == "nobody"
    return found


def calls(case_id: int) -> list[Promise]:
    return [p for p in promises.of_case(connection(), case_id) if p.kind is Kind.CALL]


def test_the_hour_that_was_said_is_a_row_and_the_call_keeps_it(
    settings: Settings, play: Play, case_id: int
):
    client = create_app(settings).test_client()
    (said,) = calls(case_id)
    assert f"call again by {hour(play.case(case_id), said)}." in play.messages(case_id)[-1]["text"]
    page = page_of(case_id)
    assert "and we’ll call again by" in text(client.get(page).text)
    rung = len(play.messages(case_id, audience="dispatcher"))
    advance(minutes=(said.due_at - clock.now()) / timedelta(minutes=1))
    (kept,) = calls(case_id)
    assert (kept.state, kept.settled_by) == ("kept", "call")
    assert len(play.messages(case_id, audience="dispatcher")) > rung
    shown = text(client.get(page).text)
    assert "and we’ll keep calling until somebody does" in shown
    assert "call again by" not in shown


def test_who_takes_it_on_releases_it(play: Play, case_id: int):
    play.acknowledge(case_id, "Cleo")
    assert [(p.state, p.settled_by) for p in calls(case_id)] == [("released", "Cleo")]


def test_a_delivery_keeps_no_call(play: Play, case_id: int):
    play.courier("delivered")
    assert [(p.state, p.settled_by) for p in calls(case_id)] == [("released", "delivered")]


def test_a_call_is_promised_a_little_later_than_it_is_made_and_at_a_full_hour():
    now = clock.now()
    for minutes in (-30, 0, 4, 61):
        by = outlook.call_by(now + timedelta(minutes=minutes), now)
        assert by is not None
        assert by.timestamp() % 300 == 0
        assert timedelta(minutes=5) <= by - max(now, now + timedelta(minutes=minutes))
        assert by - max(now, now + timedelta(minutes=minutes)) <= timedelta(minutes=10)
    assert outlook.call_by(None, now) is None
