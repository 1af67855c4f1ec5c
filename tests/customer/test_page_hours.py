"""Every hour to come that the customer's page says is a row that somebody keeps.

Besides: what the engine does without the customer, until when a booking can be changed, what is
offered, and until when the courier keeps the parcel.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient

from app import clock
from app.booking import service as booking
from app.cases import speech
from app.chain import service as chain
from app.customer import outlook
from app.customer.asked import service as asked
from app.db.connection import connection
from app.promises import service as promises
from app.settings import Settings
from app.theme.times import When
from tests import wording
from tests.application import create_app
from tests.inline import advance, settle
from tests.links import page_of
from tests.pages.reading import text
from tests.play import Play

_SAID = re.compile(rf"(?:by|until|from) (today|tomorrow|\w+, \w+ \d+) at ({wording.TIME})")


@pytest.fixture
def client(play: Play, settings: Settings) -> FlaskClient:
    return create_app(settings).test_client()


def said(client: FlaskClient, play: Play, case_id: int) -> set[str]:
    """The hours to come that the page says and that nothing known stands for."""
    case, conn, now = play.case(case_id), connection(), clock.now()
    when = When(case.zone, now, speech.of(case))
    stands = booking.standing(conn, case_id)
    back = booking.options(conn, case, now).way_back
    otherwise = outlook.otherwise(case, chain.waiting(conn, case_id))
    decision = conn.execute("SELECT answer_by FROM decisions WHERE case_id = %s", [case_id])
    known: list[datetime | None] = [
        *(promise.due_at for promise in promises.of_case(conn, case_id) if promise.open),
        *(row["answer_by"] for row in decision.fetchall()),
        otherwise.at if otherwise else None,
        *((stands.cutoff_at, stands.ends_at) if stands else ()),
        back.cutoff_at if back else None,
    ]
    allowed = {" ".join(when.moment(at).split()) for at in known if at and at > now}
    shown = text(client.get(page_of(case_id)).text)
    found = {f"{day} at {hour}" for day, hour in _SAID.findall(shown)}
    assert found, shown
    return found - allowed


def test_from_the_failure_to_what_was_missed(client: FlaskClient, play: Play):
    case_id = play.courier()
    asked.press(case_id, "write", "Which day?", clock.now())
    settle()
    assert said(client, play, case_id) == set()
    advance(hours=23, minutes=30)  # nobody has it: the next call is promised
    assert said(client, play, case_id) == set()
    play.choose(case_id, confirmed=False)
    assert said(client, play, case_id) == set()
    play.answer(case_id, "confirmed")
    assert said(client, play, case_id) == set()
    advance(minutes=(play.news_by(case_id) - clock.now()) / timedelta(minutes=1))
    assert said(client, play, case_id) == set()


def test_while_the_shipper_decides(client: FlaskClient, play: Play):
    case_id = play.courier("lost")
    advance(minutes=30)
    assert said(client, play, case_id) == set()
    advance(days=3)
    assert said(client, play, case_id) == set()
