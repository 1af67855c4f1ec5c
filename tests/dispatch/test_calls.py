"""The depot's telephones ring, until somebody presses a key: Twilio is played at its edge."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from twilio.request_validator import RequestValidator

from app import clock
from app.channels import callbacks, outbox
from app.db.connection import connection
from app.db.connection import url as database_url
from app.dispatch import service
from tests.channels.exchange import OTHER_TOKEN, TOKEN
from tests.channels.phones import PUBLIC, Call
from tests.dispatch.house import ANA, BEN, House
from tests.inline import advance, settle


def told(house: House, case_id: int) -> list[dict[str, Any]]:
    """What the story says of telephones that rang in vain."""
    rows = connection().execute(
        "SELECT facts FROM timeline WHERE case_id = %s AND kind = 'call_ended' ORDER BY id",
        [case_id],
    )
    return [json.loads(json.dumps(row["facts"])) for row in rows.fetchall()]


def test_ana_is_rung_and_hears_enough_to_act(house: House):
    case_id, call = house.ring()
    assert house.texts() == []
    said = call.answer()
    assert len(said) == 2, "an answering machine that begins late has it whole all the same"
    assert said[0] == said[1]
    for words in ("Anaheim depot", "a delivery failed", "One parcel", "R D P 1", "Press 1"):
        assert words in said[0]
    assert call.languages == {"en-US"}
    assert (call.form["Timeout"], "MachineDetection" in call.form) == ("25", False)
    assert house.task(case_id).state == "open", "nothing but a key takes it on"


def test_key_1_takes_it_on_and_says_so_and_the_link_follows_in_writing(house: House):
    case_id, call = house.ring()
    call.answer()
    assert call.press("1") == ["You have taken it on. The link is on its way to you."]
    task = house.task(case_id)
    assert (task.state, task.acknowledged_by) == ("acknowledged", "Ana")
    assert call.hang_up() == 204
    settle()
    assert [number for number, _ in house.texts()] == [ANA]
    assert "You have it: ORD-P1. Everything you need: https://" in house.texts()[0][1]
    advance(hours=1)
    assert [m[0] for m in house.rows(case_id)] == ["voice", "sms"]


def test_key_2_passes_it_on_at_once_and_a_second_one_changes_nothing(house: House):
    case_id, call = house.ring()
    call.answer()
    assert call.press("2") == ["It is passed on."]
    settle()
    assert [number for number, _ in house.texts()] == [BEN]
    late = Call(call.sid, call.form, house.web)
    late.answer()
    assert late.press("2") == ["It has been passed on already."]
    assert house.task(case_id).level == 2
    late.answer()
    assert late.press("1")[0].startswith("You have taken it on."), "help is welcome all the same"


def test_key_3_says_it_again_and_any_other_says_which_there_are(house: House):
    case_id, call = house.ring()
    first = call.answer()
    assert call.press("3") == first
    assert call.press("7")[0].startswith("That key does nothing here. Press 1")
    assert call.press("#")[0].startswith("That key does nothing here. Press 1")
    assert house.task(case_id).state == "open"


@pytest.mark.parametrize(
    ("status", "more", "why"),
    [
        ("busy", {}, "busy"),
        ("no-answer", {}, "no_answer"),
        ("failed", {"SipResponseCode": "404"}, "call_failed"),
        ("failed", {"SipResponseCode": "480"}, "no_answer"),
        ("canceled", {}, "called_off"),
    ],
)
def test_who_is_not_reached_is_written_to_at_once(house: House, status, more, why):
    case_id, call = house.ring()
    assert call.tell(status, **more) == 204
    settle()
    assert house.rows(case_id) == [("voice", "failed", why), ("sms", "sent", None)]
    assert [number for number, _ in house.texts()] == [ANA]
    assert told(house, case_id) == [{"person": "Ana", "why": why}]


def test_silence_a_mailbox_and_hanging_up_are_no_answer(house: House):
    case_id, call = house.ring()
    call.answer()
    assert call.silence() == 204
    settle()
    assert house.rows(case_id) == [("voice", "failed", "no_key"), ("sms", "sent", None)]
    assert house.task(case_id).state == "open"
    assert "Or reply 1-" in house.texts()[0][1]


def test_what_comes_twice_late_or_in_any_order_changes_nothing(house: House):
    case_id, call = house.ring()
    call.answer()
    call.press("1")
    for status in ("completed", "ringing", "initiated", "completed", "busy", "of-tomorrow"):
        assert call.tell(status) == 204
    settle()
    assert house.rows(case_id) == [("voice", "delivered", None), ("sms", "sent", None)]
    assert told(house, case_id) == []
    late = Call(call.sid, call.form, house.web)
    (words,) = late.answer()
    assert words.startswith("You have it, since ")


def test_the_end_may_be_told_before_the_key(house: House):
    """A redirect bridged a slow database, so the key is heard after the status callback."""
    case_id, call = house.ring()
    call.answer()
    call.tell("completed")
    assert call.press("1")[0].startswith("You have taken it on.")
    settle()
    assert house.task(case_id).acknowledged_by == "Ana"
    assert house.rows(case_id)[1] == ("sms", "suppressed", "went_another_way")


def test_a_telephone_that_still_rings_is_called_off_when_somebody_else_takes_it(house: House):
    case_id, call = house.ring()
    assert house.recall() == []
    service.acknowledge(house.task(case_id).id, "Ben", "", "", clock.now())
    assert house.recall() == [(call.sid, {"Status": "canceled"})]
    assert house.recall() == [(call.sid, {"Status": "canceled"})], "once is enough"
    call.tell("canceled")
    settle()
    assert house.rows(case_id) == [("voice", "failed", "called_off")]
    assert house.texts() == []


def test_who_answers_a_moment_later_hears_who_has_it_and_when(house: House):
    case_id, call = house.ring()
    service.acknowledge(house.task(case_id).id, "Ben", "", "", clock.now())
    (words,) = call.answer()
    assert words.startswith("Ben took it on at ")
    assert call.menu is None


def test_who_answers_after_the_delivery_hears_that(house: House):
    case_id, call = house.ring()
    call.answer()
    house.courier("delivered")
    assert call.press("1")[0].startswith("It was delivered at ")
    assert house.task(case_id).state == "withdrawn"


def test_several_that_wait_are_counted(house: House):
    _, call = house.ring()
    house.courier(parcel="P2")
    house.courier(parcel="P3")
    assert call.answer()[0].startswith("3 parcels wait for somebody at Anaheim depot. ")


def test_a_call_whose_end_nobody_tells_was_not_answered(house: House):
    case_id, _ = house.ring()
    advance(minutes=4)
    outbox.settle_stale()
    assert house.texts() == []
    advance(seconds=61)
    outbox.settle_stale()
    settle()
    assert house.rows(case_id)[0] == ("voice", "failed", "no_answer")


def test_a_lost_answer_is_told_by_the_first_status_and_nobody_is_rung_twice(house: House):
    house.exchange.answers = ["hang"]
    case_id = house.courier()
    (call,) = house.phones.placed()
    assert house.rows(case_id)[0][:2] == ("voice", "queued")
    call.tell("initiated")
    advance(seconds=30)
    assert house.phones.placed() == []
    assert house.rows(case_id)[0][:2] == ("voice", "sent")


@pytest.mark.parametrize("code", [21217, 21215, 21210])
def test_a_number_that_cannot_be_rung_is_written_to_at_once(house: House, code: int):
    house.exchange.answers = [(400, {"code": code})]
    case_id = house.courier()
    assert [row[:2] for row in house.rows(case_id)] == [("voice", "failed"), ("sms", "sent")]


def test_what_is_not_signed_by_twilio_changes_nothing(house: House):
    case_id, call = house.ring()
    call.answer()
    for place in ("call", "key", "ended"):
        form = {"CallSid": call.sid, "CallStatus": "completed", "Digits": "1"}
        answer = house.web.post(
            f"/callbacks/twilio/{place}?m=1", data=form, headers={"X-Twilio-Signature": "x"}
        )
        assert (answer.status_code, answer.get_json()["code"]) == (403, "bad_signature")
    assert house.task(case_id).state == "open"


def test_while_the_token_rotates_both_are_right_and_a_key_of_its_own_is_named(house: House):
    _, call = house.ring()
    place, form = "/callbacks/twilio/call?m=1", {"CallSid": call.sid, "CallStatus": "in-progress"}
    for token, status in ((TOKEN, 200), (OTHER_TOKEN, 200), ("of-somebody-else", 403)):
        signature = RequestValidator(token).compute_signature(PUBLIC + place, form)
        headers = {"X-Twilio-Signature": signature}
        assert house.web.post(place, data=form, headers=headers).status_code == status, token
    headers = {
        "X-Twilio-Signature": "x",
        "X-Twilio-Webhooks-Signature-Settings": "key=KY1,algorithm=HMAC_SHA256",
    }
    refused = house.web.post(place, data=form, headers=headers)
    assert refused.status_code == 403
    assert "signed with a key of its own" in refused.get_json()["detail"]


def test_a_key_that_does_nothing_hears_the_truth_when_it_is_too_late_for_any(house: House):
    case_id, call = house.ring()
    call.answer()
    service.acknowledge(house.task(case_id).id, "Ben", "", "", clock.now())
    (said,) = call.press("7")
    assert said.startswith("Ben took it on at ")
    assert "Press" not in said


def test_a_key_of_no_call_of_ours_does_nothing(house: House):
    case_id, call = house.ring()
    for number in ("999999", "x", ""):
        stray = Call(call.sid, call.form | {"Url": f"{URL}?m={number}"}, house.web)
        assert stray.answer() == []
    assert house.task(case_id).state == "open"


URL = "https://parcels.example.com/callbacks/twilio/call"


@contextmanager
def slow_database(case_id: int, enough: Callable[[], bool] = lambda: False) -> Iterator[None]:
    """Somebody else holds the case, until it is enough or the block is over."""
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with psycopg.connect(database_url()) as conn:
            conn.execute("SELECT 1 FROM cases WHERE id = %s FOR UPDATE", [case_id])
            held.set()
            while not (enough() or done.wait(0.02)):
                pass
            conn.rollback()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait()
    yield
    done.set()
    thread.join()


def test_a_slow_database_is_bridged_and_the_key_is_kept(
    house: House, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(callbacks, "PATIENCE", callbacks.PATIENCE / 20)
    case_id, call = house.ring()
    call.answer()
    with slow_database(case_id, lambda: call.paused > 0):
        said = call.press("1")
    assert said[0] == "One moment, please."
    assert said[-1].startswith("You have taken it on.")
    assert call.paused >= 5
    assert house.task(case_id).acknowledged_by == "Ana"


def test_a_database_that_stays_away_is_said_and_nothing_is_changed(
    house: House, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(callbacks, "PATIENCE", callbacks.PATIENCE / 60)
    case_id, call = house.ring()
    call.answer()
    with slow_database(case_id):
        said = call.press("1")
    assert said[:3] == ["One moment, please."] * 3
    assert "nothing was changed" in said[3]
    assert house.task(case_id).state == "open"
