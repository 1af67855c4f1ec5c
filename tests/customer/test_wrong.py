"""Not my parcel: what ends at once, what is asked of whom, and who may take it back."""

from __future__ import annotations

import re
from functools import partial

import pytest
from flask.testing import FlaskClient

from app import clock
from app.access import links
from app.alerts import store as alerts
from app.customer.wrong import rules, service
from app.db.connection import connection
from app.errors import Problem
from app.settings import Settings
from tests.application import create_app
from tests.booking.test_races import at_once
from tests.inline import advance, settle
from tests.links import page_of
from tests.pages.reading import fingerprint, text
from tests.play import Play, play

__all__ = ["play"]

A_DAY = 24 * 3600


@pytest.fixture
def client(settings: Settings, play: Play) -> FlaskClient:
    client = create_app(settings).test_client()
    client.environ_base["HTTP_ACCEPT"] = "text/html"
    return client


def told(play: Play, parcel: str = "P1", **said: str) -> int:
    case_id = play.courier(parcel=parcel, **said)
    play.acknowledge(case_id)
    return case_id


def press(client: FlaskClient, page: str) -> str:
    answer = client.post(page, data={"act": "not_mine"})
    settle()
    assert answer.status_code == 200
    return text(answer.text)


def link_in(message: dict[str, str], path: str = "/c/") -> str:
    found = re.search(rf"{path}\S+", message["text"])
    assert found
    return found[0]


def test_one_tap_hides_everything_and_stops_the_number(client: FlaskClient, play: Play) -> None:
    case_id = told(play)
    number, page = play.case(case_id).contact_phone or "", page_of(case_id)
    assert "Not my parcel" in text(client.get(page).text)
    said = press(client, page)
    assert "won’t hear from us about this parcel" in said
    for personal in ("ORD-P1", "Kim", "Elm", "Anaheim", "Hollow Oak"):
        assert personal not in said
        assert personal not in text(client.get(page).text)
    assert play.case(case_id).contact_phone is None
    asked = play.messages(case_id, audience="shipper", topic="contact")
    assert "says that the parcel is not theirs" in asked[0]["text"]
    before = len(play.messages(case_id, recipient=number))
    play.courier("failed", "P1")  # the courier says the same number again
    advance(seconds=3 * A_DAY)
    assert len(play.messages(case_id, recipient=number)) == before
    assert "not theirs" in text(client.get(f"/s/{links.make('contact', case_id)}").text)


def test_the_shipper_gives_the_right_number_and_its_reader_a_new_link(
    client: FlaskClient, play: Play
) -> None:
    case_id = told(play)
    number, old = play.case(case_id).contact_phone, page_of(case_id)
    press(client, old)
    shipper = f"/s/{links.make('contact', case_id)}"
    again = client.post(shipper, data={"phone": number, "act": "contact"})
    assert again.status_code == 422
    client.post(shipper, data={"phone": "+17145550177", "act": "contact"})
    settle()
    (first, *_) = play.messages(case_id, recipient="+17145550177")
    assert page_of(case_id) in first["text"]
    assert "ORD-P1" in text(client.get(page_of(case_id)).text)
    assert "ORD-P1" not in text(client.get(old).text)


def test_pressed_by_mistake_only_the_number_itself_takes_it_back(
    client: FlaskClient, play: Play
) -> None:
    case_id = told(play)
    number, page = play.case(case_id).contact_phone, page_of(case_id)
    assert "I pressed this by mistake" in press(client, page)
    for _ in range(5):
        client.post(page, data={"act": "mine", "phone": "+14155550999"})
    settle()
    sent = play.messages(case_id, topic="mine")
    assert [message["recipient"] for message in sent] == [number] * 2  # enough for a day
    mine = link_in(sent[0], "/c/mine/")
    before = fingerprint()
    assert "yours after all" in text(client.get(mine).text)
    client.head(mine)
    assert fingerprint() == before
    answer = client.post(mine)
    settle()
    assert answer.location == page_of(case_id) != page
    assert "ORD-P1" in text(client.get(answer.location).text)
    assert play.case(case_id).contact_phone == number
    assert client.post(mine).status_code == 303  # twice is once


