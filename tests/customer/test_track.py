"""How far a parcel is, on a shop's own page: read by anybody, nothing personal, nothing to do."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from app.access import links
from app.cases import track
from app.db.connection import connection
from app.theme import assets
from tests import courier
from tests.inline import advance
from tests.links import token_of
from tests.pages import axe
from tests.pages.reading import fingerprint
from tests.pages.staff import make_key
from tests.pages.web import free_port, serving

PERSONAL = ("Kim", "Doe", courier.PHONE[-7:], "kim@", "Elm", "ORD-", "P1", "Anaheim")


def read(client, token):
    return client.get(f"/api/v1/track/{token}", headers={"Origin": "https://shop.example"})


def test_it_says_how_far_the_parcel_is_and_nothing_about_the_person(client, play):
    case_id = play.courier()
    advance(minutes=20)
    token = track.token(case_id)
    before = fingerprint()
    answer = read(client, token)
    assert fingerprint() == before
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"].startswith("public, max-age=")
    assert "Set-Cookie" not in answer.headers
    said = answer.json
    assert said["headline"] == "Your parcel could not be delivered"
    assert said["next"].startswith("Choose what suits you")
    assert said["news"].startswith("You'll hear from us by")
    assert (said["state"], said["booking"], said["language"]) == ("informed", None, "en")
    play.choose(case_id)
    said = read(client, token).json
    assert said["headline"].startswith("Your parcel comes ")
    assert said["booking"]["confirmed"]
    assert said["booking"]["kind"] == "redelivery"
    for word in PERSONAL:
        assert word not in answer.text
        assert word not in str(said)


def test_its_token_opens_no_page_and_can_do_nothing(client, play):
    case_id = play.courier()
    token = track.token(case_id)
    for page in ("c", "s", "t"):
        assert client.get(f"/{page}/{token}").status_code == 404
        assert client.post(f"/{page}/{token}", data={"choice": "x"}).status_code == 404
    assert client.post(f"/api/v1/track/{token}").status_code == 405
    for other in (token_of(case_id), links.make("contact", case_id), token + "x", "nonsense"):
        answer = read(client, other)
        assert answer.status_code == 404
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Cache-Control"] == "no-store"
    assert token_of(case_id) not in read(client, token).text


def test_what_ended_is_said_for_a_while_and_then_nothing_more(client, play):
    case_id = play.courier()
    play.close(case_id, "delivered")
    said = read(client, track.token(case_id)).json
    assert (said["headline"], said["ended"]) == ("Your parcel was delivered", False)
    advance(days=400)
    said = read(client, track.token(case_id)).json
    assert said["ended"]
    assert not said["headline"]
    assert said["shipper"] is None
    assert said["resolution"] is None


@pytest.mark.parametrize(
    ("language", "headline", "direction"),
    [("de", "Ihr Paket konnte", "ltr"), ("pl", "Nie udało się", "ltr"), ("ar", "تعذّر", "rtl")],
)
def test_it_is_in_the_customers_language(client, play, language, headline, direction):
    case_id = play.courier()
    connection().execute("UPDATE shipments SET language = %s", [language])
    said = read(client, track.token(case_id)).json
    assert (said["language"], said["direction"]) == (language, direction)
    assert said["headline"].startswith(headline)


def test_a_shipper_finds_the_token_beside_its_case(client, play):
    case_id = play.courier()
    key = make_key("shipper", shipper_id=play.world.shipper_id)
    headers = {"Authorization": f"Bearer {key}"}
    case = client.get(f"/api/v1/cases/{case_id}", headers=headers).json
    assert case["track_token"] == track.token(case_id)
    assert case["track_url"].endswith(f"/api/v1/track/{case['track_token']}")


def test_the_widget_is_small_and_needs_nothing(client):
    answer = client.get("/track.js")
    assert answer.status_code == 200
    assert len(answer.data) < 5_000
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "max-age" in answer.headers["Cache-Control"]
    source = answer.text
    for word in ("import ", "eval(", "innerHTML", "document.cookie", "localStorage"):
        assert word not in source
    widget = assets.find("track.js")
    assert widget
    assert source == widget.body.decode()


@pytest.mark.browser
def test_the_widget_shows_it_on_another_sites_page(env, browser, play):
    case_id = play.courier()
    advance(minutes=20)
    with serving({**env, "PORT": str(free_port())}) as web, shop(web, track.token(case_id)) as page:
        browser.open(page)
        shown = "document.querySelector('reknock-track')?.shadowRoot?.querySelector('b')"
        browser.until(f"{shown}?.textContent === 'Your parcel could not be delivered'")
        assert axe.violations(browser) == []
        for dark in (False, True):
            browser.size(360, 740, dark=dark)
            assert browser.ask("document.documentElement.scrollWidth") <= 360
        assert [line for line in browser.log if not line.startswith("asked for")] == []


@contextmanager
def shop(web, token):
    """A shop's page on a site of its own, with a policy as strict as ours."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self):
            body = (
                '<!doctype html><html lang="en"><title>Order</title>'
                '<link rel="icon" href="data:,"><main><h1>Your order</h1>'
                f'<reknock-track token="{token}"></reknock-track></main>'
                f'<script src="{web}/track.js" async></script></html>'
            ).encode()
            policy = f"default-src 'none'; img-src data:; script-src {web}; connect-src {web}"
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", policy)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()
