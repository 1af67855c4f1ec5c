"""Passkeys as a person uses them: Chromium's own virtual authenticator signs."""

from __future__ import annotations

from app.db.connection import connection
from app.sign_in import passkeys
from tests.pages.looking import looked_at
from tests.pages.staff import make_key, sign_in_with
from tests.pages.web import free_port, serving


def signed_in_by() -> list[str]:
    rows = connection().execute("SELECT how FROM sessions ORDER BY id").fetchall()
    return [row["how"] for row in rows]


def kept(what: str = "count(*)") -> int:
    row = connection().execute(f"SELECT {what} AS n FROM passkeys").fetchone()
    assert row
    return int(row["n"] or 0)


def a_device(browser, *, verifies: bool = True):
    """A telephone with a finger on it; it answers by itself."""
    cdp = browser.page.context.new_cdp_session(browser.page)
    cdp.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": verifies,
        "automaticPresenceSimulation": True,
    }
    made = cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return cdp, made["authenticatorId"]


def leave(browser, web):
    browser.open(f"{web}/console/passkeys")
    browser.ask("document.querySelector(\"form[action='/sign-out']\").submit()")
    browser.until("location.pathname === '/sign-in'")


def test_in_a_real_browser(env, browser, play):
    port = free_port()
    web = f"http://localhost:{port}"
    with serving({**env, "PORT": str(port), "PUBLIC_URL": web}):
        key = make_key("dispatcher", person_id=play.world.people["Ana"], name="Ana")
        sign_in_with(browser, web, key, "/console/passkeys")
        cdp, device = a_device(browser)
        looked_at(browser, "passkeys-none")
        browser.click("form[data-passkey] button")
        browser.until("document.querySelector('.alert.good')")
        assert kept() == 1
        looked_at(browser, "passkeys")
        browser.click("form[data-passkey] button")  # the device has one for us already
        browser.until("document.querySelector('form[data-passkey] [role=alert]:not([hidden])')")
        assert kept() == 1

        leave(browser, web)
        browser.open(f"{web}/sign-in?next=/console/days")
        looked_at(browser, "ask-with-passkey")
        browser.click("form[data-passkey] button")
        browser.until("location.pathname.startsWith('/console/days')")
        assert signed_in_by()[-1] == "passkey"
        assert kept("max(sign_count)") > 0
        browser.open(f"{web}/console/sessions")
        assert "With a passkey" in browser.ask("document.body.innerText")

        leave(browser, web)
        cdp.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
        browser.open(f"{web}/sign-in")
        browser.click("form[data-passkey] button")
        browser.until("document.querySelector('form[data-passkey] [role=alert]:not([hidden])')")

        cdp.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": True})
        browser.click("form[data-passkey] button")
        browser.until("location.pathname === '/console'")
        browser.open(f"{web}/console/passkeys")
        browser.click("button[name=remove]")
        browser.until("document.querySelector('.alert.good')")
        assert kept() == 0
        leave(browser, web)
        browser.open(f"{web}/sign-in")
        browser.click("form[data-passkey] button")
        browser.until("document.querySelector('#refused')")
        assert not [line for line in browser.log if web not in line and "422" not in line]
    assert passkeys.offered()
