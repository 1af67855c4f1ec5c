"""What words want, by when somebody answers, and when it goes up: pure rules."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import clock
from app.booking.places_store import Week
from app.booking.rules import Rule
from app.directory.rotas.model import Opening
from app.locality import quiet
from app.questions import hours, rules
from app.questions.model import Wants

ZONE = "America/Los_Angeles"


@pytest.mark.parametrize(
    "words",
    [
        "It is not here",
        "It’s not there!",
        "it isn't here",
        "I haven't received it",
        "I never got the parcel",
        "I did not get my package",
        "Nothing has arrived",
        "nothing came",
        "We don't have it",
        "There was no parcel. no delivery has arrived",
        "My parcel is missing",
        "package was stolen",
        "Where is my parcel??",
        "where's it",
        "You left it at the wrong house",
        "The parcel never arrived",
        "it has not been delivered",
        "I was not there but it is not there either",
        "Das Paket ist nicht angekommen",
        "Je n'ai pas reçu le colis",
        "No lo he recibido",
        "Not received",
        "Ich habe es nicht",
        "Je ne l'ai pas",
        "No lo tengo",
        "Ik heb het niet ontvangen",
        "Niet ontvangen",
        "Nie dostałem paczki",
        "मुझे पार्सल नहीं मिला",
        "لم يصلني الطرد",
    ],
)
def test_words_that_say_that_the_parcel_is_not_there(words):
    assert rules.wants(words, delivered=True) is Wants.PARCEL
    assert rules.wants(words, delivered=False) is not Wants.PARCEL


@pytest.mark.parametrize(
    "words",
    [
        "Thanks, got it",
        "I was not there when it arrived, thanks to my neighbour",
        "It is here",
        "There is nothing to complain of but the box is wet",
        "I am not happy with the driver",
        "Not bad!",
        "We weren't home, the neighbour took it in",
        "it arrived",
        "Do not call me again",
        "I found it behind the shed",
        "No problem, all good",
        "Ich habe es nicht eilig",
        "Niet erg, dank je",
        "",
        "👍",
    ],
)
def test_words_that_do_not(words):
    assert rules.wants(words, delivered=True) is not Wants.PARCEL


@pytest.mark.parametrize(
    ("words", "wants"),
    [
        ("I want to speak to a manager", Wants.IN_CHARGE),
        ("Get me your SUPERVISOR", Wants.IN_CHARGE),
        ("someone in charge please", Wants.IN_CHARGE),
        ("Ik wil een leidinggevende spreken", Wants.IN_CHARGE),
        ("Chcę rozmawiać z kierownikiem", Wants.IN_CHARGE),
        ("मैनेजर से बात करनी है", Wants.IN_CHARGE),
        ("أريد التحدث إلى المدير", Wants.IN_CHARGE),
        ("Leave it with the building manager", Wants.ANSWER),
        ("please call me", Wants.PERSON),
        ("can I talk to a human", Wants.PERSON),
        ("Blue door", Wants.ANSWER),
    ],
)
def test_who_wants_to_be_spoken_to(words, wants):
    assert rules.wants(words, delivered=False) is wants


@given(st.text(max_size=200), st.booleans())
def test_any_words_want_something(words, delivered):
    assert rules.wants(words, delivered=delivered) in Wants
    rules.only_courtesy(words)


@pytest.mark.parametrize("words", ["Thanks!", "ok", "OK, thank you very much.", "Danke"])
def test_thanks_do_not_count_as_asking_again(words):
    assert rules.only_courtesy(words)
    assert not rules.goes_up(Wants.ANSWER, words, before=5)


def test_the_third_time_goes_up():
    assert [rules.goes_up(Wants.ANSWER, "Hello?", n) for n in range(4)] == [
        False,
        False,
        True,
        True,
    ]
    assert rules.goes_up(Wants.IN_CHARGE, "", 0)


@given(st.integers(5, 7 * 24 * 60), st.integers(0, 50))
def test_every_further_hour_is_no_sooner_and_a_day_away_at_most(minutes, late):
    usual = timedelta(minutes=minutes)
    assert rules.within(usual, late) <= rules.within(usual, late + 1)
    assert usual <= rules.within(usual, late) <= max(usual, timedelta(days=1))


def week(closures=frozenset(), days=range(1, 6), opens=()):
    windows = [(time(9), time(12)), (time(13), time(17))]
    made = [Rule(day, a, b, 3, timedelta(hours=3)) for day in days for a, b in windows]
    return Week(made, Opening(ZONE, opens, frozenset(closures), "US", "CA"))


def at(text):
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "wanted"),
    [
        ("2026-11-18T10:00-08:00", "2026-11-18T12:00-08:00"),
        ("2026-11-18T12:31-08:00", "2026-11-18T14:35-08:00"),  # at lunch somebody is there
        ("2026-11-18T16:30-08:00", "2026-11-19T10:30-08:00"),
        ("2026-11-18T22:00-08:00", "2026-11-19T11:00-08:00"),
        ("2026-11-18T03:00-08:00", "2026-11-18T11:00-08:00"),
        ("2026-11-20T16:00-08:00", "2026-11-23T10:00-08:00"),  # over the weekend
        ("2026-11-10T16:00-08:00", "2026-11-12T10:00-08:00"),  # over Veterans Day
        ("2026-11-25T16:00-08:00", "2026-11-28T16:00-08:00"),  # closed for longer than three days
        ("2026-03-06T16:00-08:00", "2026-03-09T10:00-07:00"),  # over the change of the clocks
    ],
)
def test_hours_of_the_depot_count(now, wanted):
    assert hours.answer_by(at(now), timedelta(hours=2), week()) == at(wanted)


def test_a_depot_without_a_week_answers_at_any_time():
    now = at("2026-11-21T23:00-08:00")
    assert hours.answer_by(now, timedelta(hours=2), week(days=())) == now + timedelta(hours=2)
    holiday = at("2026-12-25T10:00-08:00")
    assert hours.answer_by(holiday, timedelta(hours=2), week(days=())) == at(
        "2026-12-26T02:00-08:00"
    )
    closed = [date(2026, 11, 20) + timedelta(days=n) for n in range(10)]
    assert hours.answer_by(now, timedelta(hours=2), week(closed)) == now + timedelta(days=3)


def test_opening_hours_count_before_windows():
    nights = [(day, time(18), time(2)) for day in range(1, 8)]
    now = at("2026-11-18T10:00-08:00")
    by = hours.answer_by(now, timedelta(hours=2), week(opens=nights))
    assert by == at("2026-11-18T20:00-08:00")


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.integers(5, 24 * 60),
    st.sets(st.integers(1, 7)),
)
def test_nobody_is_promised_less_time_than_wanted_nor_left_for_long(now, minutes, days):
    wait = timedelta(minutes=minutes)
    by = hours.answer_by(now, wait, week(days=days))
    assert now + wait <= by <= now + max(wait, timedelta(days=3)) + timedelta(minutes=5)
    assert by.minute % 5 == 0
    assert clock.local(by, ZONE).second == 0


@given(st.integers(0, 8000), st.sampled_from(["America/St_Johns", "Asia/Kolkata", "Europe/Paris"]))
def test_an_answer_is_promised_for_an_hour_at_which_it_is_read(quarters, zone):
    night = {"from": "21:00", "to": "08:00", "sundays": "10:00", "zone": zone}
    now = datetime(2033, 3, 1, tzinfo=UTC) + quarters * timedelta(minutes=15)
    by = hours.waking(now + timedelta(hours=2), now, night)
    began = quiet.since(by, night)
    assert began is None or by == began, "at most the last waking moment"
    assert by >= now + timedelta(minutes=30)
    assert by.minute % 5 == 0
    assert hours.waking(now, now, None) >= now
