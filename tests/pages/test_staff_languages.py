"""The pages of staff in German, Hindi and Arabic, on phones and at a desk, in light and dark."""

from __future__ import annotations

import pytest

from app import clock, languages
from app.access import links
from app.customer.asked import service as asked
from app.db.connection import transaction
from app.managing import people_store as people
from tests.inline import advance
from tests.pages.looking import looked_at
from tests.pages.staff import make_key, sign_in_with
from tests.pages.web import free_port, serving


@pytest.mark.browser
@pytest.mark.parametrize("code", ["de", "hi", "ar"])
def test_a_dispatchers_pages_fit_and_read_from_their_own_side(env, browser, play, code):
    first = play.courier(parcel="P1")
    play.courier(parcel="P2")
    play.acknowledge(first, "Ben")
    asked.press(first, "speak", "", clock.now())
    advance(minutes=10)
    ana = play.world.people["Ana"]
    with transaction() as conn:
        people.speak(conn, ana, code)
    key = make_key("dispatcher", person_id=ana)
    start = "getComputedStyle(document.querySelector('main')).direction"
    with serving({**env, "PORT": str(free_port())}) as web:
        sign_in_with(browser, web, key, "/console")
        for name, address in (
            ("queue", "/console"),
            ("case", f"/t/{links.make('task', play.task(first).id, ana)}"),
        ):
            browser.open(web + address)
            assert browser.ask("document.documentElement.lang") == code
            assert browser.ask(start) == languages.get(code).direction
            looked_at(browser, f"{name}-{code}")
        assert browser.log == []


@pytest.mark.browser
@pytest.mark.parametrize("code", ["de", "ar"])
def test_what_is_set_up_fits_in_long_words_and_from_the_right(env, browser, play, code):
    play.courier()
    ana = play.world.people["Ana"]
    with transaction() as conn:
        people.speak(conn, ana, code)
    key = make_key("admin", person_id=ana)
    manage = "/console/manage"
    with serving({**env, "PORT": str(free_port())}) as web:
        sign_in_with(browser, web, key, "/console")
        for name, address in (
            ("depot", f"{manage}/depots/anaheim"),
            ("person", f"{manage}/people/{ana}"),
            ("policy", f"{manage}/policies/oak"),
            ("ladder", "/console/oncall/anaheim/ladder"),
            ("dashboard", "/dashboard"),
        ):
            browser.open(web + address)
            assert browser.ask("document.documentElement.lang") == code
            looked_at(browser, f"{name}-{code}")
        assert browser.log == []
