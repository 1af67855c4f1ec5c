"""What the customer hears and when: never silence, never twice, never what is not true."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app import clock
from app.booking.service import Options
from app.chain import policy
from app.contact import service as contact
from app.customer import service
from app.db.connection import connection, transaction
from app.errors import Problem
from tests.inline import advance, settle
from tests.play import Play

EMAIL = "kim@example.com"


def test_the_reminder_comes_by_the_next_way(play: Play):
    case_id = play.courier(email=EMAIL)
    advance(minutes=20)
    advance(hours=4)
    (first, phone), (reminder, mail) = play.told(case_id)
    assert (first, reminder, mail) == ("failure", "reminder", EMAIL)
    assert phone != EMAIL


def test_who_has_chosen_is_not_reminded(play: Play):
    case_id = play.courier(email=EMAIL)
    advance(minutes=20)
    play.choose(case_id)
    advance(hours=6)
    assert play.topics(case_id) == ["failure", "booking", "booking"]  # asked for, confirmed


def test_news_come_before_every_promised_hour(play: Play):
    case_id = play.courier()
    advance(minutes=20)
    promised = {play.news_by(case_id)}
    for _ in range(24):
        advance(hours=3)
        promised.add(play.news_by(case_id))
        assert max(promised) > clock.now()
    assert len(promised) > 3


def test_what_was_told_before_promises_nothing_new(play: Play):
    case_id = play.courier()
    advance(minutes=20)
    before = play.case(case_id)
    advance(hours=1)
    with transaction() as conn:  # the same number once more: the chain would tell it once more
        contact.take(conn, before, before.contact_phone or "", "", "shipper", clock.now())
    settle()
    assert play.topics(case_id) == ["failure"]
    assert (play.news_by(case_id), play.case(case_id).informed_at) == (
        before.news_by,
        before.informed_at,
    )


def test_a_silent_customer_gets_the_default_in_time_and_is_told(play: Play):
    case_id = play.courier()
    advance(days=2)
    assert play.case(case_id).state == "booked"
    booking = next(m for m in play.messages(case_id) if m["topic"] == "booking")
    assert "you did not choose, so we asked for" in booking["text"]
    return_by = play.case(case_id).return_by
    assert return_by
    assert play.news_by(case_id) < return_by


def test_when_nothing_can_be_booked_the_shipper_decides_and_the_customer_knows_who(play: Play):
    connection().execute("DELETE FROM slot_rules")
    connection().execute("UPDATE pickup_points SET taken = capacity")
    case_id = play.courier()
    advance(days=3)
    assert play.topics(case_id)[-1] == "deciding"
    advance(days=14)
    assert {topic for topic, _ in play.told(case_id, "shipper")} == {"decision"}
    case = play.case(case_id)
    assert (case.state, case.resolution) == ("closed", "handed_to_shipper")
    assert play.topics(case_id)[-1] == "handed_over"
    assert play.waiting(case_id) == set()


@pytest.mark.parametrize("kind", ["lost", "damaged", "returned"])
def test_what_is_gone_is_not_offered_again(play: Play, kind):
    case_id = play.courier(kind)
    advance(minutes=20)
    assert play.options(case_id) == Options([], [])
    with pytest.raises(Problem) as refused:
        service.choose(case_id, "slot:1", clock.now())
    assert refused.value.code == "not_offered"
    (told,) = play.messages(case_id, audience="customer")
    assert "choose" not in told["text"].split("http")[0]


def test_a_choice_can_be_changed_until_the_cut_off_and_not_after(play: Play):
    case_id = play.courier()
    advance(minutes=20)
    slots = play.options(case_id).slots
    play.choose(case_id, slots[0].choice)
    play.choose(case_id, slots[1].choice)
    assert play.topics(case_id) == ["failure", *["booking"] * 4]  # twice asked for and confirmed
    clock.advance(slots[1].cutoff_at - clock.now() + timedelta(seconds=1))
    with pytest.raises(Problem) as refused:
        service.choose(case_id, slots[2].choice, clock.now())
    assert refused.value.code == "too_late_to_change"


def test_a_pickup_that_is_not_fetched_begins_a_new_round(play: Play):
    case_id = play.courier()
    play.choose(case_id, play.options(case_id).pickup_points[0].choice)
    advance(seconds=(play.news_by(case_id) - clock.now()).total_seconds())
    assert play.case(case_id).round == 2
    (missed,) = [m for m in play.messages(case_id) if m["topic"] == "promise"]
    assert "was not picked up yet" in missed["text"]
    assert play.tasks(case_id)[-1] == ("promise", "open")


def test_every_message_has_one_link_and_no_name(play: Play):
    case_id = play.courier(email=EMAIL)
    advance(days=5)
    for message in play.messages(case_id, audience="customer"):
        assert message["text"].count("http") <= 1
        assert "Kim" not in message["text"]


def test_quiet_hours_move_a_message_and_the_customer_still_hears_in_the_morning(settings):
    body = policy.STANDARD | {"quiet_hours": {"from": "00:00", "to": "23:59"}}
    play = Play(settings, body)
    case_id = play.courier()
    advance(minutes=20)
    assert play.topics(case_id) == []
    assert play.told(case_id, "dispatcher")
    advance(days=1)
    assert play.topics(case_id)[0] == "failure"
