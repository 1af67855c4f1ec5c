"""The live side, in a real browser: what htmx changes, and what it must leave alone."""

from __future__ import annotations

import pytest

from app import clock
from app.access import links
from app.dispatch import service as dispatch
from app.playground import sender
from tests.inline import settle
from tests.pages.audits import LOW_CONTRAST, SMALL_TARGETS

pytestmark = pytest.mark.browser


@pytest.fixture
def case_id(copy):
    return copy.fail()


@pytest.fixture
def task_page(copy, case_id):
    return f"{copy.url}/t/{links.make('task', *copy.task(case_id))}"


@pytest.fixture
def case_page(copy, case_id):
    return f"{copy.url}/c/{links.make('case', case_id)}"


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


def test_news_do_not_disturb_a_choice_half_made(browser, copy, case_page):
    browser.open(case_page)
    browser.click("input[name=choice]")
    browser.until("document.querySelector('input:checked')")
    sender.send(copy.settings, "onfleet", "delivered")
    browser.until("/It has arrived/.test(document.querySelector('h1').textContent)")
    assert browser.ask("!!document.querySelector('input:checked')")
    assert "There is news" in browser.ask("document.body.innerText")
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
        assert browser.ask(LOW_CONTRAST) == [], page
