"""The page after a dispute, and the page of a link that has ended: clear in each shape."""

from __future__ import annotations

import os

import pytest

from app import clock
from app.customer.attempts import service as attempts
from app.db.connection import connection
from app.disputes import service as disputes
from app.disputes import store
from tests.browser import Browser
from tests.inline import advance
from tests.links import page_of
from tests.pages.looking import looked_at
from tests.pages.web import free_port, serving
from tests.play import Play

_CODES = ("en", "de", "hi", "ar") if os.environ.get("REKNOCK_PICTURES") else ("ar",)
_LONG = 31 * 24 * 3600


def case_of(play: Play, code: str, name: str) -> int:
    reader = {"name": "Kim Doe", "phone": "+17145550142", "language": code}
    return play.courier(parcel=f"{name}-{code}", recipient=reader)


def disputed(play: Play, code: str, name: str) -> int:
    case_id = case_of(play, code, name)
    attempts.answer(case_id, "I was at home all day", [], clock.now(), came=False)
    return case_id


@pytest.mark.browser
def test_what_became_of_a_dispute_is_clear(play: Play, env, browser: Browser) -> None:
    with serving({**env, "PORT": str(free_port())}) as web:
        for code in _CODES:
            case_id = disputed(play, code, "open")
            browser.open(web + page_of(case_id))
            browser.click("#came-title ~ details summary")
            looked_at(browser, f"disputed-{code}")
            for true, why in ((True, ""), (False, "The photo shows your door.")):
                case_id = disputed(play, code, f"decided-{true}")
                (dispute,) = store.of_case(connection(), case_id)
                disputes.decide(case_id, dispute.id, "Ana", why, clock.now(), true=true)
                browser.open(web + page_of(case_id))
                looked_at(browser, f"decided-{true}-{code}")


@pytest.mark.browser
def test_a_link_that_has_ended_says_what_to_do(play: Play, env, browser: Browser) -> None:
    with serving({**env, "PORT": str(free_port())}) as web:
        for code in _CODES:
            case_id = case_of(play, code, "ended")
            page = web + page_of(case_id)
            browser.open(page)
            browser.click("[value=not_mine]")
            browser.until("document.querySelector('[value=mine]')")
            looked_at(browser, f"stopped-{code}")
            play.close(case_id, "delivered")
            advance(seconds=_LONG)
            browser.open(page)
            browser.until("document.querySelector('[value=new_link]')")
            looked_at(browser, f"ended-{code}")
            browser.click("[value=new_link]")
            browser.until("!document.querySelector('[value=new_link]')")
            looked_at(browser, f"asked-{code}")
