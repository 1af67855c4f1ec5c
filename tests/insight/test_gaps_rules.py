"""When a silence is a gap: pure, for any rhythm and any moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.insight.gaps import rules
from app.insight.gaps.rules import HOURS, Rhythm

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
ZONES = st.sampled_from(["UTC", "America/Los_Angeles", "Asia/Kolkata", "Europe/Berlin"])
MOMENTS = st.timedeltas(timedelta(), timedelta(days=365)).map(lambda since: MONDAY + since)


def steady(minutes, weeks=8, active=1.0, zone="UTC"):
    return Rhythm(zone, weeks, [minutes] * HOURS, [active] * HOURS)


def office(minutes, weeks=8):
    """Monday to Friday, nine to five."""
    busy = [minutes if hour // 24 < 5 and 9 <= hour % 24 < 17 else 0.0 for hour in range(HOURS)]
    return Rhythm("UTC", weeks, busy, [float(one > 0) for one in busy])


RHYTHMS = st.builds(
    Rhythm,
    ZONES,
    st.integers(0, 8),
    st.lists(st.floats(0, 60), min_size=HOURS, max_size=HOURS),
    st.lists(st.floats(0, 1), min_size=HOURS, max_size=HOURS),
)
SPANS = st.timedeltas(timedelta(), timedelta(days=40))


def after(rhythm, start, **span):
    return rules.silence(rhythm, start, start + timedelta(**span))


def test_a_busy_courier_is_missed_in_minutes():
    assert not after(steady(60), MONDAY, minutes=8).is_gap
    assert after(steady(60), MONDAY, minutes=15).is_gap


def test_a_courier_with_one_event_an_hour_is_missed_after_some_hours():
    assert not after(steady(1), MONDAY, hours=3).is_gap
    assert after(steady(1), MONDAY, hours=5).is_gap
    assert not after(steady(1, active=0.6), MONDAY, hours=5).is_gap


def test_a_batch_each_night_is_missed_after_some_nights_not_after_one():
    nightly = Rhythm("UTC", 8, [0.0] * HOURS, [0.0] * HOURS)
    minutes, active = list(nightly.minutes), list(nightly.active)
    for day in range(7):
        minutes[day * 24 + 6] = active[day * 24 + 6] = 1.0
    nightly = nightly._replace(minutes=minutes, active=active)
    start = MONDAY + timedelta(hours=7)
    assert not after(nightly, start, hours=25).is_gap
    assert after(nightly, start, days=4, hours=1).is_gap


def test_the_weekend_of_an_office_is_no_gap_and_its_monday_is():
    friday = MONDAY + timedelta(days=4, hours=17)
    monday = MONDAY + timedelta(days=7, hours=9)
    assert not rules.silence(office(20), friday, monday).is_gap
    assert rules.silence(office(20), friday, monday).chance == 1
    assert rules.silence(office(20), friday, monday + timedelta(hours=1)).is_gap


def test_hours_are_those_of_the_accounts_clocks():
    assert rules.hour_of_week(MONDAY, "UTC") == 0
    assert rules.hour_of_week(MONDAY, "America/Los_Angeles") == 6 * 24 + 16
    assert rules.hour_of_week(MONDAY, "Asia/Kolkata") == 5


def test_little_data_makes_patient():
    spans = [
        next(n for n in range(200) if after(steady(20, weeks=weeks), MONDAY, minutes=n).is_gap)
        for weeks in (1, 2, 8)
    ]
    assert spans == sorted(spans, reverse=True)
    assert spans[0] > spans[-1]


@given(RHYTHMS, MOMENTS, SPANS, SPANS)
def test_longer_silence_is_never_more_likely(rhythm, start, span, more):
    before = rules.silence(rhythm, start, start + span)
    later = rules.silence(rhythm, start, start + span + more)
    assert 0 <= before.chance <= 1
    if span + more <= rules.FORGOTTEN:
        assert later.chance <= before.chance * (1 + 1e-9)
        assert later.expected >= before.expected - 1e-9
        assert later.is_gap or not before.is_gap


@given(RHYTHMS, MOMENTS, SPANS)
def test_without_a_learned_rhythm_there_is_no_gap(rhythm, start, span):
    assert not rules.silence(rhythm._replace(weeks=0), start, start + span).is_gap
    never = rhythm._replace(minutes=[0.0] * HOURS)
    assert not rules.silence(never, start, start + span).is_gap


@given(RHYTHMS, MOMENTS, SPANS)
def test_a_gap_is_always_unlikely_and_something_is_always_missing(rhythm, start, span):
    silence = rules.silence(rhythm, start, start + span)
    if silence.is_gap:
        assert silence.chance < rules.TOO_UNLIKELY
        assert silence.expected >= rules.LEAST_EXPECTED


@given(MOMENTS, SPANS, st.floats(0, 60), st.floats(0, 30))
def test_who_is_busier_is_missed_earlier(start, span, minutes, more):
    if rules.silence(steady(minutes), start, start + span).is_gap:
        assert rules.silence(steady(minutes + more), start, start + span).is_gap
