"""A courier's own system confirms later by a signed call, and is told the truth."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.db.connection import connection
from app.handover import acts_store
from app.settings import Settings
from tests.application import create_app
from tests.handover.conftest import connect
from tests.handover.connectors.play_webhook import SECRET, Played
from tests.handover.edge import Asked, Edge, opened
from tests.handover.test_stories import acts, booked, row
from tests.inline import advance, settle
from tests.play import Play

SLUG = "standard-webhooks"
FORGED = "whsec_" + base64.b64encode(b"somebody else's").decode()


class Slow(Played):
    """Says that it decides later."""

    def answer(self, asked: Asked) -> tuple[int, Any]:
        status, said = super().answer(asked)
        if said.get("status") == "confirmed":
            said = {"status": "asked", "ref": said["ref"], "check_after": 21600}
        return status, said


@pytest.fixture
def client(play: Play, settings: Settings) -> FlaskClient:
    return create_app(settings).test_client()


@pytest.fixture
def system(play: Play) -> Iterator[Edge]:
    with opened(Slow()) as edge:
        connect(SLUG, "webhook", {"secret": SECRET, "base": edge.base})
        yield edge
        assert edge.faults == []


def tell(
    client: FlaskClient, data: dict[str, Any], *, secret: str = SECRET, kind: str = "confirmed"
) -> Any:
    raw = json.dumps({"type": f"handover.{kind}", "data": data}).encode()
    at = str(int(datetime.now(UTC).timestamp()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = hmac.new(key, f"m1.{at}.".encode() + raw, hashlib.sha256).digest()
    headers = {
        "webhook-id": "m1",
        "webhook-timestamp": at,
        "webhook-signature": f"v1,{base64.b64encode(signed).decode()}",
    }
    return client.post(f"/callbacks/handover/{SLUG}", data=raw, headers=headers)


def test_it_confirms_later_and_is_believed_only_when_signed(
    client: FlaskClient, play: Play, system: Edge
) -> None:
    case_id = booked(play)
    assert acts(case_id) == [("push", "waiting")], "asked, not confirmed"
    key = acts_store.of_case(connection(), case_id)[-1]["key"]
    forged = tell(client, {"reference": key}, secret=FORGED)
    assert (forged.status_code, forged.json["code"]) == (401, "not_signed")
    assert row(case_id)["confirmed_at"] is None
    unknown = tell(client, {"reference": "rk-999-ffffffff"})
    assert (unknown.status_code, unknown.json["code"]) == (404, "unknown_reference")
    assert tell(client, {}).status_code == 422
    assert client.post("/callbacks/handover/nobody", data=b"{}").status_code == 404

    said = tell(client, {"reference": key, "ref": "their-7"})
    assert (said.status_code, said.json["state"]) == (200, "confirmed")
    settle()
    assert row(case_id)["confirmed_at"]
    assert acts(case_id) == [("push", "confirmed")]
    assert "confirmed" in play.messages(case_id, audience="customer")[-1]["text"]
    assert tell(client, {"reference": "their-7"}).json["state"] == "confirmed"


def test_a_late_word_about_what_was_withdrawn_is_answered_with_the_truth(
    client: FlaskClient, play: Play, system: Edge
) -> None:
    case_id = booked(play)
    key = acts_store.of_case(connection(), case_id)[-1]["key"]
    play.close(case_id, "refunded")
    advance(minutes=1)
    assert acts(case_id) == [("push", "dropped"), ("withdraw", "withdrawn")]
    system.play.place(key, "W9")  # it placed it all the same
    said = tell(client, {"reference": key, "ref": "W9"})
    assert (said.status_code, said.json["state"]) == (200, "withdrawn")
    settle()
    assert acts(case_id)[-1] == ("withdraw", "withdrawn")
    assert system.play.placed == {}


def test_it_refuses_by_the_tracking_number(client: FlaskClient, play: Play) -> None:
    case_id = booked(play)
    secret = play.world.accounts["standard_webhooks"].secrets[0]
    data = {"reference": "P1", "code": "FULL", "words": "The tour is full"}
    said = tell(client, data, secret=secret, kind="refused")
    assert said.json["state"] == "refused"
    settle()
    assert row(case_id)["state"] == "refused"


def test_what_was_withdrawn_is_withdrawn_again_though_it_is_named_by_its_parcel(
    client: FlaskClient, play: Play, system: Edge
) -> None:
    case_id = booked(play)
    key = acts_store.of_case(connection(), case_id)[-1]["key"]
    play.close(case_id, "refunded")
    advance(minutes=1)
    system.play.place(key, "W9")
    assert tell(client, {"reference": "P1"}).json["state"] == "withdrawn"
    settle()
    assert system.play.placed == {}
