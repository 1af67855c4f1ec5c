"""What says that a page has no faults would find some."""

from __future__ import annotations

import pytest

from tests.browser import Browser
from tests.pages import axe


@pytest.mark.browser
def test_a_picture_without_words_and_grey_on_grey_are_found(browser: Browser) -> None:
    browser.page.set_content(
        '<html lang="en"><title>A</title><main><img src="data:,">'
        '<p style="color:#999;background:#aaa">words</p></main></html>'
    )
    found = {fault.partition(":")[0] for fault in axe.violations(browser)}
    assert found == {"image-alt", "color-contrast"}
