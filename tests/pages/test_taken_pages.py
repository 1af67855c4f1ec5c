"""The page of who has a task: until when, how to have longer, and that it went back."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from app import clock
from app.db.connection import connection
from app.dispatch import service
from app.dispatch.snoozed import service as snoozed
from app.dispatch.snoozed.events import Event
from tests.browser import Browser
from tests.inline import advance, settle
from tests.pages.looking import looked_at
from tests.pages.reading import text
from tests.pages.staff import make_key, sign_in_with
from tests.pages.test_dispatcher_page import page, post, token
from tests.pages.web import free_port, serving
from tests.play import Play


def late(play: Play, case_id: int) -> None:
    done_by = play.task(case_id).done_by
    assert done_by
    advance(seconds=(done_by - clock.now()).total_seconds())


def test_until_when_it_is_theirs_and_one_tap_for_longer(client, play):
    case_id = play.courier()
    post(client, play, case_id)
    before = play.task(case_id).done_by
    answer = page(client, play, case_id)
    assert "then others are called" in text(answer.text)
    assert "I need longer" in text(answer.text)
    assert "I need longer" not in page(client, play, case_id, "Ben").text
    until = before + timedelta(hours=2)
    said = post(client, play, case_id, act="longer", until=until.isoformat())
    assert said.status_code == 303
    assert play.task(case_id).done_by == until
    act_by = play.case(case_id).act_by
    wrong = post(client, play, case_id, act="longer", until=(act_by + timedelta(1)).isoformat())
    assert wrong.status_code == 422
    assert "That is too late" in text(wrong.text)
    others = post(client, play, case_id, "Ben", act="longer", until=until.isoformat())
    assert "Ana has this task." in text(others.text)


def test_what_went_back_is_said_to_who_had_it_and_to_the_others(client, play):
    case_id = play.courier()
    post(client, play, case_id)
    late(play, case_id)
    mine, theirs = page(client, play, case_id), page(client, play, case_id, "Ben")
    assert "It was not finished, so others are called." in text(mine.text)
    assert "Ana had it until" in text(theirs.text)
    assert "I take it on" in text(mine.text)
    post(client, play, case_id, "Ben")
    assert "Already acknowledged by Ben" in text(page(client, play, case_id).text)


def test_until_what_the_calls_are_put_off_stands_on_the_page(client, play):
    case_id = play.courier()
    snoozed.snooze(case_id, "Ana", None, clock.now(), Event.SCAN)
    settle()
    said = text(page(client, play, case_id, "Ben").text)
    assert "The calls are put off until the courier scans the parcel, at the latest" in said


def test_finished_and_booked_with_one_button(client, play):
    case_id = play.courier()
    post(client, play, case_id)
    choice = play.options(case_id).slots[0].choice
    done = post(client, play, case_id, act="resolve", outcome="deliver_again", choice=choice)
    settle()
    assert done.status_code == 303
    assert play.case(case_id).booked
    assert ("failure", "resolved") in play.tasks(case_id)


@pytest.mark.browser
def test_these_pages_in_a_real_browser(env, browser: Browser, play: Play):
    mine, back, put_off = (play.courier(parcel=f"P{n}") for n in range(3))
    service.acknowledge(play.task(back).id, "Ana", "", "", clock.now())
    late(play, back)
    service.acknowledge(play.task(mine).id, "Ana", "", "", clock.now())
    until = clock.now() + timedelta(hours=5)
    snoozed.snooze(put_off, "Ana", until, clock.now(), Event.REPLY)
    settle()
    person = play.world.people["Ana"]
    key = make_key("dispatcher", person_id=person)
    with serving(env | {"PORT": str(free_port())}) as web:
        browser.open(f"{web}/t/{token(play, mine)}")
        looked_at(browser, "longer")
        browser.page.get_by_text("I need longer", exact=True).click()
        looked_at(browser, "longer-open")
        browser.page.locator("button[name=until]").last.click()
        browser.until("document.readyState === 'complete'")
        browser.open(f"{web}/t/{token(play, back)}")
        looked_at(browser, "went-back")
        browser.open(f"{web}/t/{token(play, put_off)}")
        looked_at(browser, "put-off")
        sign_in_with(browser, web, key, "/console")
        looked_at(browser, "queue-taken")
        browser.open(f"{web}/console/sheet?act=snooze&task={play.task(put_off).id}")
        looked_at(browser, "sheet-snooze")
    assert browser.log == []
    (row,) = (
        connection().execute("SELECT facts FROM timeline WHERE kind = 'needs_longer'").fetchall()
    )
    assert datetime.fromisoformat(row["facts"]["until"]) > clock.now()
