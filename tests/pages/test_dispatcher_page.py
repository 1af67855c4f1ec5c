from __future__ import annotations

from datetime import timedelta

import pytest

from app import clock
from app.access import links
from app.cases import service as cases
from app.cases.timeline.facts import Unknown
from app.db.connection import connection, transaction
from tests.inline import advance, settle
from tests.pages.reading import fingerprint, poll, text


@pytest.fixture
def called(play):
    """A case whose dispatcher has been called."""
    return play.courier()


def token(play, case_id, who="Ana"):
    return links.make("task", play.task(case_id).id, play.world.people[who])


def page(client, play, case_id, who="Ana"):
    return client.get(f"/t/{token(play, case_id, who)}")


def post(client, play, case_id, who="Ana", **form):
    return client.post(f"/t/{token(play, case_id, who)}", data=form)


def test_everything_needed_to_act(client, play, called):
    answer = page(client, play, called)
    said = text(answer.text)
    assert "Delivery failed" in said
    assert "Rang twice, nobody opened" in said
    assert "Recipient unavailable" in said
    assert "1 attempt" in said
    assert "back to sender" in said
    assert "Kim Doe" in said
    assert "1 Elm St" in said
    assert 'href="tel:+17145554231"' in answer.text
    assert "openstreetmap.org/search?query=1%20Elm%20St" in answer.text
    assert "ORD-P1" in said
    assert "Called level 1: Ana." in said


def test_what_did_not_reach_the_customer_is_there_with_why(client, play, called):
    assert "What did not reach the customer" not in text(page(client, play, called).text)
    play.acknowledge(called)
    connection().execute(
        """UPDATE messages SET state = 'failed', why = 'invalid_number'
            WHERE audience = 'customer' AND channel = 'sms'"""
    )
    connection().execute(
        """UPDATE messages SET state = 'suppressed', why = 'enough'
            WHERE audience = 'customer' AND channel <> 'sms'"""
    )
    said = text(page(client, play, called).text)
    assert "What did not reach the customer, and why" in said
    assert "text message" in said
    assert "the carrier knows no such number" in said


def test_what_waits_for_the_morning_says_so_and_until_when(client, play, called):
    play.acknowledge(called)
    connection().execute(
        """UPDATE messages SET state = 'queued', why = 'quiet', due_at = %s
            WHERE audience = 'customer' AND channel = 'sms'""",
        [clock.now() + timedelta(hours=9)],
    )
    said = text(page(client, play, called).text)
    assert "waiting to be sent until" in said
    assert said.count("at this hour they are left alone") == 2
    assert "A message to the customer waits until" in said
    assert "The customer was told what happened" not in said


def test_looking_changes_nothing(client, play, called):
    before = fingerprint()
    html = page(client, play, called).text
    poll(client, html)
    assert fingerprint() == before


def test_one_button_takes_it_on(client, play, called):
    answer = post(client, play, called, act="acknowledge", outcome="deliver_again", note="At 5")
    assert answer.status_code == 303
    said = text(client.get(answer.location).text)
    assert "You took it on" in said
    assert "We deliver again. At 5" in said
    assert play.task(called).acknowledged_by == "Ana"
    settle()
    assert play.topics(called) == ["failure"]


def test_who_comes_second_reads_who_was_first(client, play, called):
    advance(minutes=5)
    assert post(client, play, called, "Ben").status_code == 303
    said = text(page(client, play, called, "Ana").text)
    assert "Already acknowledged by Ben, today at" in said
    assert post(client, play, called, "Ana").status_code == 303
    assert play.task(called).acknowledged_by == "Ben"


def test_passed_on_the_next_person_is_called(client, play, called):
    assert post(client, play, called, act="pass_on").status_code == 303
    settle()
    assert play.told(called, "dispatcher")[-1] == ("task-1", "+17145554102")
    assert "Ana passed it on." in text(page(client, play, called).text)


def test_done(client, play, called):
    play.acknowledge(called)
    assert "When it is done" in text(page(client, play, called).text)
    assert post(client, play, called, act="resolve", outcome="search").status_code == 303
    said = text(page(client, play, called).text)
    assert "Done by Ana" in said
    assert "We are searching for the parcel." in said


def test_who_said_no_is_thanked_and_asked_for_nothing(client, play, called):
    play.choose(called, confirmed=False)
    link = f"/t/{token(play, called)}"
    play.answer(called, "refused")
    said = text(client.get(link).text)
    assert "Thank you for saying that it cannot be done." in said
    assert "please see that" not in said


