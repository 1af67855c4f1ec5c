from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import requests

from app import clock, create_app
from app.playground import demo, sender, views
from tests.inline import settle
from tests.pages.reading import fingerprint, text


@pytest.fixture
def client(settings, document):
    client = create_app(settings).test_client()
    client.environ_base["HTTP_ACCEPT"] = "text/html,*/*;q=0.8"
    return client


@pytest.mark.parametrize("asked", [None, 0, -1, "60", True, [], 10**9, 1e999])
def test_the_clock_refuses_what_is_no_time_ahead(client, asked):
    before = clock.shift()
    answer = client.post("/playground/clock", json={"advance_seconds": asked})
    assert answer.status_code in {400, 422}
    assert clock.shift() == before


def test_the_clock_moves_for_everybody(client):
    before = clock.now()
    answer = client.post("/playground/clock", json={"advance_seconds": 1200})
    now = datetime.fromisoformat(answer.get_json()["now"])
    assert timedelta(seconds=1200) <= now - before < timedelta(seconds=1260)


def test_the_clock_moves_without_javascript(client):
    answer = client.post("/playground/clock?case=7", data={"minutes": "20"})
    assert (answer.status_code, answer.location) == (303, "/playground?case=7")
    assert clock.shift() == timedelta(minutes=20)
    answer = client.post("/playground/clock", data={"advance_seconds": "60", "minutes": ""})
    assert answer.status_code == 303
    assert clock.shift() == timedelta(minutes=21)


def test_another_site_cannot_move_it(client):
    answer = client.post(
        "/playground/clock",
        data={"advance_seconds": "60"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 403
    assert clock.shift() == timedelta()


def test_before_anything_happened(client):
    said = text(client.get("/playground").text)
    assert "Next: the courier. Begin here: let a delivery fail." in said
    assert "No messages yet." in text(client.get("/playground/phone/depot").text)
    assert client.get("/playground/phone/nobody").status_code == 404
    assert client.get("/playground/messages").get_json() == {"items": []}


def test_looking_changes_nothing(settings, web):
    demo.post_sample(settings)
    settle()
    before = fingerprint()
    for page in ("", "/live", "/phone/depot", "/phone/customer?box=mail", "/messages"):
        assert requests.get(f"{web}/playground{page}", timeout=9).ok
    assert fingerprint() == before


def test_the_real_sample_opens_one_case(settings, web):
    case_id = demo.post_sample(settings)
    assert case_id is not None
    assert demo.post_sample(settings) == case_id


def test_the_courier_plays_its_part_over_http(settings, web):
    send = lambda what: sender.send(settings, "onfleet", what)  # noqa: E731
    first = send("failure")
    assert (first.status, first.body["status"]) == (200, "accepted")
    assert send("duplicate").body == first.body | {"status": "duplicate"}
    assert (send("forged").status, send("forged").body["code"]) == (401, "signature_wrong")
    assert send("again").body["case_id"] == first.body["case_id"]
    assert send("delivered").body["case_id"] == first.body["case_id"]
    assert [a.what for a in sender.answers(settings)][:2] == ["delivered", "again"]


@pytest.mark.parametrize("courier", ["easypost", "standard-webhooks", "sendcloud", "shipengine"])
def test_every_scheme_can_be_forged_in_vain(settings, web, courier):
    assert sender.send(settings, courier, "failure").status == 200
    assert sender.send(settings, courier, "forged").status == 401


def test_the_api_of_the_courier(settings, web):
    def send(**body):
        return requests.post(f"{web}/playground/send", json=body, timeout=9)

    answer = send(account="easypost", what="failure").json()
    assert (answer["status"], answer["answer"]["status"]) == (200, "accepted")
    assert send(account="onfleet", what="delivered").status_code == 409
    assert send(account="nobody", what="failure").status_code == 404
    assert send(account="onfleet", what="explode").status_code == 422


def test_without_javascript_the_whole_story(settings, web):
    """Forms and links only, as a newcomer without JavaScript would use them."""
    browse = requests.Session()
    browse.headers["Accept"] = "text/html"

    def press(path, **form):
        answer = browse.post(f"{web}{path}", data=form, timeout=9)
        assert answer.ok, answer.text
        settle()
        return text(answer.text)

    def link(who, box=""):
        html = browse.get(f"{web}/playground/phone/{who}?box={box}", timeout=9).text
        return html.split('<a href="')[1].split('"')[0]

    assert "200 onfleet, failure: accepted" in press(
        "/playground/send", account="onfleet", what="failure"
    )
    assert "Next: the depot." in text(browse.get(f"{web}/playground", timeout=9).text)
    assert "You took it on" in press(link("depot"), act="acknowledge")
    mine = link("customer")
    html = browse.get(f"{web}{mine}", timeout=9).text
    choice = html.split('name="choice" value="')[1].split('"')[0]
    assert "We knock again" in press(mine, choice=choice)
    press("/playground/send", account="onfleet", what="delivered")
    press("/playground/clock", advance_seconds="7300")
    assert "Open the message and give stars" in text(browse.get(f"{web}/playground").text)
    assert "You gave 2 of 5" in press(mine, score="2", words="Late")
    assert "A customer was not happy" in text(browse.get(f"{web}{link('depot')}").text)


def test_messages_as_the_contract_says(settings, client, web):
    demo.post_sample(settings)
    settle()
    items = client.get("/playground/messages").get_json()["items"]
    first = items[0]
    assert set(first) == {"id", "at", "channel", "to", "audience", "case_id", "text", "links"}
    assert first["audience"] == "dispatcher"
    assert first["links"][0].startswith(f"{settings.public_url}/t/")
    assert datetime.fromisoformat(first["at"]).tzinfo
    assert [i["id"] for i in items] == sorted(i["id"] for i in items)
    to = {i["to"] for i in items}
    assert to == {"+17145550111", "ana@example.com"}
    only = client.get("/playground/messages", query_string={"to": "ana@example.com"}).get_json()
    assert {i["to"] for i in only["items"]} == {"ana@example.com"}
    assert client.get("/playground/messages?case_id=999").get_json() == {"items": []}
    assert client.get("/playground/messages?case_id=x").status_code == 422


def test_links_in_texts():
    said = "See http://house:8000/c/1.a-b_c. Or (https://x.example/y?z=1), <b>"
    assert views.urls(said) == ["http://house:8000/c/1.a-b_c", "https://x.example/y?z=1"]
    html = views.linked(said, "http://house:8000")
    assert 'href="/c/1.a-b_c"' in html
    assert 'href="https://x.example/y?z=1"' in html
    assert "&lt;b&gt;" in html
    assert 'href="http://house:80001/c"' in views.linked(
        "http://house:80001/c", "http://house:8000"
    )
