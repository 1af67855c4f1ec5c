from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest

from app import clock
from app.playground import views
from app.settings import load
from tests.application import create_app
from tests.pages.reading import text


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
    before = clock.shift()
    answer = client.post("/playground/clock?case=7", data={"minutes": "20"})
    assert (answer.status_code, answer.location) == (303, "/playground?case=7")
    assert clock.shift() - before == timedelta(minutes=20)
    answer = client.post("/playground/clock", data={"advance_seconds": "60", "minutes": ""})
    assert answer.status_code == 303
    assert clock.shift() - before == timedelta(minutes=21)


@pytest.mark.parametrize("minutes", ["", "0", "-5", "soon", "nan", "1e9"])
def test_a_form_that_is_refused_says_why_beside_the_clock(client, minutes):
    before = clock.shift()
    answer = client.post("/playground/clock", data={"minutes": minutes})
    assert answer.status_code == 422
    assert "minutes" in answer.text.split('role="alert">')[1].split("<")[0]
    assert clock.shift() == before


def test_htmx_gets_the_sentence_alone_and_takes_it_back(client):
    htmx = {"HX-Request": "true", "Accept": "*/*"}
    answer = client.post("/playground/clock", data={"minutes": ""}, headers=htmx)
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert answer.text.startswith("Give a number of minutes")
    answer = client.post("/playground/clock", data={"minutes": "5"}, headers=htmx)
    assert (answer.status_code, answer.text) == (200, "")
    assert answer.headers["HX-Trigger"] == "moved"
    refused = client.post("/playground/send", headers=htmx | {"Sec-Fetch-Site": "cross-site"})
    assert refused.text == "Another site may not move this playground."


def test_a_program_gets_a_problem_document(client):
    answer = client.post("/playground/clock", data={}, headers={"Accept": "*/*"})
    assert (answer.status_code, answer.get_json()["code"]) == (422, "bad_advance")


def test_another_site_cannot_move_it(client):
    before = clock.shift()
    answer = client.post(
        "/playground/clock",
        data={"advance_seconds": "60"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 403
    assert clock.shift() == before


def test_before_anything_happened(client):
    said = text(client.get("/playground").text)
    assert "Next: the courier. Begin here: let a delivery fail." in said
    assert "No messages yet." in text(client.get("/playground/phone/depot").text)
    assert client.get("/playground/phone/nobody").status_code == 404
    assert client.get("/playground/messages").get_json() == {"items": []}


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


def token(html):
    (found,) = set(re.findall(r'name="csrf_token" value="([^"]+)"', html))
    return found


@pytest.mark.parametrize("page", ["console", "dashboard", "couriers"])
def test_one_click_opens_a_page_behind_the_sign_in(client, page):
    form = {"csrf_token": token(client.get("/playground").text), "page": page}
    answer = client.post("/playground/visit", data=form)
    assert (answer.status_code, answer.location) == (303, f"/{page}")
    shown = client.get(f"/{page}")
    assert shown.status_code == 200
    for other in ("/console", "/dashboard", "/couriers", "/playground", "/docs"):
        assert f'href="{other}"' in shown.text, other


def test_the_reference_leads_back(client):
    for page in ("/playground", "/console", "/dashboard"):
        assert f'href="{page}"' in client.get("/docs").text


def test_a_visitor_at_the_sign_in_needs_no_key(client):
    form = {"csrf_token": token(client.get("/sign-in").text), "page": "dashboard"}
    client.post("/playground/visit", data=form)
    assert client.get("/dashboard").status_code == 200


def test_a_visit_needs_the_token_of_the_form(client):
    client.get("/playground")
    assert client.post("/playground/visit", data={"page": "console"}).status_code != 200
    assert client.get("/console").status_code == 303


def test_a_visit_leads_to_no_other_page(client):
    form = {"csrf_token": token(client.get("/playground").text), "page": "//elsewhere"}
    assert client.post("/playground/visit", data=form).status_code == 404


def test_a_lost_key_is_said(client, settings):
    (settings.home / "demo.json").write_text("{")
    form = {"csrf_token": token(client.get("/playground").text), "page": "console"}
    answer = client.post("/playground/visit", data=form)
    assert (answer.status_code, "demo.json has no valid key" in answer.text) == (409, True)


def test_outside_a_demo_nobody_visits(settings, env):
    production = create_app(load({**env, "REKNOCK_DEMO": "0"})).test_client()
    form = {"csrf_token": token(production.get("/sign-in").text), "page": "console"}
    assert production.post("/playground/visit", data=form).status_code == 404
    assert "/playground" not in production.get("/sign-in").text
    assert "/playground" not in production.get("/docs").text
