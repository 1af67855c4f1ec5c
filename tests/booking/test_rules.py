from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.booking import rules
from app.booking.rules import Rule
from app.directory.holidays import public_holidays
from app.directory.rotas.model import Opening
from app.directory.rotas.opening import is_open, open_times
from app.shipments import opening
from tests.directory.nights import changes

HOUR = timedelta(hours=1)
BERLIN = ("DE", "BE", "Europe/Berlin")
ANGELES = ("US", "CA", "America/Los_Angeles")


@dataclass(frozen=True)
class TimeWindow:
    id: int
    starts_at: datetime
    ends_at: datetime


def a_rule(
    weekday: int = 1, starts: int = 8, ends: int = 12, cutoff: int = 2, capacity: int = 3
) -> Rule:
    return Rule(weekday, time(starts), time(ends), capacity, timedelta(hours=cutoff))


def offered(
    week: list[Rule],
    place: tuple[str, str | None, str],
    now: datetime,
    *,
    closures: Collection[date] = (),
    days: int = 7,
    not_after: datetime | None = None,
) -> list[rules.Window]:
    country, region, zone = place
    opening = Opening(zone, (), frozenset(closures), country, region)
    return rules.windows(week, opening, now, days, not_after)


@st.composite
def weeks(draw):
    found = {}
    for _ in range(draw(st.integers(0, 12))):
        starts = draw(st.integers(0, 22))
        rule = a_rule(
            draw(st.integers(1, 7)),
            starts,
            draw(st.integers(starts + 1, 23)),
            draw(st.integers(0, 72)),
        )
        found[rule.weekday, rule.starts] = rule
    return list(found.values())


places = st.sampled_from([BERLIN, ANGELES, ("XX", None, "Asia/Kathmandu"), ("IN", "KA", "UTC")])
moments = st.timedeltas(timedelta(), timedelta(days=3 * 365)).map(
    lambda passed: datetime(2025, 1, 1, tzinfo=UTC) + passed
)


@given(weeks(), places, moments, st.data())
def test_every_window_keeps_the_rules(week, place, now, data):
    country, region, zone = place
    today = now.astimezone(ZoneInfo(zone)).date()
    closures = data.draw(st.sets(st.integers(0, 13).map(lambda n: today + timedelta(days=n))))
    days = data.draw(st.integers(1, 14))
    not_after = data.draw(
        st.none() | st.integers(0, 400).map(lambda hours: now + timedelta(hours=hours))
    )
    found = offered(week, place, now, closures=closures, days=days, not_after=not_after)
    try:
        free = set(holidays.country_holidays(country, subdiv=region, years=range(2024, 2030)))
    except NotImplementedError:
        free = set()
    for window in found:
        starts = window.starts_at.astimezone(ZoneInfo(zone))
        ends = window.ends_at.astimezone(ZoneInfo(zone))
        matching = [
            r
            for r in week
            if (r.weekday, r.starts, r.ends) == (starts.isoweekday(), starts.time(), ends.time())
        ]
        assert len(matching) == 1
        assert starts.date() == ends.date()
        assert window.capacity == matching[0].capacity
        assert window.cutoff_at == window.starts_at - matching[0].cutoff > now
        assert window.starts_at.tzinfo is UTC
        assert starts.date() not in closures
        assert starts.date() not in free
        assert today <= starts.date() < today + timedelta(days=days)
        assert not_after is None or window.ends_at <= not_after
    assert all(a.starts_at < b.starts_at for a, b in pairwise(found))


@given(weeks(), places, moments)
def test_no_window_is_left_out(week, place, now):
    country, region, zone = place
    today = now.astimezone(ZoneInfo(zone)).date()
    wanted = set()
    for day in (today + timedelta(days=n) for n in range(7)):
        if day in public_holidays(country, region, day.year):
            continue
        for rule in week:
            starts = datetime.combine(day, rule.starts, ZoneInfo(zone))
            real = starts.astimezone(UTC).astimezone(ZoneInfo(zone)).time() == rule.starts
            ends = datetime.combine(day, rule.ends, ZoneInfo(zone))
            real &= ends.astimezone(UTC).astimezone(ZoneInfo(zone)).time() == rule.ends
            if (
                rule.weekday == day.isoweekday()
                and real
                and starts.astimezone(UTC) - rule.cutoff > now
            ):
                wanted.add(starts.astimezone(UTC))
    assert {w.starts_at for w in offered(week, place, now)} == wanted


