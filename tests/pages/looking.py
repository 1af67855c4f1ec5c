"""Pages looked at on phones and at a desk, in light and dark; kept as pictures where wanted."""

from __future__ import annotations

import os
from pathlib import Path

from tests.browser import Browser
from tests.pages import audits, axe

_PHONE = (390, 844)
_SIZES = ((320, 740), (360, 740), _PHONE, (1280, 800))


def looked_at(browser: Browser, name: str) -> None:
    """The page fits, is legible and can be pressed; kept as a picture where one is wanted."""
    for dark in (False, True):
        for size in _SIZES:
            browser.size(*size, dark=dark)
            browser.until("document.getAnimations().length === 0")
            assert browser.ask(audits.SMALL_TARGETS) == []
            if size == _PHONE:
                assert axe.violations(browser) == []
            assert browser.ask("document.documentElement.scrollWidth") <= size[0]
            if folder := os.environ.get("REKNOCK_PICTURES"):
                shade = "dark" if dark else "light"
                browser.picture(Path(folder) / f"signin-{name}-{size[0]}-{shade}.png")
    browser.size(390, 844)
