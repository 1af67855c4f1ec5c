"""“Ring this phone”: whoever is signed in lets their own browser show what they are called for."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.channels.providers.webpush import vapid
from app.db.connection import connection
from app.settings import Settings
from tests.application import create_app
from tests.channels.test_push import PushService
from tests.pages.looking import looked_at
from tests.pages.reading import text
from tests.pages.staff import make_key, sign_in, sign_in_with, token
from tests.pages.web import free_port, serving
from tests.play import Play

PAGE = "/console/phone"


def key_of(play: Play, name: str | None) -> str:
    """A dispatcher's key; of nobody in particular without a name."""
    return make_key("dispatcher", person_id=play.world.people[name] if name else None)


@pytest.fixture
def client(settings: Settings, play: Play) -> FlaskClient:
    made = create_app(settings).test_client()
    made.environ_base["HTTP_ACCEPT"] = "text/html"
    made.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (Linux; Android 15) Chrome/143.0 Mobile"
    sign_in(made, key_of(play, "Ana"))
    return made


def send(client: FlaskClient, query: str = "", **form: str) -> Any:
    page = client.get(PAGE).text
    return client.post(PAGE + query, data={"csrf_token": token(page), **form})


def rows() -> list[dict[str, Any]]:
    return connection().execute("SELECT * FROM staff_endpoints ORDER BY id").fetchall()


def test_a_phone_is_added_once_tried_and_removed(client: FlaskClient, play: Play) -> None:
    assert vapid.public_key() in client.get(PAGE).text
    given = json.loads(PushService().address)
    assert send(client, **given).status_code == 303
    assert "rings from now on" in text(client.get(PAGE).text)
    send(client, **given)
    assert "rings already" in text(client.get(PAGE).text)
    (row,) = rows()
    assert (row["person_id"], row["service"]) == (play.world.people["Ana"], "browser")
    assert row["label"] == "Chrome on Android"
    case_id = play.courier()
    assert {m["channel"] for m in play.messages(case_id, audience="dispatcher")} == {"sms", "push"}
    send(client, f"?id={row['id']}", act="test_endpoint")
    (message,) = connection().execute("SELECT * FROM messages WHERE topic = 'test'")
    assert message["recipient"] == f"browser-{row['id']}"
    send(client, f"?id={row['id']}", act="remove_endpoint")
    assert rows() == []


def test_what_no_browser_gave_is_refused(client: FlaskClient) -> None:
    given = json.loads(PushService().address)
    answer = send(client, **given | {"endpoint": "http://169.254.169.254/latest"})
    assert answer.status_code == 422
    assert rows() == []


def test_nobody_touches_anothers_phone(client: FlaskClient, settings: Settings, play: Play) -> None:
    send(client, **json.loads(PushService().address))
    (row,) = rows()
    other = create_app(settings).test_client()
    other.environ_base["HTTP_ACCEPT"] = "text/html"
    sign_in(other, key_of(play, "Ben"))
    assert "Chrome on Android" not in other.get(PAGE).text
    assert send(other, f"?id={row['id']}", act="remove_endpoint").status_code == 404
    machine = create_app(settings).test_client()
    machine.environ_base["HTTP_ACCEPT"] = "text/html"
    sign_in(machine, key_of(play, None))
    assert "belongs to nobody" in text(machine.get(PAGE).text)
    door = token(machine.get("/console/sessions").text)
    answer = machine.post(PAGE, data={"csrf_token": door} | json.loads(PushService().address))
    assert answer.status_code == 409
    assert len(rows()) == 1


def test_in_a_real_browser(env: dict[str, str], browser: Any, play: Play) -> None:
    given = json.loads(PushService().address)
    keys_ = {"p256dh": given["p256dh"], "auth": given["auth"]}
    said = json.dumps({"endpoint": given["endpoint"], "keys": keys_})
    with serving({**env, "PORT": str(free_port())}) as web:
        sign_in_with(browser, web, key_of(play, "Ana"), PAGE)
        browser.until("!document.querySelector('#ring button').hidden")
        # What a push service far away would answer; everything else is the browser's own.
        browser.ask(
            "Notification.requestPermission = async () => 'granted',"
            "PushManager.prototype.getSubscription = async () => null,"
            f"PushManager.prototype.subscribe = async () => ({{toJSON: () => ({said})}}), 1"
        )
        browser.click("#ring button")
        browser.until("document.querySelector('.alert.good')")
        looked_at(browser, "phone")
        assert browser.log == []
    (row,) = rows()
    assert row["channel"] == "push"
