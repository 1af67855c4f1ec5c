"""What further words of a courier mean for a case: late, twice, worse, out of order."""

from __future__ import annotations

from datetime import timedelta

from app import clock
from app.db.connection import connection
from tests import courier
from tests.inline import advance, run_steps, settle
from tests.play import Play


def test_the_same_words_twice_are_one_event(play: Play):
    raw = courier.said()
    first, second = play.hear(raw), play.hear(raw)
    assert (first.outcome, second.outcome) == ("accepted", "duplicate")
    assert first[1:] == second[1:]
    settle()
    assert play.case(first.case_id or 0).parcel.attempts == 1


def test_another_failure_joins_the_open_case(play: Play):
    case_id = play.courier(words="first")
    advance(hours=1)
    assert play.courier(words="second") == case_id
    assert play.case(case_id).parcel.attempts == 2
    assert play.timeline(case_id).count("courier_failed") == 2
    assert play.topics(case_id) == ["failure"]


def test_nothing_undoes_a_delivery(play: Play):
    case_id = play.courier()
    earlier = clock.now() - timedelta(minutes=1)
    assert play.courier("delivered") == case_id
    assert play.courier("failed", words="late", at=earlier) == case_id
    assert play.courier("failed", words="even later") == case_id
    assert play.courier("lost") == case_id
    case = play.case(case_id)
    assert (case.state, case.resolution, case.parcel.status) == ("closed", "delivered", "delivered")
    assert play.waiting(case_id) == {"follow_up"}


def test_a_delivery_known_first_opens_nothing(play: Play):
    assert play.courier("delivered") == 0
    assert play.courier("failed", at=clock.now() - timedelta(hours=1)) == 0


def test_what_was_queued_at_a_delivery_is_not_sent_and_says_why(play: Play):
    case_id = play.hear(courier.said()).case_id or 0
    while run_steps():
        pass
    assert [m["state"] for m in play.messages(case_id)] == ["queued"]
    play.courier("delivered")
    advance(days=30)
    (call, *care) = play.messages(case_id)
    assert (call["state"], call["why"]) == ("suppressed", "delivered")
    assert {message["topic"] for message in care} == {"survey"}


def test_worse_news_is_told_to_customer_and_dispatcher(play: Play):
    case_id = play.courier()
    play.acknowledge(case_id)
    play.courier("lost")
    case = play.case(case_id)
    assert (case.kind, case.state) == ("lost", "informed")
    assert not case.acknowledged_by
    assert play.tasks(case_id) == [("failure", "withdrawn"), ("failure", "open")]
    assert play.topics(case_id) == ["failure", "failure"]
    assert play.options(case_id).slots == []


def test_worse_news_drops_the_booking(play: Play):
    case_id = play.courier()
    play.choose(case_id)
    play.courier("returned")
    assert play.case(case_id).state == "informed"
    assert play.topics(case_id) == ["booking", "booking", "failure"]
    assert "keep_promise" not in play.waiting(case_id)


def test_old_bad_news_that_come_late_change_nothing(play: Play):
    before = clock.now() - timedelta(hours=1)
    case_id = play.courier()
    play.courier("lost", at=before)
    assert play.case(case_id).kind == "failed"
    assert play.timeline(case_id).count("courier_lost") == 1


def test_a_parcel_that_was_found_again_can_be_delivered(play: Play):
    case_id = play.courier("lost")
    advance(minutes=30)
    play.courier("failed")
    assert play.case(case_id).kind == "failed"
    assert play.options(case_id).slots
    assert play.topics(case_id) == ["failure", "failure"]


def test_a_failure_after_booking_breaks_the_promise(play: Play):
    case_id = play.courier()
    play.acknowledge(case_id)
    play.choose(case_id)
    advance(hours=2)
    play.courier("failed", words="again")
    case = play.case(case_id)
    assert (case.state, case.round, case.acknowledged_by) == ("informed", 2, None)
    assert play.tasks(case_id) == [
        ("failure", "withdrawn"),
        ("handover", "resolved"),
        ("promise", "open"),
    ]
    assert play.topics(case_id) == ["failure", "booking", "booking", "promise"]
    assert play.orphans() == []


def test_a_failure_before_the_booking_does_not(play: Play):
    case_id = play.courier()
    advance(minutes=30)
    earlier = clock.now() - timedelta(minutes=10)
    play.choose(case_id)
    play.courier("failed", at=earlier, words="late scan")
    assert play.case(case_id).state == "booked"


def test_a_promise_that_nobody_keeps_is_owned_up_to_before_the_promised_hour(play: Play):
    case_id = play.courier()
    play.choose(case_id)
    promised = play.case(case_id).news_by
    assert promised
    advance(days=4)
    broken = [m["done_at"] for m in play.messages(case_id) if m["topic"] == "promise"]
    assert broken[0] <= promised


def test_ten_different_failures_are_one_case(play: Play):
    taken = [play.hear(courier.said(words=str(n))) for n in range(10)]
    assert len({one.case_id for one in taken}) == 1
    assert {one.outcome for one in taken} == {"accepted"}
    settle()
    assert play.orphans() == []


def test_a_closed_parcel_that_fails_again_gets_a_new_case(play: Play):
    first = play.courier()
    play.close(first, "mistake")
    advance(minutes=1)
    second = play.courier(words="again")
    assert second != first
    assert play.case(second).state == "open"


def test_the_courier_s_language_is_kept_until_the_order_says_another(play: Play):
    person = {"name": "Kim Doe", "phone": courier.PHONE}
    case_id = play.courier(recipient=person | {"language": "pt_br"})
    assert play.case(case_id).parcel.language == "pt-BR"
    play.courier(words="again", recipient=person | {"language": "no tongue at all"})
    assert play.case(case_id).parcel.language == "pt-BR"
    connection().execute("UPDATE shipments SET language = 'de'")  # as an order does
    play.courier(words="once more", recipient=person | {"language": "fr"})
    assert play.case(case_id).parcel.language == "de"
