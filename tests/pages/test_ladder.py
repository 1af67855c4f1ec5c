"""The ladder as a form: levels with people, rotas or everyone, and by what they are called."""

from __future__ import annotations

import os
from typing import Any

import pytest

from app import clock
from app.db.connection import connection
from app.directory import ladders
from app.directory.model import Way
from tests.pages import audits, axe
from tests.pages.forms import filled_in
from tests.pages.reading import text
from tests.pages.staff import make_key, sign_in, sign_in_with
from tests.pages.web import free_port, serving

HERE = "/console/oncall/anaheim/ladder"


@pytest.fixture
def ben(client, play):
    """Ben, who is a supervisor."""
    sign_in(client, make_key("supervisor", person_id=play.world.people["Ben"], name="Ben"))
    return client


def form(client) -> dict[str, Any]:
    return filled_in(client.get(HERE).text, HERE)


def press(client, do: str, said: dict[str, Any]) -> tuple[int, str]:
    """Press a button of the form; the status and what comes back."""
    answer = client.post(HERE, data=said | {"do": do})
    return answer.status_code, answer.text


def ladder() -> list[tuple[list[str], list[Way]]]:
    """Who is called at each level, and by what."""
    depot = connection().execute("SELECT id FROM depots WHERE slug = 'anaheim'").fetchone()
    assert depot
    now = clock.now()
    found = ladders.read(connection(), depot["id"], now - now, now, now)
    levels = [([p.name for p in rung.people], list(rung.ways)) for rung in found.rungs]
    return [*levels, ([one.name for one in found.last.people], [])]


def test_what_stands_is_shown_and_saving_it_changes_nothing(ben):
    before = ladder()
    status, _ = press(ben, "save", form(ben))
    assert (status, ladder()) == (303, before)


def test_what_a_call_says_is_read_before_anybody_is_called(ben):
    said = text(ben.get(HERE).text)
    assert "What a call says An example, in English." in said
    assert "Press 1 to take it on, 2 to pass it on, or 3 to hear this again." in said


def test_levels_are_added_moved_and_taken_out_and_nothing_is_saved_before_somebody_says_so(
    ben, play
):
    before = ladder()
    said = form(ben)
    status, html = press(ben, "add", said)
    said = filled_in(html, HERE)
    assert (status, said["levels"]) == (200, ["3"])
    cleo = str(play.world.people["Cleo"])
    said |= {"people-2": [cleo], "minutes-2": "7"}
    said = filled_in(press(ben, "up 2", said)[1], HERE)
    assert (said["people-1"], said["minutes-1"]) == ([cleo], ["7"])
    said = filled_in(press(ben, "down 0", said)[1], HERE)
    assert said["people-0"] == [cleo]
    said = filled_in(press(ben, "remove 1", said)[1], HERE)
    assert ladder() == before
    said |= {"way-0-0": "sms", "within-0-0": "2", "tries-0-0": "2"}
    said = filled_in(press(ben, "way 0", said)[1], HERE)
    said |= {"way-0-1": "voice", "within-0-1": "3"}
    status, _ = press(ben, "save", said)
    assert status == 303
    (who, ways), *others = ladder()
    assert who == ["Cleo"]
    assert [(way.channel, way.wait.total_seconds()) for way in ways] == [
        ("sms", 120.0),
        ("sms", 120.0),
        ("voice", 180.0),
    ]
    assert [names for names, _ in others] == [["Ben"], ["Cleo"]]
    again = form(ben)
    assert (again["way-0-0"], again["tries-0-0"], again["way-0-1"]) == (["sms"], ["2"], ["voice"])
    page = text(ben.get("/console/oncall/anaheim").text)
    assert "Cleo level 1, by text" in page
    changed = text(ben.get("/console/manage/changes").text)
    assert "sms for 2 min, then sms for 2 min, then voice for 3 min" in changed


