"""The customer's link: to whom it opens the page, until when, and how another one is had."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from app.access import links
from app.cases import own_page
from app.db.connection import close, connection, transaction
from tests.inline import advance, settle
from tests.links import page_of, token_of
from tests.pages.reading import fingerprint, text

A_DAY = 24 * 3600


@pytest.fixture
def over(play):
    """A case that was settled, and whose link has ended since."""
    case_id = play.courier(email="kim@example.com")
    play.acknowledge(case_id)
    play.close(case_id, "delivered")
    advance(seconds=29 * A_DAY)
    return case_id


def link_in(message):
    found = re.search(r"/c/(\S+)", message["text"])
    assert found
    return found[1]


def test_every_message_has_the_same_link_and_says_no_number(play):
    first, second = play.courier(), play.courier(parcel="P2")
    for case_id in (first, second):
        play.acknowledge(case_id)
        advance(seconds=2 * A_DAY)
    told = play.messages(first, audience="customer")
    assert len({link_in(message) for message in told}) == 1 < len(told)
    assert link_in(told[0]) == token_of(first) != token_of(second)


def test_nothing_in_the_table_opens_a_page(client, play):
    """Whoever reads the rows of cases, and even knows how links are made, has no link."""
    case_id = play.courier()
    row = connection().execute("SELECT * FROM cases WHERE id = %s", [case_id]).fetchone()
    assert row
    assert token_of(case_id) not in str(row)
    for guess in (row["page_key"].hex(), f"{case_id}", f"{case_id}.{row['page_key'].hex()}"):
        assert client.get(f"/c/{guess}").status_code == 404


def test_a_link_from_before_there_were_keys_still_opens_its_page(client, play):
    case_id = play.courier()
    former = f"/c/{links.make('case', case_id)}"
    assert "This link has ended" in text(client.get(former).text)  # it never was this case's
    with transaction() as conn:
        conn.execute("UPDATE cases SET page_key = NULL WHERE id = %s", [case_id])
    assert page_of(case_id) == former
    assert "Parcel ORD-P1" in text(client.get(former).text)


def test_it_ends_a_while_after_everything_is_settled(client, play, over):
    page = page_of(over)
    assert "Parcel ORD-P1" in text(client.get(page).text)
    advance(seconds=2 * A_DAY)
    before = fingerprint()
    for address in (page, f"{page}/live", f"{page}/calendar.ics", f"{page}/photos/x"):
        answer = client.get(address)
        assert answer.status_code == 200
        said = text(answer.text)
        assert "This link has ended" in said
        for personal in ("P1", "Hollow Oak", "Kim", "Elm", "Anaheim"):
            assert personal not in said
    answer = client.post(page, data={"ask": "write", "message": "hello"})
    assert "This link has ended" in text(answer.text)
    assert fingerprint() == before


def test_a_new_one_goes_to_the_contact_on_record_alone(client, play, over):
    advance(seconds=2 * A_DAY)
    page, asked = page_of(over), {"act": "new_link", "phone": "+14155550999", "to": "me@evil.org"}
    assert 'name="act" value="new_link"' in client.get(page).text
    assert "Please look at your messages" in text(client.post(page, data=asked).text)
    settle()
    (sent,) = play.messages(over, topic="link")
    assert sent["recipient"] == play.case(over).contact_phone != "+14155550999"
    fresh = f"/c/{link_in(sent)}"
    assert fresh != page
    assert "Parcel ORD-P1" in text(client.get(fresh).text)
    assert "This link has ended" in text(client.get(page).text)
    advance(seconds=31 * A_DAY)
    assert "This link has ended" in text(client.get(fresh).text)


def test_asking_with_an_old_link_does_not_end_the_one_that_was_sent(client, play, over):
    advance(seconds=2 * A_DAY)
    old = page_of(over)
    for _ in range(6):
        client.post(old, data={"act": "new_link"})
    settle()
    sent = play.messages(over, topic="link")
    assert len(sent) == 3  # enough for a day
    assert len({link_in(message) for message in sent}) == 1
    assert "Parcel ORD-P1" in text(client.get(f"/c/{link_in(sent[0])}").text)


def test_two_who_ask_at_once_get_one_link(play, over, client):
    advance(seconds=2 * A_DAY)
    page, app = page_of(over), client.application

    def ask() -> int:
        try:
            return int(app.test_client().post(page, data={"act": "new_link"}).status_code)
        finally:
            close()

    with ThreadPoolExecutor(2) as people:
        assert [one.result() for one in [people.submit(ask), people.submit(ask)]] == [200, 200]
    assert len({link_in(message) for message in play.messages(over, topic="link")}) == 1


def test_where_nobody_can_be_reached_nobody_learns_it(client, play, over):
    advance(seconds=2 * A_DAY)
    page = page_of(over)
    with transaction() as conn:
        conn.execute("UPDATE cases SET contact_phone = NULL, contact_email = NULL")
    said = text(client.post(page, data={"act": "new_link"}).text)
    assert "If we have a number or an e-mail address" in said
    settle()
    assert {m["state"] for m in play.messages(over, topic="link")} == {"suppressed"}


def test_the_days_are_the_policys(play):
    case = play.case(play.courier())
    opened = own_page.read(own_page.token(case))
    assert not own_page.ended(case, opened, timedelta(0), case.opened_at + timedelta(days=999))


def test_a_link_that_has_ended_speaks_its_customers_language(client, play):
    case_id = play.courier(recipient={"phone": "+17145550142", "language": "de"})
    play.close(case_id, "delivered")
    advance(seconds=31 * A_DAY)
    page = page_of(case_id)
    assert "Dieser Link ist abgelaufen" in text(client.get(page).text)
    assert 'lang="de"' in client.post(page, data={"act": "new_link"}).text
