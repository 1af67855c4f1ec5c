"""Keys, sessions and people: who may do what, and who no longer, from the next request on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from click.testing import CliRunner

from app import clock
from app.access import keys, links, throttle
from app.cli import environment, main
from app.db.connection import connection, transaction
from app.directory import store as directory
from tests.pages.reading import text
from tests.pages.staff import make_key, sign_in, token


@pytest.fixture
def key(play):
    """Ana's key."""
    return make_key("dispatcher", person_id=play.world.people["Ana"])


@pytest.fixture
def reknock(play, monkeypatch):
    monkeypatch.setattr(environment, "attach", lambda: None)

    def run(*words: str, code: int = 0) -> str:
        done = CliRunner().invoke(main, words)
        assert done.exit_code == code, done.output
        return done.output

    return run


def key_id() -> int:
    row = connection().execute("SELECT max(id) AS id FROM api_keys").fetchone()
    assert row is not None
    return int(row["id"])


def api(client, key: str) -> int:
    answer = client.get("/api/v1/cases", headers={"Authorization": f"Bearer {key}"})
    return int(answer.status_code)


def test_a_key_that_has_ended_opens_nothing(client, play):
    with transaction() as conn:
        key = keys.create(
            conn, "admin", "temp", None, None, clock.now(), clock.now() + timedelta(days=1)
        )
    assert api(client, key) == 200
    sign_in(client, key)
    assert client.get("/console").status_code == 200
    clock.advance(timedelta(days=2))
    assert api(client, key) == 401
    assert client.get("/console").status_code == 303


def test_a_list_says_what_each_key_is_for_and_when_it_was_used(client, key, reknock):
    assert "never used" in reknock("key", "list")
    api(client, key)
    said = reknock("key", "list")
    assert "Ana" in said
    assert "never used" not in said
    assert key not in said


def test_use_is_remembered_once_a_minute_and_not_at_every_request(client, key):
    api(client, key)
    first = connection().execute("SELECT last_used_at FROM api_keys").fetchone()
    api(client, key)
    assert connection().execute("SELECT last_used_at FROM api_keys").fetchone() == first
    clock.advance(timedelta(minutes=2))
    api(client, key)
    assert connection().execute("SELECT last_used_at FROM api_keys").fetchone() != first


def test_a_revoked_key_is_out_at_once_and_so_are_its_sessions(client, key, reknock):
    sign_in(client, key)
    assert client.get("/console").status_code == 200
    assert "is revoked" in reknock("key", "revoke", str(key_id()))
    assert client.get("/console").status_code == 303
    assert api(client, key) == 401
    assert "was revoked before" in reknock("key", "revoke", str(key_id()))
    assert "There is no key 99" in reknock("key", "revoke", "99", code=1)


def test_a_rotated_key_goes_on_for_a_while(client, key, reknock):
    new = reknock("key", "rotate", str(key_id()), "--keep", "1h").splitlines()[0]
    assert (api(client, key), api(client, new)) == (200, 200)
    clock.advance(timedelta(hours=2))
    assert (api(client, key), api(client, new)) == (401, 200)
    assert "valid no more" in reknock("key", "rotate", str(key_id() - 1), code=1)


def test_a_key_that_ends_is_rotated_to_one_that_ends(client, reknock):
    made = reknock("key", "create", "--role", "admin", "--name", "Sensor", "--expires", "2h")
    new = reknock("key", "rotate", str(key_id()), "--keep", "1h").splitlines()[0]
    assert api(client, made.splitlines()[0]) == api(client, new) == 200
    clock.advance(timedelta(hours=3))
    assert api(client, new) == 401


def test_signing_out_ends_the_session_in_every_copy_of_the_cookie(client, key):
    sign_in(client, key)
    stolen = client.get_cookie(client.application.config["SESSION_COOKIE_NAME"])
    client.post("/sign-out", data={"csrf_token": token(client.get("/console").text)})
    thief = client.application.test_client()
    thief.set_cookie(stolen.key, stolen.value)
    assert thief.get("/console").status_code == 303


def test_moving_the_demos_time_signs_nobody_out(client, key):
    sign_in(client, key)
    clock.advance(timedelta(days=8))
    assert client.get("/console").status_code == 200


def test_a_session_ends_after_a_shift(client, key, monkeypatch):
    sign_in(client, key)
    later = clock.machine_now() + timedelta(hours=13)
    monkeypatch.setattr(clock, "machine_now", lambda: later)
    assert client.get("/console").status_code == 303


def test_too_many_wrong_keys_from_one_address_must_wait(client, play):
    page = token(client.get("/sign-in").text)
    wrong = {"key": "rk_wrong", "csrf_token": page}
    for _ in range(throttle.FAILURES):
        assert client.post("/sign-in", data=wrong).status_code == 422
    answer = client.post("/sign-in", data=wrong)
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == str(throttle.WINDOW)
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    answer = client.post("/sign-in", data=wrong, environ_overrides=elsewhere)
    assert answer.status_code == 422


def test_wrong_keys_of_a_stranger_keep_nobody_out(client, key, play):
    """Behind a proxy everybody comes from one address."""
    page = token(client.get("/sign-in").text)
    for _ in range(throttle.FAILURES + 1):
        client.post("/sign-in", data={"key": "rk_wrong", "csrf_token": page})
    assert client.post("/sign-in", data={"key": key, "csrf_token": page}).status_code == 303


def test_without_redis_people_still_get_in(client, key):
    throttle.configure("redis://127.0.0.1:1/0")
    sign_in(client, "rk_wrong")
    assert sign_in(client, key).status_code == 303


def test_whoever_leaves_is_called_no_more_and_acts_no_more(client, play, key, reknock):
    sign_in(client, key)
    ana = play.world.people["Ana"]
    assert "anaheim level 1" in reknock("user", "list")
    assert "1 key ended" in reknock("user", "remove", str(ana))
    assert client.get("/console").status_code == 303
    assert "+17145554101" not in reknock("user", "list")
    case_id = play.courier()
    assert not play.messages(case_id, recipient="+17145554101")
    assert directory.person(connection(), ana) is None
    assert "There is nobody" in reknock("user", "remove", str(ana), code=1)


def test_a_last_level_cannot_leave(play, reknock):
    said = reknock("user", "remove", str(play.world.people["Cleo"]), code=1)
    assert "last level of anaheim" in said


@pytest.mark.parametrize("purpose", ["task", "contact"])
def test_links_of_staff_and_shipper_end_some_days_after_the_case(client, play, purpose):
    case_id = play.courier(phone=None)
    ids = (play.task(case_id).id, play.world.people["Ana"]) if purpose == "task" else (case_id,)
    path = links.url(purpose, *ids).split("/", 3)[3]
    play.courier("delivered")
    clock.advance(links.KEPT - timedelta(hours=1))
    assert "Kim Doe" in client.get(f"/{path}").text
    clock.advance(timedelta(hours=2))
    answer = client.get(f"/{path}")
    assert answer.status_code == 200
    assert "This link has ended" in text(answer.text)
    assert "Kim Doe" not in answer.text
    assert "ORD-P1" not in answer.text
    assert client.post(f"/{path}", data={"phone": "+17145554231"}).status_code == 200
