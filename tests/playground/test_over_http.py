"""The playground as it is really used: its web process posts to itself as a courier would."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import requests

from app.db.connection import connection
from app.intake.couriers import NAMES
from app.playground import demo, sender
from tests.inline import settle
from tests.pages.reading import fingerprint, text


def test_looking_changes_nothing(copy):
    copy.fail()
    before = fingerprint()
    for page in ("", "/live", "/phone/depot", "/phone/customer?box=mail", "/messages"):
        assert requests.get(f"{copy.url}/playground{page}", timeout=60).ok
    assert fingerprint() == before


def test_the_real_sample_opens_one_case(copy):
    case_id = demo.post_sample(copy.settings)
    assert case_id is not None
    assert demo.post_sample(copy.settings) is None  # every start of the demo posts it
    parcels = (
        connection()
        .execute(
            """SELECT c.id, c.opened_at - s.status_at AS age FROM cases c
             JOIN shipments s ON s.id = c.shipment_id WHERE s.tracking_number = %s""",
            [demo.SAMPLE_PARCEL],
        )
        .fetchall()
    )
    assert [parcel["id"] for parcel in parcels] == [case_id]
    assert parcels[0]["age"] < timedelta(minutes=5)  # it happened just now, and not in 2021


def test_the_courier_plays_its_part_over_http(copy):
    send = lambda what: sender.send(copy.settings, "onfleet", what)  # noqa: E731
    first = send("failure")
    assert (first.status, first.body["status"]) == (200, "accepted")
    assert send("duplicate").body == first.body | {"status": "duplicate"}
    assert (send("forged").status, send("forged").body["code"]) == (401, "wrong_signature")
    assert send("again").body["case_id"] == first.body["case_id"]
    assert send("delivered").body["case_id"] == first.body["case_id"]
    assert [a.what for a in sender.answers(copy.settings)][:2] == ["delivered", "again"]


@pytest.mark.parametrize("courier", NAMES)
def test_every_courier_is_forged_in_vain(copy, courier):
    """That the genuine message is taken is shown in `test_demo`."""
    assert sender.send(copy.settings, courier.replace("_", "-"), "forged").status == 401


def test_the_api_of_the_courier(copy):
    def send(**body):
        return requests.post(f"{copy.url}/playground/send", json=body, timeout=60)

    answer = send(account="easypost", what="failure").json()
    assert (answer["status"], answer["answer"]["status"]) == (200, "accepted")
    assert send(account="dhl", what="delivered").status_code == 409
    assert send(account="nobody", what="failure").status_code == 404
    assert send(account="onfleet", what="explode").status_code == 422


def test_without_javascript_the_whole_story(copy):
    """Forms and links only, as a newcomer without JavaScript would use them."""
    browse = requests.Session()
    browse.headers["Accept"] = "text/html"

    def press(path, **form):
        answer = browse.post(f"{copy.url}{path}", data=form, timeout=60)
        assert answer.ok, answer.text
        settle()
        return text(answer.text)

    def link(who, box=""):
        html = browse.get(f"{copy.url}/playground/phone/{who}?box={box}", timeout=60).text
        return html.split('<a href="')[1].split('"')[0]

    assert "200 onfleet, failure: accepted" in press(
        "/playground/send", account="onfleet", what="failure"
    )
    assert "Next: Ana Reyes at the depot." in text(
        browse.get(f"{copy.url}/playground", timeout=60).text
    )
    assert "You took it on" in press(link("depot"), act="acknowledge")
    mine = link("customer")
    html = browse.get(f"{copy.url}{mine}", timeout=60).text
    choice = html.split('name="choice" value="')[1].split('"')[0]
    assert "You asked for" in press(mine, choice=choice)  # the depot has not said yes
    press("/playground/send", account="onfleet", what="delivered")
    press("/playground/clock", advance_seconds="7300")
    assert "Open the newest message and give stars" in text(
        browse.get(f"{copy.url}/playground").text
    )
    assert "You gave us 2 out of 5" in press(mine, score="2", words="Late")
    assert "A customer was not happy" in text(browse.get(f"{copy.url}{link('depot')}").text)


def test_messages_as_the_contract_says(copy):
    case_id = copy.fail()

    def items(**query):
        answer = requests.get(f"{copy.url}/playground/messages", params=query, timeout=60)
        return answer.json()["items"]

    found = items(case_id=case_id)
    first = found[0]
    assert set(first) == {
        "id",
        "at",
        "channel",
        "to",
        "audience",
        "case_id",
        "text",
        "links",
        "language",
    }
    assert first["audience"] == "dispatcher"
    assert first["links"][0].startswith(f"{copy.settings.public_url}/t/")
    assert datetime.fromisoformat(first["at"]).tzinfo
    assert [i["at"] for i in found] == sorted(i["at"] for i in found)
    assert (first["channel"], first["to"]) == ("voice", "+17145550111")
    assert "Press 1" in first["text"]
    assert {i["to"] for i in items(to="+17145550111")} == {"+17145550111"}
    assert items(case_id=999999) == []
    assert requests.get(f"{copy.url}/playground/messages?case_id=x", timeout=60).status_code == 422
