"""Whole journeys through web, workers and clock, from the courier's words to the thanks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import psutil
import pytest
import requests

from tasks.process import NICENESS
from tests import courier
from tests.servers import TestServers
from tests.stories.house import House, open_house

ANA, BEN, CLEO = "+17145554101", "+17145554102", "+17145554103"
EMAIL = "kim@example.com"


@pytest.fixture(scope="module")
def running(servers: TestServers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(servers, tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest.fixture
def house(running: House) -> Iterator[House]:
    yield running
    running.close_all()


def called(house: House, case_id: int) -> list[str]:
    return [message["to"] for message in house.messages(case_id, "dispatcher")]


def posted(house: House, raw: bytes) -> str:
    """What became of it."""
    answer = house.post(raw, courier.signed(house.account, raw))
    return str(answer.json()["status"])


def test_acknowledged_at_level_one(house: House):
    case_id = house.sample("onfleet")
    assert called(house, case_id) == [ANA]
    link = house.link(case_id, "dispatcher")
    assert "Test User One" in house.page(link)
    house.submit(link, outcome="deliver_again", note="on it")
    (told,) = house.texts(case_id)
    assert "could not be delivered" in told
    assert "Next news by" in told
    house.advance(hours=1)
    assert called(house, case_id) == [ANA]
    assert house.case(case_id)["acknowledged_by"] == "Ana"


def test_nobody_acknowledges_until_the_catch_all(house: House):
    case_id = house.hear(parcel="nobody")
    house.advance(minutes=19)
    assert house.texts(case_id) == []
    house.advance(minutes=1)
    assert len(house.texts(case_id)) == 1
    house.advance(hours=2)
    ana, ben, *cleo = called(house, case_id)
    assert (ana, ben) == (ANA, BEN)
    # What leaves by two channels at one moment is recorded in either order.
    pairs = [set(pair) for pair in zip(cleo[::2], cleo[1::2], strict=True)]
    assert pairs == [{CLEO, "cleo@example.com"}] * 5
    assert house.timeline(case_id).count("ladder_exhausted") == 1
    assert requests.get(f"{house.base}/readyz").json()["exhausted_tasks"] > 0
    house.advance(hours=22)
    said = house.texts(case_id)[-1]
    assert "nobody at Anaheim depot has responded yet" in said
    assert "call again by" in said
    house.api("POST", f"/dispatch-tasks/{house.task(case_id)['id']}/acknowledge")
    rung = len(called(house, case_id))
    house.advance(hours=3)  # after four working hours it would go back to the ladder
    assert len(called(house, case_id)) == rung


def test_no_number_at_all_and_the_shipper_supplies_one_next_day(house: House):
    case_id = house.hear(parcel="no-number", phone=None)
    assert "we have no number" in house.texts(case_id, "shipper")[0]
    assert "No number reaches the recipient" in house.texts(case_id, "dispatcher")[0]
    house.advance(days=1)
    assert house.texts(case_id) == []
    assert len(house.texts(case_id, "shipper")) == 2
    house.submit(house.link(case_id, "shipper"), phone="(714) 555-4231")
    (told,) = house.messages(case_id)
    assert told["to"] == courier.PHONE
    house.advance(days=2)
    assert len(house.texts(case_id, "shipper")) == 2


def test_no_number_but_mail_and_the_shipper_s_system_supplies_a_number(house: House):
    case_id = house.hear(parcel="mail-only", phone=None, email=EMAIL)
    house.advance(minutes=20)
    assert [message["to"] for message in house.messages(case_id)] == [EMAIL]
    answer = house.api("PUT", "/shipments/mail-only/contact", "shipper", phone=courier.PHONE)
    assert answer.json() == {"tracking_number": "mail-only", "case_id": case_id}
    assert [message["to"] for message in house.messages(case_id)] == [EMAIL, courier.PHONE]


def test_a_silent_customer_is_kept_informed_and_gets_the_default(house: House):
    case_id = house.hear(parcel="silent", email=EMAIL)
    house.advance(days=2)
    told = house.messages(case_id)
    assert [message["channel"] for message in told] == ["sms", "email", "sms", "sms", "sms"]
    first, reminder, *news, booked = (message["text"] for message in told)
    assert "could not be delivered" in first
    assert "is waiting for your choice" in reminder
    assert all("nobody at Anaheim depot has responded yet" in text for text in news)
    assert "you did not choose, so we asked for" in booked
    case = house.case(case_id)
    assert case["state"] == "booked"
    assert case["news_by"] < case["return_by"]


def test_a_choice_is_changed_missed_and_ends_at_the_pickup_point(house: House):
    case_id = house.hear(parcel="chooser", email=EMAIL)
    house.api("POST", f"/dispatch-tasks/{house.task(case_id)['id']}/acknowledge")
    first, second, *_ = house.choices(case_id)
    assert house.choose(case_id, first) == 303
    assert house.choose(case_id, second) == 303
    assert "We're confirming it with the depot" in house.texts(case_id)[-1]
    task = house.task(case_id)
    assert task["kind"] == "handover"
    house.api("POST", f"/dispatch-tasks/{task['id']}/resolve", outcome="confirmed")
    assert "new delivery confirmed" in house.texts(case_id)[-1]
    (row,) = house.facts(
        "SELECT sum(taken) AS taken FROM slots WHERE id = %s OR id = %s",
        int(first.split(":")[1]),
        int(second.split(":")[1]),
    )
    assert row["taken"] == 1
    (booked,) = house.facts(
        "SELECT cutoff_at, starts_at FROM bookings WHERE case_id = %s AND state = 'standing'",
        case_id,
    )
    house.advance(seconds=(booked["cutoff_at"] - house.now()).total_seconds() + 1)
    assert house.submit(house.link(case_id, "customer"), choice=first).status_code == 409
    house.advance(seconds=(booked["starts_at"] - house.now()).total_seconds() + 600)
    assert house.hear(parcel="chooser", words="nobody there again") == case_id
    assert "could not be handed over again. Nobody was there" in house.texts(case_id)[-1]
    assert house.task(case_id)["kind"] == "promise"
    pickup = next(choice for choice in house.choices(case_id) if choice.startswith("point"))
    assert house.choose(case_id, pickup) == 303
    assert "you asked for Corner shop" in house.texts(case_id)[-1]
    house.hear("delivered", "chooser")
    assert house.case(case_id)["resolution"] == "delivered"


def test_nothing_goes_out_after_the_delivery(house: House):
    case_id = house.hear(parcel="quick")
    with house.hanging("sender"):
        house.move(timedelta(minutes=5))  # level two is to be called, and is not yet
        house.eventually(lambda: "queued" in house.states(case_id))
        raw = courier.said("delivered", "quick", at=house.now())
        answer = house.post(raw, courier.signed(house.account, raw))
        assert answer.json()["status"] == "accepted"
    house.settle()
    assert house.states(case_id) == ["delivered", "suppressed"]
    assert house.unsent(case_id) == ["delivered"]
    house.advance(hours=1)
    assert house.states(case_id) == ["delivered", "suppressed"]
    house.advance(hours=1)
    assert ["How did we do" in text for text in house.texts(case_id)] == [True]


def test_duplicates_and_late_words_never_undo_a_delivery(house: House):
    early = house.now()
    raw = courier.said(parcel="twice", at=early)
    answers = [house.post(raw, courier.signed(house.account, raw)).json() for _ in range(3)]
    assert [answer["status"] for answer in answers] == ["accepted", "duplicate", "duplicate"]
    case_id = answers[0]["case_id"]
    house.settle()
    house.hear("delivered", "twice")
    house.hear("failed", "twice", at=early, words="late")
    house.hear("lost", "twice", words="much later")
    assert house.post(raw, courier.signed(house.account, raw)).json()["case_id"] == case_id
    case = house.case(case_id)
    assert (case["state"], case["resolution"]) == ("closed", "delivered")
    house.advance(hours=1)
    assert house.texts(case_id) == []


def test_a_poor_rating_is_made_good_and_a_good_one_thanked(house: House):
    poor, good = (house.hear(parcel=parcel) for parcel in ("poor", "good"))
    for parcel in ("poor", "good"):
        house.hear("delivered", parcel)
    house.advance(hours=2)
    house.submit(house.link(poor, "customer"), score="1", words="too late")
    house.submit(house.link(good, "customer"), score="5")
    assert "Thank you" in house.texts(good)[-1]
    assert house.task(poor)["kind"] == "recovery"
    assert "Unhappy customer" in house.texts(poor, "dispatcher")[-1]
    house.advance(minutes=5)
    assert called(house, poor)[-2:] == [ANA, BEN]
    house.submit(house.link(poor, "dispatcher"), note="called them")
    house.advance(hours=2)
    assert called(house, poor)[-2:] == [ANA, BEN]
    assert house.case(poor)["state"] == "closed"


def test_a_lost_parcel_is_not_offered_again(house: House):
    case_id = house.hear(parcel="gone")
    house.api("POST", f"/dispatch-tasks/{house.task(case_id)['id']}/acknowledge")
    assert house.choices(case_id)
    house.hear("lost", "gone")
    assert "cannot be found by the courier" in house.texts(case_id)[-1]
    assert house.choices(case_id) == []
    assert house.choose(case_id, "slot:1") == 409
    house.advance(days=5)
    asked = [text for text in house.texts(case_id, "shipper") if "is reported lost" in text]
    assert "Please decide by" in asked[0]
    assert "Our depot is going to call you" in asked[-1]
    assert any("has not decided" in text for text in house.texts(case_id, "dispatcher"))
    house.advance(days=12)
    assert house.case(case_id)["resolution"] == "handed_to_shipper"
    assert "takes it from here" in house.texts(case_id)[-1]


def test_ten_alike_and_ten_different_at_once_are_one_case(house: House):
    at = house.now()
    alike = [courier.said(parcel="burst", at=at)] * 10
    different = [courier.said(parcel="burst", at=at, words=f"no {n}") for n in range(10)]
    with ThreadPoolExecutor(20) as pool:
        answers = list(
            pool.map(
                lambda raw: house.post(raw, courier.signed(house.account, raw)), alike + different
            )
        )
    assert {answer.status_code for answer in answers} == {200}
    said = [answer.json() for answer in answers]
    assert len({one["case_id"] for one in said}) == 1
    assert sorted(one["status"] for one in said) == ["accepted"] * 11 + ["duplicate"] * 9
    house.settle()
    assert house.timeline(said[0]["case_id"]).count("courier_failed") == 11
    assert len(called(house, said[0]["case_id"])) == 1


def test_a_parcel_that_is_held_holds_up_no_other(house: House):
    lock = "hashtextextended('held', %s)"
    with ThreadPoolExecutor(7) as couriers:
        house.facts(f"SELECT pg_advisory_lock({lock})", house.world.shipper_id)
        held = couriers.submit(posted, house, courier.said(parcel="held", at=house.now()))
        free = [courier.said(parcel=f"free{n}", at=house.now()) for n in range(6)]
        assert set(couriers.map(partial(posted, house), free)) == {"accepted"}
        assert not held.done()
        house.facts(f"SELECT pg_advisory_unlock({lock})", house.world.shipper_id)
        assert held.result(30) == "accepted"


def test_of_two_who_acknowledge_at_once_one_wins_and_the_other_hears_who(house: House):
    task_id = house.task(house.hear(parcel="race"))["id"]
    with ThreadPoolExecutor(2) as pool:
        answers = list(
            pool.map(
                lambda by: house.api("POST", f"/dispatch-tasks/{task_id}/acknowledge", by),
                ("Ana", "Ben"),
            )
        )
    assert [answer.status_code for answer in answers] == [200, 200]
    said = [answer.json() for answer in answers]
    assert sorted(one["fresh"] for one in said) == [False, True]
    assert len({one["acknowledged_by"] for one in said}) == 1


def test_one_request_id_from_the_webhook_through_every_process(house: House):
    raw = courier.said(parcel="traced", at=house.now())
    mine = "trace-0123456789"
    answer = house.post(raw, courier.signed(house.account, raw) | {"X-Request-ID": mine})
    assert answer.headers["X-Request-ID"] == mine
    house.settle()
    house.eventually(lambda: house.count("sender", mine))
    assert house.count("web", mine) == 1
    # The courier is heard, the number checked, the dispatcher called; a new clock does it itself.
    assert house.count("worker", mine) + house.count("clock", mine) == 3
    case_id = answer.json()["case_id"]
    tables = {"cases": mine, "steps": None, "messages": "", "courier_events": mine}
    for table, said in tables.items():  # steps and messages say it where it is not their case's
        column = "id" if table == "cases" else "case_id"
        rows = house.facts(f"SELECT request_id FROM {table} WHERE {column} = %s", case_id)
        assert {row["request_id"] for row in rows} == {said}


def test_the_order_s_number_is_used_where_the_courier_has_none(house: House):
    order = {
        "tracking_number": "easypost-1",
        "name": "Kim Doe",
        "phone": "(714) 555-4231",
        "address": {"line1": "1 Elm St", "city": "Anaheim", "postcode": "92806", "country": "US"},
    }
    answer = house.api("POST", "/shipments", "shipper", **order)
    assert answer.json()["items"][0]["status"] == "created"
    case_id = house.sample("easypost")
    house.api("POST", f"/dispatch-tasks/{house.task(case_id)['id']}/acknowledge")
    assert [message["to"] for message in house.messages(case_id)] == [courier.PHONE]
    assert house.api("GET", f"/cases/{case_id}", "shipper").json()["state"] == "informed"


def test_a_body_that_comes_in_pieces_is_read_whole(house: House):
    raw = courier.said(parcel="pieces", at=house.now(), padding="x" * 200_000)
    head = courier.signed(house.account, raw)
    parts = (raw[n : n + 100] for n in range(0, len(raw), 100))
    answer = requests.post(f"{house.base}/webhooks/standard-webhooks", parts, headers=head)
    assert (answer.status_code, answer.json()["status"]) == (200, "accepted")
    with_length = house.post(raw, head)
    assert (with_length.status_code, with_length.json()["status"]) == (200, "duplicate")
    flood = (b"x" * 65536 for _ in range(64))
    answer = requests.post(f"{house.base}/webhooks/standard-webhooks", flood, headers=head)
    assert answer.status_code == 413


def promised(house: House, case_id: int, kind: str) -> list[str]:
    query = "SELECT state FROM promises WHERE case_id = %s AND kind = %s ORDER BY id"
    return [row["state"] for row in house.facts(query, case_id, kind)]


def test_a_question_is_answered_late_and_the_customer_knew_it_before(house: House):
    case_id = house.hear(parcel="asks")
    house.api("POST", f"/dispatch-tasks/{house.task(case_id)['id']}/acknowledge")
    page = house.link(case_id, "customer")
    house.submit(page, ask="write", message="Blue door, come on Friday")
    assert "Ana at the depot will answer by" in house.texts(case_id)[-1]
    (question,) = house.api("GET", f"/cases/{case_id}").json()["questions"]
    by = datetime.fromisoformat(question["answer_by"])
    house.advance(seconds=(by - house.now()).total_seconds())
    assert "your answer will take longer" in house.texts(case_id)[-1]
    assert promised(house, case_id, "answer") == ["broken", "open"]
    house.api("POST", f"/cases/{case_id}/answer", text="We come on Friday.")
    assert house.texts(case_id)[-1].startswith("We come on Friday.")
    assert promised(house, case_id, "answer") == ["broken", "kept"]
    assert "We come on Friday." in house.page(page)


def test_a_silent_shipper_is_reminded_and_called_for_until_they_decide(house: House):
    case_id = house.hear("lost", parcel="undecided")
    house.advance(days=2, minutes=5)
    asked = house.texts(case_id, "shipper")
    assert ["A reminder" in text for text in asked] == [False, True, True, False]
    assert "Our depot is going to call you." in asked[-1]
    assert any("has not decided yet" in text for text in house.texts(case_id))
    assert any("Decision missing" in text for text in house.texts(case_id, "dispatcher"))
    house.submit(house.link(case_id, "shipper"), act="decide", decision="refund")
    assert "refunded your parcel" in house.texts(case_id)[-1]
    assert house.case(case_id)["resolution"] == "refunded"
    rung = len(called(house, case_id))
    house.advance(days=1)
    assert len(called(house, case_id)) == rung


def test_on_busy_processors_what_couriers_post_comes_before_what_is_done_about_it(house: House):
    def niceness(name: str) -> set[int]:
        threads = psutil.Process(house.pid(name)).threads()
        return {os.getpriority(os.PRIO_PROCESS, thread.id) for thread in threads}

    (web,) = niceness("web")
    assert [niceness(name) for name in ("worker", "sender", "clock")] == [{web + NICENESS}] * 3
    shares = Path(f"/proc/{house.pid('clock')}/autogroup")
    if shares.exists():
        assert shares.read_text().endswith(f" nice {NICENESS}\n")
