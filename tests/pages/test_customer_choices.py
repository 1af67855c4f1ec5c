"""What can be chosen beside a day, in a real browser: prices, the nearest point, the way back."""

from __future__ import annotations

import pytest
from psycopg.types.json import Jsonb

from app import languages
from app.db.connection import connection
from tests.browser import Browser
from tests.inline import settle
from tests.links import page_of
from tests.pages.test_customer_browser import case_of, fits, keep
from tests.pages.web import free_port, serving
from tests.play import Play

_TERMS = {
    "elsewhere": "postcode",
    "elsewhere_price": "3.00 USD",
    "evening_price": "2.50 USD",
    "pickup_price": "1.00 USD",
    "return_price": "4.50 USD",
}


def priced() -> None:
    """The courier charges for some of it, and the corner shop is near."""
    connection().execute("UPDATE courier_accounts SET terms = %s", [Jsonb(_TERMS)])
    connection().execute("UPDATE pickup_points SET latitude = 33.8101, longitude = -117.8801")
    connection().execute(
        """UPDATE shipments SET address = coalesce(address, courier_address)
                || '{"latitude": 33.8055, "longitude": -117.8848}'"""
    )


@pytest.mark.browser
def test_prices_distance_and_the_way_back_are_read_before_anything_is_chosen(
    play: Play, env: dict[str, str], browser: Browser
) -> None:
    with serving({**env, "PORT": str(free_port())}) as web:
        for code in ("de", "hi", "ar"):
            case_id = case_of(play, code)
            priced()
            page = web + page_of(case_id)
            browser.script(enabled=True)
            browser.open(page)
            fits(browser, code)
            keep(browser, f"{code}-choices")
            assert "4" in browser.page.inner_text("details:has(button[value=return])")
            assert browser.page.inner_text(".away")
            browser.script(enabled=False)
            browser.open(page)
            say = languages.get(code).say
            words = say("I don’t want it any more: send it back")
            browser.click(f"summary:has-text('{words}')")
            browser.click("button[value=return]")
            browser.until("document.querySelector('button[value=cancel]')")
            settle()
            browser.script(enabled=True)
            browser.open(page)
            assert say("You asked us to send it back") in browser.page.inner_text("h1")
            fits(browser, f"{code} goes back")
            keep(browser, f"{code}-goes-back")
            assert browser.page.query_selector("#to-calendar") is None
        assert browser.log == []
