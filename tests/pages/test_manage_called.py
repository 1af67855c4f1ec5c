"""A person's page says how often they are called, how much more is allowed, and what they hear."""

from __future__ import annotations

import re

import pytest

from app import languages
from app.db.connection import transaction
from tests.browser import Browser
from tests.inline import advance
from tests.pages.looking import looked_at
from tests.pages.reading import text
from tests.pages.staff import make_key, sign_in, sign_in_with
from tests.pages.web import free_port, serving
from tests.play import Play


def rung_by_voice(play: Play) -> int:
    """Ana, whose telephone is rung."""
    with transaction() as conn:
        conn.execute("UPDATE people SET channels = '{voice,sms}' WHERE name = 'Ana'")
    return play.world.people["Ana"]


def allowed(client, person: int) -> list[tuple[str, str, str]]:
    html = client.get(f"/console/manage/people/{person}").text
    return re.findall(r"<td>([^<]+)</td><td>([^<]+)</td><td>([^<]+)</td>", html)


def test_calls_and_what_is_left_of_them_stand_there(client, play):
    ana = rung_by_voice(play)
    sign_in(client, make_key("admin"))
    whole = [("15 minutes", "0", "3 / 3"), ("1 hour", "0", "7 / 7"), ("3 hours", "0", "15 / 15")]
    assert allowed(client, ana) == whole
    play.courier()
    assert allowed(client, ana) == [
        ("15 minutes", "1", "2 / 3"),
        ("1 hour", "1", "6 / 7"),
        ("3 hours", "1", "14 / 15"),
    ]
    advance(minutes=16)
    assert [row[1] for row in allowed(client, ana)] == ["0", "1", "1"]
    said = text(client.get(f"/console/manage/people/{ana}").text)
    assert "In the last four weeks: 1 call, 0 nights." in said


@pytest.mark.parametrize("code", sorted(languages.known()))
def test_what_a_call_says_is_read_beforehand_in_their_language(client, play, code):
    ana = rung_by_voice(play)
    with transaction() as conn:
        conn.execute("UPDATE people SET language = %s WHERE id = %s", [code, ana])
    sign_in(client, make_key("admin"))
    html = client.get(f"/console/manage/people/{ana}").text
    examples = re.findall(rf'<blockquote[^>]*lang="{code}"[^>]*>([^<]+)</blockquote>', html)
    assert len(examples) == 4
    menu = languages.get(code).say(
        "Press 1 to take it on, 2 to pass it on, or 3 to hear this again."
    )
    spoken, written, several, _ = map(text, examples)
    assert spoken.endswith(text(menu))
    assert "12 Elm Street" in spoken
    assert "Kim Doe" not in spoken  # a loudspeaker has more listeners than one
    assert "Kim" in written
    assert re.search("12|١٢|१२", several)


@pytest.mark.browser
def test_it_can_be_listened_to_in_a_real_browser(env, browser: Browser, play: Play):
    ana = rung_by_voice(play)
    with serving({**env, "PORT": str(free_port())}) as web:
        sign_in_with(browser, web, make_key("admin"), f"/console/manage/people/{ana}")
        browser.ask("document.querySelectorAll('details').forEach(one => one.open = true)")
        browser.ask("window.heard = []; speechSynthesis.speak = one => heard.push(one); 0")
        browser.click("[data-speak]")
        assert browser.ask("heard[0].text.startsWith('Reknock, for ')") is True
        assert browser.ask("heard[0].lang").startswith("en")
        looked_at(browser, "called")
        assert browser.log == []
