"""By when it is certain that a booking goes ahead: in time, and while the customer is awake."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from app.chain.standard import NIGHT
from app.handover import rules
from app.locality import quiet

HALIFAX, PARIS = "America/Halifax", "Europe/Paris"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
YEAR = datetime(2033, 1, 1, tzinfo=UTC)


def night_of(zone: str, **more: str) -> dict[str, str]:
    return {"from": "21:00", "to": "08:00", "sundays": "09:00", "zone": zone, **more}


def test_whoever_sleeps_hours_before_the_depot_does_is_told_in_their_morning():
    now = datetime(2033, 6, 16, 20, 10, tzinfo=ZoneInfo(HALIFAX))
    starts = datetime(2033, 6, 17, 13, tzinfo=ZoneInfo(HALIFAX))
    by = rules.deadlines(
        *(now, starts - 2 * HOUR, starts, HALIFAX),
        within=4 * HOUR,
        people=True,
        night=night_of(HALIFAX),
    ).confirm_by
    assert by.astimezone(ZoneInfo(HALIFAX)).isoformat() == "2033-06-17T09:00:00-03:00"


def test_where_the_evening_is_quiet_earlier_it_is_promised_before_that():
    now = datetime(2033, 6, 15, 17, tzinfo=ZoneInfo(PARIS))
    starts = datetime(2033, 6, 17, 9, tzinfo=ZoneInfo(PARIS))
    night = night_of(PARIS, **{"from": "20:00"})
    said = rules.deadlines(
        now, starts - HOUR, starts, PARIS, within=4 * HOUR, people=True, night=night
    )
    assert said.confirm_by.astimezone(ZoneInfo(PARIS)).hour == 20


@given(
    st.integers(0, 364 * 24 * 4).map(lambda quarters: YEAR + quarters * 15 * MINUTE),
    st.integers(2, 96),
    st.integers(0, 24),
    st.sampled_from([HALIFAX, PARIS, "Asia/Kolkata", "Australia/Lord_Howe"]),
    st.booleans(),
)
def test_it_is_promised_for_when_they_are_awake_wherever_there_is_such_an_hour(
    now: datetime, ahead: int, cutoff: int, zone: str, people: bool
):
    night = night_of(zone)
    starts = now + ahead * HOUR
    cutoff_at = starts - min(cutoff, ahead) * HOUR
    said = rules.deadlines(
        now, cutoff_at, starts, zone, within=4 * HOUR, people=people, night=night
    )
    assert now <= said.people_at <= said.confirm_by
    if quiet.until(said.confirm_by, night) is not None:
        began = quiet.since(said.confirm_by, night)
        ends = quiet.until(said.confirm_by, night)
        assert began is not None
        assert ends is not None
        if said.confirm_by != began:  # the last waking moment itself
            assert began < now + rules.AT_LEAST
            assert ends > starts - 30 * MINUTE
    again = rules.later(now, starts, zone, within=4 * HOUR, night=night)
    if again is not None:
        assert now + rules.AT_LEAST <= again <= starts


def test_the_policys_own_night_is_read():
    here = {**NIGHT, "zone": "Asia/Kolkata"}
    sunday = datetime(2033, 6, 18, 22, tzinfo=ZoneInfo("Asia/Kolkata"))
    starts = sunday + 20 * HOUR
    by = rules.deadlines(
        *(sunday, starts - 2 * HOUR, starts, "Asia/Kolkata"),
        within=4 * HOUR,
        people=True,
        night=here,
    ).confirm_by
    assert by.astimezone(ZoneInfo("Asia/Kolkata")).strftime("%H:%M") == "09:30"
