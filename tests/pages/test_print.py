"""What is printed of a customer's page: what is known, with its date, and nothing to be pressed."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import PdfMargins

from tests.browser import Browser
from tests.inline import advance
from tests.links import page_of
from tests.pages.test_customer_states import case_of, disputed
from tests.pages.web import free_port, serving
from tests.play import Play

_SEEN = """selector => [...document.querySelectorAll(selector)]
    .filter(one => one.checkVisibility({contentVisibilityAuto: true}) && one.offsetHeight > 0)
    .map(one => one.innerText.trim())"""
_MARGIN: PdfMargins = {"top": "10mm", "right": "10mm", "bottom": "10mm", "left": "10mm"}
_PRESSED = "form, button, input, textarea, summary svg, .button:not([href^='tel:']), .left"


def sheets(browser: Browser) -> int:
    return len(re.findall(rb"/Type /Page\b", browser.page.pdf(format="A4", margin=_MARGIN)))


@pytest.mark.browser
def test_what_is_printed_is_read_and_not_pressed(play: Play, env, browser: Browser) -> None:
    opened = case_of(play, "en", "open")
    advance(minutes=25)
    chosen = case_of(play, "de", "chosen")
    advance(minutes=25)
    play.choose(chosen)
    pages = {"open": opened, "chosen": chosen, "disputed": disputed(play, "ar", "disputed")}
    with serving({**env, "PORT": str(free_port())}) as web:
        for name, case_id in pages.items():
            browser.open(web + page_of(case_id))
            assert browser.page.evaluate(_SEEN, ".printed") == []
            browser.page.emulate_media(media="print")
            if folder := os.environ.get("REKNOCK_PICTURES"):
                browser.page.pdf(path=f"{folder}/printed-{name}.pdf", format="A4")
                browser.size(794, 1123)
                browser.picture(Path(folder) / f"printed-{name}.png")
            assert browser.page.evaluate(_SEEN, _PRESSED) == []
            (date,) = browser.page.evaluate(_SEEN, ".printed")
            assert "20" in date
            assert len(browser.page.evaluate(_SEEN, ".story li")) >= 2
            cards = browser.page.evaluate(_SEEN, ".card")
            assert all(len(card.splitlines()) > 1 for card in cards), "no heading without words"
            assert sheets(browser) == 1
            browser.page.emulate_media(media="screen")
