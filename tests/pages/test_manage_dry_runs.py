"""A policy is tried on past cases from its page, and taken into use from what was found."""

from __future__ import annotations

import json
import re

import pytest

from app.chain import policy
from app.db.connection import connection
from app.managing.dry_runs import asked
from tests.access import two_depots
from tests.application import create_app
from tests.inline import advance
from tests.pages.looking import looked_at
from tests.pages.reading import text
from tests.pages.staff import make_key, sign_in, sign_in_with, token
from tests.pages.web import free_port, serving

PAGE = "/console/manage/policies/oak"


def night(play):
    """Nobody answers, and the last level is called again and again."""
    for parcel in ("P1", "P2"):
        play.courier(parcel=parcel)
        advance(minutes=90)
    advance(hours=6)


@pytest.fixture
def admin(settings, play):
    night(play)
    client = create_app(settings).test_client()
    client.environ_base["HTTP_ACCEPT"] = "text/html"
    sign_in(client, make_key("admin"))
    return client


def send(client, path, **form):
    return client.post(path, data={"csrf_token": token(client.get(PAGE).text), **form})


def policy_of_oak():
    row = connection().execute(
        "SELECT p.body FROM shippers s JOIN policies p ON p.id = s.policy_id WHERE s.slug = 'oak'"
    )
    return (row.fetchone() or {})["body"]


def test_what_would_differ_is_read_and_then_taken_into_use(admin):
    answer = send(admin, f"{PAGE}/tries", act="values", catch_all_every="30 min", most="25")
    assert answer.status_code == 303
    waits = admin.get(answer.location).text
    assert "It begins in a moment." in text(waits)
    assert 'hx-trigger="every 2s"' in waits
    assert asked.do_next()
    page = admin.get(answer.location).text
    assert re.search(r"Cleo \d+ times instead of \d+, by text message\.", text(page))
    assert 'hx-trigger="every 2s"' not in page
    assert "What this cannot know" in page
    assert "as many calls as there really were" in text(page)
    assert policy_of_oak()["catch_all_every"] == policy.STANDARD["catch_all_every"]
    assert "done" in text(admin.get(PAGE).text)
    assert send(admin, answer.location).status_code == 303
    assert policy_of_oak()["catch_all_every"] == 1800
    assert "New cases run by this policy already." in text(admin.get(answer.location).text)
    assert "The last level is called again after" in admin.get("/console/manage/changes").text


def test_the_document_is_tried_too_and_what_cannot_be_used_is_refused(admin):
    body = json.dumps({**policy.STANDARD, "gather_within": 0})
    answer = send(admin, f"{PAGE}/tries", act="document", document=body, patience="2", days="7")
    assert answer.status_code == 303
    assert asked.do_next()
    assert "levels wait 2 times as long" in text(admin.get(answer.location).text)
    wrong = send(admin, f"{PAGE}/tries", act="values", choose_within="soon")
    assert wrong.status_code == 422
    assert "Write a span like" in wrong.text
    assert send(admin, f"{PAGE}/tries", act="document", document="{}").status_code == 422
    assert admin.get("/console/manage/policies/elm/tries/1").status_code == 404
    assert admin.get(f"{PAGE}/tries/999").status_code == 404
    row = connection().execute("SELECT count(*) AS n FROM dry_runs").fetchone()
    assert row == {"n": 1}


def test_nothing_is_said_to_differ_where_nothing_does(admin):
    answer = send(admin, f"{PAGE}/tries", act="values", low_score="2")
    assert asked.do_next()
    assert "Nothing would differ in 2 past cases." in text(admin.get(answer.location).text)
    assert send(admin, f"{PAGE}/tries", act="values", version="9999").status_code == 404


@pytest.mark.parametrize("size", [(390, 844), (1280, 800)], ids=["phone", "desktop"])
def test_in_a_real_browser(env, browser, play, size):
    two_depots.build(play)
    night(play)
    connection().execute("DELETE FROM dry_runs")
    key = next(one.key for one in two_depots.callers() if one.role == "admin")
    with serving({**env, "PORT": str(free_port())}) as web:
        sign_in_with(browser, web, key, PAGE)
        browser.size(*size)
        browser.page.fill("#catch_all_every", "30 min")
        browser.click("[formaction$=tries]")
        browser.until("document.querySelector('#run')")
        if size[0] > 400:
            looked_at(browser, "dry-run-waits")
            browser.size(*size)
        assert asked.do_next()
        browser.until("document.querySelector('#run .differences')")  # htmx brings it
        if size[0] > 400:
            looked_at(browser, "dry-run")
            browser.size(*size)
        browser.click("#run .button.main")
        browser.until("document.querySelector('.alert.good')")
        assert policy_of_oak()["catch_all_every"] == 1800
        assert browser.log == []
