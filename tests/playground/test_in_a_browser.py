"""The live side, in a real browser: what htmx changes, and what it must leave alone."""

from __future__ import annotations

import pytest

from app import clock
from app.access import links
from app.dispatch import service as dispatch
from app.playground import sender
from tests.inline import settle
from tests.links import token_of
from tests.pages import axe
from tests.pages.audits import SMALL_TARGETS

pytestmark = pytest.mark.browser


@pytest.fixture
def case_id(copy):
    return copy.fail()


@pytest.fixture
def task_page(copy, case_id):
    return f"{copy.url}/t/{links.make('task', *copy.task(case_id))}"


@pytest.fixture
def case_page(copy, case_id):
    return f"{copy.url}/c/{token_of(case_id)}"


def test_the_story_in_three_panes(browser, copy, case_id):
    browser.size(1280, 800)
    browser.open(f"{copy.url}/playground")
    browser.ask("frames.depot.document.querySelector('.bubble a').click()")
    browser.until("frames.depot.document.querySelector('button[value=acknowledge]')")
    browser.ask("frames.depot.document.querySelector('button[value=acknowledge]').click()")
    browser.until("/You took it on/.test(frames.depot.document.body.innerText)")
    settle()
    browser.until("frames.customer.document.querySelector('.bubble a')")
    browser.until("document.querySelector('#guide').dataset.where === 'customer'")
    assert "You took it on" in browser.ask("frames.depot.document.body.innerText")
    before = browser.ask("document.querySelector('#time').dateTime")
    browser.click("button[value='86400']")
    browser.until(f"document.querySelector('#time').dateTime > '{before}'")
    assert browser.log == []


TIME = "Date.parse(document.querySelector('#time').dateTime)"


@pytest.mark.parametrize("script", [True, False])
def test_what_comes_next_is_one_click_away(browser, copy, case_id, script):
    browser.size(1280, 800)
    browser.script(enabled=script)
    browser.open(f"{copy.url}/playground?case={case_id}")
    for _ in range(2):
        settle()
        if script:  # not the button that came with the page, but one that a poll brought
            browser.ask("document.querySelector('.coming').dataset.old = 'yes'")
            browser.until("document.querySelector('.coming:not([data-old])')")
        else:
            browser.open(f"{copy.url}/playground?case={case_id}")
        before = browser.ask(TIME)
        ahead = int(browser.ask("document.querySelector('.coming button').value")) - 2
        browser.click(".coming button")
        browser.until(f"{TIME} >= {before + 1000 * ahead}")
        assert browser.ask("location.search") == f"?case={case_id}"
    assert browser.log == []


def test_a_poll_leaves_the_focus_where_it_is(browser, copy, case_id):
    browser.open(f"{copy.url}/playground?case={case_id}")
    browser.ask("document.querySelector('.coming').dataset.old = 'yes'")
    browser.ask("document.querySelector('.coming button').focus()")
    browser.until("document.querySelector('.coming:not([data-old])')")
    browser.until("document.activeElement === document.querySelector('.coming button')")


@pytest.mark.parametrize("script", [True, False])
def test_what_the_clock_refuses_is_said_beside_it(browser, copy, script):
    browser.script(enabled=script)
    browser.open(f"{copy.url}/playground")
    assert browser.ask("document.querySelector('#fault').getClientRects().length") == 0
    browser.click("#minutes + button")
    browser.until("/number of minutes/.test(document.querySelector('[role=alert]').innerText)")
    before = browser.ask(TIME)
    browser.click("button[value='60']")
    browser.until(f"{TIME} >= {before + 60_000}")
    browser.until("document.querySelector('#fault').textContent === ''")


@pytest.mark.parametrize("script", [True, False])
def test_enter_moves_by_the_minutes_typed(browser, copy, script):
    browser.script(enabled=script)
    browser.open(f"{copy.url}/playground")
    before = browser.ask(TIME)
    browser.ask("document.querySelector('#minutes').focus()")
    browser.type("90")
    browser.press("Enter")
    browser.until(f"{TIME} >= {before + 60_000}")
    assert browser.ask(TIME) >= before + 90 * 60_000


def test_news_do_not_disturb_a_choice_half_made(browser, copy, case_page):
    browser.open(case_page)
    browser.click("input[name=choice]")
    browser.until("document.querySelector('input:checked')")
    sender.send(copy.settings, "onfleet", "delivered")
    browser.until("/It has arrived/.test(document.querySelector('h1').textContent)")
    assert browser.ask("!!document.querySelector('input:checked')")
    assert "There’s news" in browser.ask("document.body.innerText")
    browser.click(".alert a")
    browser.until("document.querySelector('.stars')")
    assert browser.log == []


def test_news_load_the_page_anew_while_nothing_is_picked(browser, copy, case_page):
    browser.open(case_page)
    sender.send(copy.settings, "onfleet", "delivered")
    browser.until("document.querySelector('.stars')")


def test_a_note_half_written_stays(browser, copy, case_id, task_page):
    browser.open(task_page)
    browser.ask("document.querySelector('#note').focus()")
    browser.type("Gate code")
    dispatch.acknowledge(copy.task(case_id)[0], "Ben Okafor", "", "", clock.now())
    browser.until("/Already acknowledged by Ben Okafor/.test(document.body.innerText)")
    assert browser.ask("document.querySelector('#note').value") == "Gate code"


def test_without_javascript_a_choice_is_booked(browser, case_page):
    browser.script(enabled=False)
    browser.open(case_page)
    browser.click("input[name=choice]")
    browser.click(".dock button")
    browser.until("document.querySelector('#to-calendar')")


def test_with_the_keyboard_alone(browser, case_page):
    browser.open(case_page)
    browser.press("Tab")
    assert browser.ask("document.activeElement.textContent") == "Skip to the content"
    browser.press("Enter")
    browser.press("Tab")
    browser.press(" ")
    browser.until("document.querySelector('input:checked')")
    browser.press("Enter")
    browser.until("document.querySelector('#to-calendar')")


@pytest.mark.parametrize("dark", [False, True])
def test_it_fits_a_narrow_phone_and_can_be_read(browser, copy, case_id, case_page, task_page, dark):
    pages = [case_page, task_page, f"{copy.url}/s/{links.make('contact', case_id)}"]
    pages += [f"{copy.url}/playground", f"{copy.url}/playground/phone/depot"]
    for page in pages:
        browser.size(320, 640, dark=dark)
        browser.open(page)
        assert browser.ask("document.documentElement.scrollWidth") <= 320, page
        assert browser.ask(SMALL_TARGETS) == [], page
        assert axe.violations(browser) == [], page
