"""A shipper's brand: what may be set, where customers see it, and where its domain leads."""

from __future__ import annotations

import base64
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from app import clock
from app.access import keys
from app.cases import own_page
from app.channels import composing
from app.channels.letter import write
from app.channels.providers.base import Outgoing
from app.db.connection import connection, transaction
from app.directory import changes_store, domains
from app.directory.changes import By
from app.errors import Problem
from app.managing import brands, logos
from app.settings import Settings
from tests.application import create_app
from tests.inline import advance
from tests.links import page_of
from tests.pages import axe
from tests.pages.reading import text
from tests.pages.web import free_port, serving
from tests.play import Play, play

__all__ = ["play"]

ANA = By("Ana", None)
WHOLE = {
    "name": "Oak & Elm",
    "colour": "#7a1f5c",
    "sender": "Oak & Elm care",
    "reply_to": "care@oak.example",
    "imprint": "Oak & Elm Ltd\n1 Elm St, Anaheim",
    "recommend": "https://oak.example/friends",
    "domain": "parcels.oak.example",
}


@pytest.fixture
def client(settings: Settings, play: Play) -> FlaskClient:
    client = create_app(settings).test_client()
    client.environ_base["HTTP_ACCEPT"] = "text/html"
    return client


def set_brand(play: Play, **given: str) -> bool:
    with transaction() as conn:
        (row,) = conn.execute("SELECT slug FROM shippers ORDER BY id LIMIT 1").fetchall()
        return brands.put(conn, ANA, row["slug"], given, clock.now())


def picture(size: tuple[int, int] = (1200, 300), form: str = "PNG") -> bytes:
    kept, hidden = BytesIO(), PngInfo()
    hidden.add_text("Comment", "GPS 33.8 -117.9")
    image = Image.new("RGBA" if form == "PNG" else "RGB", size, "purple")
    image.save(kept, form, pnginfo=hidden if form == "PNG" else None)
    return kept.getvalue()


@pytest.mark.parametrize(
    ("given", "field", "says"),
    [
        ({"colour": "#9be8c8"}, "colour", "can be read"),
        ({"colour": "green"}, "colour", "Write a colour"),
        ({"colour": "#0d5c4c", "dark": "#123456"}, "dark", "dark screen"),
        ({"dark": "#6fd3b4"}, "colour", "light screens"),
        ({"sender": "Oak <x@evil.example>"}, "sender", "Only a name"),
        ({"name": "Oak\r\nBcc: x"}, "name", "Only a name"),
        ({"reply_to": "nobody"}, "reply_to", "No mail"),
        ({"imprint": "x" * 601}, "imprint", "Up to 600"),
        ({"domain": "127.0.0.1"}, "domain", "host name"),
        ({"domain": "localhost"}, "domain", "host name"),
        ({"domain": "https://oak.example/x"}, "domain", "host name"),
        ({"domain": "oak.example:8000"}, "domain", "host name"),
        ({"domain": "oak.example\nevil.example"}, "domain", "host name"),
    ],
)
def test_what_cannot_be_is_refused_with_what_could(
    play: Play, given: dict[str, str], field: str, says: str
) -> None:
    with pytest.raises(Problem) as refused:
        set_brand(play, **given)
    assert says in refused.value.by_field[field]


def test_it_is_shown_wherever_the_customer_looks_and_remembered(
    client: FlaskClient, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Outgoing] = []
    real = composing.outgoing

    def outgoing(*about: Any) -> Outgoing:
        sent.append(real(*about))
        return sent[-1]

    monkeypatch.setattr(composing, "outgoing", outgoing)
    assert set_brand(play, **WHOLE, logo=logos.keep(picture()))
    assert not set_brand(play, **WHOLE)
    (change, *_) = changes_store.newest(connection(), None, 5, before=0)
    assert change.kind == "brand"
    case_id = play.courier(email="kim@example.com")
    play.acknowledge(case_id)
    advance(seconds=2 * 24 * 3600)
    texts = [m["text"] for m in play.messages(case_id, audience="customer")]
    assert all("Oak & Elm" in one and "https://parcels.oak.example/c/" in one for one in texts)
    (mail, *_) = [one for one in sent if one.channel == "email" and one.answers == case_id]
    assert mail.text.endswith("Oak & Elm Ltd\n1 Elm St, Anaheim")
    letter = write(mail, "Reknock <post@reknock.example>", clock.machine_now())
    assert letter["From"] == '"Oak & Elm care" <post@reknock.example>' or "Oak & Elm care" in str(
        letter["From"]
    )
    assert letter["Reply-To"] == "care@oak.example"
    ours = write(mail, "post@reknock.example", clock.machine_now(), "in+1@reknock.example")
    assert ours["Reply-To"] == "in+1@reknock.example"  # what we read ourselves comes to us
    html = client.get(page_of(case_id)).text
    assert "Oak &amp; Elm Ltd" in html
    assert html.count("/brand/") == 2
    css = client.get("/brand/7a1f5c-auto.css")
    assert "--accent:#7a1f5c" in css.text
    assert "immutable" in css.headers["Cache-Control"]
    play.choose(case_id)
    calendar = client.get(f"{page_of(case_id)}/calendar.ics").text.replace("\r\n ", "")
    assert "Oak & Elm" in calendar
    assert "https://parcels.oak.example/c/" in calendar


