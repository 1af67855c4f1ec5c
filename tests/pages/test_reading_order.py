"""What a screen reader says of the customer's page: all by name, in the order it is seen."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from tests.browser import Browser
from tests.links import page_of
from tests.pages.web import free_port, serving
from tests.play import Play

_PLACES = """[...document.querySelectorAll(
  'main h1, main h2, main h3, main p, main li, main legend, main label, main summary, main button')]
  .filter(it => !it.closest('.dock, .hidden') && it.getClientRects().length)
  .map(it => [it.tagName, it.innerText.slice(0, 40), Math.round(it.getBoundingClientRect().top)])"""
_LEVELS = "[...document.querySelectorAll('h1, h2, h3, h4')].map(it => Number(it.tagName[1]))"
_CONTROL = re.compile(r"- (?:button|link|radio|checkbox|textbox|combobox)(?P<rest>.*)")


@pytest.mark.browser
def test_it_is_read_in_the_order_in_which_it_is_seen(play: Play, env, browser: Browser) -> None:
    with serving({**env, "PORT": str(free_port())}) as web:
        for code in ("en", "ar"):
            reader = {"name": "Kim Doe", "phone": "+17145550142", "language": code}
            browser.open(web + page_of(play.courier(parcel=f"R-{code}", recipient=reader)))
            browser.ask("document.querySelectorAll('details').forEach(it => it.open = true)")
            places = browser.ask(_PLACES)
            assert len(places) > 30
            for (_, before, higher), (tag, words, top) in pairwise(places):
                assert top >= higher - 4, f"{tag} {words!r} is read after {before!r}"
            levels = browser.ask(_LEVELS)
            assert levels[0] == 1
            assert levels.count(1) == 1
            steps = [after - before for before, after in pairwise(levels)]
            assert max(steps) <= 1, "no level is left out"


@pytest.mark.browser
def test_everything_on_it_has_a_place_and_a_name(play: Play, env, browser: Browser) -> None:
    with serving({**env, "PORT": str(free_port())}) as web:
        browser.open(web + page_of(play.courier()))
        browser.ask("document.querySelectorAll('details').forEach(it => it.open = true)")
        heard = browser.page.locator("body").aria_snapshot()
    lines = heard.splitlines()
    outer = [line[2:].partition(":")[0] for line in lines if line.startswith("- ")]
    assert [one for one in outer if one in {"banner", "main", "contentinfo"}] == [
        "banner",
        "main",
        "contentinfo",
    ]
    nameless = [
        line for line in lines if (found := _CONTROL.search(line)) and '"' not in found["rest"]
    ]
    assert nameless == []
    order = ["When shall we knock again?", "A new delivery", "Confirm my choice", "What comes next"]
    found_at = [heard.index(words) for words in order]
    assert found_at == sorted(found_at), "what happened, the choice, then the rest"
