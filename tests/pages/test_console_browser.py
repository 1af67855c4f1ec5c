"""The console in a real browser, with a script: at a desk without a mouse, and on a phone."""

from __future__ import annotations

import pytest

from app.cases.search import service as search
from app.db.connection import connection
from tests.pages import audits, axe
from tests.pages.staff import make_key, sign_in_with
from tests.pages.test_console import many
from tests.pages.web import free_port, serving

pytestmark = pytest.mark.browser

AT = "document.activeElement.id"
TICKED = "[...document.querySelectorAll('.tick input:checked')].map(e => +e.value)"
SAID = "document.querySelector('#said').innerText"


def open_tasks():
    rows = connection().execute("SELECT id FROM dispatch_tasks WHERE state = 'open'").fetchall()
    return {row["id"] for row in rows}


def said(browser, words):
    browser.until(f"{SAID}.includes({words!r})")


def sizes(browser):
    for dark in (False, True):
        for size in ((360, 780), (390, 844), (1280, 800)):
            browser.size(*size, dark=dark)
            browser.until("document.getAnimations().length === 0")
            assert browser.ask(audits.SMALL_TARGETS) == []
            assert axe.violations(browser) == []
            assert browser.ask("document.documentElement.scrollWidth") <= size[0]


def test_a_shift_without_a_mouse_and_one_with_a_thumb(env, browser, play):
    many(play, 52)
    connection().execute(
        "UPDATE shipments SET name = 'Kim Doe', phone = '+17145559999' WHERE id = 40"
    )
    while search.catch_up():
        pass
    key = make_key("dispatcher", person_id=play.world.people["Ana"])
    with serving({**env, "PORT": str(free_port())}) as web:
        sign_in_with(browser, web, key, "/console")
        by_keys(browser)
        by_name(browser)
        by_thumb(browser, web)
        assert browser.log == []


def by_keys(browser):
    browser.size(1280, 800)
    ids = browser.ask("[...document.querySelectorAll('.task')].map(e => +e.id.slice(4))")
    browser.press("j")
    browser.press("j")
    assert browser.ask(AT) == f"row-{ids[1]}"
    browser.press("k")
    browser.press("a")  # where one stands is taken on
    said(browser, "You took on")
    browser.until(f"document.querySelector('#task-{ids[0]}').innerText.includes('You have it')")
    assert ids[0] not in open_tasks()
    assert browser.ask(AT) == f"row-{ids[0]}"  # the focus stays where it was
    browser.press("u")
    said(browser, "is open again")
    assert ids[0] in open_tasks()

    shown = f"document.querySelector('#task-{ids[0]}').innerText"
    at_once = f"(() => {{ act('pass_on', [{ids[0]}]); return {shown} }})()"
    assert "Just a moment" in browser.ask(at_once)  # before anything has answered
    said(browser, "You passed on")
    assert "Just a moment" not in browser.ask(shown)
    browser.press("u")
    said(browser, "is as before you passed it on")

    browser.press("j")
    browser.press("x")
    browser.press("Shift+ArrowDown")
    browser.press("Shift+ArrowDown")
    assert browser.ask(TICKED) == ids[1:4]
    browser.press("s")
    browser.until("document.querySelector('#dialog').open")
    sizes(browser)
    browser.size(1280, 800)
    browser.press("Enter")  # the first of the hours has the focus
    said(browser, "Nobody is called for 3 tasks until")
    assert browser.ask(TICKED) == []

    browser.press("n")
    browser.until("document.querySelector('#dialog textarea')")
    browser.type("Dog in the yard")
    browser.press("Tab")
    browser.press("Enter")
    said(browser, "Your note stands with")


def by_name(browser):
    browser.press("?")
    assert browser.ask("document.querySelector('#keys').open") is True
    assert axe.violations(browser) == []
    browser.press("Escape")
    browser.press("/")
    browser.type("0714 555 99 99")
    browser.until("document.querySelectorAll('.task').length === 1")
    assert browser.ask(AT) == "q"
    assert "q=0714" in browser.ask("location.search")
    assert "Kim Doe" in browser.ask("document.querySelector('.task').innerText")

    browser.press("Control+k")
    assert browser.ask("document.querySelector('#menu').open") is True
    browser.ask("document.querySelector('#menu').close()")
    opened = "(() => { const t = performance.now(); open(); return performance.now() - t })()"
    assert browser.ask(opened) < 50
    browser.type("go open")
    browser.until("document.querySelectorAll('#menu-list li').length === 2")
    assert axe.violations(browser) == []
    browser.press("Enter")
    browser.until("location.search.includes('tab=open') && document.readyState === 'complete'")


def by_thumb(browser, web):
    browser.size(390, 844)
    browser.open(f"{web}/console")
    sizes(browser)
    browser.size(390, 844)
    for flick in (350, 700, 1400):
        browser.ask(f"scrollTo(0, {flick})")
        whole = "[...document.querySelectorAll('.task')].map(e => e.getBoundingClientRect())"
        assert (
            browser.ask(f"{whole}.filter(b => b.top >= 0 && b.bottom <= innerHeight).length") >= 10
        )
    assert browser.ask("document.querySelector('.call').href").startswith("tel:+1")
    browser.click(".all a")
    assert len(browser.ask(TICKED)) == 50
    before = open_tasks()
    browser.click(".chosen [value=take]")
    said(browser, "You took on 50 tasks.")
    assert len(before) - len(open_tasks()) == 50
    browser.click(".undo button")
    said(browser, "50 tasks are open again.")
    assert open_tasks() == before
