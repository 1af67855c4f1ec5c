from __future__ import annotations

import pytest

from app import clock, languages
from app.access import links
from app.cases import service as cases
from app.cases.model import CaseKind, Resolution
from app.cases.timeline.facts import CustomerTold, Unknown
from app.cases.timeline.kinds import Topic
from app.chain import service as chain
from app.customer.reasons import sentence
from app.db.connection import transaction
from app.decisions import service as decisions
from app.decisions.model import Choice
from app.intake.reasons import REASONS
from tests.inline import advance, settle
from tests.links import page_of, token_of
from tests.pages.reading import fingerprint, poll, text


@pytest.fixture
def informed(play):
    """A case whose customer has been told."""
    case_id = play.courier()
    play.acknowledge(case_id)
    return case_id


def page(client, case_id, **how):
    return client.get(page_of(case_id), **how)


def post(client, case_id, **form):
    return client.post(page_of(case_id), data=form)


def test_it_says_what_happened_what_comes_next_and_by_when(client, play, informed):
    said = text(page(client, informed).text)
    assert "When shall we knock again?" in said
    assert "Nobody was there to take it in." in said
    assert "Please choose by " in said
    assert "You’ll hear from us by " in said
    assert "Your parcel is with the courier, at Anaheim depot. A person there is looking" in said
    assert "The courier tried to deliver. Nobody was there to take it in." in said
    assert "Rang twice" not in said  # the courier's own words may blame; they are for the depot


def test_looking_changes_nothing(client, informed):
    before = fingerprint()
    html = page(client, informed).text
    poll(client, html)
    client.head(page_of(informed))
    assert fingerprint() == before


def test_a_choice_is_booked_and_shown_without_javascript(client, play, informed):
    slot = play.options(informed).slots[0]
    answer = post(client, informed, choice=slot.choice)
    assert answer.status_code == 303
    said = text(client.get(answer.location).text)
    assert "You asked for" in said
    assert "We are confirming it and will tell you by" in said
    assert "We’ll knock again" not in said  # not before whoever drives has said yes
    settle()
    play.answer(informed, "confirmed")
    said = text(page(client, informed).text)
    assert "We’ll knock again" in said
    assert "1 Elm St, Anaheim, 92806" in said
    assert "You can change it until" in said
    assert play.case(informed).state == "booked"


def test_it_can_be_changed_to_a_pickup_point(client, play, informed):
    play.choose(informed)
    point = play.options(informed).pickup_points[0]
    assert post(client, informed, choice=point.choice).status_code == 303
    settle()
    play.answer(informed, "confirmed")
    said = text(page(client, informed).text)
    assert "Yours to collect from" in said
    assert "Corner shop" in said
    assert "Daily 8" in said


def test_the_booking_as_a_calendar_file(client, play, informed):
    address = f"/c/{token_of(informed)}/calendar.ics"
    assert client.get(address).status_code == 404
    play.choose(informed)
    answer = client.get(address)
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert "BEGIN:VEVENT" in answer.text
    assert token_of(informed) in answer.text.replace("\r\n ", "")


def test_nothing_chosen_is_said_calmly(client, informed):
    answer = post(client, informed)
    assert answer.status_code == 422
    assert "Please choose one of these first." in text(answer.text)
    assert 'name="choice"' in answer.text


def test_the_last_place_is_gone_and_the_others_are_offered(client, play, informed):
    first, second = play.options(informed).slots[:2]
    with transaction() as conn:
        conn.execute("UPDATE slots SET taken = capacity WHERE id = %s", [first.id])
    answer = post(client, informed, choice=first.choice)
    assert answer.status_code == 409
    assert "has just been taken" in text(answer.text)
    assert f'value="{first.choice}"' not in answer.text
    assert f'value="{second.choice}"' in answer.text


@pytest.mark.parametrize("choice", ["slot:0", "point:99999999999999999999", "x", "slot:-1"])
def test_what_is_not_offered_cannot_be_had(client, informed, choice):
    assert post(client, informed, choice=choice).status_code == 404


def test_after_the_cut_off_it_stands(client, play, informed):
    slot = play.options(informed).slots[0]
    play.choose(informed, slot.choice)
    advance(seconds=(slot.cutoff_at - clock.now()).total_seconds() + 1)
    said = text(page(client, informed).text)
    assert "It can no longer be changed" in said
    assert "Change it" not in said


def test_a_promise_that_was_not_kept(client, play, informed):
    slot = play.options(informed).slots[0]
    play.choose(informed, slot.choice)
    advance(seconds=(slot.ends_at - clock.now()).total_seconds() + 60)
    assert "We should have been there by now" in text(page(client, informed).text)
    advance(hours=3)
    said = text(page(client, informed).text)
    assert "We did not keep our promise. We are sorry." in said
    assert "Confirm my choice" in said


def test_the_survey_and_the_thanks(client, play, informed):
    play.courier("delivered")
    said = text(page(client, informed).text)
    assert "It has arrived" in said
    assert "How did we do?" in said
    assert post(client, informed, score="4", words=" fine ").status_code == 303
    answered = page(client, informed).text
    assert "You gave us 4 out of 5." in text(answered)
    assert "checked" in answered
    assert ">fine</textarea>" in answered


