"""A shipper's webhooks and brand on its own pages, and shippers on the admins': the API's verbs."""

from __future__ import annotations

import re

import pytest

from app.db.connection import connection
from tests.application import create_app
from tests.pages.looking import looked_at
from tests.pages.reading import text
from tests.pages.staff import make_key, sign_in, sign_in_with
from tests.pages.web import free_port, serving
from tests.shop.conftest import send

HOOKS = "/shop/webhooks"


def endpoint_of(client):
    """The newest endpoint's page."""
    return re.findall(r'href="(/shop/webhooks/\d+)"', client.get(HOOKS).text)[-1]


def test_an_endpoint_is_added_tested_paused_replayed_rotated_and_removed(play, enter):
    case_id = play.courier()
    client = enter("oak")
    assert send(client, HOOKS, url="shop.example").status_code == 422
    made = send(client, HOOKS, url="https://shop.example/hooks", kind=["closed", "note"])
    (secret,) = re.findall(r"whsec_[\w+/=]+", made.text)
    page = endpoint_of(client)
    assert secret not in client.get(page).text
    assert "closed, note" in text(client.get(HOOKS).text)
    assert send(client, page, act="test").status_code == 303
    assert "A test is on its way" in text(client.get(page).text)
    answer = send(client, page, act="replay", since="1999-01-01T00:00")
    assert answer.status_code == 422
    assert "told again from 30 days back on" in text(answer.text)
    assert send(client, page, act="replay", since="nonsense").status_code == 422
    send(client, page, act="change", url="https://shop.example/hooks")  # everything
    send(client, page, act="replay", since=f"{play.case(case_id).opened_at:%Y-%m-%dT%H:%M}")
    said = text(client.get(page).text)
    assert re.search(r"\d+ events are told again", said)
    assert "courier_failed" in said
    send(client, page, act="pause")
    assert "Paused by you" in text(client.get(page).text)
    assert send(client, page, act="replay", since="2036-05-06T00:00").status_code == 409
    send(client, page, act="resume")
    other = re.findall(r"whsec_[\w+/=]+", send(client, page, act="rotate").text)
    assert other
    assert other != [secret]
    assert send(client, page, act="remove").location == HOOKS
    assert client.get(page).status_code == 404


def test_what_a_receiver_answers_is_shown_and_never_run(play, sides, enter):
    ours, theirs = sides
    client = enter("oak")
    connection().execute(
        """INSERT INTO webhook_deliveries (endpoint_id, case_id, event_id, kind, state, created_at,
                  tries, tried_at, status, body, answer)
           VALUES (%s, %s, 1, 'closed', 'given_up', now(), 9, now(), 500, '{"type": "case.closed"}',
                   '<script>alert(1)</script>')""",
        [ours.endpoint_id, ours.case_id],
    )
    page = client.get(f"{HOOKS}/{ours.endpoint_id}").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    assert "case.closed" in page
    assert client.get(f"{HOOKS}/{theirs.endpoint_id}").status_code == 404
    assert send_to(client, theirs.endpoint_id).status_code == 404


def send_to(client, endpoint_id):
    """Press a button of somebody else's endpoint."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(HOOKS).text)
    assert found
    form = {"csrf_token": found[1], "act": "remove"}
    return client.post(f"{HOOKS}/{endpoint_id}", data=form)


def test_a_shipper_says_how_it_looks_and_not_at_which_host(play, enter):
    client = enter("oak")
    refused = send(client, "/shop/brand", name="Oak", colour="#ffff00")
    assert refused.status_code == 422
    assert "can be read" in text(refused.text)
    answer = send(client, "/shop/brand", name="Oak", colour="#0d5c4c", domain="evil.example")
    assert answer.status_code == 303
    (row,) = connection().execute("SELECT brand FROM shippers WHERE slug = 'oak'")
    assert row["brand"]["colour"] == "0d5c4c"
    assert "domain" not in row["brand"]
    assert 'name="domain"' not in client.get("/shop/brand").text


def test_an_admin_adds_a_shipper_and_changes_it(play, settings):
    client = create_app(settings).test_client()
    client.environ_base["HTTP_ACCEPT"] = "text/html"
    sign_in(client, make_key("admin"))
    path = "/console/manage/shippers"
    form = {"slug": "fern", "name": "Fern Toys", "country": "de", "email": "care@fern.example"}
    assert send(client, path, **{**form, "country": "xx"}).status_code == 422
    assert send(client, path, **form).location == f"{path}/fern"
    assert send(client, path, **form).status_code == 422  # it is there already
    send(client, f"{path}/fern", **{**form, "name": "Fern & Co", "phone": "030 901820"})
    (row,) = connection().execute(
        """SELECT s.name, s.country, s.phone, p.name AS policy FROM shippers s
             JOIN policies p ON p.id = s.policy_id WHERE slug = 'fern'"""
    )
    assert row == {
        "name": "Fern & Co",
        "country": "DE",
        "phone": "+4930901820",
        "policy": "standard",
    }
    assert "Fern &amp; Co" in client.get(path).text
    assert "Fern Toys" in text(client.get(f"{path}/fern").text)  # as it was
    assert client.get(f"{path}/nobody").status_code == 404


@pytest.mark.browser
def test_they_are_whole_in_a_real_browser(env, browser, play, sides):
    key = make_key("shipper", shipper_id=play.world.shipper_id)
    with serving({**env, "PORT": str(free_port())}) as web:
        sign_in_with(browser, web, key, HOOKS)
        looked_at(browser, "webhooks")
        browser.open(f"{web}{HOOKS}/{sides[0].endpoint_id}")
        looked_at(browser, "webhook")
        browser.open(f"{web}/shop/brand")
        looked_at(browser, "shop-brand")
        assert browser.log == []
