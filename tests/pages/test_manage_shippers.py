"""What becomes of a shipper's orders is set, seen and remembered on an admin's page."""

from __future__ import annotations

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.db.connection import connection
from app.managing import orders
from tests.channels.world import read
from tests.pages.reading import text
from tests.pages.staff import make_key, sign_in, token
from tests.play import Play

ASKED = "https://orders.example.com/{order_ref}"


def test_where_a_contact_is_asked_and_when_orders_wait(client: FlaskClient, play: Play) -> None:
    sign_in(client, make_key("admin"))
    (shop,) = read("SELECT slug FROM shippers")
    page = f"/console/manage/shippers/{shop['slug']}"

    def post(**form: str) -> TestResponse:
        held = {"act": "orders", "csrf_token": token(client.get(page).text), "percent": "30"}
        return client.post(page, data=held | form)

    assert post(url=ASKED, token="s3cret", percent="12.5").status_code == 303
    assert orders.lookup_of(connection(), shop["slug"]) == (ASKED, "s3cret")
    said = client.get(page).text
    assert 'value="12.5"' in said
    assert "s3cret" not in said
    assert "One is kept." in text(said)

    post(url=ASKED)
    assert orders.lookup_of(connection(), shop["slug"]).token == "s3cret"
    post(url=ASKED + "/v2")
    assert orders.lookup_of(connection(), shop["slug"]) == (ASKED + "/v2", "")

    wrong = post(url="https://orders.example.com/", percent="12.5")
    assert wrong.status_code == 422
    assert "must stand in the path or the query." in text(wrong.text)
    assert "A number from 0 to 100." in text(post(url=ASKED, percent="nan").text)
    assert post(url="").status_code == 303
    assert orders.lookup_of(connection(), shop["slug"]) == ("", "")
    kept = read("SELECT before, after FROM setup_changes WHERE kind = 'shipper' ORDER BY id")
    assert "s3cret" not in str(kept)
    assert {"orders are held over": "0.125"} in [row["after"] for row in kept]
