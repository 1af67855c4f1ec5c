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
    ],
)
def test_compact_dates(date, time, zone, offset) -> None:
    assert times.compact(date, time, zone, offset=offset) == NOON


@pytest.mark.parametrize(
    "value",
    [
        *(None, True, [], {}, "", "now", 0, 123, -1, "123", 10**400, float("nan"), float("inf")),
        *("2026-13-02T12:00:00Z", "31 02 2026 10:00:00", "9999-12-31T23:59:59-23:00"),
        *("0001-01-01T00:00:00+14:00", "1999-12-31T23:59:59Z", "２０２６-03-02T12:00:00Z"),
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