def test_a_forged_link_takes_nothing_back(client: FlaskClient, play: Play) -> None:
    case_id = told(play)
    press(client, page_of(case_id))
    for token in ("1", "1.x", links.make("case", 1), links.make("task", 1, 1)):
        assert client.post(f"/c/mine/{token}").status_code == 404
    assert play.case(case_id).contact_phone is None


def test_whom_another_way_reaches_is_written_to_there(client: FlaskClient, play: Play) -> None:
    case_id = told(play, email="kim@example.com")
    press(client, page_of(case_id))
    assert play.case(case_id).contact_email == "kim@example.com"
    mails = play.messages(case_id, recipient="kim@example.com")
    assert page_of(case_id) in mails[-1]["text"]
    assert not play.messages(case_id, audience="shipper", topic="contact")


def test_many_at_once_are_for_a_person_to_decide(client: FlaskClient, play: Play) -> None:
    cases = [told(play, f"P{n}", phone=f"+1714555{1000 + n}") for n in range(rules.OF_SHIPPER + 2)]
    numbers = {case_id: play.case(case_id).contact_phone for case_id in cases}
    said = [press(client, page_of(case_id)) for case_id in cases]
    assert all("ORD-" not in one for one in said)  # everybody's link ends all the same
    stopped = [c for c in cases if play.case(c).contact_phone is None]
    assert len(stopped) == rules.OF_SHIPPER
    (alert,) = alerts.standing(connection(), "wrong_contacts")
    assert alert["shipper_id"] == play.case(cases[0]).shipper_id
    held, other = (c for c in cases if c not in stopped)
    service.decide(held, "Ana", clock.now(), theirs=False)
    service.decide(other, "Ana", clock.now(), theirs=True)
    settle()
    assert play.case(held).contact_phone is None
    assert play.case(other).contact_phone == numbers[other]
    assert not alerts.standing(connection(), "wrong_contacts")
    service.decide(stopped[0], "Ana", clock.now(), theirs=True)
    settle()
    assert play.case(stopped[0]).contact_phone == numbers[stopped[0]]
    with pytest.raises(Problem, match="Nobody says"):
        service.decide(stopped[0], "Ana", clock.now(), theirs=True)


def test_an_hour_later_one_is_believed_again(client: FlaskClient, play: Play) -> None:
    for n in range(rules.OF_SHIPPER):
        press(client, page_of(told(play, f"P{n}", phone=f"+1714555{1000 + n}")))
    advance(seconds=3700)
    late = told(play, "LATE", phone="+17145559999")
    press(client, page_of(late))
    assert play.case(late).contact_phone is None


def test_ten_who_press_at_the_same_moment_are_counted_one_by_one(play: Play) -> None:
    cases = [told(play, f"P{n}", phone=f"+1714555{1000 + n}") for n in range(10)]
    at_once([partial(service.say, case_id, clock.now()) for case_id in cases])
    settle()
    stopped = [c for c in cases if play.case(c).contact_phone is None]
    assert len(stopped) == rules.OF_SHIPPER


def test_the_same_person_twice_is_once(play: Play) -> None:
    case_id = told(play)
    at_once([partial(service.say, case_id, clock.now()) for _ in range(2)])
    settle()
    assert play.case(case_id).contact_phone is None


def test_after_the_end_only_the_link_ends(client: FlaskClient, play: Play) -> None:
    case_id = told(play)
    page = page_of(case_id)
    play.close(case_id, "delivered")
    assert "won’t hear from us" in press(client, page)
    assert "ORD-P1" not in text(client.get(page).text)
    assert not play.messages(case_id, audience="shipper", topic="contact")


def test_a_call_back_in_one_tap_has_an_hour(client: FlaskClient, play: Play) -> None:
    case_id = told(play)
    assert 'value="call"' in client.get(page_of(case_id)).text
    client.post(page_of(case_id), data={"ask": "call"})
    settle()
    (said,) = play.messages(case_id, topic="question")
    assert "We’ll call you about your Hollow Oak Books parcel ORD-P1." in said["text"]
    assert ("question", "open") in play.tasks(case_id) or play.task(case_id).kind == "question"
    assert "Please call me." in text(client.get(page_of(case_id)).text)