@pytest.mark.parametrize(
    ("wrong", "field", "why"),
    [
        ({"people-0": []}, "who-0", "Choose who is called: people, a rota, or everyone."),
        ({"people-0": ["4711"]}, "who-0", "Somebody here is not there any more."),
        ({"rotas-1": ["nowhere"]}, "who-1", "Somebody here is not there any more."),
        ({"minutes-0": "0"}, "minutes-0", "Between 1 minute and a week: 1 to 10080."),
        ({"minutes-1": "a while"}, "minutes-1", "Between 1 minute and a week"),
        ({"minutes-1": "10081"}, "minutes-1", "Between 1 minute and a week"),
        ({"called-0": "never"}, "called-0", "Choose when it is called."),
        ({"way-0-0": "pigeon"}, "way-0-0", "Choose a way, and up to five tries."),
        ({"way-0-0": "sms", "tries-0-0": "99"}, "way-0-0", "Choose a way, and up to five tries."),
        ({"way-1-0": "sms", "within-1-0": ""}, "way-1-0", "between 1 and 999 minutes"),
        ({"last": ""}, "last", "Choose who is in charge: the last level is never empty."),
        ({"last": "4711"}, "last", "Choose who is in charge"),
    ],
)
def test_what_is_wrong_stands_at_its_field_with_all_that_was_filled_in(ben, wrong, field, why):
    before = ladder()
    status, html = press(ben, "save", form(ben) | {"minutes-1": "17"} | wrong)
    assert status == 422
    assert why in html.split(f'id="{field}-wrong">')[1].split("</p>")[0]
    assert html.count('class="wrong"') == 1
    assert "Nothing is saved yet" in html
    assert filled_in(html, HERE)["minutes-1"] == [wrong.get("minutes-1", "17")]
    assert ladder() == before


def test_whoever_cannot_be_called_is_not_in_charge(ben, play):
    connection().execute("UPDATE people SET phone = NULL, email = NULL WHERE name = 'Ana'")
    said = form(ben) | {"last": str(play.world.people["Ana"])}
    status, html = press(ben, "save", said)
    assert (status, "Ana has neither number nor mail" in html) == (422, True)


def test_of_two_who_change_it_at_once_the_second_is_told_and_keeps_their_words(ben):
    mine = form(ben)
    assert press(ben, "save", form(ben) | {"minutes-0": "3"})[0] == 303
    status, html = press(ben, "save", mine | {"minutes-0": "9"})
    assert (status, "Somebody changed this ladder while you had it open" in html) == (409, True)
    again = filled_in(html, HERE)
    assert again["minutes-0"] == ["9"]
    assert press(ben, "save", again)[0] == 303
    assert form(ben)["minutes-0"] == ["9"]


def test_everyone_and_a_level_for_closed_hours(ben):
    said = form(ben) | {"people-1": [], "everyone-1": ["1"], "called-1": "closed"}
    assert press(ben, "save", said)[0] == 303
    again = form(ben)
    assert (again["everyone-1"], again["called-1"], "people-1" in again) == (
        ["1"],
        ["closed"],
        False,
    )


def test_nobody_of_another_depot_is_offered_or_taken(ben):
    row = connection().execute(
        """INSERT INTO people (name, phone, channels, depots, created_at)
           VALUES ('Frida', '+17145554199', '{sms}', '{4711}', now()) RETURNING id"""
    )
    (frida,) = [one["id"] for one in row]
    assert "Frida" not in ben.get(HERE).text
    for wrong in ({"people-0": [str(frida)]}, {"last": str(frida)}):
        assert press(ben, "save", form(ben) | wrong)[0] == 422


def test_only_supervisors_change_it(client, play):
    sign_in(client, make_key("dispatcher", person_id=play.world.people["Ana"], name="Ana"))
    assert client.get(HERE).status_code == 403
    assert "Change who is called" not in client.get("/console/oncall/anaheim").text


@pytest.mark.parametrize("scripts", [True, False])
def test_it_is_filled_in_on_a_phone_with_and_without_scripts(play, env, browser, scripts):
    key = make_key("supervisor", person_id=play.world.people["Ben"], name="Ben")
    with serving({**env, "PORT": str(free_port())}) as web:
        browser.script(enabled=scripts)
        sign_in_with(browser, web, key, "/console")
        browser.open(web + HERE)
        browser.size(390, 844)
        browser.page.select_option("[name=way-0-0]", "voice")
        browser.click("button[value='way 0']")
        browser.page.select_option("[name=way-0-1]", "sms")
        browser.page.evaluate("document.querySelector('form.ladder').noValidate = true")
        browser.page.fill("[name=minutes-1]", "")
        browser.click("button.main")
        browser.until("document.querySelector('#minutes-1-wrong') !== null")
        for width, dark in ((360, False), (390, True), (1280, False)):
            browser.size(width, 844, dark=dark)
            assert browser.ask("document.documentElement.scrollWidth") == width
            assert browser.ask(audits.SMALL_TARGETS) == []
            assert not scripts or axe.violations(browser) == []
            if place := os.environ.get("PICTURES"):
                browser.page.screenshot(
                    path=f"{place}/ladder-{width}-{dark}-{scripts}.png", full_page=True
                )
        browser.size(390, 844)
        browser.page.fill("[name=minutes-1]", "6")
        browser.page.press("[name=minutes-1]", "Enter")
        browser.until("document.body.innerText.includes('The ladder is changed.')")
        refused = "the server responded with a status of 422"
        assert [line for line in browser.log if refused not in line] == []
    assert [way.channel for way in ladder()[0][1]] == ["voice", "sms"]
