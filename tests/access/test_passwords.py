"""A password, for whoever wants one: kept by Argon2, tried ten times, and never the only way in."""

from __future__ import annotations

import pytest

from app.db.connection import connection
from app.sign_in import passwords
from tests.application import create_app
from tests.pages.reading import text
from tests.pages.staff import make_key, sign_in, token

GOOD = "nine purple kettles"


@pytest.fixture
def ana(client, play):
    """Ana at a browser."""
    sign_in(client, make_key("dispatcher", person_id=play.world.people["Ana"]))
    return client


@pytest.fixture
def door(settings, play):
    """A browser in which nobody is signed in."""
    return create_app(settings).test_client()


def choose(client, password, again=None):
    page = client.get("/console/password")
    form = {"csrf_token": token(page.text), "password": password}
    form["again"] = password if again is None else again
    return client.post("/console/password", data=form, follow_redirects=True)


def enter(client, to, password, back=""):
    page = client.get("/sign-in/password", query_string={"next": back} if back else {})
    form = {"csrf_token": token(page.text), "to": to, "password": password, "next": back}
    return client.post("/sign-in/password", data=form)


def test_whoever_chose_one_gets_in_with_it_and_where_they_wanted(ana, door):
    assert "Your password is set" in text(choose(ana, GOOD).text)
    answer = enter(door, " ANA@example.com ", GOOD, "/console?tab=mine")
    assert (answer.status_code, answer.location) == (303, "/console?tab=mine")
    assert "With a password" in text(door.get("/console/sessions").text)


def test_it_is_kept_by_argon2_and_nothing_of_it_is_readable(ana):
    choose(ana, GOOD)
    (row,) = connection().execute("SELECT hash FROM passwords").fetchall()
    assert row["hash"].startswith("$argon2id$")
    assert "kettles" not in row["hash"]


@pytest.mark.parametrize(
    ("password", "again", "said"),
    [
        ("short", None, "at least 12 characters"),
        (GOOD, "nine purple kettle", "not the same"),
        ("a" * 500, None, "at most 200"),
        ("ana@example.com", None, "Anybody would guess it"),
        ("aaaaaaaaaaaaaa", None, "Anybody would guess it"),
    ],
)
def test_what_is_no_good_password_is_refused(ana, password, again, said):
    answer = choose(ana, password, again)
    assert said in text(answer.text)
    assert connection().execute("SELECT FROM passwords").fetchall() == []


def test_nobody_learns_who_has_one(ana, door):
    choose(ana, GOOD)
    answers = {
        text(enter(door, to, password).text.partition("<form")[0])
        for to, password in (
            ("ana@example.com", "nine purple kettle"),
            ("ben@example.com", GOOD),
            ("nobody@example.com", GOOD),
            ("+17145559999", GOOD),
        )
    }
    assert len(answers) == 1
    assert enter(door, "ana@example.com", "wrong wrong wrong").status_code == 422
    assert door.get("/console").status_code == 303


def test_after_ten_wrong_ones_it_opens_nothing_until_its_owner_sets_a_new_one(
    ana, door, monkeypatch
):
    monkeypatch.setattr("app.access.throttle.FAILURES", 100)
    choose(ana, GOOD)
    for _ in range(passwords.TRIES):
        assert enter(door, "ana@example.com", "nine purple kettle").status_code == 422
    assert enter(door, "ana@example.com", GOOD).status_code == 422
    choose(ana, f"{GOOD} again")
    assert enter(door, "ana@example.com", f"{GOOD} again").status_code == 303


def test_a_right_one_forgets_the_wrong_ones_before_it(ana, door):
    choose(ana, GOOD)
    for _ in range(3):
        enter(door, "ana@example.com", "nine purple kettle")
    assert enter(door, "ana@example.com", GOOD).status_code == 303
    (row,) = connection().execute("SELECT tries FROM passwords").fetchall()
    assert row["tries"] == 0


def test_a_new_one_ends_the_former_and_removed_it_opens_nothing(ana, door):
    choose(ana, GOOD)
    choose(ana, "seven quiet harbours")
    assert enter(door, "ana@example.com", GOOD).status_code == 422
    page = ana.get("/console/password").text
    form = {"csrf_token": token(page), "remove": "1"}
    answer = ana.post("/console/password", data=form, follow_redirects=True)
    assert "Your password is removed" in text(answer.text)
    assert enter(door, "ana@example.com", "seven quiet harbours").status_code == 422


def test_whoever_left_is_out(ana, door, play):
    choose(ana, GOOD)
    connection().execute("UPDATE people SET removed_at = now() WHERE name = 'Ana'")
    assert enter(door, "ana@example.com", GOOD).status_code == 422


def test_many_wrong_ones_from_one_address_must_wait(door):
    answers = [enter(door, "nobody@example.com", GOOD).status_code for _ in range(22)]
    assert answers[0] == 422
    assert answers[-1] == 429


def test_a_machines_key_has_none(client, play):
    sign_in(client, make_key("dispatcher"))
    assert "A machine’s key has no password." in text(choose(client, GOOD).text)


def test_another_site_can_neither_set_nor_try_one(ana):
    form = {"password": GOOD, "again": GOOD, "to": "ana@example.com"}
    for address in ("/console/password", "/sign-in/password"):
        assert ana.post(address, data=form).status_code == 403
