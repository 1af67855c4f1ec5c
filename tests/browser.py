"""A real Chromium for the tests, driven by Playwright: the system's own, none is downloaded."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import ConsoleMessage, Error, Page, Playwright, Request

_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_PATIENCE = 60.0  # seconds


class Browser:
    """One window at a time. What does not come true in time is an `AssertionError`.

    Conditions are asked for again and again from here: Playwright's own waiting needs scripts
    on the page, and ours must also work without any.
    """

    page: Page
    log: list[str]
    """What went wrong on the page: errors, refused content, requests to elsewhere."""

    def __init__(self, playwright: Playwright, program: str) -> None:
        self._browser = playwright.chromium.launch(executable_path=program, args=_FLAGS)
        self.script(enabled=True)

    def close(self) -> None:
        self._browser.close()

    def script(self, *, enabled: bool) -> None:
        """A new window, without cookies, whose pages may or may not run JavaScript."""
        for old in self._browser.contexts:
            old.close()
        context = self._browser.new_context(java_script_enabled=enabled)
        context.set_default_timeout(_PATIENCE * 1000)
        self.page = context.new_page()
        self.log = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.log.append(str(error)))
        self.page.on("request", self._see)
        self.size(390, 844)

    def size(self, width: int, height: int, *, dark: bool = False) -> None:
        self.page.set_viewport_size({"width": width, "height": height})
        # Without motion: colours on their way from one to the other are nobody's choice.
        scheme: Literal["dark", "light"] = "dark" if dark else "light"
        self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")

    def open(self, url: str) -> None:
        self.page.goto(url)

    def ask(self, expression: str) -> Any:
        """The value of a JavaScript expression."""
        return self.page.evaluate(expression)

    def until(self, expression: str) -> None:
        """Wait until an expression is true; the page may be loading meanwhile."""
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            try:
                if self.ask(f"!!({expression})"):
                    return
            except Error:
                pass  # between two documents
            self.page.wait_for_timeout(50)
        raise AssertionError(f"never true: {expression}\n{self.ask('document.body.innerText')}")

    def click(self, selector: str) -> None:
        """Press the first thing that a CSS selector finds, as a finger does."""
        self.page.locator(selector).first.click()

    def press(self, key: str) -> None:
        """A key: `Tab`, `Enter`, or a character."""
        self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.insert_text(text)

    def picture(self, path: Path) -> None:
        self.page.screenshot(path=path, full_page=True)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.log.append(message.text)

    def _see(self, request: Request) -> None:
        if request.url.startswith("http") and not request.url.startswith("http://127.0.0.1:"):
            self.log.append(f"asked for {request.url}")
