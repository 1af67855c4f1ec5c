"""Managing people on pages: added, changed, removed, each remembered; and only by who may."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner

from app.cli import environment
from app.cli.user import command
from app.db.connection import connection
from tests.access import two_depots
from tests.application import create_app
from tests.pages.looking import looked_at
from tests.pages.reading import text
from tests.pages.staff import make_key, sign_in, sign_in_with, token
from tests.pages.web import free_port, serving

PEOPLE = "/console/manage/people"
DANA = {
    "name": "Dana",
    "phone": "+1 714 555 4150",
    "email": "dana@example.com",
    "channel": ["sms", "voice"],
    "depot": ["anaheim"],
}


@pytest.fixture
def world(play):
    return two_depots.build(play)


@pytest.fixture
def enter(settings, world):
    """A browser of somebody with this role, of `anaheim` where it is a supervisor."""

    def enter(role):
        keys = {caller.name: caller.key for caller in two_depots.callers()}
        client = create_app(settings).test_client()
        client.environ_base["HTTP_ACCEPT"] = "text/html"
        sign_in(client, keys[{"supervisor": "supervisor of anaheim"}.get(role, role)])
        return client

    return enter


def send(client, path, **form):
    page = client.get(path).text
    return client.post(path, data={"csrf_token": token(page), **form})


def changes(client):
    return text(client.get("/console/manage/changes").text)


def test_a_supervisor_adds_a_dispatcher_of_their_depot_who_signs_in_at_once(enter, settings):
    client = enter("supervisor")
    answer = send(client, PEOPLE, **DANA)
    assert answer.status_code == 303
    page = text(client.get(answer.location).text)
    assert "Dana is added and can sign in." in page
    row = connection().execute("SELECT * FROM people WHERE name = 'Dana'").fetchone()
    assert row
    assert (row["phone"], row["channels"]) == ("+17145554150", ["voice", "sms"])
    assert (row["role"], len(row["depots"])) == ("dispatcher", 1)
    assert "Person: Dana added" in changes(client)
    phone = create_app(settings).test_client()
    door = token(phone.get("/sign-in").text)
    phone.post("/sign-in/code", data={"csrf_token": door, "to": "+17145554150"})
    sent = connection().execute("SELECT recipient FROM messages WHERE topic = 'sign-in'")
    assert [one["recipient"] for one in sent] == ["+17145554150"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": " "}, "A name has 1 to 80 characters."),
        ({"phone": "123"}, "This number cannot be used"),
        ({"phone": ""}, "so it is needed"),
        ({"email": "dana@"}, "No mail can be sent"),
        ({"email": "ben@example.com"}, "Somebody has the address ben@example.com already."),
        ({"channel": []}, "Choose at least one way"),
        ({"channel": ["email"], "email": ""}, "so it is needed"),
    ],
)
def test_what_cannot_be_kept_is_said_beside_its_field_and_changes_nothing(enter, wrong, said):
    client = enter("supervisor")
    answer = send(client, PEOPLE, **(DANA | wrong))
    assert answer.status_code == 422
    assert said in text(answer.text)
    assert 'value="' + (DANA | wrong)["email"] in answer.text  # what was typed is still there
    assert "Nothing was changed yet." in changes(client)


@pytest.mark.parametrize(
    ("beyond", "status"),
    [
        ({"role": "supervisor"}, 403),
        ({"role": "admin"}, 403),
        ({"every": "1"}, 403),
        ({"depot": []}, 403),
        ({"depot": ["anaheim", "fresno"]}, 404),
        ({"depot": ["nowhere"]}, 403),
    ],
)
def test_a_supervisor_gives_nobody_more_than_they_may(enter, world, beyond, status):
    client = enter("supervisor")
    for path in (PEOPLE, f"{PEOPLE}/{world[0].person_id}"):
        assert send(client, path, **(DANA | beyond)).status_code == status
    count = connection().execute("SELECT count(*) AS n FROM people WHERE name = 'Dana'").fetchone()
    assert count == {"n": 0}
    assert "Nothing was changed yet." in changes(client)


def test_a_change_is_remembered_from_what_to_what_and_only_what_is_otherwise(enter, world):
    client = enter("admin")
    path = f"{PEOPLE}/{world[0].person_id}"
    same = {"name": "Olga Ours", "email": "anaheim@example.com", "channel": "email"}
    send(client, path, **same, depot="anaheim", role="dispatcher")
    assert "Nothing was changed." in text(client.get(path).text)
    send(client, path, **(same | {"name": "Olga"}), every="1", role="supervisor")
    said = changes(client)
    assert "name Olga Ours Olga" in said
    assert "role dispatcher supervisor" in said
    assert "sees anaheim every depot" in said
    assert "e-mail" not in said
    assert "admin" in said  # by whom
    assert said.count("Person: Olga") == 1


def test_who_leaves_is_out_and_forgotten_but_not_that_they_left(enter, world, settings):
    client, olga = enter("admin"), world[0].person_id
    key = make_key("dispatcher", person_id=olga)
    desk = create_app(settings).test_client()
    sign_in(desk, key)
    assert desk.get("/console").status_code == 200
    path = f"{PEOPLE}/{olga}"
    send(client, path, **DANA, role="dispatcher")
    assert send(client, path, act="remove").location == PEOPLE
    assert desk.get("/console").status_code == 303
    assert client.get(path).status_code == 404
    said = changes(client)
    assert "Person: Dana removed" in said
    for secret in ("555 4150", "+17145554150", "dana@example.com", "anaheim@example.com"):
        assert secret not in said


def test_the_last_level_and_oneself_stay(enter, world, play, settings):
    client = enter("admin")
    refused = send(client, f"{PEOPLE}/{play.world.people['Cleo']}", act="remove")
    assert refused.status_code == 409
    assert "last level of anaheim" in text(refused.text)
    ana = play.world.people["Ana"]
    own = create_app(settings).test_client()
    own.environ_base["HTTP_ACCEPT"] = "text/html"
    sign_in(own, make_key("admin", person_id=ana))
    connection().execute("UPDATE people SET role = 'admin' WHERE id = %s", [ana])
    assert send(own, f"{PEOPLE}/{ana}", act="remove").status_code == 409
    form = {"name": "Ana", "phone": "+17145554101", "channel": "sms", "role": "dispatcher"}
    refused = send(own, f"{PEOPLE}/{ana}", **form, depot="anaheim")
    assert refused.status_code == 409
    assert "somebody else has to change" in text(refused.text)


def test_a_supervisor_sees_their_own_people_and_signs_them_out_everywhere(enter, world, settings):
    client = enter("supervisor")
    page = text(client.get(PEOPLE).text)
    assert "Olga Ours" in page
    for other in ("Petra", "Cleo", "Ben"):  # of another depot, or of every one
        assert other not in page
    desk = create_app(settings).test_client()
    sign_in(desk, make_key("dispatcher", person_id=world[0].person_id))
    path = f"{PEOPLE}/{world[0].person_id}"
    assert re.search(r"Signed in A browser", text(client.get(path).text))
    send(client, path, act="sign_out")
    assert desk.get("/console").status_code == 303


def test_the_terminal_has_the_same_verbs_and_is_remembered_too(enter, world, settings, monkeypatch):
    monkeypatch.setattr(environment, "attach", lambda: settings)

    def reknock(*words):
        done = CliRunner().invoke(command, list(words))
        return done.output if done.exit_code == 0 else str(done.exception)

    words = ("add", "--name", "Eli", "--email", "eli@example.com", "--sees", "fresno")
    number = reknock(*words).split()[-1]
    assert "Somebody has the address" in reknock(*words)
    reknock("set", number, "--role", "supervisor", "--sees", "all")
    assert "was so already" in reknock("set", number, "--role", "supervisor")
    assert "every depot" in reknock("list")
    said = changes(enter("admin"))
    assert "somebody at the terminal" in said
    assert "role dispatcher supervisor" in said
    assert "sees fresno every depot" in said


def test_in_a_real_browser(env, browser, world):
    key = next(one.key for one in two_depots.callers() if one.role == "admin")
    with serving({**env, "PORT": str(free_port())}) as web:
        sign_in_with(browser, web, key, "/console/manage/people")
        browser.click("summary")
        looked_at(browser, "people")
        browser.click("#name")
        browser.type("Dana")
        browser.click("#email")
        browser.type("dana@example.com")
        browser.click(".pick:has([value=sms])")  # no number: not by text message
        browser.click(".pick:has([name=depot])")
        browser.click(".fields .button.main")
        browser.until("document.querySelector('.alert.good')")
        looked_at(browser, "person")
        browser.open(f"{web}/console/manage/changes")
        looked_at(browser, "changes")
        assert browser.log == []


def test_nobody_is_called_for_cases_that_they_do_not_see(enter, play):
    client = enter("admin")
    ana = play.world.people["Ana"]
    connection().execute("UPDATE people SET depots = ARRAY[%s]::bigint[] WHERE id = %s", [1, ana])
    shown = {"name": "Ana", "phone": "+17145554101", "email": "ana@example.com"}
    wanted = shown | {"channel": ["sms"], "role": "dispatcher", "depot": ["fresno"]}
    answer = send(client, f"{PEOPLE}/{ana}", **wanted)
    assert answer.status_code == 409
    assert "would still call them" in text(answer.text)
    (row,) = connection().execute("SELECT depots FROM people WHERE id = %s", [ana])
    assert row["depots"] == [1]
