"""The customer's page in a real browser: by finger and by key, with scripts and without any."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from app import clock, languages
from app.booking import leaving
from app.customer import service as customer
from tests.browser import Browser
from tests.inline import settle
from tests.links import page_of
from tests.pages import audits, axe
from tests.pages.web import free_port, serving
from tests.play import Play

_STOPS = """(() => {
  const it = document.activeElement, box = it.getBoundingClientRect();
  const down = box.y + Math.min(box.height / 2, 20);
  const over = document.elementFromPoint(box.x + box.width / 2, down);
  const label = over && over.closest('label');
  const seen = it === document.body || it.contains(over) || (label && label.contains(it));
  return [it.tagName, it.closest('.dock, .skip') !== null, Math.round(box.y + scrollY), !!seen];
})()"""
_LEFT = "document.querySelector('.left:not(:empty)')?.textContent"
_WEIGHT = """performance.getEntriesByType('resource')
  .concat(performance.getEntriesByType('navigation'))
  .reduce((sum, entry) => sum + entry.transferSize, 0)"""


def case_of(play: Play, code: str) -> int:
    reader = {"name": "Kim Doe", "phone": "+17145550142", "language": code}
    case_id = play.courier(parcel=f"W-{code}", recipient=reader)
    play.acknowledge(case_id)
    return case_id


def leave_with_a_neighbour(browser: Browser, name: str) -> None:
    """As somebody does it: a time, who takes it, and the one button."""
    browser.click("input[name=choice]")
    browser.click("form details summary")
    browser.click("input[value=neighbour]")
    browser.page.fill("#who", name)
    browser.click(".dock .button")


def fits(browser: Browser, code: str) -> None:
    """On a small phone, at a desk, with text twice as large, and in the dark."""
    browser.ask("document.querySelectorAll('details').forEach(d => d.open = true)")
    for width in (320, 1280, 390):
        browser.size(width, 844, dark=True)
        assert browser.ask("document.documentElement.scrollWidth") <= width, (code, width)
    browser.until("document.getAnimations().length === 0")
    assert axe.violations(browser) == [], code
    assert browser.ask(audits.SMALL_TARGETS) == [], code
    browser.size(390, 844)
    browser.ask("document.documentElement.style.fontSize = '200%'")
    assert browser.ask("document.documentElement.scrollWidth") <= 390, code
    browser.ask("document.documentElement.style.fontSize = ''")


def keep(browser: Browser, name: str) -> None:
    if folder := os.environ.get("REKNOCK_PICTURES"):
        browser.page.screenshot(path=str(Path(folder) / f"customer-{name}.png"), full_page=True)


@pytest.mark.browser
def test_it_is_chosen_by_finger_with_scripts_and_without(play, env, browser: Browser) -> None:
    with serving({**env, "PORT": str(free_port())}) as web:
        for code in ("de", "hi", "ar"):
            case_id = case_of(play, code)
            browser.script(enabled=True)
            browser.open(web + page_of(case_id))
            keep(browser, f"{code}-choose")
            assert browser.ask(_WEIGHT) < 60_000
            before = browser.ask(_LEFT)
            assert before, "how long it is until there is news"
            later = "{ const was = Date.now; Date.now = () => was() + 5 * 3600 * 1000; }"
            browser.ask(f"(() => {later})()")
            browser.until(f"{_LEFT} !== {before!r}")
            fits(browser, code)
            browser.open(web + page_of(case_id))
            leave_with_a_neighbour(browser, "Ida Vos")
            browser.until("document.body.innerText.includes('Ida Vos')")
            settle()
            browser.script(enabled=False)
            browser.open(web + page_of(case_id))
            keep(browser, f"{code}-asked")
            assert browser.ask(_LEFT) is None, "the hour is read without it"
            assert browser.ask("document.querySelector('.lead b') !== null")
            browser.click(f"summary:has-text('{languages.get(code).say('Change it')}')")
            browser.click("button[value=cancel]")
            browser.until("document.querySelector('button[value=undo]')")
            settle()
            leave_with_a_neighbour(browser, "Omar")
            browser.until("document.body.innerText.includes('Omar')")
            settle()
        assert browser.log == []


@pytest.mark.browser
def test_keys_reach_everything_in_the_order_in_which_it_is_read(play, env, browser) -> None:
    case_id = case_of(play, "ar")
    with serving({**env, "PORT": str(free_port())}) as web:
        for booked in (False, True):
            if booked:
                slot = play.options(case_id).slots[0]
                customer.choose(case_id, slot.choice, clock.now(), leaving.neighbour("", "9"))
                settle()
            browser.open(web + page_of(case_id))
            browser.ask("document.querySelectorAll('details').forEach(d => d.open = true)")
            seen = []
            for _ in range(80):
                browser.page.keyboard.press("Tab")
                tag, apart, top, in_sight = browser.ask(_STOPS)
                if tag == "BODY":
                    break
                assert in_sight, f"{browser.ask('document.activeElement.outerHTML')} is covered"
                if not apart:
                    seen.append(top)
            assert len(seen) > 10
            assert seen == sorted(seen), "the eye goes down, and so do the keys"
