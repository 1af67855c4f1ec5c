"""A depot whose places are all taken: who waits, who is told, and that nobody is told in vain."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from app import clock
from app.booking import service as booking
from app.cases import store as case_store
from app.db.connection import connection, transaction
from app.errors import Problem
from tests.application import create_app
from tests.inline import advance, settle
from tests.links import page_of
from tests.messages import said
from tests.pages.reading import text
from tests.play import Play


def fill(play: Play, case_id: int, *, leave: int = 0) -> None:
    """Take every place that this case could have, and the shelves of the pickup points."""
    play.options(case_id)  # makes the slots
    with transaction() as conn:
        conn.execute("UPDATE slots SET taken = capacity")
        conn.execute("UPDATE pickup_points SET taken = capacity")
        if leave:
            conn.execute(
                """UPDATE slots SET taken = capacity - %s WHERE id =
                       (SELECT id FROM slots ORDER BY starts_at OFFSET 4 LIMIT 1)""",
                [leave],
            )


def free_one(play: Play, holder: int) -> None:
    """Whoever has the place gives it back."""
    play.close(holder, "mistake")


@pytest.fixture
def page(settings, play: Play):
    client = create_app(settings).test_client()

    def ask(case_id, **form):
        address = page_of(case_id)
        answer = client.post(address, data=form) if form else client.get(address)
        settle()
        return text(client.get(address).text if form and answer.status_code == 303 else answer.text)

    return ask


@pytest.fixture
def full(play: Play):
    """One customer has the last place, and everything else is taken; two more come."""
    holder = play.courier(parcel="HOLDER")
    fill(play, holder, leave=1)
    play.choose(holder)
    return holder, play.courier(parcel="FIRST"), play.courier(parcel="SECOND")


def slots_taken():
    rows = connection().execute("SELECT taken, capacity FROM slots").fetchall()
    return [row["capacity"] - row["taken"] for row in rows if row["taken"] != row["capacity"]]


def offers():
    return connection().execute("SELECT case_id, slot_id FROM slot_waits").fetchall()


def test_the_page_says_that_all_is_full_and_takes_a_wish_to_wait(page, full):
    _, first, second = full
    said = page(first)
    assert "The next days are full" in said
    assert "There is nothing you have to do right now" not in said
    assert "You’re next." in page(first, wait="1")
    assert "One person waits before you." in page(second, wait="1")


def test_what_becomes_free_is_offered_to_who_waits_longest_alone(play: Play, page, full):
    holder, first, second = full
    for case_id in (first, second):
        booking.wait(case_id, clock.now())
        booking.wait(case_id, clock.now())  # a second time changes nothing
        settle()
    free_one(play, holder)
    told = play.messages(first, topic="place")
    assert len(told) == 1
    assert "a place is free" in told[0]["text"]
    assert "We'll keep it for you until" in told[0]["text"]
    assert play.messages(second, topic="place") == []
    assert slots_taken() == []  # it is kept: nobody else can have it
    waits = [case_store.shown(connection(), None, case_id) for case_id in (holder, first, second)]
    assert [bool(case and case["waiting"]) for case in waits] == [False, True, True]
    kept = [case["waiting"]["offered_until"] for case in waits if case and case["waiting"]]
    assert [bool(until) for until in kept] == [True, False]
    assert "is kept for you until" in page(first)
    assert "The next days are full" in page(second)
    with pytest.raises(Problem) as refused:
        play.choose(second, f"slot:{offers()[0]['slot_id'] or offers()[1]['slot_id']}")
    assert refused.value.code == "slot_full"
    play.choose(first)
    assert play.case(first).booked
    assert [row["case_id"] for row in offers()] == [second]


def test_an_offer_that_is_not_taken_in_time_goes_to_the_next(play: Play, full):
    holder, first, second = full
    for case_id in (first, second):
        booking.wait(case_id, clock.now())
        settle()
    free_one(play, holder)
    advance(hours=2, minutes=1)
    assert len(play.messages(second, topic="place")) == 1
    assert len(play.messages(first, topic="place")) == 1
    advance(hours=2, minutes=1)
    assert offers() == []
    assert slots_taken() == [1]


def test_who_chooses_something_else_or_is_done_gives_the_place_on(play: Play, full):
    holder, first, second = full
    for case_id in (first, second):
        booking.wait(case_id, clock.now())
        settle()
    free_one(play, holder)
    play.courier("delivered", "FIRST")
    assert [row["case_id"] for row in offers() if row["slot_id"]] == [second]
    assert len(play.messages(second, topic="place")) == 1


def test_only_who_can_have_a_delivery_waits(play: Play, full):
    holder, first, _ = full
    with pytest.raises(Problem) as refused:
        booking.wait(holder, clock.now())
    assert refused.value.code == "not_offered"
    play.close(first, "mistake")
    with pytest.raises(Problem) as refused:
        booking.wait(first, clock.now())
    assert refused.value.code == "case_closed"


def test_first_days_that_are_full_are_said_beside_the_later_ones(play: Play, page):
    case_id = play.courier()
    first = play.options(case_id).slots[0]
    day = re.escape(f"{clock.local(first.starts_at, 'America/Los_Angeles'):%Y-%m-%d}")
    with transaction() as conn:
        conn.execute(
            """UPDATE slots SET taken = capacity
                WHERE (starts_at AT TIME ZONE 'America/Los_Angeles')::date = %s::date""",
            [day.replace("\\", "")],
        )
    assert re.search(r"Every place before [\w ]+ is taken\.", page(case_id))


def test_who_is_in_charge_is_told_once_a_day_before_the_last_place_goes(play: Play):
    cases = [play.courier(parcel=f"P{n}") for n in range(4)]
    slot = play.options(cases[0]).slots[0]
    with transaction() as conn:
        conn.execute(
            "UPDATE slots SET taken = capacity WHERE starts_at > %s AND starts_at < %s",
            [slot.starts_at, slot.starts_at + timedelta(hours=12)],
        )
    for case_id in cases[:3]:
        play.choose(case_id, slot.choice)
    sql = """SELECT * FROM messages JOIN message_words ON message_id = id
              WHERE topic = 'few_places' ORDER BY id"""
    messages = said(sql)
    assert {m["recipient"] for m in messages} <= {"+17145554103", "cleo@example.com"}
    assert len(messages) == 1
    assert "2 places are left for new deliveries on" in messages[0]["text"]
    play.close(cases[0], "mistake")
    play.choose(cases[3], slot.choice)
    assert len(connection().execute(sql).fetchall()) == 1