def test_a_logo_is_drawn_anew_small_and_without_what_was_hidden() -> None:
    drawn = logos.draw(picture())
    image = Image.open(BytesIO(drawn))
    assert image.size == (480, 120)
    assert b"GPS" not in drawn
    assert len(drawn) <= logos.MOST_KEPT
    assert Image.open(BytesIO(logos.draw(picture((50, 50), "JPEG")))).size == (50, 50)


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"<svg onload=alert(1)>", 415),
        (b"GIF89a" + b"x" * 100, 415),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 50, 415),
        (b"x" * (logos.LARGEST + 1), 413),
        (picture((2100, 2000)), 413),
    ],
)
def test_what_is_no_logo_is_refused(content: bytes, status: int) -> None:
    with pytest.raises(Problem) as refused:
        logos.draw(content)
    assert refused.value.status == status


def test_a_domain_opens_its_own_shippers_pages_and_nothing_of_the_house(
    client: FlaskClient, play: Play
) -> None:
    case_id = play.courier()
    set_brand(play, domain="parcels.oak.example")
    at: dict[str, Any] = {"base_url": "https://parcels.oak.example"}
    assert client.get(page_of(case_id), **at).status_code == 200
    assert client.get("/c", **at).status_code == 200
    for path in ("/console", "/sign-in", "/api/v1/cases", "/playground", "/docs", "/metrics"):
        assert client.get(path, **at).status_code == 404, path
    with transaction() as conn:
        conn.execute(
            """INSERT INTO shippers (slug, name, country, policy_id, created_at, brand)
               SELECT 'fir', 'Fir', 'US', policy_id, created_at, '{"domain": "fir.example"}'
                 FROM shippers ORDER BY id LIMIT 1"""
        )
    domains.forget()
    other: dict[str, Any] = {"base_url": "https://fir.example"}
    assert client.get(page_of(case_id), **other).status_code == 404
    forged: dict[str, Any] = {"base_url": "https://evil.example"}
    answer = client.post("/c", data={"code": own_page.code(play.case(case_id))}, **forged)
    assert answer.location == page_of(case_id)  # no host that was only claimed is led to
    url = own_page.url(play.case(case_id))
    assert "Yes, this is ours" in text(client.post("/verify", data={"text": url}).text)
    with pytest.raises(Problem, match="Another shipper"):
        set_brand(play, domain="FIR.example.")


def test_by_api_and_by_page(env: dict[str, str], play: Play, client: FlaskClient) -> None:
    with transaction() as conn:
        key = keys.create(conn, "admin", "admin", None, None, clock.now())
    headers = {"Authorization": f"Bearer {key}", "Accept": "application/json"}
    (row,) = connection().execute("SELECT slug FROM shippers ORDER BY id LIMIT 1").fetchall()
    path = f"/api/v1/shippers/{row['slug']}/brand"
    logo = base64.b64encode(picture()).decode()
    answer = client.put(path, json={**WHOLE, "logo": logo}, headers=headers)
    assert answer.status_code == 200
    shown = client.get(path, headers=headers).get_json()
    assert shown["colour"] == "7a1f5c"
    image = client.get(shown["logo"])
    assert image.content_type == "image/png"
    assert client.get("/brand/..%2f..%2fsecret.png").status_code == 404
    assert client.get("/brand/zzzzzz-auto.css").status_code == 404
    refused = client.put(path, json={"colour": "#9be8c8"}, headers=headers)
    assert (refused.status_code, refused.get_json()["code"]) == (422, "brand_unusable")
    assert client.put(path, json={"name": ""}, headers=headers).get_json()["name"] == ""


@pytest.mark.browser
def test_a_branded_page_can_be_read_by_everybody(
    env: dict[str, str], play: Play, browser: Any
) -> None:
    set_brand(play, **{**WHOLE, "domain": ""}, logo=logos.keep(picture()))
    case_id = play.courier()
    play.acknowledge(case_id)
    env["PORT"] = str(free_port())
    with serving(env) as url:
        for width, dark in ((320, False), (390, True), (1280, False)):
            browser.size(width, 800, dark=dark)
            browser.open(f"{url}{page_of(case_id)}")
            assert axe.violations(browser) == []
            assert browser.ask("document.documentElement.scrollWidth") <= width
            accent = browser.ask(
                "getComputedStyle(document.documentElement).getPropertyValue('--accent').trim()"
            )
            assert accent != ("#0d5c4c" if not dark else "#6fd3b4")
        assert browser.log == []
