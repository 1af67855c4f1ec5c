"""The pages for a code and for doubts in a real browser: small, dark, from right to left."""

from __future__ import annotations

import pytest

from app.cases import own_page
from tests.browser import Browser
from tests.inline import advance
from tests.links import page_of
from tests.pages.looking import looked_at
from tests.pages.web import free_port, serving
from tests.play import Play


@pytest.mark.browser
def test_a_customer_who_trusts_no_link(env: dict[str, str], play: Play, browser: Browser) -> None:
    case_id = play.courier()
    play.acknowledge(case_id)
    code = own_page.code(play.case(case_id))
    (told, *_) = play.messages(case_id, audience="customer")
    env["PORT"] = str(free_port())
    with serving(env) as url:
        for script in (True, False):
            browser.script(enabled=script)
            browser.open(f"{url}/c")
            browser.click("#code")
            browser.type(code.lower()[:-1])
            browser.click("main button")
            browser.until("document.querySelector('[role=alert]')")
            browser.page.fill("#code", f" {code.lower()} ")
            browser.click("main button")
            browser.until(f"location.pathname === '{page_of(case_id)}'")
        browser.script(enabled=True)
        for language, name, words in (
            ("en", "elsewhere", f"{told['text']} https://evil.example/pay 1.99 €"),
            ("ar", "sent", told["text"]),
        ):
            browser.page.set_extra_http_headers({"Accept-Language": language})
            browser.open(f"{url}/verify")
            browser.page.fill("#text", words)
            browser.page.fill("#sender", "Hollow Oak")
            browser.click("main button")
            browser.until("document.querySelector('[role=status]')")
            looked_at(browser, f"verify-{name}-{language}")
        browser.open(f"{url}/c")
        looked_at(browser, "code-ar")
        play.close(case_id, "delivered")
        advance(seconds=40 * 24 * 3600)
        browser.open(f"{url}{page_of(case_id)}")
        browser.click("main button")
        browser.until("document.querySelector('[role=status]')")
        looked_at(browser, "asked")
        assert browser.log == []