@pytest.mark.parametrize("score", ["0", "6", "", "ten", "¼", "5.0"])
def test_there_is_no_such_score(client, play, informed, score):
    play.courier("delivered")
    answer = post(client, informed, score=score)
    assert answer.status_code == 422
    assert "Choose from 1 to 5" in text(answer.text)


@pytest.mark.parametrize("kind", ["lost", "damaged", "returned"])
def test_nothing_can_be_chosen_for_a_parcel_that_will_not_come(client, play, kind):
    case_id = play.courier(kind)
    html = page(client, case_id).text
    assert 'name="choice"' not in html
    assert "There is nothing you have to do right now." in text(html)


def test_a_link_used_after_it_is_over_tells_the_truth(client, play, informed):
    choice = play.options(informed).slots[0].choice
    with transaction() as conn:
        case = cases.lock(conn, informed)
        assert case
        chain.close(conn, case, Resolution.HANDED_TO_SHIPPER, "reknock", clock.now())
    assert "Hollow Oak Books takes it from here" in text(page(client, informed).text)
    answer = post(client, informed, choice=choice)
    assert answer.status_code == 409
    assert "There’s nothing left to do here" in text(answer.text)


def test_nothing_new_is_not_sent_again(client, informed):
    answer = poll(client, page(client, informed).text)
    assert (answer.status_code, answer.data) == (204, b"")


def test_news_come_by_themselves_without_the_form(client, play, informed):
    html = page(client, informed).text
    with transaction() as conn:
        cases.note(conn, [cases.Entry(informed, CustomerTold(topic=Topic.NEWS))], clock.now())
    answer = poll(client, html)
    assert "We wrote to you that we are still working on it." in answer.text
    assert "<form" not in answer.text


def test_another_step_loads_the_page_anew_unless_something_was_picked(client, play, informed):
    html = page(client, informed).text
    play.courier("delivered")
    assert poll(client, html).headers["HX-Refresh"] == "true"
    touched = poll(client, html.replace("&amp;held=", "&amp;choice=slot:1&amp;held="))
    assert "HX-Refresh" not in touched.headers
    assert "There’s news" in text(touched.text)


def test_what_we_do_not_know_is_left_out(client, play, informed):
    strange = [("brand_new", {}), ("booked", {"starts_at": 7}), ("courier_failed", {})]
    with transaction() as conn:
        entries = [cases.Entry(informed, Unknown(kind=k, facts=f)) for k, f in strange]
        cases.note(conn, entries, clock.now())
        conn.execute("UPDATE cases SET reason = 'of_tomorrow' WHERE id = %s", [informed])
    answer = page(client, informed)
    assert answer.status_code == 200
    assert "rand new" not in text(answer.text)
    assert "The courier gave no further reason." in text(answer.text)


def test_every_reason_of_a_failure_has_words_of_its_own():
    general = {"attempt_failed", "undeliverable"}
    failed = {r.code for r in REASONS.values() if r.kind == "failed"} - general
    silent = sentence(languages.get(), "?", CaseKind.FAILED)
    spoken = {code for code in failed if sentence(languages.get(), code, CaseKind.FAILED) != silent}
    assert failed == spoken


def test_hostile_words_stay_words(client, play):
    hostile = '"><script>alert(1)</script>'
    case_id = play.courier(
        recipient={"name": hostile, "phone": "+17145554231"},
        words=hostile,
        address={"line1": hostile, "city": hostile, "country": "US"},
        order_ref=hostile,
    )
    play.acknowledge(case_id, note=hostile)
    play.choose(case_id)
    play.courier("delivered")
    play.rate(case_id, 1, hostile)
    assert "<script>alert" not in page(client, case_id).text
    task = f"/t/{links.make('task', play.task(case_id).id, play.world.people['Ana'])}"
    html = client.get(task).text
    assert "<script>alert" not in html
    assert hostile in text(html)
    assert "<script>alert" not in client.get(f"/s/{links.make('contact', case_id)}").text
    assert "<script>alert" not in client.get(f"/playground?case={case_id}").text


def test_while_the_sender_decides_it_says_who_and_by_when_and_never_that_nothing_is_new(
    client, play
):
    case_id = play.courier("lost")
    advance(minutes=20)
    said = text(page(client, case_id).text)
    assert "We asked Hollow Oak Books to decide by" in said
    assert "nothing new" not in said
    advance(days=2)
    said = text(page(client, case_id).text)
    assert "Hollow Oak Books hasn’t decided yet, so we’re calling someone at Anaheim depot" in said
    assert "nothing new" not in said


@pytest.mark.parametrize(
    ("choice", "head"),
    [
        ("replacement", "Hollow Oak Books sent you a replacement"),
        ("refund", "Hollow Oak Books refunded your parcel"),
        ("close", "Hollow Oak Books takes it from here"),
        ("send_again", "Hollow Oak Books is sending it again. When shall we knock?"),
    ],
)
def test_what_was_decided_stands_first(client, play, choice, head):
    case_id = play.courier("returned")
    decisions.decide(case_id, Choice(choice), "shipper", clock.now())
    settle()
    said = text(page(client, case_id).text)
    assert head in said
    assert "did not keep our promise" not in said
