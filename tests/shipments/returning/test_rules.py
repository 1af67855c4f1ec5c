"""What a courier does by itself with a parcel that was not delivered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cases.model import CourierAct
from app.shipments.returning import rules
from app.shipments.returning.rules import Days, ReturnRules

BERLIN = ("Europe/Berlin", "DE", "BE")


def _at(day: str, hour: int = 14) -> datetime:
    return datetime.fromisoformat(f"{day}T{hour:02}:00").replace(tzinfo=ZoneInfo("Europe/Berlin"))


def test_the_courier_tries_again_until_its_attempts_are_used_up():
    given = rules.read(rules.KNOWN["shiprocket"])
    at = _at("2026-11-26")
    second = rules.return_clock(given, 1, at, "Asia/Kolkata", "IN", None)
    assert (second.act, second.at) == (CourierAct.TRIES_AGAIN, at + timedelta(hours=24))
    assert rules.return_clock(given, 3, at, "Asia/Kolkata", "IN", None).act is None


@pytest.mark.parametrize(
    ("attempt", "days", "kind", "back"),
    [
        ("2026-11-26", 5, Days.CALENDAR, "2026-12-02"),  # Thursday to the end of Tuesday
        ("2026-11-26", 5, Days.WORKING, "2026-12-04"),
        ("2026-12-23", 3, Days.WORKING, "2026-12-30"),  # two holidays and a weekend between
        ("2026-12-23", 0, Days.WORKING, "2026-12-24"),
    ],
)
def test_days_are_counted_as_the_courier_counts_them(attempt, days, kind, back):
    given = ReturnRules(attempts=1, held_days=days, days=kind, no_change_hours=12)
    ahead = rules.return_clock(given, 1, _at(attempt), *BERLIN)
    assert ahead.act is CourierAct.RETURNS
    assert ahead.at == ahead.return_by == _at(back, 0)
    assert ahead.change_by == _at(back, 0) - timedelta(hours=12)


@given(
    attempt=st.datetimes(
        datetime.fromisoformat("2024-01-01"),
        datetime.fromisoformat("2030-01-01"),
        timezones=st.just(UTC),
    ),
    days=st.integers(0, 30),
    zone=st.sampled_from(["Europe/Berlin", "America/Sao_Paulo", "Asia/Kolkata", "Pacific/Apia"]),
)
def test_working_days_are_never_fewer_than_days(attempt, days, zone):
    backs = []
    for kind in Days:
        given = ReturnRules(attempts=1, held_days=days, days=kind)
        back = rules.return_clock(given, 1, attempt, zone, "DE", None).at
        assert back is not None
        backs.append(back)
    assert attempt < backs[0] <= backs[1]
    assert backs[1].astimezone(ZoneInfo(zone)).hour in {0, 1}  # a midnight that is skipped is one


@pytest.mark.parametrize(
    ("raw", "named"),
    [
        ({"atempts": 3}, "atempts"),
        ({"attempts": 0}, "attempts"),
        ({"attempts": 2.5}, "attempts"),
        ({"attempts": True}, "attempts"),
        ({"held_days": "5"}, "held_days"),
        ({"days": "business"}, "days"),
        ({"tries_again_after_hours": -1}, "tries_again_after_hours"),
    ],
)
def test_rules_that_are_none_are_named(raw, named):
    with pytest.raises(ValueError, match=f"^{named}:"):
        rules.read(raw)
