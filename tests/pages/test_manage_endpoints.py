"""Where people and depots are written to, on their pages: added, tried, removed, remembered."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.access import vault
from app.db.connection import connection
from app.settings import Settings
from tests.access import two_depots
from tests.application import create_app
from tests.channels.services import HOOK
from tests.inline import settle
from tests.pages.looking import looked_at
from tests.pages.reading import text
from tests.pages.staff import sign_in, sign_in_with, token
from tests.pages.web import free_port, serving
from tests.play import Play

DEPOT = "/console/manage/depots/anaheim"
SECRET = "TIiajkdnlazkcOXrIdevi7FQ"


@pytest.fixture
def client(settings: Settings, play: Play) -> FlaskClient:
    """Whoever is signed in as an admin."""
    two_depots.build(play)
    made = create_app(settings).test_client()
    made.environ_base["HTTP_ACCEPT"] = "text/html"
    sign_in(made, next(one.key for one in two_depots.callers() if one.role == "admin"))
    return made


def send(client: FlaskClient, path: str, query: str = "", **form: str) -> Any:
    page = client.get(path).text
    return client.post(path + query, data={"csrf_token": token(page), **form})


def rows() -> list[dict[str, Any]]:
    return connection().execute("SELECT * FROM staff_endpoints ORDER BY id").fetchall()


def test_a_chat_is_added_tried_and_removed_and_its_secret_is_never_shown(
    client: FlaskClient, play: Play
) -> None:
    ana = play.world.people["Ana"]
    page = f"/console/manage/people/{ana}"
    send(client, page, act="add_chat", endpoint=HOOK, endpoint_name="#dispatch")
    (row,) = rows()
    assert (row["person_id"], row["service"], row["label"]) == (ana, "slack", "#dispatch")
    assert vault.unseal(row["sealed"]) == HOOK
    assert SECRET.encode() not in bytes(row["sealed"])
    shown = client.get(page).text
    assert "nothing sent yet" in text(shown)
    (person,) = connection().execute("SELECT channels FROM people WHERE id = %s", [ana])
    assert person["channels"] == ["sms", "chat"]
    changes = client.get("/console/manage/changes").text
    assert "#dispatch" in changes
    for said in (shown, changes):
        assert SECRET not in said
    send(client, page, f"?id={row['id']}", act="test_endpoint")
    (message,) = connection().execute(
        "SELECT * FROM messages JOIN message_words ON message_id = id WHERE topic = 'test'"
    )
    assert (message["channel"], message["recipient"]) == ("chat", f"slack-{row['id']}")
    assert "Nothing to do" in message["text"]
    assert "waiting to be sent" in text(client.get(page).text)
    send(client, page, f"?id={row['id']}", act="remove_endpoint")
    assert rows() == []
    (person,) = connection().execute("SELECT channels FROM people WHERE id = %s", [ana])
    assert person["channels"] == ["sms"]
    assert client.get("/console/manage/changes").text.count("#dispatch") >= 2


def test_what_cannot_be_used_is_said_with_an_example_and_nothing_is_kept(
    client: FlaskClient,
) -> None:
    for address, why in (
        ("mailto://a:b@example.com", "These can be used: Slack"),
        ("tgram://123456789:abcdefg_hijklmnop", "tgram://bot-token/chat-id"),
        ("jsons://h.example/?redirect=yes", "leave out “redirect=…”"),
    ):
        answer = send(client, DEPOT, act="add_chat", endpoint=address)
        assert answer.status_code == 422
        assert why in text(answer.text)
        assert address not in answer.text, "it may hold a secret"
    assert rows() == []


def test_another_persons_endpoint_is_not_there(client: FlaskClient, play: Play) -> None:
    send(client, DEPOT, act="add_chat", endpoint=HOOK)
    (row,) = rows()
    ana = f"/console/manage/people/{play.world.people['Ana']}"
    for act in ("test_endpoint", "remove_endpoint"):
        assert send(client, ana, f"?id={row['id']}", act=act).status_code == 404
    assert len(rows()) == 1
    for _ in range(9):
        send(client, DEPOT, act="add_chat", endpoint=HOOK)
    assert send(client, DEPOT, act="add_chat", endpoint=HOOK).status_code == 409


def test_in_the_demo_a_message_shows_on_its_phones(client: FlaskClient, play: Play) -> None:
    send(client, DEPOT, act="add_chat", endpoint="playground://", endpoint_name="Dispatch room")
    case_id = play.courier()
    items = client.get(f"/playground/messages?case_id={case_id}").json
    assert items
    (chat,) = [one for one in items["items"] if one["channel"] == "chat"]
    assert chat["audience"] == "dispatcher"
    (link,) = chat["links"]
    opened = client.get("/console/tasks/" + link.rpartition("/")[2])
    assert opened.status_code == 303
    settle()
    assert "Dispatch room" in text(client.get(DEPOT).text)
    assert "delivered" in text(client.get(DEPOT).text)


def test_in_a_real_browser(env: dict[str, str], browser: Any, play: Play) -> None:
    two_depots.build(play)
    key = next(one.key for one in two_depots.callers() if one.role == "admin")
    with serving({**env, "PORT": str(free_port())}) as web:
        sign_in_with(browser, web, key, "/console/manage/depots/anaheim")
        browser.click("#chat summary")
        browser.click("#chat [name=endpoint]")
        browser.type(HOOK)
        browser.click("#chat [value=add_chat]")
        browser.until("document.querySelector('.alert.good')")
        browser.click("#chat summary")
        browser.click("#chat details details summary")
        looked_at(browser, "endpoints-depot")
        ana = f"{web}/console/manage/people/{play.world.people['Ana']}"
        browser.open(ana)
        looked_at(browser, "endpoints-person")
        assert browser.log == []


def test_a_dispatch_system_is_added_and_its_secret_shown_once(client: FlaskClient) -> None:
    added = send(client, DEPOT, act="add_system", system="https://tms.example/calls?k=v")
    assert added.status_code == 200
    secret = re.search(r"whsec_[A-Za-z0-9+/=]+", added.text)
    assert secret
    (row,) = rows()
    assert (row["channel"], row["service"], row["label"]) == ("http", "system", "tms.example/calls")
    assert secret[0] in vault.unseal(row["sealed"])
    assert "whsec_" not in client.get(DEPOT).text
    assert "whsec_" not in client.get("/console/manage/changes").text
    send(client, DEPOT, f"?id={row['id']}", act="test_endpoint")
    (message,) = connection().execute(
        "SELECT * FROM messages JOIN message_words ON message_id = id WHERE topic = 'test'"
    )
    assert json.loads(message["text"])["type"] == "test"
    refused = send(client, DEPOT, act="add_system", system="ftp://tms.example/")
    assert refused.status_code == 422
    assert "https://tms.example/" in text(refused.text)
    assert 'id="dispatch-system"' in client.get("/docs").text
