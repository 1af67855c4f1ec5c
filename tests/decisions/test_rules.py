"""When a shipper is asked again: by the schedule, then daily, and the end is the last time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.decisions.rules import Schedule

ASKED = datetime(2026, 11, 23, 10, tzinfo=UTC)
HOURS = st.integers(1, 24 * 13).map(lambda hours: timedelta(hours=hours))
SCHEDULES = st.builds(
    Schedule, st.lists(HOURS, max_size=4).map(tuple), HOURS, st.just(timedelta(days=14))
)


def test_by_the_standard_after_4_hours_a_day_two_days_and_then_daily():
    schedule = Schedule(
        (timedelta(hours=4), timedelta(days=1)), timedelta(days=2), timedelta(days=14)
    )
    at, hours = ASKED, []
    while (at := schedule.next_ask(ASKED, at)) < ASKED + schedule.ends:
        hours.append((at - ASKED) // timedelta(hours=1))
    assert hours == [4, 24, *range(48, 14 * 24, 24)]


@given(SCHEDULES, st.integers(0, 14 * 24 - 1))
def test_it_is_ahead_within_a_day_of_the_answers_hour_and_never_after_the_end(
    schedule: Schedule, hours: int
):
    now = ASKED + timedelta(hours=hours)
    at = schedule.next_ask(ASKED, now)
    assert now < at <= ASKED + schedule.ends
    if now >= ASKED + schedule.within:
        assert at - now <= timedelta(days=1)
    else:
        assert at <= ASKED + schedule.within
