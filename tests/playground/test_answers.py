"""The demo's phones answer: replies and keys, through the code that hears a provider."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from app import clock
from app.channels import outbox
from app.channels import service as channels
from app.db.connection import connection
from app.dispatch import store as tasks
from app.playground import sender
from app.settings import load
from tests.application import create_app
from tests.channels.world import read, timeline
from tests.inline import settle


@pytest.fixture
def client(settings, document):
    return create_app(settings).test_client()


@pytest.fixture
def case(client, settings, monkeypatch):
    """A failed delivery of which a dispatcher and the customer have heard."""

    def post(_settings, slug, raw, headers):
        answer = client.post(f"/webhooks/{slug}", data=raw, headers=headers)
        return answer.status_code, answer.get_json()

    monkeypatch.setattr(sender, "post", post)
    case_id = sender.send(settings, "onfleet", "failure").body["case_id"]
    settle()
    return case_id


def sent(case, audience):
    return [m for m in channels.for_case(connection(), case) if m["audience"] == audience]


def press(client, message_id, digit):
    return client.post("/playground/keypad", json={"message_id": message_id, "digit": digit})


def test_a_key_takes_the_task_on(client, case):
    call = sent(case, "dispatcher")[0]
    answer = press(client, call["id"], "1")
    assert answer.get_json()["said"].startswith("You have taken it on.")
    (task,) = tasks.of_case(connection(), case)
    assert task.state == "acknowledged"
    again = press(client, call["id"], "1").get_json()["said"]
    assert again.startswith("You have it, since ")


def test_another_key_passes_it_on(client, case):
    call, *others = sent(case, "dispatcher")
    assert press(client, call["id"], "2").get_json() == {"said": "It is passed on."}
    settle()
    assert len(sent(case, "dispatcher")) > 1 + len(others)
    said = press(client, call["id"], "2").get_json()["said"]
    assert said == "It has been passed on already."


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"message_id": 1},
        {"message_id": "x", "digit": "1"},
        [],
        {"message_id": 1, "digit": "12"},
    ],
)
def test_what_is_no_key_is_refused_by_field(client, asked):
    answer = client.post("/playground/keypad", json=asked)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "invalid")
    assert answer.content_type == "application/problem+json"
    faults = answer.get_json()["errors"]
    assert faults
    for fault in faults:
        assert fault["detail"].endswith(".")
        assert not {"[", "]"} & set(fault["detail"])


def test_a_key_needs_a_message_that_was_sent(client):
    assert press(client, 999999, "1").status_code == 404
    assert client.post("/playground/ring-out", json={"message_id": 999999}).status_code == 404


def test_keys_are_pressed_in_calls_only(client, case):
    press(client, sent(case, "dispatcher")[0]["id"], "1")
    settle()
    for message in (sent(case, "dispatcher")[-1], sent(case, "customer")[0]):
        assert message["channel"] != "voice"
        answer = press(client, message["id"], "1")
        assert (answer.status_code, answer.get_json()["code"]) == (409, "not_a_call")


def test_a_telephone_rings_visibly_and_its_keys_work_without_a_script(client, case):
    html = client.get("/playground/phone/depot").text
    assert "The telephone rings" in html
    fields = dict(
        re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', html.split("</form>")[0])
    )
    answer = client.post("/playground/keypad", data=fields | {"digit": "3"})
    assert "Press 1 to take it on" in html_of(client, answer)
    answer = client.post("/playground/keypad", data=fields | {"digit": "1"})
    shown = html_of(client, answer)
    assert "You have taken it on." in shown
    assert "A call that was answered" in shown
    assert "The telephone rings" not in shown


def html_of(client, answer):
    assert answer.status_code == 303
    return client.get(answer.location).text


def test_a_telephone_that_rings_out_is_followed_by_a_text_at_once(client, case):
    call = sent(case, "dispatcher")[0]
    client.post("/playground/ring-out", json={"message_id": call["id"]})
    settle()
    last = client.get(f"/playground/messages?case_id={case}").get_json()["items"][-1]
    assert (last["channel"], last["to"]) == ("sms", call["recipient"])
    assert "Or reply 1-" in last["text"]
    assert "A call nobody answered" in client.get("/playground/phone/depot").text


def test_it_rings_for_25_seconds(client, case):
    clock.advance(timedelta(seconds=24))
    outbox.settle_stale()
    assert [m["state"] for m in sent(case, "dispatcher")] == ["sent"]
    clock.advance(timedelta(seconds=2))
    outbox.settle_stale()
    assert [m["channel"] for m in sent(case, "dispatcher")] == ["voice", "sms"]


def test_a_reply_joins_the_case(client, case):
    press(client, sent(case, "dispatcher")[0]["id"], "1")
    settle()
    told = sent(case, "customer")[0]
    asked = {"from": told["recipient"], "channel": told["channel"], "text": "At the back door"}
    answer = client.post("/playground/reply", json=asked)
    assert answer.get_json() == {"status": "heard", "case_id": case}
    facts = [facts for kind, facts in timeline(case) if kind == "customer_reply"]
    assert [f["words"] for f in facts] == ["At the back door"]


def test_the_word_stop_stops_and_start_begins_again(client, case):
    press(client, sent(case, "dispatcher")[0]["id"], "1")
    settle()
    told = sent(case, "customer")[0]
    asked = {"from": told["recipient"], "channel": told["channel"]}
    client.post("/playground/reply", json=asked | {"text": "Stop"})
    assert read("SELECT DISTINCT recipient FROM opt_outs") == [{"recipient": told["recipient"]}]
    client.post("/playground/reply", json=asked | {"text": "START"})
    assert read("SELECT 1 FROM opt_outs WHERE lifted_at IS NULL") == []


def test_a_stranger_is_heard_and_belongs_to_no_case(client):
    asked = {"from": "+15005550000", "channel": "sms", "text": "hello?"}
    answer = client.post("/playground/reply", json=asked)
    assert answer.get_json() == {"status": "heard", "case_id": None}


@pytest.mark.parametrize(
    "change", [{"from": ""}, {"channel": "pigeon"}, {"text": None}, {"text": "x" * 1601}]
)
def test_what_is_no_reply_is_refused_by_field(client, change):
    asked = {"from": "+15005550000", "channel": "sms", "text": "hello?"} | change
    answer = client.post("/playground/reply", json=asked)
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"] == next(iter(change))


def test_another_site_cannot_answer(client):
    for path in ("reply", "keypad"):
        answer = client.post(
            f"/playground/{path}", json={}, headers={"Sec-Fetch-Site": "cross-site"}
        )
        assert answer.status_code == 403


def test_outside_a_demo_there_is_no_phone(settings, env):
    production = create_app(load({**env, "REKNOCK_DEMO": "0"})).test_client()
    for path in ("reply", "keypad"):
        assert production.post(f"/playground/{path}", json={}).status_code == 404
