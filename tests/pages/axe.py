"""What axe-core finds wrong with a page for people who see, hear or press otherwise than most."""

from __future__ import annotations

from functools import cache
from importlib import resources

from tests.browser import Browser

_RUN = """
axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})
  .then(found => found.violations.flatMap(
    rule => rule.nodes.map(node => `${rule.id}: ${node.target} ${node.html.slice(0, 120)}`)))
"""


def violations(browser: Browser) -> list[str]:
    """Each place at which the page breaks a rule of WCAG 2.2 AA, with the rule."""
    if not browser.ask("'axe' in window"):
        browser.ask(_script())
    found: list[str] = browser.ask(_RUN)
    return found


@cache
def _script() -> str:
    """The library as the package carries it, which is published with axe-core inside."""
    return (resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
