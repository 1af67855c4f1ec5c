"""What is said when there is nothing new: the truth, twice at most, and then somebody is called."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from app import clock
from app.cases import service as cases
from app.cases.timeline.facts import ContactElsewhere
from app.chain import policy
from app.channels import service as channels
from app.customer.hours import at
from app.db.connection import connection, transaction
from app.promises import service as promises
from app.settings import Settings
from tests import wording
from tests.inline import advance
from tests.play import Play

DAY = 24 * policy.HOUR
PATIENT = policy.STANDARD | {"choose_within": 12 * DAY, "return_after": 20 * DAY}


@pytest.fixture
def play(settings: Settings) -> Play:
    """A world whose policy lets the customer choose for long: so nothing else is news."""
    return Play(settings, PATIENT)


def texts(play: Play, case_id: int, topic: str) -> list[str]:
    return [m["text"] for m in play.messages(case_id, audience="customer", topic=topic)]


def hours(play: Play, case_id: int) -> list[tuple[str, str]]:
    found = promises.of_case(connection(), case_id)
    return [(str(p.kind), str(p.state)) for p in found]


def test_nothing_new_is_said_twice_and_then_the_person_in_charge_is_called(play: Play):
    case_id = play.courier()
    play.acknowledge(case_id, "Ana")
    play.keep(case_id)
    advance(days=2, hours=23)
    assert len(texts(play, case_id, "news")) == 2
    (said,) = texts(play, case_id, "stalled")
    assert "called the person in charge at Anaheim depot" in said
    assert "still working" not in said
    assert play.tasks(case_id)[-1] == ("promise", "open")
    calls = [m for m in play.messages(case_id) if "Nobody has moved it" in m["text"]]
    assert calls[0]["recipient"] == "+17145554103"  # Cleo, at the top of the ladder


def test_what_is_booked_at_the_same_moment_is_the_news(settings: Settings):
    play = Play(settings)
    case_id = play.courier()
    advance(minutes=30)
    connection().execute(
        """UPDATE steps s SET due_at = n.due_at + interval '10 s' FROM steps n
            WHERE s.case_id = n.case_id AND s.name = 'choose_default' AND n.name = 'give_news'"""
    )
    advance(hours=24)
    assert play.case(case_id).booked
    assert texts(play, case_id, "news") == []
    assert play.topics(case_id)[-1] == "booking"


def test_when_nobody_comes_that_is_said_with_what_is_tried_until_somebody_acts(play: Play):
    case_id = play.courier()
    opened = play.case(case_id).opened_at
    advance(days=8)
    assert texts(play, case_id, "news") == []
    first, second = texts(play, case_id, "nobody")
    assert "nobody at Anaheim depot has responded yet. We've called them " in first
    assert at(play.case(case_id), opened) in first
    calls = rf"called them \d+ times since .* and we'll call again by {wording.SHORT}"
    assert re.search(calls, second)
    assert "Next news by" in second
    stalled = texts(play, case_id, "stalled")
    assert len(stalled) == 2
    assert all("and we'll call again by" in text for text in stalled)
    assert play.tasks(case_id) == [
        ("failure", "withdrawn"),
        ("promise", "withdrawn"),
        ("promise", "open"),
    ]
    assert play.timeline(case_id).count("ladder_exhausted") == 1
    rung = [
        m
        for m in play.messages(case_id, audience="dispatcher", channel="sms")
        if "Nobody" in m["text"]
    ]
    assert len({m["created_at"] for m in rung}) == len(rung), "one call at a time"
    play.acknowledge(case_id, "Cleo")
    play.keep(case_id, "Cleo")
    advance(days=3)
    assert texts(play, case_id, "news") != []  # somebody acted: it is true now
    assert play.case(case_id).acknowledged_by == "Cleo"


def test_an_act_of_a_person_lets_the_count_begin_anew(play: Play):
    case_id = play.courier()
    advance(days=2, hours=1)
    with transaction() as conn:
        note = ContactElsewhere(channel="phone", text="Called back")
        cases.note(conn, [cases.Entry(case_id, note, "Ana")], clock.now())
    advance(days=2)
    assert len(texts(play, case_id, "nobody")) == 3
    assert texts(play, case_id, "stalled") == []


def test_every_promised_hour_of_news_is_kept(play: Play):
    case_id = play.courier()
    advance(days=9)
    settled = [state for kind, state in hours(play, case_id) if kind == "news"]
    assert len(settled) > 4
    assert set(settled[:-1]) == {"kept"}
    assert settled[-1] == "open"


def test_what_waits_for_the_shipper_is_never_nothing_new(settings: Settings):
    play = Play(settings, policy.STANDARD | {"choose_within": policy.HOUR})
    case_id = play.courier("lost")
    advance(days=2, hours=12)
    said = [m["text"] for m in play.messages(case_id, audience="customer")]
    assert not any("nothing new" in text for text in said)
    deciding = [text for text in said if "Hollow Oak Books is deciding" in text]
    assert deciding
    assert all("Next news by" in text and "have to do anything" in text for text in deciding)


def test_sorry_is_said_once_however_often_it_fails(play: Play):
    case_id = play.courier()
    play.acknowledge(case_id)
    for _ in range(3):
        play.choose(case_id)
        slot = promises.of_case(connection(), case_id)[-2].due_at
        advance(seconds=(slot - clock.now()).total_seconds())
        advance(hours=3)
    said = [m["text"] for m in play.messages(case_id, audience="customer")]
    assert sum("did not arrive as promised" in text for text in said) == 3
    assert sum("sorry" in text.lower() for text in said) == 1


def test_the_reason_is_said_once(play: Play):
    case_id = play.courier()
    advance(days=4)
    said = [m["text"] for m in play.messages(case_id, audience="customer")]
    assert [("Nobody was there" in text) for text in said] == [True] + [False] * (len(said) - 1)


def test_a_courier_that_changes_its_word_all_day_is_told_of_a_few_times(play: Play):
    case_id = play.courier()
    advance(hours=1)
    for kind in ("lost", "failed", "damaged", "returned", "lost", "failed", "refused"):
        play.courier(kind)
        advance(hours=1)
    assert len(texts(play, case_id, "failure")) <= 3
    assert "notify_customer" in play.waiting(case_id)  # the newest word waits for its turn
    advance(days=1)
    assert "refused" in texts(play, case_id, "failure")[-1]


def test_what_waited_for_the_morning_counts_from_the_morning(settings: Settings):
    nights = {"from": "21:00", "to": "08:00"}
    play = Play(settings, PATIENT | {"unasked_a_day": 2, "quiet_hours": nights})
    advance(hours=17)
    case_id = play.courier()
    play.acknowledge(case_id)
    play.keep(case_id)
    advance(days=2)
    failure, reminder, news = play.messages(case_id, audience="customer")[:3]
    assert news["done_at"] - failure["done_at"] < timedelta(days=1, seconds=1), "on promised hours"
    assert (reminder["topic"], reminder["why"]) == ("reminder", "enough")
    with transaction() as conn:
        heard = channels.unasked(conn, [case_id], clock.now())[case_id]
    assert heard[:2] == [failure["done_at"], news["done_at"]]


def test_whoever_was_told_that_somebody_comes_hears_that_nobody_does_however_much_they_heard(
    settings: Settings,
):
    play = Play(settings, policy.STANDARD | {"unasked_a_week": 2})
    case_id = play.courier()
    advance(hours=5)
    assert play.topics(case_id) == ["failure", "reminder"], "all that they may hear unasked"
    play.choose(case_id)
    window = next(p for p in promises.of_case(connection(), case_id) if p.kind == "window")
    advance(hours=12)
    play.courier("returned")
    advance(seconds=(window.due_at - clock.now()).total_seconds() - 4 * policy.HOUR)
    assert "on its way back" in texts(play, case_id, "failure")[-1]
    assert play.messages(case_id, topic="failure")[-1]["state"] == "delivered"


def test_an_hour_that_was_promised_is_kept_however_much_they_heard(settings: Settings):
    play = Play(settings, PATIENT | {"unasked_a_week": 2})
    case_id = play.courier()
    advance(hours=5)
    assert play.topics(case_id) == ["failure", "reminder"], "all that they may hear unasked"
    by, now = clock.now() + timedelta(hours=3), clock.now()
    with transaction() as conn:
        case = cases.lock(conn, case_id)
        assert case is not None
        promises.make(conn, [promises.Wanted(case_id, promises.Kind.NEWS, by)], now)
        cases.informed(conn, [(case, by)], now)
    play.courier("lost")
    assert len(texts(play, case_id, "failure")) == 1, "it can wait, but not for a week"
    advance(hours=3)
    assert "cannot be found" in texts(play, case_id, "failure")[-1]
    assert "broken" not in [state for kind, state in hours(play, case_id) if kind == "news"]


def test_a_reminder_too_many_is_held_back_and_says_why(settings: Settings):
    play = Play(settings, policy.STANDARD | {"unasked_a_day": 1})
    case_id = play.courier(email="kim@example.com")
    advance(hours=6)
    (held,) = play.messages(case_id, topic="reminder")
    assert (held["state"], held["why"]) == ("suppressed", "enough")
    assert play.timeline(case_id).count("customer_told") == 1
    play.choose(case_id)
    assert play.topics(case_id)[:2] == ["failure", "booking"]  # what they asked for always goes


def test_quiet_hours_are_counted_into_the_promised_hour(settings: Settings):
    late = PATIENT | {"quiet_hours": {"from": "00:00", "to": "23:59"}}
    play = Play(settings, late)
    case_id = play.courier()
    advance(minutes=20)
    (message,) = play.messages(case_id, audience="customer")
    assert play.news_by(case_id) >= clock.now() + timedelta(hours=24)
    assert message["state"] == "queued"
    advance(days=3)
    states = [state for kind, state in hours(play, case_id) if kind == "news"]
    assert "broken" not in states
