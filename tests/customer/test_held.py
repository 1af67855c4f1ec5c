"""A parcel that waits to be collected: what is read of it, and how it ends."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from app import clock
from app.booking import service as booking
from app.chain import policy
from app.chain.standard import NIGHT
from app.db.connection import connection
from app.errors import Problem
from app.promises import service as promises
from app.settings import Settings
from tests.application import create_app
from tests.inline import advance
from tests.links import page_of
from tests.pages.reading import text
from tests.play import Play


@pytest.fixture
def page(settings, play: Play):
    client = create_app(settings).test_client()
    return lambda case_id: text(client.get(page_of(case_id)).text)


def held(play: Play, **told):
    """It waits at a shop that is open from Monday to Saturday, until Sunday noon."""
    sunday = (clock.now() + timedelta(days=9)).replace(hour=20, minute=0)  # noon in California
    sunday += timedelta(days=(6 - sunday.weekday()) % 7)
    place = {
        "place": "Corner shop",
        "address": "5 Katella Ave, Anaheim",
        "hours": "Mon–Sat 8–20",
        "until": sunday.isoformat(),
    }
    case_id = play.courier("held", words="Waits at the shop", held=place | told)
    return case_id, sunday


def test_the_customer_reads_where_when_and_until_which_day(play: Play, page):
    case_id, sunday = held(play)
    advance(minutes=30)
    assert play.case(case_id).return_by == sunday
    saturday = f"{sunday - timedelta(days=1):%A, %B %-d}"
    says = f"at Corner shop, 5 Katella Ave, Anaheim until {saturday}. Open Mon–Sat 8–20."
    (message,) = play.messages(case_id, audience="customer")
    assert f"is waiting to be collected. You can collect it {says}" in message["text"]
    seen = page(case_id)
    assert f"You can collect it {says}" in seen
    assert "bring it again" not in seen
    assert "(Corner shop)" in play.messages(case_id, audience="dispatcher")[0]["text"]


def test_what_is_not_known_is_not_said(play: Play, page):
    case_id = play.courier("held", words="Please come and get it")
    advance(minutes=30)
    seen = page(case_id)
    assert "The courier says: Please come and get it. You can collect it." in seen
    assert "until" not in play.messages(case_id, audience="customer")[0]["text"]


def test_nobody_writes_again_that_we_are_working_on_it(play: Play):
    case_id, _ = held(play)
    advance(days=8)
    assert play.topics(case_id) == ["failure"]


def test_once_its_time_is_over_they_hear_who_decides_and_again_until_it_is_decided(play: Play):
    case_id, sunday = held(play)
    advance(days=15)
    told = play.messages(case_id, audience="customer", state="delivered")
    since = [m["text"] for m in told if m["created_at"] > sunday]
    assert since
    assert not any("ollect it" in text for text in since), "its last day is over"
    afterwards = [one for one in told if one["created_at"] > sunday]
    assert {one["topic"] for one in afterwards} == {"deciding"}
    assert len(afterwards) >= 2
    made = promises.of_case(connection(), case_id)
    assert promises.State.BROKEN not in {one.state for one in made}


def test_the_last_reminder_is_promised_for_an_hour_at_which_they_are_awake(settings: Settings):
    play = Play(settings, policy.STANDARD | {"quiet_hours": NIGHT})
    until = clock.now() + timedelta(days=7, hours=20)  # at five in the morning in California
    case_id = play.courier("held", held={"place": "Corner shop", "until": until.isoformat()})
    advance(minutes=30)
    (promised,) = promises.of_case(connection(), case_id)
    due = promised.due_at.astimezone(ZoneInfo("America/Los_Angeles"))
    assert (due.hour, due.minute) == (21, 0)
    advance(days=7)
    reminded = play.messages(case_id, topic="reminder", state="delivered")
    assert [one["done_at"] <= promised.due_at for one in reminded] == [True]


def test_without_the_couriers_offer_nothing_else_can_be_chosen(play: Play):
    case_id, _ = held(play)
    assert play.options(case_id) == booking.Options([], [])
    with pytest.raises(Problem) as refused:
        play.choose(case_id, "slot:1")
    assert refused.value.code == "not_offered"


def test_where_the_courier_offers_it_the_customer_may_have_it_brought_again(play: Play, page):
    case_id, _ = held(play, redelivery=True)
    advance(minutes=30)
    offered = play.options(case_id)
    assert offered.slots
    assert not offered.pickup_points
    assert "I can’t collect it: please bring it again" in page(case_id)
    play.choose(case_id)
    assert "We’ll knock again" in page(case_id)
    play.courier("delivered")
    assert play.case(case_id).resolution == "delivered"


def test_it_is_never_brought_again_without_the_customers_word(play: Play):
    case_id, _ = held(play, redelivery=True)
    advance(days=20)
    assert "booking" not in play.topics(case_id)


def test_collected_ends_it_and_the_customer_is_asked_how_it_was(play: Play, page):
    case_id, _ = held(play)
    play.courier("delivered", words="Picked up by the recipient")
    assert play.case(case_id).resolution == "collected"
    advance(hours=3)
    assert play.topics(case_id) == ["survey"]
    assert "How did we do?" in page(case_id)


def test_tried_again_and_failed_it_is_a_failed_delivery(play: Play):
    case_id, _ = held(play)
    advance(hours=1)
    play.courier("failed", words="Nobody home")
    assert play.case(case_id).kind == "failed"
    assert play.options(case_id).slots
