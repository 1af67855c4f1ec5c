"""One whole story by the guide's button and the phones alone, on a phone and on a desktop."""

from __future__ import annotations

import pytest

from tests.inline import settle

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", [(390, 844), (1280, 800)])
@pytest.mark.parametrize("script", [True, False])
def test_a_newcomer_plays_a_whole_story(browser, copy, size, script):
    browser.script(enabled=script)
    browser.size(*size)
    browser.open(f"{copy.url}/playground")
    browser.page.select_option("#account", "dhl")
    with browser.page.expect_response("**/playground/send**"):
        browser.click("button[value=failure]")

    def turn(who):
        settle()
        browser.open(f"{copy.url}/playground")
        assert browser.ask("document.querySelector('#guide').dataset.where") == who
        assert browser.ask("document.documentElement.scrollWidth") <= size[0]
        browser.click("#go")

    def phone(name, link, *presses):
        frame = browser.page.frame_locator(f"iframe[name={name}]")
        frame.locator(link).first.click()
        for press in presses:
            frame.locator(press).first.click()

    def said(name, words):
        browser.until(f"/{words}/.test(frames.{name}.document.body.innerText)")

    turn("depot")
    phone("depot", ".rings button[value='1']")
    said("depot", "The voice says: You have taken it on")
    turn("customer")
    phone("customer", ".bubble a", "input[name=choice]", ".dock button")
    said("customer", "You asked for")
    turn("depot")
    phone("depot", ".bubble a", "button[value=confirmed]")
    said("depot", "Done by")
    with browser.page.expect_response("**/playground/send**"):
        turn("courier")
    with browser.page.expect_response("**/playground/clock**"):
        turn("clock")
    turn("customer")
    phone("customer", ".bubble a", "[name=score][value='5']")
    assert browser.log == []
