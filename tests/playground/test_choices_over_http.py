"""The addresses and the JSON of choices, words and promises, as the contract has them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import requests
from requests import Response

from app import clock
from app.playground import demo
from tests.inline import settle
from tests.playground.conftest import Copy

BOOKING = {"kind", "starts_at", "ends_at", "place", "state", "confirm_by"}
PROMISE = {"kind", "due_at", "state"}
QUESTION = {"id", "text", "channel", "asked_at", "answer_by", "answered_at"}


class Outside:
    """Somebody who has the keys of `demo.json` and a case."""

    def __init__(self, copy: Copy) -> None:
        self.url = copy.url
        self.keys = demo.load(copy.settings)["api_keys"]
        self.case_id = copy.fail()
        clock.advance(timedelta(minutes=20))
        settle()

    def call(self, method: str, path: str, by: str = "dispatcher", **body: Any) -> Response:
        head = {"Authorization": f"Bearer {self.keys[by]}"}
        url = f"{self.url}/api/v1{path}"
        answer = requests.request(method, url, headers=head, json=body or None, timeout=60)
        settle()
        return answer

    def act(self, path: str, by: str = "dispatcher", **body: Any) -> Response:
        return self.call("POST", f"/cases/{self.case_id}/{path}", by, **body)

    def case(self) -> dict[str, Any]:
        found: dict[str, Any] = self.call("GET", f"/cases/{self.case_id}", "shipper").json()
        return found

    def book(self) -> None:
        options = self.call("GET", f"/cases/{self.case_id}/options").json()
        assert self.act("booking", choice=options["slots"][0]["choice"]).status_code == 200


@pytest.fixture
def outside(copy: Copy) -> Outside:
    return Outside(copy)


def test_a_booking_is_asked_for_promised_and_confirmed(outside: Outside) -> None:
    shown = outside.case()
    assert (shown["booking"], shown["questions"]) == (None, [])
    assert {"language", "timezone"} <= set(shown)
    assert all(set(promise) >= PROMISE for promise in shown["promises"])
    assert ("news", "open") in {(p["kind"], p["state"]) for p in shown["promises"]}

    assert outside.act("booking", choice="slot:0").json()["code"] == "no_such_option"
    outside.book()
    booked = outside.case()["booking"]
    assert set(booked) >= BOOKING
    assert (booked["kind"], booked["state"]) == ("redelivery", "asked")
    for name in ("starts_at", "ends_at", "confirm_by"):
        assert datetime.fromisoformat(booked[name]).tzinfo
    confirm = [p for p in outside.case()["promises"] if p["kind"] == "confirm"]
    assert [p["due_at"] for p in confirm] == [booked["confirm_by"]]
    tasks = outside.call("GET", "/dispatch-tasks?state=open").json()["items"]
    (task,) = [t for t in tasks if t["case_id"] == outside.case_id and t["kind"] == "handover"]
    said = outside.call("POST", f"/dispatch-tasks/{task['id']}/resolve", outcome="confirmed")
    assert said.status_code == 200
    assert outside.case()["booking"]["state"] == "confirmed"

    day = booked["starts_at"][:10]
    for ending in ("", ".csv", ".ics"):
        at = f"{outside.url}/console/days/anaheim/{day}{ending}"
        answer = requests.get(at, timeout=60, allow_redirects=False)
        assert answer.status_code in {302, 303, 401, 403}, "it is the depot's own"
    hear = f"{outside.url}/callbacks/handover"
    forged = requests.post(f"{hear}/onfleet", json={}, timeout=60)
    assert (forged.status_code, forged.json()["code"]) == (401, "not_signed")
    assert requests.post(f"{hear}/nobody", timeout=60).status_code == 404


def test_words_a_correction_and_a_decision_reach_who_must_act(outside: Outside) -> None:
    outside.book()
    at = f"{outside.url}/playground/messages?case_id={outside.case_id}"
    messages = requests.get(at, timeout=60).json()
    phone = next(m["to"] for m in messages["items"] if m["audience"] == "customer")
    reply = {"from": phone, "channel": "sms", "text": "Blue door, please come after five"}
    assert requests.post(f"{outside.url}/playground/reply", json=reply, timeout=60).ok
    settle()
    (question,) = outside.case()["questions"]
    assert set(question) >= QUESTION
    assert (question["text"], question["channel"]) == (reply["text"], "sms")
    assert question["answered_at"] is None
    assert ("answer", question["answer_by"]) in {
        (p["kind"], p["due_at"]) for p in outside.case()["promises"]
    }
    assert outside.act("answer", text="We will.").status_code == 200
    (question,) = outside.case()["questions"]
    assert question["answered_at"]

    parcel = outside.case()["tracking_number"]
    address = {"line1": "9 Pine Rd", "city": "Anaheim", "postcode": "92801", "country": "US"}
    put = outside.call("PUT", f"/shipments/{parcel}/address", "shipper", **address)
    assert (put.status_code, put.json()["address"]["line1"]) == (200, "9 Pine Rd")

    wrong = outside.act("decision", "shipper", decision="maybe", note="")
    assert (wrong.status_code, wrong.headers["Content-Type"]) == (422, "application/problem+json")
    made = outside.act("decision", "shipper", decision="replacement", note="New one")
    assert made.status_code == 200
    ended = outside.case()
    assert (ended["state"], ended["booking"]["state"]) == ("closed", "dropped")
    assert not [p for p in ended["promises"] if p["state"] == "open"]
