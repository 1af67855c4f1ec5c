"""Signing in with a code as people do it, on a phone and at a desk, with and without scripts."""

from __future__ import annotations

import os
from pathlib import Path

from app.db.connection import connection
from tests.pages import audits
from tests.pages.web import free_port, serving

_SIZES = ((320, 740), (360, 740), (390, 844), (1280, 800))


def code() -> str:
    row = connection().execute("SELECT text FROM messages ORDER BY id DESC LIMIT 1").fetchone()
    assert row
    return str(row["text"][:6])


def looked_at(browser, name: str) -> None:
    """The page fits, is legible and can be pressed; kept as a picture where one is wanted."""
    for dark in (False, True):
        for size in _SIZES:
            browser.size(*size, dark=dark)
            browser.until("document.getAnimations().length === 0")
            assert browser.ask(audits.SMALL_TARGETS) == []
            assert browser.ask(audits.LOW_CONTRAST) == []
            assert browser.ask("document.documentElement.scrollWidth") <= size[0]
            if folder := os.environ.get("REKNOCK_PICTURES"):
                shade = "dark" if dark else "light"
                browser.picture(Path(folder) / f"signin-{name}-{size[0]}-{shade}.png")
    browser.size(390, 844)


def test_in_a_real_browser(env, browser, play):
    with serving({**env, "PORT": str(free_port())}) as web:
        for script in (True, False):
            browser.script(enabled=script)
            browser.open(f"{web}/console?tab=taken")
            browser.until("location.pathname === '/sign-in'")
            if script:
                looked_at(browser, "ask")
            browser.click("#to")
            browser.type("+1 714 555 4102")
            browser.press("Enter")
            browser.until("document.querySelector('#code')")
            assert browser.ask("document.activeElement.id") == "code"
            if script:
                looked_at(browser, "code")
                browser.type("12345")
                browser.press("Enter")
                browser.until("document.querySelector('.alert.bad')")
                looked_at(browser, "refused")
            browser.type(code())
            browser.press("Enter")
            browser.until("location.pathname + location.search === '/console?tab=taken'")
            if script:
                browser.open(f"{web}/console/sessions")
                looked_at(browser, "sessions")
        browser.open(f"{web}/sign-in/key")
        browser.until("location.pathname === '/console'")
        browser.open(f"{web}/console/sessions")
        browser.click("[value=others]")
        browser.until("document.querySelector('.alert.good')")
        browser.script(enabled=True)
        browser.open(f"{web}/sign-in/key")
        looked_at(browser, "key")
        assert browser.log == []
