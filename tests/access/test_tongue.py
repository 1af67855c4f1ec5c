"""Which language somebody of the staff reads, and who says so."""

from __future__ import annotations

import re

import pytest

from app.db.connection import connection, transaction
from app.managing import people_store as people
from tests.pages.reading import text
from tests.pages.staff import make_key, sign_in, token
from tests.web import Web, web

__all__ = ["web"]

SESSIONS = "/console/sessions"
BROWSER = {"Accept-Language": "fr-CH, pl;q=0.5"}


def tongue(page: str) -> str:
    found = re.search(r'<html lang="([\w-]+)" dir="(\w+)">', page)
    assert found, page[:200]
    assert (found[2] == "rtl") == (found[1] == "ar")
    return found[1]


def speaks(name: str, world: dict[str, int], code: str) -> None:
    with transaction() as conn:
        people.speak(conn, world[name], code)


def test_the_door_speaks_as_the_browser_asks_until_somebody_chooses(client):
    page = client.get("/sign-in", headers=BROWSER).text
    assert tongue(page) == "fr"
    assert "Se connecter" in text(page)
    said = {"csrf_token": token(page), "language": "hi", "back": "/sign-in/key"}
    answer = client.post("/sign-in/language", data=said)
    assert answer.headers["Location"] == "/sign-in/key"
    assert tongue(client.get("/sign-in/key", headers=BROWSER).text) == "hi"
    elsewhere = said | {"language": "pl", "back": "https://evil.example/"}
    assert client.post("/sign-in/language", data=elsewhere).headers["Location"] == "/sign-in"
    client.post("/sign-in/language", data=said | {"language": "xx"})
    page = client.get("/sign-in", headers=BROWSER).text
    assert tongue(page) == "pl", "one that is not there changes nothing"
    wrong = client.post("/sign-in", data={"csrf_token": token(page), "key": "rk_wrong"})
    assert "Nie znamy tego klucza" in text(wrong.text)


def test_what_somebody_reads_is_theirs_wherever_they_sign_in(play, client):
    assert tongue(client.get("/sign-in", headers={"Accept-Language": "ja"}).text) == "en"
    page = client.get("/sign-in").text
    client.post("/sign-in/language", data={"csrf_token": token(page), "language": "nl"})
    sign_in(client, make_key("dispatcher", person_id=play.world.people["Ana"]))
    assert tongue(client.get(SESSIONS).text) == "nl", "she has not said: her browser has"
    speaks("Ana", play.world.people, "ar")
    page = client.get(SESSIONS).text
    assert tongue(page) == "ar"
    said = {"csrf_token": token(page), "language": "de"}
    client.post("/console/language", data=said)
    page = client.get(SESSIONS).text
    assert tongue(page) == "de"
    assert "Wir rufen Sie an und schreiben Ihnen auf Deutsch." in text(page)
    client.post("/sign-out", data={"csrf_token": token(page)})
    assert tongue(client.get("/sign-in").text) == "de", "it was chosen in this browser"


def test_a_machines_key_reads_what_was_chosen_in_the_browser(play, client):
    sign_in(client, make_key("admin"))
    page = client.get(SESSIONS).text
    client.post("/console/language", data={"csrf_token": token(page), "language": "es"})
    page = client.get(SESSIONS).text
    assert tongue(page) == "es"
    assert "Estas páginas están ahora en Español." in text(page)


@pytest.fixture
def ids(web: Web) -> dict[str, int]:
    return web.play.world.people


def test_a_language_is_said_by_the_api_too(web: Web, ids):
    def put(name: str, code: str, by: str) -> int:
        said = {"language": code}
        return web.api("PUT", f"/people/{ids[name]}/language", by, json=said).status_code

    assert put("Ana", "pl", "dispatcher") == 200, "everybody for themselves"
    assert put("Ben", "pl", "dispatcher") == 403
    assert put("Ben", "hi", "admin") == 200
    assert put("Ben", "tlh", "admin") == 422
    assert (
        web.api("PUT", "/people/999/language", "admin", json={"language": "de"}).status_code == 404
    )
    assert web.api("GET", "/people", "dispatcher").status_code == 403
    listed = web.api("GET", "/people", "admin").get_json()["items"]
    assert {one["name"]: one["language"] for one in listed}.items() >= {
        "Ana": "pl",
        "Ben": "hi",
    }.items()
    (row,) = (
        connection()
        .execute("SELECT count(*) AS n FROM setup_changes WHERE subject_id = %s", [ids["Ben"]])
        .fetchall()
    )
    assert row["n"], "who changed it is written down"
