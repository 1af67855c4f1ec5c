"""Sessions are seen and ended by whose they are, and by the terminal."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner

from app.access import agents
from app.cli import environment
from app.cli.user import command
from app.db.connection import connection
from tests.application import create_app
from tests.pages.reading import text
from tests.pages.staff import make_key, sign_in, token

FIREFOX = "Mozilla/5.0 (Android 16; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Version/19.0 Mobile/15E148 Safari/604.1"
)
EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0"
)


def browser(settings, key, agent):
    """Somebody who signed in with this browser."""
    client = create_app(settings).test_client()
    client.environ_base |= {"HTTP_ACCEPT": "text/html", "HTTP_USER_AGENT": agent}
    sign_in(client, key)
    return client


def end(client, which):
    page = client.get("/console/sessions").text
    return client.post("/console/sessions", data={"csrf_token": token(page), "end": which})


def is_in(client):
    return client.get("/console").status_code == 200


@pytest.fixture
def ana(play):
    return make_key("dispatcher", person_id=play.world.people["Ana"])


@pytest.fixture
def ben(play):
    return make_key("dispatcher", person_id=play.world.people["Ben"])


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        (FIREFOX, "Firefox on Android"),
        (SAFARI, "Safari on iPhone"),
        (EDGE, "Edge on Windows"),
        ("curl/8.5", "A browser"),
        ("", "A browser"),
    ],
)
def test_a_browser_is_called_as_people_call_it(agent, said):
    assert agents.in_words(agent) == said


def test_people_see_where_they_are_signed_in_and_nobody_else(settings, ana, ben):
    phone, desk = browser(settings, ana, FIREFOX), browser(settings, ana, EDGE)
    browser(settings, ben, SAFARI)
    page = text(desk.get("/console/sessions").text)
    assert "Edge on Windows here" in page
    assert "Firefox on Android" in page
    assert "Safari" not in page
    said = text(phone.get("/console").text)
    assert "Signed in as Ana" in said


def test_one_of_ones_own_is_ended_and_another_persons_is_not(settings, ana, ben):
    phone, desk = browser(settings, ana, FIREFOX), browser(settings, ana, EDGE)
    other = browser(settings, ben, SAFARI)
    ids = [row["id"] for row in connection().execute("SELECT id FROM sessions ORDER BY id")]
    assert end(desk, str(ids[2])).status_code == 303
    assert is_in(other)
    assert "Nobody was signed in there any more." in text(desk.get("/console/sessions").text)
    button = re.search(r'name="end" value="(\d+)"', desk.get("/console/sessions").text)
    assert button
    assert int(button[1]) == ids[0]
    end(desk, button[1])
    assert [is_in(phone), is_in(desk), is_in(other)] == [False, True, True]


def test_everywhere_else_and_everywhere(settings, ana, ben):
    phone, desk, old = (browser(settings, ana, agent) for agent in (FIREFOX, EDGE, SAFARI))
    other = browser(settings, ben, SAFARI)
    end(desk, "others")
    assert [is_in(phone), is_in(desk), is_in(old), is_in(other)] == [False, True, False, True]
    again = browser(settings, ana, FIREFOX)
    assert end(desk, "all").location == "/sign-in"
    assert [is_in(again), is_in(desk), is_in(other)] == [False, False, True]


@pytest.mark.parametrize("which", ["", "0", "x", "-1", "9" * 30, "²"])
def test_what_is_no_session_ends_none(settings, ana, which):
    desk = browser(settings, ana, EDGE)
    assert end(desk, which).location == "/console/sessions"
    assert is_in(desk)


def test_a_machines_key_sees_its_own(settings, play):
    shipper = make_key("shipper", shipper_id=play.world.shipper_id)
    admin = make_key("admin")
    client, other = browser(settings, shipper, EDGE), browser(settings, admin, SAFARI)
    page = text(client.get("/console/sessions").text)
    assert "Edge" in page
    assert "Safari" not in page
    end(client, "all")
    assert is_in(other)


def test_at_the_terminal(settings, play, ana, monkeypatch):
    monkeypatch.setattr(environment, "attach", lambda: settings)
    desk, phone = browser(settings, ana, EDGE), browser(settings, ana, FIREFOX)
    person = str(play.world.people["Ana"])
    shown = CliRunner().invoke(command, ["sessions", person]).output
    assert "Edge on Windows" in shown
    number = shown.split()[0]
    assert CliRunner().invoke(command, ["sessions", person, "--end", "x"]).exit_code != 0
    assert (
        "ended 1 session\n"
        in CliRunner().invoke(command, ["sessions", person, "--end", number]).output
    )
    assert sorted([is_in(desk), is_in(phone)]) == [False, True]
    CliRunner().invoke(command, ["sessions", person, "--end", "all"])
    assert [is_in(desk), is_in(phone)] == [False, False]
