"""Faces: customers write on their page; staff answer on a task's page, the console, the API."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from app.access import links
from app.settings import Settings
from tests.application import create_app
from tests.inline import advance, settle
from tests.links import page_of
from tests.pages.staff import make_key, sign_in, token
from tests.questions.world import Asking


@pytest.fixture
def client(settings: Settings, play: Asking) -> FlaskClient:
    client = create_app(settings).test_client()
    client.environ_base["HTTP_ACCEPT"] = "text/html,application/xhtml+xml,*/*;q=0.8"
    return client


@pytest.fixture
def case_id(play: Asking) -> int:
    """A case that Ana has, of which the customer heard."""
    made = play.courier()
    advance(minutes=20)
    play.acknowledge(made)
    return made


def customers(case_id: int) -> str:
    return page_of(case_id)


def press(client: FlaskClient, address: str, **form: str) -> str:
    """Send a form of a page and look at what it leads to."""
    answer = client.post(address, data=form)
    settle()
    assert answer.status_code == 303, answer.text
    return client.get(answer.headers["Location"]).text


def api(client: FlaskClient, method: str, path: str, role: str = "dispatcher", **how: Any) -> Any:
    shipper = 1 if role == "shipper" else None
    key = {"Authorization": f"Bearer {make_key(role, shipper_id=shipper, name='Ana')}"}
    return client.open(f"/api/v1{path}", method=method, headers=key, **how)


def test_the_page_takes_words_shows_who_answers_and_the_answer(
    client: FlaskClient, play: Asking, case_id: int
):
    assert "Write to us" in client.get(customers(case_id)).text
    page = press(client, customers(case_id), ask="write", message="Leave it with <b>Jo</b>")
    assert "Leave it with &lt;b&gt;Jo&lt;/b&gt;" in page
    assert "Ana at the depot will answer by" in page
    press(client, customers(case_id), ask="write", message="Leave it with <b>Jo</b>")
    assert len(play.questions(case_id)) == 1  # the same form twice
    play.say(case_id, "Jo it is")
    assert "Jo it is" in client.get(customers(case_id)).text
    assert "will answer by" not in client.get(customers(case_id)).text


@pytest.mark.parametrize(
    ("button", "level"), [("speak", 1), ("in_charge", 2)], ids=["someone", "in charge"]
)
def test_a_button_needs_no_words(
    client: FlaskClient, play: Asking, case_id: int, button: str, level: int
):
    page = press(client, customers(case_id), ask=button)
    assert "will answer by" in page
    assert "speak to someone" in play.heard()[-1]
    assert play.task(case_id).level == level
    assert client.post(customers(case_id), data={"ask": "else"}).status_code == 422


def test_who_does_not_have_a_delivered_parcel_is_led_to_its_search(
    client: FlaskClient, play: Asking, case_id: int
):
    assert "I don’t have it" not in client.get(customers(case_id)).text
    play.courier("delivered")
    assert "Marked delivered, but I don’t have it" in client.get(customers(case_id)).text
    page = press(client, customers(case_id), ask="missing")
    assert "We are looking for your parcel" in page
    assert "See how far we are" in client.get(customers(case_id)).text
    again = press(client, customers(case_id), ask="missing", message="still")
    assert "still" in again
    assert len({q.case_id for n in (case_id, case_id + 1) for q in play.questions(n)}) == 1


def test_the_task_page_shows_the_words_and_answers(client: FlaskClient, play: Asking, case_id: int):
    play.write("Which door?")
    address = f"/t/{links.make('task', play.task(case_id).id, play.world.people['Ana'])}"
    page = client.get(address).text
    assert page.count("Which door?") >= 2  # what is asked, and the conversation
    page = press(client, address, act="phone", note="Called about the door")
    assert "Called about the door" in page
    page = press(client, address, act="answer", answer="The blue one")
    assert "The blue one" in page
    assert play.heard()[-1].startswith("The blue one\nAna")
    late = client.post(address, data={"act": "answer", "answer": "And green"})
    assert (late.status_code, "no question that is open" in late.text) == (409, True)


def test_the_console_shows_the_words_and_answers(client: FlaskClient, play: Asking, case_id: int):
    play.write("Which door?")
    task = play.task(case_id)
    sign_in(client, make_key("dispatcher", person_id=play.world.people["Ana"], name="Ana"))
    page = client.get("/console").text
    assert "Which door?" in page
    form = {"csrf_token": token(page), "answer": str(task.id), f"words-{task.id}": " "}
    assert "Please write" in press(client, "/console", **form)
    form[f"words-{task.id}"] = "The blue one"
    assert "on its way" in press(client, "/console", **form)
    assert play.heard()[-1].startswith("The blue one")
    assert play.tasks(case_id)[-1] == ("question", "resolved")


def test_the_api_answers_and_a_shipper_sees_it(client: FlaskClient, play: Asking, case_id: int):
    play.write("Which door?")
    seen = api(client, "GET", f"/cases/{case_id}", "shipper").get_json()
    (question,) = seen["questions"]
    assert (question["text"], question["channel"]) == ("Which door?", "sms")
    assert question["answered_at"] is None
    assert [p["kind"] for p in seen["promises"] if p["state"] == "open"] == ["news", "answer"]
    refused = api(client, "POST", f"/cases/{case_id}/answer", "shipper", json={"text": "No"})
    assert refused.status_code == 403
    done = api(client, "POST", f"/cases/{case_id}/answer", json={"text": "The blue one"})
    assert done.status_code == 200, done.text
    assert done.get_json()["questions"][0]["answer"] == "The blue one"
    again = api(client, "POST", f"/cases/{case_id}/answer", json={"text": "Other words"})
    assert (again.status_code, again.get_json()["code"]) == (409, "nothing_asked")
    story = api(client, "GET", f"/cases/{case_id}/timeline", "shipper").get_json()["items"]
    words = [
        e["facts"]["words"] for e in story if e["kind"] in {"customer_reply", "question_answered"}
    ]
    assert words == ["Which door?", "The blue one"]
    assert api(client, "POST", "/cases/999/answer", json={"text": "x"}).status_code == 404


def test_the_third_contact_by_the_api_goes_up(client: FlaskClient, play: Asking, case_id: int):
    play.write("Which door?")
    for _ in range(2):
        made = api(
            client,
            "POST",
            f"/cases/{case_id}/contacts",
            json={"channel": "shop", "text": "came by"},
        )
        assert made.status_code == 201
        settle()
    assert play.task(case_id).level == 2
