"""What the form of a page would send if somebody pressed a button at once."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any


class _Form(HTMLParser):
    def __init__(self, action: str) -> None:
        super().__init__()
        self.action, self.within = action, False
        self.said: dict[str, list[str]] = {}
        self.select = ""
        self.options: list[tuple[str, bool]] = []
        self.option: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.within = said.get("action") == self.action
        if not self.within:
            return
        if tag == "input" and (said.get("type") != "checkbox" or "checked" in said):
            self.said.setdefault(said["name"], []).append(said.get("value", ""))
        if tag == "select":
            self.select, self.options = said["name"], []
        if tag == "option":
            self.option = said.get("value")
            self.options.append((self.option or "", "selected" in said))

    def handle_data(self, data: str) -> None:
        if self.options and self.option is None:
            self.options[-1] = (data.strip() or self.options[-1][0], self.options[-1][1])

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self.within:
            chosen = [value for value, selected in self.options if selected]
            self.said[self.select] = (chosen or [self.options[0][0]])[:1]
            self.options = []
        if tag == "form":
            self.within = False


def filled_in(html: str, action: str) -> dict[str, Any]:
    """The fields of the form that goes to `action`, as they stand; a button's name is not in it."""
    parser = _Form(action)
    parser.feed(html)
    return parser.said
