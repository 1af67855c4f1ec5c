"""Under which names providers know a shipper's texts: by a program, and on a page."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from app import clock
from app.access import keys
from app.channels import templates_store
from app.db.connection import connection
from app.directory.changes import TERMINAL
from app.managing import known_texts
from app.settings import Settings
from tests.application import create_app
from tests.inline import advance
from tests.pages import axe
from tests.pages.reading import text
from tests.pages.staff import sign_in, sign_in_with, token
from tests.pages.web import free_port, serving
from tests.play import Play, play

__all__ = ["play"]

ONE = {
    "channel": "whatsapp",
    "text": "failure",
    "language": "de",
    "provider": "twilio",
    "id": "HX0123",
    "variables": ["shipper", "url"],
}


@pytest.fixture
def client(settings: Settings, play: Play) -> FlaskClient:
    return create_app(settings).test_client()


@pytest.fixture
def shop(play: Play) -> tuple[int, str]:
    (row,) = connection().execute("SELECT id, slug FROM shippers ORDER BY id LIMIT 1").fetchall()
    return row["id"], row["slug"]


def key(role: str, shipper_id: int | None = None) -> str:
    return keys.create(connection(), role, "Ada", shipper_id, None, clock.now())


def test_a_program_says_it_reads_it_and_takes_it_back(
    client: FlaskClient, play: Play, shop: tuple[int, str]
) -> None:
    play.courier()
    advance(minutes=20)
    shipper_id, slug = shop
    url = f"/api/v1/shippers/{slug}/templates"
    admin = {"Authorization": f"Bearer {key('admin')}"}
    said = client.put(url, json=ONE, headers=admin).get_json()
    assert said["items"] == [{**ONE, "entity": None}]
    (sent,) = [one for one in said["lately"] if one["text"].startswith("failure")]
    assert "{{1}}" in sent["form"]
    assert "url" in sent["variables"]
    assert client.get(url, headers=admin).get_json() == said
    (known,) = templates_store.of_shipper(connection(), shipper_id)
    assert (known.template_id, known.variables) == ("HX0123", ["shipper", "url"])
    assert client.put(url, json=ONE | {"id": ""}, headers=admin).get_json()["items"] == []
    wrong = client.put(url, json=ONE | {"provider": "nobody", "language": "xx"}, headers=admin)
    assert wrong.status_code == 422
    assert {fault["field"] for fault in wrong.get_json()["errors"]} == {"provider", "language"}
    assert client.put(url, json=ONE | {"text": ""}, headers=admin).status_code == 422
    assert client.get(url.replace(slug, "nobody"), headers=admin).status_code == 404
    shipper = {"Authorization": f"Bearer {key('shipper', shipper_id)}"}
    assert client.put(url, json=ONE, headers=shipper).status_code == 403


def test_an_admin_says_it_on_a_page(client: FlaskClient, play: Play, shop: tuple[int, str]) -> None:
    play.courier()
    advance(minutes=20)
    shipper_id, slug = shop
    sign_in(client, key("admin"))
    client.environ_base["HTTP_ACCEPT"] = "text/html"
    url = f"/console/manage/brands/{slug}/texts"
    assert "Texts that providers know" in text(client.get(f"/console/manage/brands/{slug}").text)
    page = client.get(url)
    assert "What customers were sent in the last 30 days" in text(page.text)
    form = {"csrf_token": token(page.text), **ONE, "variables": "shipper, url"}
    refused = client.post(url, data=form | {"text": " "})
    assert refused.status_code == 422
    assert "Please fill this in." in text(refused.text)
    assert client.post(url, data=form).status_code == 303
    assert "failure · de · whatsapp · twilio · HX0123" in text(client.get(url).text)
    assert client.post(url, data=form | {"id": ""}).status_code == 303
    assert templates_store.of_shipper(connection(), shipper_id) == []


@pytest.mark.browser
def test_the_pages_of_a_shipper_can_be_read_by_everybody(
    env: dict[str, str], play: Play, shop: tuple[int, str], browser: Any
) -> None:
    play.courier()
    advance(minutes=20)
    known_texts.put(connection(), TERMINAL, shop[1], ONE, clock.now())
    env["PORT"] = str(free_port())
    with serving(env) as url:
        pages = [f"/console/manage/brands/{shop[1]}/{part}" for part in ("texts", "retention")]
        pages.append(f"/console/manage/gestures/{shop[1]}")
        sign_in_with(browser, url, key("admin"), pages[0])
        for width, dark in ((360, False), (390, True), (1280, False)):
            browser.size(width, 800, dark=dark)
            for page in pages:
                browser.open(f"{url}{page}")
                assert axe.violations(browser) == []
                assert browser.ask("document.documentElement.scrollWidth") <= width
        assert browser.log == []
