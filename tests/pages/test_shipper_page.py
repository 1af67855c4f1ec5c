from __future__ import annotations

import pytest

from app import clock
from app.access import links
from app.cases import service as cases
from app.cases.timeline.facts import Note
from app.db.connection import transaction
from tests.inline import advance, settle
from tests.links import page_of
from tests.pages.reading import fingerprint, text


@pytest.fixture
def unreachable(play):
    """A case whose recipient nobody can reach."""
    return play.courier(phone=None)


def page(client, case_id):
    return client.get(f"/s/{links.make('contact', case_id)}")


def post(client, case_id, **form):
    return client.post(f"/s/{links.make('contact', case_id)}", data=form)


def test_it_says_whose_number_is_missing(client, unreachable):
    before = fingerprint()
    said = text(page(client, unreachable).text)
    assert "How do we reach Kim Doe?" in said
    assert "ORD-P1" in said
    assert fingerprint() == before


def test_a_number_wakes_the_chain(client, play, unreachable):
    answer = post(client, unreachable, phone="(714) 555-4231", email="")
    assert answer.status_code == 303
    assert "We check it now" in text(client.get(answer.location).text)
    settle()
    assert play.case(unreachable).contact_phone == "+17145554231"
    said = text(page(client, unreachable).text)
    assert "We can reach them" in said
    assert "4231" not in said.split("Talk to")[0]  # who only looks need not learn the number


def test_a_number_that_can_only_be_called_is_taken_and_somebody_calls(client, play, unreachable):
    assert post(client, unreachable, phone="(714) 555-4231 PIN 87654321").status_code == 303
    settle()
    said = text(page(client, unreachable).text)
    assert "We call Kim Doe" in said
    assert "takes no text messages" in said
    assert "their number can be called" in said
    assert play.case(unreachable).call_only
    post(client, unreachable, phone="(714) 555-4242")
    settle()
    assert "We can reach them" in text(page(client, unreachable).text)


def test_each_fault_stands_at_its_field(client, play, unreachable):
    answer = post(client, unreachable, phone="12", email="nobody")
    assert answer.status_code == 422
    assert 'id="phone-wrong"' in answer.text
    assert 'id="email-wrong"' in answer.text
    assert 'value="nobody"' in answer.text
    assert "contact_supplied" not in play.timeline(unreachable)


def test_nothing_given_is_a_fault_too(client, unreachable):
    answer = post(client, unreachable)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text


def test_when_it_is_over_no_number_is_asked_for(client, play, unreachable):
    play.courier("delivered", phone=None)
    said = text(page(client, unreachable).text)
    assert "This is settled" in said
    assert "The parcel was delivered" in said
    answer = post(client, unreachable, phone="+17145554231")
    assert answer.status_code == 409


@pytest.fixture
def lost(play):
    """A case that only the shipper can decide."""
    case_id = play.courier("lost")
    advance(minutes=20)
    return case_id


def test_what_is_asked_of_the_shipper_stands_first(client, lost):
    before = fingerprint()
    said = text(page(client, lost).text)
    assert "What does Kim Doe get?" in said
    assert "They know that you decide, and wait. Please do by" in said
    assert said.index("Replacement sent") < said.index("Talk to Kim Doe")
    assert "We asked you to decide." in said
    assert fingerprint() == before


@pytest.mark.parametrize(
    ("decision", "head"),
    [
        ("replacement", "You sent a replacement"),
        ("refund", "You made a refund"),
        ("send_again", "You send it again"),
        ("close", "You settle this yourselves"),
    ],
)
def test_one_press_decides_and_the_customer_is_told(client, play, lost, decision, head):
    note = {"note": "See ZX9", "tell": "1"}
    answer = post(client, lost, act="decide", decision=decision, **note)
    assert answer.status_code == 303
    settle()
    said = text(client.get(answer.location).text)
    assert head in said
    assert "See ZX9" in said
    assert play.topics(lost)[-1] == "decision"
    customers = text(client.get(page_of(lost)).text)
    assert "They write: See ZX9" in customers


def test_the_second_of_two_tabs_is_told_the_truth(client, lost):
    assert post(client, lost, act="decide", decision="refund").status_code == 303
    answer = post(client, lost, act="decide", decision="replacement")
    assert answer.status_code == 409
    said = text(answer.text)
    assert "This was decided already, by shipper" in said
    assert "You made a refund" in said


def test_it_can_be_decided_otherwise_while_it_is_open(client, play, lost):
    post(client, lost, act="decide", decision="send_again")
    html = page(client, lost).text
    assert "Decide otherwise" in html
    stands = html.split('name="instead_of" value="')[1].split('"')[0]
    answer = post(client, lost, act="decide", decision="refund", instead_of=stands)
    assert answer.status_code == 303
    assert play.case(lost).resolution == "refunded"


def test_a_late_decision_is_told_that_it_arrived(client, play, lost):
    play.courier("delivered")
    answer = post(client, lost, act="decide", decision="refund")
    assert answer.status_code == 409
    assert "This is settled" in text(answer.text)


def test_it_shows_how_to_reach_the_customer_and_passes_words_on(client, play, lost):
    html = page(client, lost).text
    assert 'href="tel:+17145554231"' in html
    answer = post(client, lost, act="write", words="Blue or red?")
    assert answer.status_code == 303
    settle()
    assert "Blue or red?" in play.messages(lost, audience="customer")[-1]["text"]
    assert "You wrote to your customer." in text(page(client, lost).text)
    assert post(client, lost, act="write", words=" ").status_code == 422


def test_nothing_that_staff_wrote_for_themselves_is_shown(client, play, lost):
    play.acknowledge(lost, note="gate code 4711")
    with transaction() as conn:
        cases.note(conn, [cases.Entry(lost, Note(text="secret 0815"), "Ana")], clock.now())
    said = text(page(client, lost).text)
    assert "Ana at the depot took it on." in said
    assert "4711" not in said
    assert "0815" not in said


@pytest.mark.parametrize("form", [{"act": "decide"}, {"act": "decide", "decision": "x"}])
def test_nothing_chosen_is_no_decision(client, play, lost, form):
    assert post(client, lost, **form).status_code == 422
    assert "decided" not in play.timeline(lost)
