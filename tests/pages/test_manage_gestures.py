"""What a shipper gives is set, seen and audited on an admin's page."""

from __future__ import annotations

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.channels.world import read
from tests.pages.reading import text
from tests.pages.staff import make_key, sign_in, token
from tests.play import Play

FORM = {
    "act": "rules",
    "kind": "voucher",
    "granted_by": "codes",
    "currency": "USD",
    "month": "100.00",
    "first": "5.00",
    "regular": "8.00",
    "regulars_after": "2 days",
    "share": "15",
    "times": "1",
    "days": "90",
    "unasked": "promise",
    "not_for": "",
}


def test_rules_and_codes_are_set_and_seen(client: FlaskClient, play: Play) -> None:
    sign_in(client, make_key("admin"))
    (shop,) = read("SELECT slug FROM shippers")
    page = f"/console/manage/gestures/{shop['slug']}"

    def post(form: dict[str, str]) -> TestResponse:
        return client.post(page, data={"csrf_token": token(client.get(page).text), **form})

    assert shop["slug"] in client.get("/console/manage/gestures").text
    assert "Nothing is given yet" in text(client.get(page).text)

    refused = post({**FORM, "share": "200", "first": "5,00"})
    assert refused.status_code == 422
    assert "Write a whole number from 1 to 100." in text(refused.text)
    assert "Write an amount such as 5.00." in text(refused.text)
    assert 'value="5,00"' in refused.text
    assert read("SELECT 1 FROM gesture_rules") == []

    assert post(FORM).status_code == 303
    codes = "A-1; 5.00\nA-2; 5.00; 2099-12-31\n"
    assert post({"act": "codes", "codes": codes}).status_code == 303
    post({"act": "codes", "codes": codes})
    said = text(client.get(page).text)
    assert "2 of $5.00" in said
    assert "A-1" not in said
    wrong = post({"act": "codes", "codes": "A-3; 5.00; tomorrow"})
    assert wrong.status_code == 422
    assert "Row 1" in text(wrong.text)

    kinds = [row["kind"] for row in read("SELECT kind FROM setup_changes ORDER BY id")]
    assert kinds[-2:] == ["gesture_rules", "gesture_codes"]
    assert post({"act": "off"}).status_code == 303
    assert read("SELECT 1 FROM gesture_rules") == []