def test_what_is_over_says_so(client, play, called):
    play.courier("delivered")
    said = text(page(client, play, called).text)
    assert "This is over, nothing to do. The parcel was delivered, today at" in said
    assert "I take it on" not in said
    answer = post(client, play, called)
    assert answer.status_code == 409
    assert "This task is over" in text(answer.text)


def test_worse_news_replace_a_call_by_a_newer_one(client, play, called):
    address = f"/t/{token(play, called)}"
    play.courier("lost")
    assert "there is a newer one" in text(client.get(address).text)


def test_no_number_is_said_with_its_reason(client, play):
    case_id = play.courier(phone="+1714")
    said = text(page(client, play, case_id).text)
    assert "The phone number is too short. Hollow Oak Books is asked for one that works." in said


def test_a_number_with_an_extension_is_to_be_called(client, play):
    case_id = play.courier(phone="(714) 555-4231 x 12")
    html = page(client, play, case_id).text
    assert "Please call Kim Doe." in text(html)
    assert "an extension or PIN: no text message reaches it, a call does" in text(html)
    assert "is asked for one that works" not in text(html)
    assert 'href="tel:+17145554231;ext=12"' in html
    assert "+1 714-555-4231 ext. 12" in text(html)
    assert "The recipient can only be called." in text(html)
    post(client, play, case_id, act="acknowledge")
    assert "Call Kim Doe" in text(page(client, play, case_id).text)


def test_an_unhappy_customer(client, play, called):
    play.courier("delivered")
    play.rate(called, 2, "Nobody rang")
    said = text(page(client, play, called).text)
    assert "A customer was not happy" in said
    assert "gave 2 of 5" in said
    assert "Nobody rang" in said
    assert post(client, play, called).status_code == 303
    assert "You took it on" in text(page(client, play, called).text)


@pytest.mark.parametrize("form", [{"act": "explode"}, {"outcome": "no_such"}])
def test_what_cannot_be_done_is_refused_calmly(client, play, called, form):
    answer = post(client, play, called, **form)
    assert answer.status_code == 422
    assert "I take it on" in text(answer.text)
    assert play.task(called).state == "open"


def test_a_note_is_kept_when_it_was_refused(client, play, called):
    answer = post(client, play, called, outcome="no_such", note="Half a <thought>")
    assert "Half a <thought>" in text(answer.text)


def test_a_note_half_written_is_not_lost_to_news(client, play, called):
    html = page(client, play, called).text
    post(client, play, called, "Ben")
    answer = poll(client, html)
    assert "Already acknowledged by Ben" in text(answer.text)
    assert "Show it again" in text(answer.text)
    assert "<form" not in answer.text
    assert "HX-Refresh" not in answer.headers


def test_a_kind_we_do_not_know_is_shown_by_its_name(client, play, called):
    strange: list[tuple[str, dict[str, str]]] = [
        ("brand_new", {}),
        ("courier_hovering", {}),
        ("booked", {}),
        ("contact_checked", {}),
    ]
    entries = [cases.Entry(called, Unknown(kind=k, facts=f)) for k, f in strange]
    with transaction() as conn:
        cases.note(conn, entries, clock.now())
    said = text(page(client, play, called).text)
    assert "Brand new." in said
    assert "Courier: hovering." in said


def test_what_the_shipper_says_on_the_phone_is_noted_by_who_called_them(client, play):
    case_id = play.courier("lost")
    advance(hours=49)
    assert ("decision", "open") in play.tasks(case_id)
    html = page(client, play, case_id).text
    assert "What did Hollow Oak Books decide?" in text(html)
    answer = post(client, play, case_id, act="decide", decision="refund", note="by phone")
    assert answer.status_code == 303
    settle()
    assert play.case(case_id).resolution == "refunded"
    assert "This is over, nothing to do." in text(client.get(answer.location).text)
    assert "Ana decided: a refund was made." in text(client.get(answer.location).text)


def test_a_tap_rings_the_dispatcher_who_is_then_put_through(client, play, called):
    html = page(client, play, called).text
    assert "Call them through our number" in html
    answer = post(client, play, called, act="call")
    assert answer.status_code == 303
    shown = client.get(answer.location).text
    assert "Your telephone rings." in shown
    (message,) = [m for m in play.messages(called) if m["topic"] == "bridge"]
    assert (message["channel"], message["recipient"]) == ("voice", "+17145554101")
