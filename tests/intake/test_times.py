"""Times: every form a courier sends, and nothing but None for what is no time."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.intake import times

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "zone"),
    [
        ("2026-03-02T12:00:00Z", "Asia/Kolkata"),
        ("2026-03-02T12:00:00.000Z", "UTC"),
        ("2026-03-02T13:00:00+01:00", "UTC"),
        ("2026-03-02T13:00:00+0100", "UTC"),
        ("2026-03-02 13:00:00 +0100", "UTC"),
        ("2026-03-02T17:30:00", "Asia/Kolkata"),
        ("2026-03-02 17:30:00", "Asia/Kolkata"),
        ("02 03 2026 17:30:00", "Asia/Kolkata"),
        ("02-03-2026 17:30", "Asia/Kolkata"),
        ("  2026-03-02T12:00:00Z ", "UTC"),
        (1772452800, "Asia/Kolkata"),
        (1772452800.0, "UTC"),
        (1772452800000, "UTC"),
        ("1772452800", "UTC"),
        ("1772452800000", "UTC"),
        ("2026-03-02T12:00:00", "No/Such_Zone"),
        ("2026-03-02T12:00:00", "../../etc/passwd"),
        ("2026-03-02T12:00:00", ""),
    ],
)
def test_every_form(value, zone) -> None:
    assert times.read(value, zone) == NOON


SPELLINGS = [  # all of them noon in UTC, as couriers around the world write it
    ("2026-03-02T12:00Z", "UTC"),
    ("2026-03-02t12:00:00z", "UTC"),
    ("2026-03-02T12:00:00.123456789Z", "UTC"),
    ("2026-03-02T12:00:00,000Z", "UTC"),
    ("20260302T120000Z", "UTC"),
    ("20260302T120000", "UTC"),
    ("20260302120000", "UTC"),
    ("20260302 120000", "UTC"),
    ("20260302 12:00:00", "UTC"),
    ("202603021200", "UTC"),
    ("2026-03-02T12:00:00+00:00", "Asia/Kolkata"),
    ("2026-03-02T12:00:00-00:00", "Asia/Kolkata"),
    ("2026-03-02T12:00:00+00", "Asia/Kolkata"),
    ("2026-03-02T04:00:00-0800", "UTC"),
    ("2026-03-02T04:00:00-08", "UTC"),
    ("2026-03-02T04:00:00.000-08:00", "UTC"),
    ("2026-03-02T17:30:00+05:30", "UTC"),
    ("2026-03-02 17:30:00+0530", "UTC"),
    ("2026-03-02 17:30:00 +05:30", "UTC"),
    ("2026-03-02 17:30:00 IST", "UTC"),
    ("2026-03-02 12:00:00 UTC", "Asia/Kolkata"),
    ("2026-03-02 12:00:00 GMT", "Asia/Kolkata"),
    ("2026-03-02 12:00:00Z", "Asia/Kolkata"),
    ("2026-03-02 13:00:00 GMT+1", "UTC"),
    ("2026-03-02 13:00:00 UTC+01:00", "UTC"),
    ("2026-03-02 13:00 CET", "UTC"),
    ("2026-03-02 07:00:00 EST", "UTC"),
    ("2026-03-02 04:00 PST", "UTC"),
    ("2026-03-02T13:00:00+01:00[Europe/Berlin]", "UTC"),
    ("2026-03-02 13:00", "Europe/Berlin"),
    ("2026-3-2 12:00", "UTC"),
    ("2026-3-2 9:00", "America/Sao_Paulo"),
    ("2026/03/02 12:00:00", "UTC"),
    ("2026/3/2 12:00", "UTC"),
    ("2026.03.02 12:00", "UTC"),
    ("2026-03-02, 12:00", "UTC"),
    ("2026-03-02T12.00.00", "UTC"),
    ("2026-03-02 12:00 PM", "UTC"),
    ("2026-03-02 12:00PM", "UTC"),
    ("2026-03-02 12:00:00 p.m.", "UTC"),
    ("2026-03-02 14:26 PM", "Etc/GMT-2"),
    ("2026-03-02 04:00 AM", "America/Los_Angeles"),
    ("2026-03-02 4:00 am", "America/Los_Angeles"),
    ("2026-03-02 17:30 PM", "Asia/Kolkata"),
    ("2026-03-02 05:30 PM", "Asia/Kolkata"),
    ("02.03.2026 13:00", "Europe/Berlin"),
    ("02.03.2026 13:00:00", "Europe/Berlin"),
    ("2.3.2026 13:00", "Europe/Berlin"),
    ("02.03.2026, 13:00 Uhr"[:17], "Europe/Berlin"),
    ("02/03/2026 13:00", "Europe/Paris"),
    ("02/03/2026 13h00", "Europe/Paris"),
    ("02/03/2026 - 13:00", "Europe/Madrid"),
    ("02-03-2026 13:00:00", "Europe/Amsterdam"),
    ("02-03-2026 05:30 PM", "Asia/Kolkata"),
    ("02/03/2026 05:30 PM", "Asia/Kolkata"),
    ("03/02/2026 07:00", "America/New_York"),
    ("03/02/2026 7:00 AM", "America/New_York"),
    ("3/2/2026 7:00:00 AM", "America/New_York"),
    ("02 03 2026 17:30", "Asia/Kolkata"),
    ("02 Mar 2026 17:30:00", "Asia/Kolkata"),
    ("02 Mar 2026 17:30:00 +0530", "UTC"),
    ("2 Mar 2026, 05:30 PM", "Asia/Kolkata"),
    ("02-Mar-2026 17:30", "Asia/Kolkata"),
    ("02-Mar-2026 05:30:00 PM", "Asia/Kolkata"),
    ("2 March 2026 12:00", "UTC"),
    ("2nd March 2026 12:00", "UTC"),
    ("March 2, 2026 12:00", "UTC"),
    ("March 2, 2026, 12:00 pm", "UTC"),
    ("March 2, 2026 at 12:00 PM", "UTC"),
    ("Mar 2 2026 12:00PM", "UTC"),
    ("Mar. 2, 2026 7:00 a.m.", "America/New_York"),
    ("MARCH 02, 2026 07:00:00 AM", "America/New_York"),
    ("Mon, 02 Mar 2026 12:00:00 GMT", "Asia/Kolkata"),
    ("Mon, 2 Mar 2026 13:00:00 +0100", "UTC"),
    ("Monday, March 2, 2026 12:00", "UTC"),
    ("2026-03-02 12:00\u202fPM", "UTC"),
    ("2026-03-02\u00a012:00", "UTC"),
    ("/Date(1772452800000)/", "UTC"),
    ("/Date(1772452800000+0100)/", "UTC"),
    ("1772452800.000", "UTC"),
    ("1772452800000000", "UTC"),
    (1772452800000000, "UTC"),
    (1772452800000000000, "UTC"),
    ("Montag, 2. März 2026, 13:00 Uhr", "Europe/Berlin"),
    ("2. März 2026 um 13:00 Uhr", "Europe/Berlin"),
    ("02.03.2026 um 13:00 Uhr", "Europe/Berlin"),
    ("13:00 Uhr, 02.03.2026", "Europe/Berlin"),
    ("lundi 2 mars 2026 à 13h00", "Europe/Paris"),
    ("le 02/03/2026 à 13:00", "Europe/Paris"),
    ("lunes, 2 de marzo de 2026, 13:00", "Europe/Madrid"),
    ("02/03/2026 a las 13:00", "Europe/Madrid"),
    ("maandag 2 maart 2026 om 13:00 uur", "Europe/Amsterdam"),
    ("poniedziałek, 2 marca 2026 godz. 13:00", "Europe/Warsaw"),
    ("lunedì 2 marzo 2026 alle 13:00", "Europe/Rome"),
    ("segunda-feira, 2 de março de 2026 às 09:00", "America/Sao_Paulo"),
    ("13:00 02/03/2026", "Europe/Paris"),
    ("5:30 PM, Mar 2, 2026", "Asia/Kolkata"),
    ("02-Mar-26 17:30", "Asia/Kolkata"),
    ("2026-03-02T13:00:00[Europe/Berlin]", "UTC"),
    ("2026-03-02T24:00:00+12:00", "UTC"),
    ("Mon Mar 02 12:00:00 2026", "UTC"),
    ("Mon Mar 02 12:00:00 UTC 2026", "Asia/Kolkata"),
    ("Mon Mar 02 2026 13:00:00 GMT+0100 (Central European Standard Time)", "UTC"),
    ("02.03.26 13:00", "Europe/Berlin"),
    ("02/03/26 13:00", "Europe/Paris"),
    ("3/2/26 7:00 AM", "America/New_York"),
    ("03-02-2026 07:00", "America/New_York"),
    ("02-03-2026 09:00", "America/Sao_Paulo"),
    ("02/03/2026 09:00", "America/Sao_Paulo"),
    ("02/03/2026 06:00", "America/Mexico_City"),
    ("03/02/2026 07:00 AM EST", "UTC"),
    ("02.03.2026 07:00", "America/New_York"),
    ("2 mars 2026 à 13 h 00", "Europe/Paris"),
    ("2026年3月2日 20:00", "Asia/Shanghai"),
    ("2026-03-02 下午8:00", "Asia/Shanghai"),
    ("2026年3月2日 午後9:00", "Asia/Tokyo"),
    ("२ मार्च 2026 17:30", "Asia/Kolkata"),
    ("٢ مارس ٢٠٢٦ ١٥:٠٠", "Asia/Riyadh"),
    ("２０２６-03-02T12:00:00Z", "UTC"),
    ("Mar-02-2026 12:00", "UTC"),
    ("2026-Mar-02 12:00", "UTC"),
    ("2026 Mar 2 12:00", "UTC"),
    ("2 de marzo de 2026, 1:00 p. m.", "Europe/Madrid"),
    ("2 मार्च 2026 17:30", "Asia/Kolkata"),
    ("2 مارس 2026 15:00", "Asia/Riyadh"),
    ("2 mart 2026 15:00", "Europe/Istanbul"),
    ("2 mars 2026 kl. 13:00", "Europe/Stockholm"),
    ("lun. 2 mars 2026 - 13:00", "Europe/Paris"),
    ("2 Mar 2026 | 12:00", "UTC"),
    ("2026-03-02; 12:00", "UTC"),
    ("2026-03-02 12 PM", "UTC"),
    ("2026-03-02T11:59:60Z", "UTC"),
    ("2026-03-02T04:00:00\u221208:00", "UTC"),
    ("2026-03-02 06:00:00 America/Chicago", "UTC"),
    ("2026-03-02T13:00:00.250 Europe/Berlin", "UTC"),
    ("2026-03-02 07:00:00 ET", "UTC"),
    ("2026-03-02 20:00:00 CST", "Asia/Shanghai"),
    ("2026-03-02 14:00:00 IST", "Asia/Jerusalem"),
    ("02MAR2026 13:00", "Europe/Berlin"),
    ("02MAR26 1300", "Europe/Berlin"),
    ("02Mar2026, 12:00:00", "UTC"),
    ("03/02/26 7:00a", "America/New_York"),
    ("02/03/2026 12:00 p", "UTC"),
    ("02/03/2026 13:00h", "Europe/Madrid"),
    ("02.03.2026 13:00 hrs", "Europe/Rome"),
    ("2026-03-02 13:00 (Europe/Berlin)", "America/New_York"),
    ("02-03-2026 1730", "Asia/Kolkata"),
    ("Mon Mar 02 17:30:00 IST 2026", "Asia/Kolkata"),
    ("02/03/2026 09:00 hs", "America/Argentina/Buenos_Aires"),
    ("02.03.2026 13.00", "Europe/Rome"),
]


def test_there_are_as_many_spellings_as_couriers_have() -> None:
    assert len(SPELLINGS) >= 80


@pytest.mark.parametrize(("value", "zone"), SPELLINGS)
def test_every_spelling(value, zone) -> None:
    at = times.read(value, zone)
    assert at is not None
    noon = datetime(2026, 3, 2, 12, 26, tzinfo=UTC) if "14:26" in str(value) else NOON
    assert at.replace(microsecond=0) == noon


@pytest.mark.parametrize(
    "value", ["2026-03-02", "02.03.2026", "2 Mar 2026", "20260302", "March 2, 2026"]
)
def test_a_day_alone_begins_at_midnight_where_it_is(value) -> None:
    assert times.read(value, "Asia/Kolkata") == datetime(2026, 3, 1, 18, 30, tzinfo=UTC)


def test_only_a_number_is_an_offset() -> None:
    assert times.has_offset("2026-03-02T04:52:00-07:00")
    assert times.has_offset("2026-03-02 04:52:00 +0530")
    assert not any(map(times.has_offset, ["2026-03-02T04:52:00Z", "2026-03-02", "02-03-2026", 5]))


def test_a_false_z_is_local() -> None:
    at = times.read("2026-03-02T07:00:00Z", "America/New_York", z_is_local=True)
    assert at == NOON
    offset = times.read("2026-03-02T13:00:00+01:00", "America/New_York", z_is_local=True)
    assert offset == NOON


@pytest.mark.parametrize(
    ("date", "time", "zone", "offset"),
    [
        ("20260302", "120000", "UTC", None),
        ("20260302", "070000", "America/New_York", None),
        ("20260302", "070000", "UTC", "-05.00"),
        ("20260302", "173000", "UTC", "+05:30"),
        ("20260302", "120000", "UTC", "nonsense"),
        ("20260302", "120000", "UTC", "+99:00"),
        ("2026-03-02", "12:00:00", "UTC", None),
        ("2026-03-02", "120000", "UTC", None),
        ("2026/03/02", "12:00", "UTC", None),
        ("20260302", "1200", "UTC", None),
        ("2026-03-02", "07:00:00", "UTC", "-05:00"),
        ("20260302", "070000", "UTC", "-0500"),
    ],
)
def test_compact_dates(date, time, zone, offset) -> None:
    assert times.compact(date, time, zone, offset=offset) == NOON


@pytest.mark.parametrize(
    "value",
    [
        *(None, True, [], {}, "", "now", 0, 123, -1, "123", 10**400, float("nan"), float("inf")),
        *("2026-13-02T12:00:00Z", "31 02 2026 10:00:00", "9999-12-31T23:59:59-23:00"),
        "2026-03-02T12:00:00Z" * 3,
    ],
)
def test_what_is_no_time(value) -> None:
    assert times.read(value, "Asia/Kolkata") is None


@pytest.mark.parametrize(
    ("date", "time"),
    [(None, "120000"), ("20260302", None), ("2026030", "120000"), ("20261302", "1"), ("٢٠", "١")],
)
def test_what_is_no_compact_time(date, time) -> None:
    assert times.compact(date, time) is None


@given(
    value=st.one_of(
        st.integers(), st.floats(), st.text(), st.datetimes().map(str), st.from_regex(r"\d{8,14}")
    ),
    zone=st.one_of(st.text(), st.sampled_from(["UTC", "Asia/Kolkata", "America/New_York"])),
    z_is_local=st.booleans(),
)
def test_nothing_raises(value, zone, z_is_local) -> None:
    at = times.read(value, zone, z_is_local=z_is_local)
    assert at is None or (at.tzinfo is UTC and 2000 <= at.year < 2100)
    compact = times.compact(value, value, zone, offset=value)
    assert compact is None or compact.tzinfo is UTC


@given(st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1)))  # noqa: DTZ001
def test_a_written_time_is_read_back(at) -> None:
    expected = at.replace(tzinfo=UTC)
    assert times.read(expected.isoformat()) == expected
    whole = expected.replace(microsecond=0)
    assert times.read(f"{whole:%d %m %Y %H:%M:%S}") == whole
    assert times.compact(f"{whole:%Y%m%d}", f"{whole:%H%M%S}") == whole


MONTHS_ABROAD = [
    *("Januar", "février", "marzo", "avril", "maggio", "juin", "lipca", "août", "Septiembre"),
    *("października", "listopada", "Dezember"),
]


def test_months_are_known_by_their_names_in_other_languages() -> None:
    for number, name in enumerate(MONTHS_ABROAD, start=1):
        assert times.read(f"2 {name} 2026 12:00") == datetime(2026, number, 2, 12, tzinfo=UTC)
