"""The page on which an admin forgets a customer: asked first, then proved; only for admins."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.browser import Browser
from tests.pages import axe
from tests.pages.conftest import client
from tests.pages.staff import make_key, sign_in, sign_in_with, token
from tests.pages.web import free_port, serving
from tests.play import Play, play
from tests.web import rows

__all__ = ["client", "play"]


def test_it_is_asked_before_it_is_done(client: FlaskClient, play: Play) -> None:
    case_id = play.courier()
    sign_in(client, make_key("admin"))
    at = f"/console/cases/{case_id}/forget"
    page = client.get(at).text
    assert "It is closed and handed to the shipper" in page
    form = {"csrf_token": token(page)}
    unsure = client.post(at, data=form)
    assert unsure.status_code == 422
    assert "tick that you mean it" in unsure.text
    assert rows("SELECT 1 FROM erasures") == []
    done = client.post(at, data=form | {"sure": "yes"})
    (proof,) = rows("SELECT hash FROM erasures")
    assert proof["hash"] in done.text
    assert "Kim" not in done.text
    assert client.get("/console/cases/999/forget").status_code == 404


def test_who_is_no_admin_forgets_nobody(client: FlaskClient, play: Play) -> None:
    case_id = play.courier()
    sign_in(client, make_key("supervisor"))
    assert client.get(f"/console/cases/{case_id}/forget").status_code == 403


@pytest.mark.browser
@pytest.mark.parametrize("dark", [False, True])
def test_everybody_can_read_it(
    browser: Browser, env: dict[str, str], play: Play, tmp_path: Path, dark: bool
) -> None:
    case_id = play.courier()
    with serving({**env, "PORT": str(free_port())}) as web:
        sign_in_with(browser, web, make_key("admin"), f"/console/cases/{case_id}/forget")
        for width in (360, 390, 1280):
            browser.size(width, 900, dark=dark)
            assert browser.ask("document.documentElement.scrollWidth") <= width
            browser.picture(tmp_path / f"ask-{width}-{dark}.png")
        assert axe.violations(browser) == []
        browser.click("[name=sure]")
        browser.click("form .button")
        browser.until("document.querySelector('#proof')")
        for width in (360, 390, 1280):
            browser.size(width, 900, dark=dark)
            assert browser.ask("document.documentElement.scrollWidth") <= width
            browser.picture(tmp_path / f"proof-{width}-{dark}.png")
        assert axe.violations(browser) == []
