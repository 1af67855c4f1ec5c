"""By which channel a customer hears first: where they answer, or what they ask for."""

from __future__ import annotations

import threading
from types import ModuleType
from typing import Any
from urllib.parse import quote

import pytest

from app import clock, receive_facts
from app.channels import customer as ways
from app.channels import heard, refusals
from app.channels.providers.playground import answering
from app.customer.wanted import service as wanted
from app.db.connection import Connection, close, connection, transaction
from app.errors import Problem
from app.shipments import store as shipments
from tests.courier import PHONE
from tests.inline import advance, settle
from tests.locks import PLANS, oldest_first
from tests.play import Play

EMAIL = "kim@example.com"


def writes(channel: str, sender: str, words: str = "Which day, please?") -> None:
    receive_facts()
    with transaction() as conn:
        heard.tell(conn, answering.reply(channel, sender, words, clock.now()), clock.now())
    settle()


def by(play: Play, case_id: int, topic: str) -> list[str]:
    return [m["channel"] for m in play.messages(case_id, audience="customer", topic=topic)]


def order_of(play: Play, case_id: int) -> list[str]:
    return [route.channel for route in ways.routes(play.case(case_id))]


def test_who_answers_by_a_channel_hears_there_first_from_then_on(play: Play) -> None:
    case_id = play.courier(email=EMAIL)
    advance(minutes=20)
    assert by(play, case_id, "failure") == ["sms"]
    writes("whatsapp", PHONE)
    assert order_of(play, case_id) == ["whatsapp", "sms", "email"]
    play.choose(case_id)
    assert set(by(play, case_id, "booking")) == {"whatsapp"}
    again = play.courier("failed", "P2", email=EMAIL)  # the same person's next parcel
    assert order_of(play, again) == ["whatsapp", "sms", "email"]
    writes("email", EMAIL)
    assert order_of(play, again)[0] == "email"


@pytest.mark.parametrize("plan", PLANS)
def test_the_cases_of_who_answers_are_locked_in_order_of_their_ids(play: Play, plan: str) -> None:
    first, second = play.courier(), play.courier("failed", "P2")
    connection().execute("UPDATE cases SET words = 'stands last' WHERE id = %s", [first])

    def answer() -> None:
        with transaction() as conn:
            written = answering.reply("whatsapp", PHONE, "Which day, please?", clock.now())
            heard.tell(conn, written, clock.now())

    receive_facts()
    assert oldest_first(answer, plan, "cases", (first, second))
    assert [order_of(play, one)[0] for one in (first, second)] == ["whatsapp", "whatsapp"]


def test_what_they_asked_for_stands_against_where_they_answer(play: Play) -> None:
    case_id = play.courier(email=EMAIL)
    wanted.press(case_id, "first email", clock.now())
    writes("sms", PHONE)
    assert order_of(play, case_id) == ["email", "sms"]
    assert "note_added" in play.timeline(case_id) or "note" in play.timeline(case_id)
    with pytest.raises(Problem) as refused:
        wanted.press(case_id, "first carrier-pigeon", clock.now())
    assert refused.value.code == "contact_unusable"


@pytest.mark.parametrize("number", ["AB/12", "AB/contact", "A//1", "a b/ç?#%", "1/address"])
def test_a_number_with_anything_in_it_has_its_addresses(
    client: Any, play: Play, number: str
) -> None:
    case_id = play.courier(parcel=number)
    url = f"/api/v1/shipments/{quote(number, safe='')}"
    said = client.put(f"{url}/contact", json={"channel": "whatsapp"})
    assert (said.status_code, said.get_json().get("case_id")) == (200, case_id)
    said = client.put(f"{url}/address", json={"directions": "The blue door"})
    assert (said.status_code, said.get_json()["tracking_number"]) == (200, number)
    said = client.post(f"{url}/address/answer", json={"agree": True})
    assert said.get_json()["code"] == "nothing_to_agree"


def test_staff_and_shops_say_it_by_the_api(client: Any, play: Play) -> None:
    case_id = play.courier(email=EMAIL)
    url = "/api/v1/shipments/P1/contact"
    said = client.put(url, json={"channel": "whatsapp"})
    assert (said.status_code, said.get_json()["case_id"]) == (200, case_id)
    assert order_of(play, case_id)[0] == "whatsapp"
    assert client.put(url, json={"channel": "fax"}).status_code == 422
    assert client.put("/api/v1/shipments/none/contact", json={"channel": "sms"}).status_code == 404
    without_mail = play.courier("failed", "P3")
    refused = client.put("/api/v1/shipments/P3/contact", json={"channel": "email"})
    assert refused.status_code == 422
    assert order_of(play, without_mail) == ["whatsapp", "sms"]  # the same person


@pytest.mark.parametrize(
    ("button", "inside", "locked"),
    [
        ("between", (shipments, "text_between"), ["shipments", "cases"]),
        ("stop sms", (refusals, "refuse"), ["cases"]),
    ],
)
def test_a_button_is_not_refused_because_others_lock_the_same_rows(
    play: Play,
    monkeypatch: pytest.MonkeyPatch,
    button: str,
    inside: tuple[ModuleType, str],
    locked: list[str],
) -> None:
    """By an event, a parcel and then its case; by a batch, the cases in order of their ids."""
    play.courier()
    case_id, act = play.courier("failed", "P2"), getattr(*inside)
    waits = "SELECT 1 FROM pg_locks WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))"

    def lock() -> None:
        with transaction() as conn:
            conn.execute("SET LOCAL deadlock_timeout = '1h'")  # it is the button that gives way
            for table in locked:
                conn.execute(f"SELECT 1 FROM {table} ORDER BY id FOR UPDATE")
        close()

    def when_others_wait(conn: Connection, *said: Any) -> None:
        conn.execute("SET LOCAL deadlock_timeout = '10ms'")
        if others.ident is None:
            others.start()
            while not conn.execute(waits).fetchone():
                pass
        act(conn, *said)

    others = threading.Thread(target=lock)
    monkeypatch.setattr(*inside, when_others_wait)
    wanted.press(case_id, button, clock.now(), hours="10:00-19:00")
    others.join()
