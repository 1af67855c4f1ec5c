"""People who sign in at a browser: their keys, and the forms they send."""

from __future__ import annotations

import re

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import clock
from app.access import keys
from app.db.connection import transaction
from tests.browser import Browser


def make_key(
    role: str, *, shipper_id: int | None = None, person_id: int | None = None, name: str = "test"
) -> str:
    """A key of this role."""
    with transaction() as conn:
        return keys.create(conn, role, name, shipper_id, person_id, clock.now())


def token(html: str) -> str:
    """What a page gives its forms against forgery."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', html)
    assert found
    return found[1]


def sign_in(client: FlaskClient, key: str, back: str = "") -> TestResponse:
    """Fill in the form at the door."""
    page = client.get("/sign-in", query_string={"next": back} if back else {})
    return client.post("/sign-in", data={"csrf_token": token(page.text), "key": key, "next": back})


def sign_in_with(browser: Browser, web: str, key: str, back: str) -> None:
    """The same in a real browser."""
    browser.open(f"{web}/sign-in/key?next={back}")
    browser.click("#key")
    browser.type(key)
    browser.click(".button.main")
    browser.until(f"location.pathname === '{back}' && document.readyState === 'complete'")
