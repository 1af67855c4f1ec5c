"""When a place is open: how people write it, and that no promised moment finds it closed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import clock
from app.directory.rotas.model import Opening
from app.directory.rotas.opening import first_open, last_open
from app.shipments import opening

ZONE = "Europe/Berlin"
DAY = (480, 1200)
WRITTEN = {
    "Daily 8–20": (DAY,) * 7,
    "8:00-20:00": (DAY,) * 7,
    "Mon–Sat 8–20": (DAY,) * 6 + ((),),
    "Mo-Fr 08:00-18:00; Sa 09:00-13:00": ((480, 1080),) * 5 + ((540, 780), ()),
    "Mon-Fri 8am-6pm, Sat 9am-1pm, Sun closed": ((480, 1080),) * 5 + ((540, 780), ()),
    "Montag bis Freitag 8 bis 18 Uhr": ((480, 1080),) * 5 + ((), ()),
    "24/7": ((0, 1440),) * 7,
    "Fri-Mon 10:30-16": ((630, 960), (), (), (), *((630, 960),) * 3),
    "Mon, Wed 9-12": ((540, 720), (), (540, 720), (), (), (), ()),
}


@pytest.mark.parametrize("text", WRITTEN)
def test_it_is_read_as_people_write_it(text):
    week = opening.read(text)
    assert week is not None
    assert [list(sum(day, ())) for day in week] == [list(day) for day in WRITTEN[text]]


@pytest.mark.parametrize(
    "text",
    [
        *("", "ask inside", "weekdays 9-5", "closed", "Daily 8-20, not on holidays", "20-8"),
        *("1-5pm", "Mon 25-26", "Mon 9:75-10"),
    ],
)
def test_what_is_not_understood_whole_moves_nothing(text):
    at = datetime(2026, 11, 29, 3, tzinfo=UTC)
    assert opening.read(text) is None
    depot = Opening(ZONE, country="DE")
    assert opening.of_place(text, depot) == depot
    assert first_open(depot, at) == at == last_open(depot, at)


@given(
    minutes=st.integers(0, 2 * 366 * 1440),
    text=st.sampled_from(list(WRITTEN)),
    zone=st.sampled_from([ZONE, "America/Los_Angeles", "Asia/Kolkata"]),
)
def test_what_is_promised_is_while_it_is_open(minutes, text, zone):
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    place = opening.of_place(text, Opening(zone, keeps_holidays=False))
    first, last = first_open(place, at), last_open(place, at)
    assert at - timedelta(days=8) < last <= at <= first < at + timedelta(days=8)
    week = opening.read(text)
    assert week is not None
    for moment in (first, last):
        here = clock.local(moment, zone)
        minutes = here.hour * 60 + here.minute + here.second / 60 + here.microsecond / 6e7
        at_midnight = not minutes and any(closes == 1440 for _, closes in week[here.weekday() - 1])
        assert at_midnight or any(o <= minutes <= c for o, c in week[here.weekday()])


@pytest.mark.parametrize("text", ["Fri-Sat 18–2", "Fri, Sat 6pm-2am", "Fr-Sa 18:00 bis 02:00 Uhr"])
def test_what_goes_on_past_midnight_is_open_then(text):
    place = opening.of_place(text, Opening(ZONE, keeps_holidays=False))
    at_night = datetime(2026, 11, 29, 0, 30, tzinfo=UTC)  # Sunday, half past one
    assert first_open(place, at_night) == at_night
    assert first_open(place, at_night + timedelta(hours=1)) > at_night + timedelta(days=5)


def test_until_when_it_can_be_collected_is_a_day_on_which_somebody_can():
    sunday_noon = datetime(2026, 11, 29, 11, tzinfo=UTC)
    depot = Opening(ZONE, country="DE")
    assert f"{opening.last_day('Mon–Sat 8–20', sunday_noon, depot):%a}" == "Sat"
    assert f"{opening.last_day(None, sunday_noon, depot):%a}" == "Sun"
    early = datetime(2026, 11, 29, 2, tzinfo=UTC)
    assert f"{opening.last_day('ask inside', early, depot):%a}" == "Sat"
    boxing_day = datetime(2026, 12, 26, 11, tzinfo=UTC)
    assert f"{opening.last_day('Mon–Sat 8–20', boxing_day, depot):%d %b}" == "24 Dec"
    assert f"{opening.last_day('24/7', boxing_day, depot):%d %b}" == "26 Dec"
    midnight = datetime(2026, 11, 28, 23, tzinfo=UTC)
    assert f"{opening.last_day('Daily 8–24', midnight, depot):%a}" == "Sat"
