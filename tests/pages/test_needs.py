"""What helps at the door is passed on with consent, and forgotten afterwards."""

from __future__ import annotations

import json

import pytest

from app import clock
from app.db.connection import connection
from app.dispatch.days import service as days
from tests.handover.conftest import heron
from tests.handover.edge import Edge
from tests.inline import settle
from tests.links import page_of
from tests.pages.reading import fingerprint, text

__all__ = ["heron"]


@pytest.fixture
def case_id(play):
    case_id = play.courier()
    play.acknowledge(case_id)
    return case_id


def save(client, case_id, *needs, consent="yes", words=""):
    form = {"act": "needs", "need": list(needs), "consent": consent, "needs_words": words}
    answer = client.post(page_of(case_id), data=form)
    settle()
    return answer


def page(client, case_id):
    return client.get(page_of(case_id)).text


def kept():
    return connection().execute("SELECT needs, words FROM access_needs").fetchall()


def on_the_list(play, case_id):
    found = connection().execute(
        """SELECT d.slug, d.timezone, b.starts_at FROM bookings b JOIN cases c ON c.id = b.case_id
             JOIN depots d ON d.id = c.depot_id WHERE b.case_id = %s AND b.state = 'standing'""",
        [case_id],
    )
    row = found.fetchone()
    assert row is not None
    day = clock.local(row["starts_at"], row["timezone"]).date()
    return days.read(connection(), row["slug"], day).rows[0].instructions


def test_the_depots_list_says_it_and_a_delivery_forgets_it(client, play, case_id):
    """`forget_access_needs` is what forgets it, whoever closes the case."""
    assert save(client, case_id, "longer", "no_bell", words="Two dogs").status_code == 303
    play.choose(case_id)
    assert on_the_list(play, case_id) == (
        "Needs longer to reach the door: please wait. Please do not ring, knock. Two dogs."
    )
    assert 'value="longer" checked' in page(client, case_id)
    play.courier("delivered")
    assert kept() == []
    timeline = json.dumps(play.timeline(case_id))
    assert "door_help_said" in timeline
    rows = connection().execute("SELECT facts::text AS facts FROM timeline").fetchall()
    assert not any("dogs" in row["facts"] or "longer" in row["facts"] for row in rows)


def test_nothing_is_kept_without_consent(client, case_id):
    before = fingerprint()
    answer = save(client, case_id, "write", consent="")
    assert answer.status_code == 422
    assert "Please tick this" in text(answer.text)
    assert 'value="write" checked' in answer.text, "nothing has to be said twice"
    assert fingerprint() == before


def test_it_can_be_taken_back(client, case_id):
    save(client, case_id, "upstairs")
    assert kept() == [{"needs": ["upstairs"], "words": ""}]
    save(client, case_id, consent="")
    assert kept() == []
    assert "we forgot it" in text(page(client, case_id))


def test_too_much_is_marked(client, case_id):
    answer = save(client, case_id, words="x" * 121)
    assert 'id="needs-words-wrong"' in answer.text


def test_after_the_end_nothing_is_kept(client, play, case_id):
    play.close(case_id, "refunded")
    assert save(client, case_id, "longer").status_code == 409
    assert kept() == []


def test_the_courier_reads_it_with_the_booking(client, play, heron: Edge):
    case_id = play.courier()
    play.acknowledge(case_id)
    save(client, case_id, "write")
    play.choose(case_id, confirmed=False)
    assert "Does not hear the bell" in json.dumps([asked.json for asked in heron.pushing])
