"""Signing in with a code as people do it, on a phone and at a desk, with and without scripts."""

from __future__ import annotations

from app.db.connection import connection
from tests.pages.looking import looked_at
from tests.pages.web import free_port, serving


def code() -> str:
    row = (
        connection()
        .execute("SELECT text FROM message_words ORDER BY message_id DESC LIMIT 1")
        .fetchone()
    )
    assert row
    return str(row["text"][:6])


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
