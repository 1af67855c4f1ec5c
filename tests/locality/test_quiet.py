"""When somebody is left alone: nights, their ends at changes of the clocks, customs and wishes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.chain.standard import NIGHT as HOUSE
from app.locality import quiet

NIGHT = {"from": "21:00", "to": "08:00", "zone": "Europe/Berlin"}
MIAMI = {"country": "US", "region": "FL", "postcode": "33101"}
DALLAS = {"country": "US", "region": "TX", "postcode": "75201"}
ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"]
wall_times = st.times().map(lambda t: t.strftime("%H:%M"))
quiets = st.builds(
    lambda start, end, zone: {"from": start, "to": end, "zone": zone},
    wall_times,
    wall_times,
    st.sampled_from(ZONES),
)
start = datetime(2024, 1, 1, tzinfo=UTC)
moments = st.timedeltas(timedelta(), timedelta(days=1460)).map(start.__add__)


def berlin(text: str, fold: int = 0) -> datetime:
    local = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Berlin"), fold=fold)
    return local.astimezone(UTC)


def is_quiet(moment: datetime, hours: dict[str, str]) -> bool:
    wall = moment.astimezone(ZoneInfo(hours["zone"])).strftime("%H:%M")
    if hours["from"] <= hours["to"]:
        return hours["from"] <= wall < hours["to"]
    return wall >= hours["from"] or wall < hours["to"]


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2026-06-10T20:59", None),
        ("2026-06-10T21:00", "2026-06-11T08:00"),
        ("2026-06-10T23:59", "2026-06-11T08:00"),
        ("2026-06-11T00:00", "2026-06-11T08:00"),
        ("2026-06-11T07:59", "2026-06-11T08:00"),
        ("2026-06-11T08:00", None),
        ("2026-03-28T22:00", "2026-03-29T08:00"),  # the night has nine hours only
        ("2026-10-24T22:00", "2026-10-25T08:00"),  # and here eleven
    ],
)
def test_the_night_ends_at_eight_on_the_depots_clocks(now: str, end: str | None) -> None:
    assert quiet.until(berlin(now), NIGHT) == (berlin(end) if end else None)


def test_an_end_that_the_clocks_skip_or_repeat() -> None:
    early = NIGHT | {"to": "02:30"}
    assert quiet.until(berlin("2026-03-29T01:00"), early) == berlin("2026-03-29T03:30")
    first, second = berlin("2026-10-25T02:30"), berlin("2026-10-25T02:30", fold=1)
    assert quiet.until(berlin("2026-10-25T01:00"), early) == first
    assert quiet.until(berlin("2026-10-25T02:10", fold=1), early) == second


@pytest.mark.parametrize("hours", [None, {}, NIGHT | {"from": "08:00"}])
def test_no_quiet_hours(hours: dict[str, str] | None) -> None:
    assert quiet.until(berlin("2026-06-10T23:00"), hours) is None


@given(moments, quiets)
def test_quiet_hours_end_after_now_and_outside_of_them(
    now: datetime, hours: dict[str, str]
) -> None:
    end = quiet.until(now, hours)
    assert (end is not None) == is_quiet(now, hours)
    if end is None:
        return
    assert not is_quiet(end, hours)
    assert now < end < now + timedelta(hours=26)
    # It waits no longer than it must; the hour that the clocks skip excepted.
    minutes = range(0, int((end - now).total_seconds()) - 3600, 600)
    assert all(is_quiet(now + timedelta(seconds=second), hours) for second in minutes)


nights = st.builds(
    lambda start, end, sundays, zone: (
        {"from": start, "to": end, "sundays": sundays, "zone": zone}
        | ({"fridays_noon": ["12:00", "14:00"]} if zone == "Asia/Kolkata" else {})
    ),
    st.sampled_from(["19:30", "20:00", "21:00", "22:45", "00:30"]),
    st.sampled_from(["06:00", "08:00", "09:30"]),
    st.sampled_from(["08:00", "10:00", "12:00"]),
    st.sampled_from(ZONES),
)


@given(moments, nights)
def test_they_began_before_now_and_last_without_a_break(
    now: datetime, hours: dict[str, str]
) -> None:
    began, ends = quiet.since(now, hours), quiet.until(now, hours)
    assert (began is None) == (ends is None)
    if began is None or ends is None:
        return
    assert now - timedelta(hours=20) < began <= now < ends < now + timedelta(hours=20)
    assert quiet.until(began - timedelta(minutes=1), hours) is None
    inside = range(0, int((now - began).total_seconds()), 600)
    assert all(quiet.until(began + timedelta(seconds=second), hours) for second in inside)


@given(moments, st.timedeltas(timedelta(minutes=5), timedelta(days=2)), nights)
def test_an_hour_to_promise_is_one_that_somebody_awake_sees_kept(
    now: datetime, span: timedelta, hours: dict[str, str]
) -> None:
    said = quiet.waking(now + span, now, hours)
    assert said >= now
    before = said - timedelta(minutes=1)
    assert quiet.until(said, hours) is None or quiet.until(before, hours) is None
    if quiet.until(now + span, hours) is None:
        assert said == now + span


def local(hours: dict[str, str], text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(hours["zone"])).astimezone(UTC)


@pytest.mark.parametrize(
    ("address", "now", "end"),
    [
        # 2026-06-12 is a Friday.
        ({"country": "DE", "postcode": "10115"}, "2026-06-12T20:59", None),
        ({"country": "DE", "postcode": "10115"}, "2026-06-12T21:00", "2026-06-13T08:00"),
        ({"country": "DE", "postcode": "10115"}, "2026-06-13T23:00", "2026-06-14T10:00"),
        ({"country": "NL", "postcode": "1012"}, "2026-06-13T23:00", "2026-06-14T09:00"),
        ({"country": "GB", "postcode": "M1 1AE"}, "2026-06-13T08:30", "2026-06-13T09:00"),
        (MIAMI, "2026-06-12T20:10", "2026-06-13T08:00"),
        ({"country": "US", "region": "Florida", "postcode": "33101"}, "2026-06-12T19:59", None),
        ({"country": "US", "region": "CA", "postcode": "92806"}, "2026-06-12T20:10", None),
        (DALLAS, "2026-06-14T10:00", "2026-06-14T12:00"),
        ({"country": "FR", "postcode": "75001"}, "2026-06-12T20:30", "2026-06-13T08:00"),
        ({"country": "AE"}, "2026-06-12T12:30", "2026-06-12T14:00"),
        ({"country": "AE"}, "2026-06-11T12:30", None),
    ],
)  # fmt: skip
def test_customs_of_a_place_lengthen_the_night(
    address: dict[str, str], now: str, end: str | None
) -> None:
    hours = quiet.at(address, "Asia/Tokyo", HOUSE)
    assert hours is not None
    assert quiet.until(local(hours, now), hours) == (local(hours, end) if end else None)


def test_a_house_that_keeps_to_its_own_hours_has_no_customs() -> None:
    own = {"from": "22:00", "to": "07:00"}
    hours = quiet.at(MIAMI, "UTC", own)
    assert hours == own | {"zone": "America/New_York"}
    assert quiet.at({"country": "US"}, "UTC", None) is None


@given(nights)
def test_a_wish_never_shortens_a_night(wish: dict[str, str]) -> None:
    assume(wish["from"] > "12:00")
    hours = quiet.at({"country": "DE"}, "UTC", HOUSE, wish)
    assert hours is not None
    assert hours["from"] <= min("21:00", wish["from"])
    assert hours["to"] >= max("08:00", wish["to"])


def test_every_custom_can_be_read_and_says_where_it_comes_from() -> None:
    for country, own in quiet._customs().items():
        regions = {key: row for key, row in own.items() if isinstance(row, dict)}
        for region, row in (regions or {"": own}).items():
            assert row["source"]
            hours = quiet.at({"country": country, "region": region}, "UTC", HOUSE)
            week = (start + timedelta(hours=hour) for hour in range(24 * 7))
            assert any(quiet.until(moment, hours) for moment in week)


def test_a_wish_lengthens_the_night_and_one_that_leaves_no_hour_is_not_heeded():
    house = {"from": "21:00", "to": "08:00"}
    berlin = {"country": "DE"}
    found = quiet.at(berlin, "UTC", house, quiet.wish("10:00-19:00"))
    assert found == {"from": "19:00", "to": "10:00", "zone": "Europe/Berlin"}
    assert quiet.at(berlin, "UTC", house, quiet.wish("06:00-23:00")) == {
        **house,
        "zone": "Europe/Berlin",
    }
    assert quiet.at(berlin, "UTC", house, quiet.wish("22:00-23:30")) == {
        **house,
        "zone": "Europe/Berlin",
    }
    assert quiet.at(berlin, "UTC", None, quiet.wish("09:00-18:00")) == {
        "from": "18:00",
        "to": "09:00",
        "zone": "Europe/Berlin",
    }


def test_hours_are_read_as_people_write_them():
    assert quiet.between("9:00 – 19:30") == "09:00-19:30"
    assert quiet.between("19:00-09:00") is None
    assert quiet.between("24:00-25:00") is None
    assert quiet.between("from ten") is None