@pytest.mark.parametrize(
    ("place", "day", "hours"),
    [
        (BERLIN, date(2026, 3, 29), 23),
        (BERLIN, date(2026, 10, 25), 25),
        (ANGELES, date(2026, 3, 8), 23),
        (ANGELES, date(2026, 11, 1), 25),
    ],
)
def test_windows_stand_on_local_clocks_when_these_change(place, day, hours):
    zone = ZoneInfo(place[2])
    week = [a_rule(7, n, n + 1) for n in range(23)] + [a_rule(6, 16, 20)]
    now = datetime.combine(day - timedelta(days=2), time(12), zone).astimezone(UTC)
    found = [w for w in offered(week, place, now) if w.starts_at.astimezone(zone).date() == day]
    shown = [w.starts_at.astimezone(zone).hour for w in found]
    lengths = sum((w.ends_at - w.starts_at for w in found), timedelta())
    # In spring 1–2 ends, and 2–3 begins, in an hour that the clocks skip.
    assert shown == [n for n in range(23) if hours == 25 or n not in {1, 2}]
    assert lengths == (timedelta(hours=21) if hours == 23 else timedelta(hours=25))
    eight = next(w for w in found if w.starts_at.astimezone(zone).hour == 8)
    assert eight.starts_at - eight.cutoff_at == 2 * HOUR
    assert eight.ends_at - eight.starts_at == HOUR


def test_a_window_across_the_skipped_hour_is_shorter():
    now = datetime(2026, 3, 27, tzinfo=UTC)
    (window,) = offered([a_rule(7, 1, 6)], BERLIN, now)
    assert window.ends_at - window.starts_at == 4 * HOUR


def test_nothing_on_holidays_of_the_region_only():
    now = datetime(2026, 3, 6, 8, tzinfo=UTC)  # Women's Day is a Sunday, in Berlin only
    week = [a_rule(n) for n in range(1, 8)]
    assert date(2026, 3, 8) not in {w.starts_at.date() for w in offered(week, BERLIN, now)}
    bavaria = ("DE", "DE-BY", "Europe/Berlin")
    assert date(2026, 3, 8) in {w.starts_at.date() for w in offered(week, bavaria, now)}


def test_an_unknown_country_has_no_holidays_and_an_unknown_region_its_countrys():
    assert public_holidays("XX", None, 2026) == frozenset()
    assert public_holidays("", "", 2026) == frozenset()
    assert date(2026, 12, 25) in public_holidays("de", "Narnia", 2026)
    assert date(2026, 3, 8) in public_holidays("de", "DE-BE", 2026)


@given(
    moments,
    st.timedeltas(timedelta(), timedelta(days=3)),
    st.timedeltas(timedelta(minutes=1), timedelta(days=14)),
    st.none() | st.timedeltas(timedelta(), timedelta(days=20)),
)
def test_a_pickup_is_never_promised_early_nor_kept_beyond_the_return(
    now, ready_in, keeps_for, margin
):
    not_after = None if margin is None else now + margin
    always = Opening("UTC", keeps_holidays=False)
    stay = rules.stay(ready_in, keeps_for, now, not_after, always, always)
    if stay is None:
        assert not_after is not None
        assert not_after - now - ready_in < keeps_for + timedelta(minutes=15)
        return
    starts_at, ends_at = stay
    assert timedelta() <= starts_at - now - ready_in < timedelta(minutes=15)
    assert (starts_at.minute % 15, starts_at.second, starts_at.microsecond) == (0, 0, 0)
    assert ends_at <= starts_at + keeps_for
    assert ends_at - starts_at >= min(rules.FETCH, keeps_for)
    assert not_after is None or ends_at <= not_after


@given(
    change=st.sampled_from(sorted(changes())).flatmap(
        lambda zone: st.tuples(st.just(zone), st.sampled_from(changes()[zone]))
    ),
    minutes=st.integers(-3000, 3000),
    ready_in=st.timedeltas(timedelta(), timedelta(days=2)),
    closed=st.sets(st.integers(-2, 6), max_size=4),
    opens=st.integers(0, 23),
    lasts=st.integers(2, 23),
)
def test_a_pickup_begins_and_ends_while_it_is_open_and_its_depot_had_time_to_bring_it(
    change, minutes, ready_in, closed, opens, lasts
):
    zone, at = change
    now = at + timedelta(minutes=minutes)
    today = now.astimezone(ZoneInfo(zone)).date()
    days = frozenset(today + timedelta(days=n) for n in closed)
    hours = [(day, time(opens), time((opens + lasts) % 24)) for day in range(1, 8)]
    point = Opening(zone, hours, days, "US", "CA")
    depot = point._replace(hours=[(day, time(9), time(17)) for day in range(1, 6)])
    stay = rules.stay(ready_in, timedelta(days=5), now, None, depot, point)
    if stay is None:  # it is closed for nearly as long as it would keep the parcel
        assert len(days) > 1
        return
    starts_at, ends_at = stay
    assert is_open(point, starts_at)
    assert is_open(point, ends_at - timedelta(seconds=1))
    worked = open_times(depot, now, starts_at)
    assert ready_in == timedelta() or worked
    assert starts_at >= (worked[0][0] if worked else now) + ready_in


