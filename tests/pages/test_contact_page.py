from __future__ import annotations

import pytest

from app.access import links
from tests.inline import settle
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
    assert "4231" not in said  # whoever has the link need not learn the number


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
