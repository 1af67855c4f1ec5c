"""Passkeys over HTTP: what is asked is good once, for minutes, for this browser."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from app import clock
from app.access import links
from app.db.connection import connection, transaction
from app.errors import Problem
from app.sign_in import passkeys
from app.sign_in import passkeys_store as store
from tests.application import create_app
from tests.pages.staff import make_key, sign_in, token


@pytest.fixture
def client(settings, play):
    return create_app(replace(settings, public_url="https://parcels.example.com")).test_client()


def post(client, path, **form):
    page = client.get("/sign-in" if path.startswith("/sign-in") else "/console/passkeys")
    return client.post(path, data={"csrf_token": token(page.text), **form})


def asked() -> int:
    row = connection().execute("SELECT count(*) AS n FROM passkey_challenges").fetchone()
    assert row
    return int(row["n"])


def test_what_is_asked_names_our_site_and_wants_to_be_sure_who_it_is(client):
    options = post(client, "/sign-in/passkey/ask").get_json()
    assert options["rpId"] == "parcels.example.com"
    assert options["userVerification"] == "required"
    assert "allowCredentials" not in options or options["allowCredentials"] == []
    assert post(client, "/sign-in/passkey/ask").get_json()["challenge"] != options["challenge"]


def test_a_challenge_is_good_once_and_for_minutes(settings, play):
    links.configure("https://parcels.example.com")
    now = clock.machine_now()
    with transaction() as conn:
        once, _ = passkeys.ask_to_enter(conn, now)
        late, _ = passkeys.ask_to_enter(conn, now)
        mine, _ = passkeys.ask_to_add(conn, play.world.people["Ana"], "Ana", now)
    for challenge, at in (
        (once, now),
        (once, now),
        (late, now + passkeys.GOOD_FOR + timedelta(seconds=1)),
        (mine, now),
        (b"another", now),
    ):
        with pytest.raises(Problem) as caught, transaction() as conn:
            passkeys.enter(conn, challenge, "{}", at)
        assert caught.value.code == "passkey_refused"


@pytest.mark.parametrize(
    "answer", ["", "{}", "[]", "null", '{"rawId": "AAAA"}', '{"rawId": 5}', "x"]
)
def test_an_answer_that_is_none_is_refused_and_lets_nobody_in(client, answer):
    post(client, "/sign-in/passkey/ask")
    refused = post(client, "/sign-in/passkey", answer=answer)
    assert refused.location.startswith("/sign-in")
    assert "could not be used" in client.get(refused.location).text
    assert client.get("/console").status_code == 303


def test_an_answer_nobody_asked_for_is_refused(client):
    assert post(client, "/sign-in/passkey", answer="{}").location == "/sign-in"


def test_a_passkey_is_ones_own(client, play):
    ana, ben = (play.world.people[name] for name in ("Ana", "Ben"))
    with transaction() as conn:
        assert store.add(conn, ben, b"credential", b"key", 0, "Firefox", clock.machine_now())
        (one,) = store.of(conn, ben)
    sign_in(client, make_key("dispatcher", person_id=ana, name="Ana"))
    assert "none yet" in client.get("/console/passkeys").text
    post(client, "/console/passkeys", remove=str(one.id))
    post(client, "/console/passkeys", remove="²")
    assert store.of(connection(), ben) == [one]
    post(client, "/console/passkeys/ask")
    post(client, "/console/passkeys", answer=json.dumps({"rawId": "AAAA"}))
    assert store.of(connection(), ana) == []


def test_who_is_removed_has_no_passkey(play):
    ben = play.world.people["Ben"]
    with transaction() as conn:
        store.add(conn, ben, b"credential", b"key", 0, "Firefox", clock.machine_now())
        conn.execute("UPDATE people SET removed_at = now() WHERE id = %s", [ben])
        assert store.lock(conn, b"credential") is None


def test_an_address_without_a_name_offers_none(client):
    for public, offered in (
        ("https://parcels.example.com", True),
        ("http://localhost:8000", True),
        ("http://parcels.example.com", False),
        ("https://192.0.2.4", False),
    ):
        links.configure(public)
        assert passkeys.offered() == offered
        assert ("data-passkey" in client.get("/sign-in").text) == offered


def test_challenges_that_nobody_answers_are_swept(play):
    links.configure("https://parcels.example.com")
    now = clock.machine_now()
    with transaction() as conn:
        for _ in range(3):
            passkeys.ask_to_enter(conn, now)
        passkeys.ask_to_enter(conn, now + timedelta(hours=1))
    assert asked() == 1
