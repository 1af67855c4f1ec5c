"""Money that a customer wants back is settled behind the link that the shipper was sent."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import languages
from app.access import links
from app.access.links import KEPT
from app.cases import service as cases
from app.cases.timeline.facts import GestureMade
from app.db.connection import connection, transaction
from app.dispatch import story
from app.theme.times import When
from tests.access.two_depots import Things
from tests.gestures.conftest import rows
from tests.inline import advance, settle
from tests.pages.conftest import client
from tests.pages.reading import fingerprint, text

__all__ = ["client"]

ASKED = "Your customer wants their money back"


def at(case_id: int) -> str:
    return f"/s/{links.make('contact', case_id)}"


def press(client: FlaskClient, case_id: int, act: str, gesture: int) -> TestResponse:
    return client.post(at(case_id), data={"act": act, "gesture": str(gesture)})


@pytest.fixture
def ours(sides: tuple[Things, Things]) -> Things:
    connection().execute("UPDATE shippers SET email = 'care@oak.example' WHERE slug = 'oak'")
    return sides[0]


def state(gesture_id: int) -> dict[str, Any]:
    (row,) = [row for row in rows() if row["id"] == gesture_id]
    return row


def test_looking_changes_nothing_and_a_press_settles_it(client: FlaskClient, ours: Things) -> None:
    before = fingerprint()
    page = text(client.get(at(ours.case_id)).text)
    assert ASKED in page
    assert "need not do anything else" not in page
    assert fingerprint() == before

    assert press(client, ours.case_id, "grant", ours.gesture_id).status_code == 303
    settle()
    made = state(ours.gesture_id)
    assert (made["state"], made["settled_by"]) == ("made", "the link sent to care@oak.example")
    assert 'value="grant"' not in client.get(at(ours.case_id)).text
    with transaction() as conn:
        told = cases.timeline(conn, ours.case_id)
    (entry,) = [one for one in told if isinstance(one.facts, GestureMade)]
    assert entry.actor == "the link sent to care@oak.example"
    staff = story.words(entry, When("UTC", made["settled_at"], languages.get()))
    assert staff.more == "By the link sent to care@oak.example."


def test_the_second_of_two_is_told_the_truth(client: FlaskClient, ours: Things) -> None:
    assert press(client, ours.case_id, "no_gesture", ours.gesture_id).status_code == 303
    late = press(client, ours.case_id, "grant", ours.gesture_id)
    assert late.status_code == 409
    assert "It was refused already, by the link sent to care@oak.example." in text(late.text)
    assert press(client, ours.case_id, "no_gesture", ours.gesture_id).status_code == 303
    assert state(ours.gesture_id)["state"] == "refused"


def test_only_this_case_s_refund_and_no_voucher_is_settled_there(
    client: FlaskClient, ours: Things, sides: tuple[Things, Things]
) -> None:
    assert press(client, ours.case_id, "grant", sides[1].gesture_id).status_code == 404
    connection().execute("UPDATE gestures SET kind = 'voucher' WHERE id = %s", [ours.gesture_id])
    assert "waits for your yes" not in text(client.get(at(ours.case_id)).text)
    assert press(client, ours.case_id, "grant", ours.gesture_id).status_code == 404
    assert {row["state"] for row in rows()} == {"asked"}


def test_a_link_that_has_ended_settles_nothing(
    client: FlaskClient, play: Any, ours: Things
) -> None:
    play.close(ours.case_id, "returned")
    assert ASKED in text(client.get(at(ours.case_id)).text)
    advance(days=KEPT.days + 1)
    connection().execute(
        "UPDATE gestures SET state = 'asked', settled_at = NULL, settled_by = NULL"
    )
    late = press(client, ours.case_id, "grant", ours.gesture_id)
    assert "this link shows nothing any more" in text(late.text)
    assert state(ours.gesture_id)["state"] == "asked"