def test_what_is_chosen_on_a_holiday_is_ready_when_the_depot_had_time_for_it():
    day = datetime(2026, 11, 26, 10, tzinfo=ZoneInfo("America/Los_Angeles"))  # Thanksgiving
    depot = Opening(
        "America/Los_Angeles", [(n, time(9), time(17)) for n in range(1, 7)], country="US"
    )
    for hours, ready in (
        ("Daily 8–20", day + timedelta(hours=27)),  # four hours after it opens on Friday
        ("24/7", day + timedelta(hours=27)),
        ("Sat 10-14", day + timedelta(days=2)),
        ("ask inside", day + timedelta(hours=27)),
    ):
        point = opening.of_place(hours, depot)
        stay = rules.stay(4 * HOUR, timedelta(days=9), day.astimezone(UTC), None, depot, point)
        assert stay is not None
        assert stay[0] == ready, hours
    working = depot._replace(keeps_holidays=False)
    point = opening.of_place("Daily 8–20", working)
    stay = rules.stay(4 * HOUR, 30 * HOUR, day, None, working, point)
    assert stay is not None
    assert stay[0] == day + 4 * HOUR
    week = [a_rule(n) for n in range(1, 8)]
    assert day.date() in {w.starts_at.date() for w in rules.windows(week, working, day - 9 * HOUR)}


choices = st.lists(
    st.builds(
        lambda n, id_: TimeWindow(
            id_,
            datetime(2026, 6, 1, tzinfo=UTC) + n * HOUR,
            datetime(2026, 6, 2, tzinfo=UTC) + n * HOUR,
        ),
        st.integers(0, 200),
        st.integers(1, 10**6),
    ),
    unique_by=lambda s: s.id,
    max_size=60,
)


@given(choices)
def test_a_few_are_shown_spread_over_days(found):
    shown = rules.a_few(found, "Europe/Berlin")
    days = {s.starts_at.astimezone(ZoneInfo("Europe/Berlin")).date() for s in found}
    shown_days = {s.starts_at.astimezone(ZoneInfo("Europe/Berlin")).date() for s in shown}
    assert len(shown) == len(set(shown)) <= rules.SHOWN
    assert set(shown) <= set(found)
    assert len(shown_days) >= min(len(days), rules.SHOWN_DAYS)
    assert shown == sorted(shown, key=lambda s: (s.starts_at, s.id))
    if len(found) <= 4:
        assert len(shown) == len(found)


@given(choices, st.none() | moments, moments)
def test_the_default_rather_leaves_time_to_be_confirmed(found, not_after, certain):
    chosen = rules.default_choice(found, not_after, certain)
    fitting = [s for s in found if not_after is None or s.ends_at <= not_after]
    sure = [s for s in fitting if s.starts_at >= certain]
    assert chosen == rules.default_choice(sure or fitting, None)


@pytest.mark.parametrize(
    ("now", "certain"),
    [
        ("2036-05-06T03:51", "2036-05-06T11:30"),
        ("2036-05-06T09:00", "2036-05-06T14:00"),
        ("2036-05-06T18:00", "2036-05-06T23:00"),
        ("2036-05-06T20:00", "2036-05-07T11:30"),
    ],
)
def test_what_is_booked_at_night_begins_when_people_had_a_morning_to_confirm_it(now, certain):
    zone = ZoneInfo("America/Los_Angeles")
    at = datetime.fromisoformat(now).replace(tzinfo=zone)
    assert rules.certain_from(at, zone.key) == datetime.fromisoformat(certain).replace(tzinfo=zone)


@given(choices, st.none() | moments)
def test_the_default_is_the_earliest_that_ends_in_time(found, not_after):
    chosen = rules.default_choice(found, not_after)
    fitting = [s for s in found if not_after is None or s.ends_at <= not_after]
    assert (chosen is None) == (not fitting)
    if chosen:
        assert chosen in fitting
        assert all((chosen.starts_at, chosen.id) <= (s.starts_at, s.id) for s in fitting)
        assert chosen == rules.default_choice(reversed(found), not_after)
