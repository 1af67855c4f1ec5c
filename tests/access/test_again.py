"""Whoever sits down at somebody's open browser makes no way in of their own with it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app.access import keys
from app.db.connection import connection
from app.sign_in import passwords
from tests.channels.world import read
from tests.pages.reading import text
from tests.pages.staff import make_key, sign_in, token
from tests.play import Play

GOOD = "nine purple kettles"


@pytest.fixture
def ana(client: FlaskClient, play: Play) -> FlaskClient:
    """Ana, who signed in this morning; a key of hers is at hand."""
    sign_in(client, key := make_key("admin", person_id=play.world.people["Ana"]))
    client.environ_base["key"] = key
    later(minutes=11)
    return client


def later(**span: float) -> None:
    connection().execute("UPDATE sessions SET started_at = started_at - %s", [timedelta(**span)])


def post(client: FlaskClient, address: str, **form: str):
    page = client.get("/console/sessions")
    return client.post(address, data={"csrf_token": token(page.text), **form})


ACTS = [
    ("/console/password", {"password": GOOD, "again": GOOD}),
    ("/console/password", {"remove": "1"}),
    ("/console/passkeys", {"answer": "{}"}),
    ("/console/passkeys", {"remove": "1"}),
    ("/console/manage/keys", {"act": "create", "name": "mine", "role": "admin", "lasts": "0"}),
]


@pytest.mark.parametrize(("address", "form"), ACTS)
def test_a_way_in_is_made_or_taken_only_by_who_has_just_signed_in(
    ana: FlaskClient, play: Play, address: str, form: dict[str, str]
) -> None:
    before = (read("SELECT id FROM api_keys"), read("SELECT * FROM passwords"))
    page = ana.get(address)
    assert "Sign in again" in page.text
    answer = post(ana, address, **form)
    assert (answer.status_code, answer.location) == (303, f"/sign-in/again?next={address}")
    assert (read("SELECT id FROM api_keys"), read("SELECT * FROM passwords")) == before


def test_the_door_is_shown_once_more_and_leads_back(ana: FlaskClient, play: Play) -> None:
    assert ana.get("/sign-in?next=/console").status_code == 303  # whoever is in needs no door
    door = ana.get("/sign-in/again?next=/console/password", follow_redirects=True)
    assert "please show once more who you are" in text(door.text)
    assert "Back, without a change" in text(door.text)
    assert ana.get("/console").status_code == 200
    with_key = {"key": ana.environ_base["key"], "next": "/console/password"}
    back = ana.post("/sign-in", data={"csrf_token": token(door.text), **with_key})
    assert (back.status_code, back.location) == (303, "/console/password")
    assert "Sign in again" not in ana.get("/console/password").text
    said = post(ana, "/console/password", password=GOOD, again=GOOD)
    assert said.location == "/console/password"
    assert passwords.enter("ana@example.com", GOOD) == play.world.people["Ana"]
    assert ana.get("/sign-in").status_code == 303


def test_a_password_that_fits_is_enough_and_a_wrong_one_is_not(
    ana: FlaskClient, play: Play
) -> None:
    later(minutes=-11)
    post(ana, "/console/password", password=GOOD, again=GOOD)
    later(minutes=11)
    door = ana.get("/sign-in/again?next=/console/passkeys", follow_redirects=True)
    form = {"csrf_token": token(door.text), "to": "ana@example.com", "next": "/console/passkeys"}
    assert ana.post("/sign-in/password", data=form | {"password": "no such one"}).status_code == 422
    assert "Sign in again" in ana.get("/console/passkeys").text
    back = ana.post("/sign-in/password", data=form | {"password": GOOD})
    assert back.location == "/console/passkeys"
    assert "Sign in again" not in ana.get("/console/passkeys").text


def test_a_script_is_told_and_a_key_can_be_revoked_at_once(ana: FlaskClient) -> None:
    page = ana.get("/console/sessions")
    asked = ana.post(
        "/console/passkeys/ask",
        data={"csrf_token": token(page.text)},
        headers={"Accept": "application/json"},
    )
    assert (asked.status_code, asked.get_json()["code"]) == (403, "sign_in_again")
    key = keys.digest(make_key("dispatcher", name="stolen"))
    (row,) = connection().execute("SELECT id FROM api_keys WHERE digest = %s", [key]).fetchall()
    post(ana, "/console/manage/keys", act="revoke", key=str(row["id"]))
    assert read("SELECT 1 FROM api_keys WHERE revoked_at IS NOT NULL")


def test_people_of_a_shop_are_asked_too(client: FlaskClient, play: Play) -> None:
    (shipper,) = read("SELECT id FROM shippers WHERE slug = 'oak'")
    connection().execute(
        "UPDATE people SET role = 'shipper', depots = '{}', shipper_id = %s WHERE id = %s",
        [shipper["id"], play.world.people["Ana"]],
    )
    key = make_key("shipper", shipper_id=shipper["id"], person_id=play.world.people["Ana"])
    sign_in(client, key)
    assert "Sign in again" not in client.get("/console/password").text
    later(minutes=11)
    assert "Sign in again" in client.get("/console/password").text
    answer = post(client, "/console/password", password=GOOD, again=GOOD)
    assert answer.location == "/sign-in/again?next=/console/password"
    assert read("SELECT 1 FROM passwords") == []
