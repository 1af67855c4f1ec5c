"""Old news on the pages: the dispatcher finds it, begins it, and nobody is promised anything."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app import clock
from app.access import links
from tests.inline import settle
from tests.links import page_of
from tests.pages.reading import text
from tests.pages.staff import make_key, sign_in, token


@pytest.fixture
def ana(client, play):
    """Ana at a browser."""
    sign_in(client, make_key("dispatcher", person_id=play.world.people["Ana"]))
    return client


@pytest.fixture
def old(play):
    """Three parcels that failed long ago, told today."""
    long_ago = clock.now() - timedelta(days=800)
    return [play.courier(parcel=f"P{n}", at=long_ago - timedelta(days=n)) for n in range(3)]


def begin(client, **form):
    page = client.get("/console?tab=aside")
    form = {"csrf_token": token(page.text)} | form
    answer = client.post("/console?tab=aside", data=form, follow_redirects=True)
    settle()
    return answer


def test_without_old_news_there_is_no_tab_for_it(ana, play):
    play.courier()
    assert "Old news" not in text(ana.get("/console").text)
    assert "No old news waits" in text(ana.get("/console?tab=aside").text)


def test_it_stands_in_a_tab_of_its_own_and_says_when_it_happened(ana, old):
    queue = text(ana.get("/console").text)
    assert "Open 0 Taken on 0 Old news 3 Done 0" in queue
    assert "Nobody waits for you" in queue
    tab = text(ana.get("/console?tab=aside").text)
    assert "ORD-P0 Delivery failed: recipient unavailable" in tab
    assert "closes in 29 days" in tab
    assert f"it happened {clock.now() - timedelta(days=800):%A}" in tab


def test_one_or_several_are_begun_there(ana, play, old):
    ids = [play.task(case_id).id for case_id in old]
    answer = begin(ana, one=str(ids[0]))
    assert "You began ORD-P0: the depot is called" in text(answer.text)
    assert "Old news 2" in text(answer.text)
    assert play.told(old[0], "dispatcher")
    play.close(old[1], "mistake")
    answer = begin(ana, task=[str(number) for number in ids])
    said = text(answer.text)
    assert "You began ORD-P2" in said
    assert "ORD-P0: it was begun already." in said
    assert "ORD-P1: This case is closed" in said
    assert "Open 2 Taken on 0 Old news 0 Done 1" in said


def test_the_tasks_own_page_says_what_it_is_and_begins_it(client, play, old):
    address = f"/t/{links.make('task', play.task(old[0]).id, play.world.people['Ana'])}"
    page = text(client.get(address).text)
    assert "Old news. The courier told us long after it happened, so nobody was called." in page
    assert "I take it on" not in page
    assert client.post(address, data={"act": "acknowledge"}).status_code == 409
    assert client.post(address, data={"act": "begin"}).status_code == 303
    settle()
    assert "I take it on" in text(client.get(address).text)


def test_the_customers_page_promises_nothing(client, old):
    page = text(client.get(page_of(old[0])).text)
    assert "Older news of your parcel" in page
    assert "A new delivery" not in page
