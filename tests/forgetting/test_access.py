"""Whoever asks what is kept of them reads all of it, and nothing of anybody else."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner

from app import clock
from app.channels import refusals
from app.channels.refusals import Said
from app.cli import access as cli
from app.db.connection import transaction
from tests import courier
from tests.inline import settle
from tests.links import page_of
from tests.web import Web, rows, web

__all__ = ["web"]

NAME, MAIL = "Hulda Auskunft", "hulda@example.com"


@pytest.fixture(scope="module")
def asked(web: Web) -> dict[str, Any]:
    """Somebody with a case, who asked something and wants no texts; and somebody else."""
    who = {"name": NAME, "phone": "(714) 555-4266", "email": MAIL}
    case_id: int = web.post(courier.said(parcel="AUS-1", recipient=who)).get_json()["case_id"]
    web.post(courier.said(parcel="AUS-2", recipient={"name": "Odo Other", "phone": courier.PHONE}))
    settle()
    web.play.acknowledge(case_id, note="rings twice, says Hulda")
    web.client.post(page_of(case_id), data={"ask": "write", "message": "Where is <b>it</b>?"})
    settle()
    with transaction() as conn:
        refusals.refuse(
            conn, Said(channel="sms", recipient="+17145554266", why="page"), clock.now()
        )
    answer = web.api("POST", "/access-requests", "shipper", json={"recipient": MAIL})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def test_everything_is_there_and_nothing_of_others(asked: dict[str, Any]) -> None:
    sections = asked["sections"]
    assert sections["shipments"][0]["courier_name"] == NAME
    assert sections["questions"][0]["text"] == "Where is <b>it</b>?"
    assert sections["dispatch_tasks"][0]["note"] == "rings twice, says Hulda"
    assert NAME in sections["courier_events"][0]["body"]
    assert sections["opt_outs"][0]["recipient"] == "+17145554266"
    assert len(sections["message_words"]) == len(sections["messages"]) > 1
    assert all(one["text"] for one in sections["message_words"])
    assert asked["contacts"] == ["+17145554266", MAIL]
    text = json.dumps(asked)
    assert "Odo Other" not in text
    for staff in rows("SELECT phone FROM people"):  # whom the depot calls is nobody's business
        assert staff["phone"] not in text
    assert "/t/" not in text


def test_what_they_wrote_stands_in_the_order_in_which_they_wrote_it(web: Web) -> None:
    sender, now = "+17145554299", clock.now()
    with transaction() as conn:
        for number in (2, 3, 1):
            conn.execute(
                """INSERT INTO inbound_messages
                       (provider, provider_id, channel, sender, meaning, sent_at, received_at)
                   VALUES ('twilio', %s, 'sms', %s, 'stranger', %s, %s)""",
                [f"SM{number}", sender, now + timedelta(hours=number), now],
            )
    answer = web.api("POST", "/access-requests", "admin", json={"recipient": sender})
    said = [one["sent_at"] for one in answer.get_json()["sections"]["inbound_messages"]]
    assert len(said) == 3
    assert said == sorted(said)


def test_as_a_page_it_is_read_and_runs_nothing(web: Web, asked: dict[str, Any]) -> None:
    head = {"Authorization": f"Bearer {web.keys['shipper']}", "Accept": "text/html"}
    body = {"tracking_number": "AUS-1"}
    answer = web.client.post("/api/v1/access-requests", json=body, headers=head)
    assert answer.content_type == "text/html; charset=utf-8"
    assert "What is kept about you" in answer.text
    assert "Where is &lt;b&gt;it&lt;/b&gt;?" in answer.text
    assert "no-store" in answer.headers["Cache-Control"]


def test_who_asks_and_for_whom(web: Web, asked: dict[str, Any]) -> None:
    def code(body: dict[str, str], by: str = "shipper") -> str:
        answer: str = web.api("POST", "/access-requests", by, json=body).get_json()["code"]
        return answer

    assert code({"tracking_number": "NEVER"}) == "no_such_parcel"
    assert code({"recipient": "blue door"}) == "no_recipient"
    assert code({}) == "invalid"
    assert code({"recipient": MAIL}, "dispatcher") == "not_allowed"
    nobody = web.api("POST", "/access-requests", "admin", json={"recipient": "no@example.com"})
    assert nobody.get_json()["sections"] == {}
    (change,) = rows("SELECT subject FROM setup_changes WHERE kind = 'access_request' LIMIT 1")
    assert "hulda" not in change["subject"]


def test_at_the_terminal(web: Web, asked: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.cli.environment.attach", lambda: None)
    done = CliRunner().invoke(cli.command, ["--tracking", "AUS-1"])
    assert json.loads(done.output)["sections"]["shipments"][0]["courier_name"] == NAME
    assert CliRunner().invoke(cli.command, []).exit_code == 1
