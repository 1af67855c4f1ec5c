"""Who is on duty: one person at a time, in every night of every zone, where shifts tile the day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from app.directory.rotas import rules
from app.directory.rotas.clocks import moment, readings
from app.directory.rotas.model import Handover, Opening, Override, Rota, Shift, Span, Swap, Why
from app.directory.rotas.opening import first_open, is_open, last_open, open_times, why_closed
from tests.directory.nights import changes

ANA, BEN, CLEO = 1, 2, 3
BERLIN = "Europe/Berlin"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
EVERY_DAY = frozenset(range(1, 8))
WEEKLY = Handover(date(2026, 1, 5), time(9), 7)
SPRING = datetime(2026, 3, 29, 1, tzinfo=UTC)  # 02:00 becomes 03:00 in Berlin
AUTUMN = datetime(2026, 10, 25, 1, tzinfo=UTC)  # 03:00 becomes 02:00


def tiles(cuts: list[time], people: tuple[int, ...], since: int = 1) -> list[Shift]:
    """Shifts that follow upon each other all around the clock."""
    rings = [*pairwise(cuts), (cuts[-1], cuts[0])]
    return [Shift(n, EVERY_DAY, a, b, people) for n, (a, b) in enumerate(rings, since)]


def a_rota(shifts: list[Shift], zone: str = BERLIN, handover: Handover = WEEKLY, **more) -> Rota:
    return Rota(1, "nights", "Nights", zone, handover, shifts, **more)


def berlin(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=ZoneInfo(BERLIN)).astimezone(UTC)


def exactly_once(spans: list[Span], since: datetime, until: datetime) -> None:
    """Each moment between the two belongs to one span, and none is empty."""
    assert all(one.starts_at < one.ends_at for one in spans)
    assert spans[0].starts_at <= since
    assert spans[-1].ends_at >= until
    for one, following in pairwise(spans):
        assert one.ends_at == following.starts_at


def shown(at: datetime, zone: str, since: datetime) -> datetime:
    """The latest time that the clocks showed up to this moment: what is cut there has begun."""
    clocks = ZoneInfo(zone)
    step, seen = timedelta(minutes=5), since.astimezone(clocks).replace(tzinfo=None)
    while since <= at:
        seen = max(seen, since.astimezone(clocks).replace(tzinfo=None))
        since += step
    return max(seen, at.astimezone(clocks).replace(tzinfo=None))


def test_no_night_of_any_zone_skips_or_doubles_a_shift():
    cuts = [time(0), time(0, 30), time(2), time(2, 20), time(2, 40)]
    nights = 0
    for zone, moments in changes().items():
        rota = a_rota(
            tiles(cuts, (ANA, BEN, CLEO)), zone, Handover(date(2020, 1, 1), time(2, 30), 1)
        )
        for at in moments:
            exactly_once(rules.final(rota, at - HOUR, at + HOUR), at - HOUR, at + HOUR)
            assert len(rules.on_duty(rota, at)) == 1
            nights += 1
    assert nights > 1500


@st.composite
def nights(draw):
    """A change of the clocks in some zone."""
    zone = draw(st.sampled_from(sorted(changes())))
    return zone, draw(st.sampled_from(changes()[zone]))


TIMES = st.builds(time, st.integers(0, 23), st.sampled_from((0, 10, 20, 30, 45)))
PEOPLE = st.lists(st.sampled_from((ANA, BEN, CLEO)), min_size=1, max_size=4).map(tuple)


@settings(max_examples=100)
@given(data=st.data(), night=nights(), cuts=st.lists(TIMES, min_size=2, max_size=6, unique=True))
def test_with_turns_swaps_and_overrides_each_moment_has_one_person(data, night, cuts):
    zone, change = night
    people = data.draw(PEOPLE)
    handover = Handover(
        date(2015, 1, 1) + data.draw(st.integers(0, 20)) * DAY,
        data.draw(TIMES),
        data.draw(st.sampled_from((1, 2, 7, 14))),
    )
    shifts = tiles(sorted(cuts), people)
    here = change.astimezone(ZoneInfo(zone)).date()
    swaps = [
        Swap(
            data.draw(st.sampled_from(shifts)).id, here + data.draw(st.integers(-1, 1)) * DAY, a, b
        )
        for a, b in data.draw(st.lists(st.sampled_from(((ANA, BEN), (BEN, CLEO))), max_size=3))
    ]
    near = st.integers(-24 * 60, 24 * 60).map(
        lambda minutes: change + minutes * timedelta(minutes=1)
    )
    overrides = [
        Override(number, min(ends), max(ends), data.draw(st.sampled_from((ANA, BEN, CLEO))), of)
        for number, (ends, of) in enumerate(
            data.draw(
                st.lists(
                    st.tuples(
                        st.lists(near, min_size=2, max_size=2, unique=True),
                        st.sampled_from((None, ANA, BEN)),
                    ),
                    max_size=3,
                )
            )
        )
    ]
    rota = a_rota(shifts, zone, handover, swaps=swaps, overrides=overrides)
    since, until = change - DAY, change + DAY
    exactly_once(rules.final(rota, since, until), since, until)
    at = data.draw(near)
    assert rules.on_duty(rota, at) == [expected(rota, at, zone)]


def expected(rota: Rota, at: datetime, zone: str) -> int | None:
    """The same by looking at the clock on the wall."""
    last = [o for o in rota.overrides if o.starts_at <= at < o.ends_at]
    wall = shown(at, zone, at - 2 * DAY)
    (found,) = [
        (shift, day)
        for shift in rota.shifts
        for day in (wall.date(), wall.date() - DAY)
        if begins_before(shift, day) <= wall < ends(shift, day)
    ]
    passed = datetime.combine(rota.handover.first, rota.handover.at)
    turn = (wall - passed) // (rota.handover.days * DAY)
    person: int | None = found[0].people[turn % len(found[0].people)]
    swapped = {(s.shift_id, s.day, s.of): s.to for s in rota.swaps}
    person = swapped.get((found[0].id, found[1], person or 0), person)
    for override in last:
        if override.of in {None, person}:
            person = override.person
    return person


def begins_before(shift: Shift, day: date) -> datetime:
    return datetime.combine(day, shift.starts)


def ends(shift: Shift, day: date) -> datetime:
    return datetime.combine(day if shift.ends > shift.starts else day + DAY, shift.ends)


@given(night=nights(), offsets=st.lists(st.integers(-48 * 60, 48 * 60), min_size=2, max_size=8))
def test_a_later_local_time_is_never_an_earlier_moment(night, offsets):
    zone, change = night
    here = change.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    walls = sorted(here + timedelta(minutes=minutes) for minutes in offsets)
    moments = [moment(wall, zone) for wall in walls]
    assert moments == sorted(moments)
    for wall, at in zip(walls, moments, strict=True):
        assert at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) >= wall


def test_a_night_shift_is_as_long_as_the_night_was():
    rota = a_rota([Shift(1, EVERY_DAY, time(23), time(6), (ANA,))])
    lengths = {
        day: next(
            one.ends_at - one.starts_at
            for one in rules.final(rota, berlin(*day, 22), berlin(*day, 23, 30))
            if one.starts_at == berlin(*day, 23)
        )
        for day in ((2026, 3, 28), (2026, 10, 24), (2026, 6, 1))
    }
    assert list(lengths.values()) == [6 * HOUR, 8 * HOUR, 7 * HOUR]


def test_turns_pass_on_at_the_hand_over_whatever_the_clocks_do():
    rota = a_rota([Shift(1, EVERY_DAY, time(0), time(0), (ANA, BEN))])
    monday = berlin(2026, 3, 30, 9)  # the day after the clocks went forward
    assert rules.on_duty(rota, monday - timedelta(seconds=1)) == [BEN]
    assert rules.on_duty(rota, monday) == [ANA]
    assert rules.on_duty(rota, monday + 7 * DAY) == [BEN]


def test_the_end_of_a_shift_is_the_next_one_s_beginning():
    rota = a_rota(tiles([time(6), time(14), time(22)], (ANA,)))
    assert rules.on_duty(rota, berlin(2026, 6, 1, 14)) == [ANA]
    assert len(rules.final(rota, berlin(2026, 6, 1, 14), berlin(2026, 6, 1, 22))) == 1


def test_an_override_of_a_part_keeps_the_rest_of_the_shift():
    rota = a_rota(
        [Shift(1, EVERY_DAY, time(8), time(16), (ANA,))],
        overrides=[Override(1, berlin(2026, 6, 1, 10), berlin(2026, 6, 1, 12), BEN, ANA)],
    )
    found = rules.final(rota, berlin(2026, 6, 1, 7), berlin(2026, 6, 1, 17))
    assert [(s.starts_at, s.ends_at, s.person) for s in found] == [
        (berlin(2026, 6, 1, 8), berlin(2026, 6, 1, 10), ANA),
        (berlin(2026, 6, 1, 10), berlin(2026, 6, 1, 12), BEN),
        (berlin(2026, 6, 1, 12), berlin(2026, 6, 1, 16), ANA),
    ]


def test_who_takes_a_time_has_all_of_it_also_where_nobody_was():
    rota = a_rota(
        [Shift(1, EVERY_DAY, time(8), time(16), (ANA,))],
        overrides=[Override(1, berlin(2026, 6, 1, 15), berlin(2026, 6, 1, 20), CLEO)],
    )
    assert rules.on_duty(rota, berlin(2026, 6, 1, 15, 30)) == [CLEO]
    assert rules.on_duty(rota, berlin(2026, 6, 1, 19)) == [CLEO]


def test_whoever_is_away_leaves_a_hole_and_the_later_word_counts():
    away = Override(1, berlin(2026, 6, 1, 0), berlin(2026, 6, 3, 0), None, ANA)
    shifts = [Shift(1, EVERY_DAY, time(8), time(16), (ANA,))]
    since, until = berlin(2026, 6, 1, 0), berlin(2026, 6, 3, 0)
    rota = a_rota(shifts, overrides=[away])
    wanted = list(rules.shift_times(rota, since, until))
    holes = rules.uncovered(wanted, rules.final(rota, since, until))
    assert holes == [(berlin(2026, 6, day, 8), berlin(2026, 6, day, 16)) for day in (1, 2)]
    stands_in = Override(2, berlin(2026, 6, 1, 8), berlin(2026, 6, 1, 12), BEN)
    rota = a_rota(shifts, overrides=[stands_in, away])
    holes = rules.uncovered(wanted, rules.final(rota, since, until))
    assert holes[0] == (berlin(2026, 6, 1, 12), berlin(2026, 6, 1, 16))


def test_a_swap_follows_its_shift_when_its_hours_change_and_the_clocks_do():
    sunday = date(2026, 3, 29)
    swaps = [Swap(1, sunday - DAY, ANA, BEN), Swap(1, sunday, ANA, CLEO)]
    for starts in (time(20), time(22), time(23, 30)):
        rota = a_rota([Shift(1, EVERY_DAY, starts, time(7), (ANA,))], swaps=swaps)
        assert rules.on_duty(rota, SPRING) == [BEN]
        assert rules.on_duty(rota, SPRING + DAY) == [CLEO]
        assert rules.on_duty(rota, SPRING - DAY) == [ANA]
        found = rules.final(rota, SPRING, SPRING + HOUR)
        assert [one.why for one in found] == [Why.SWAP]


@given(nights(), st.integers(-240, 240))
def test_each_time_that_clocks_show_is_one_moment_or_two_or_none(night, minutes):
    zone, change = night
    wall = (change + timedelta(minutes=minutes)).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    found = readings(wall, zone)
    assert len(found) in {1, 2}
    assert change + timedelta(minutes=minutes) in found
    assert moment(wall, zone) == found[0]
    skipped = wall + timedelta(minutes=30)
    if not readings(skipped, zone):
        assert readings(moment(skipped, zone).astimezone(ZoneInfo(zone)).replace(tzinfo=None), zone)


def test_two_shifts_at_once_call_both_people_and_one_person_once():
    rota = a_rota(
        [
            Shift(1, EVERY_DAY, time(8), time(16), (ANA,)),
            Shift(2, EVERY_DAY, time(12), time(20), (BEN,)),
            Shift(3, EVERY_DAY, time(12), time(13), (ANA,)),
        ]
    )
    assert rules.on_duty(rota, berlin(2026, 6, 1, 12, 30)) == [ANA, BEN]


def test_a_shift_has_its_weekdays_and_its_first_and_last_day():
    shift = Shift(1, frozenset({1}), time(8), time(16), (ANA,), date(2026, 6, 2), date(2026, 6, 15))
    rota = a_rota([shift])
    on = [day for day in range(1, 29) if rules.on_duty(rota, berlin(2026, 6, day, 12))]
    assert on == [8, 15]


HOURS = [(weekday, time(18), time(2)) for weekday in range(1, 8)]


def test_a_depot_is_open_past_midnight_and_a_closed_day_begins_nothing():
    opening = Opening(BERLIN, HOURS, frozenset({date(2026, 6, 2)}), "DE", "BE")
    assert is_open(opening, berlin(2026, 6, 2, 1, 59))
    assert not is_open(opening, berlin(2026, 6, 2, 2))
    assert not is_open(opening, berlin(2026, 6, 2, 20))
    assert not is_open(opening, berlin(2026, 6, 3, 1))
    assert is_open(opening, berlin(2026, 6, 3, 18))


def test_public_holidays_are_closed_days_unless_the_depot_works_on_them():
    christmas = berlin(2026, 12, 25, 20)
    assert not is_open(Opening(BERLIN, HOURS, country="DE", region="BE"), christmas)
    assert is_open(Opening(BERLIN, HOURS, country="DE", keeps_holidays=False), christmas)
    assert not is_open(Opening(BERLIN, country="DE"), christmas)  # also where it names no hours
    assert is_open(Opening(BERLIN, country="DE"), christmas + 2 * DAY)
    assert is_open(Opening(BERLIN, country="DE", keeps_holidays=False), christmas)


def test_why_it_is_closed_has_the_holidays_name():
    thanksgiving = datetime(2026, 11, 26, 20, tzinfo=UTC)
    anaheim = Opening("America/Los_Angeles", country="US", region="CA")
    assert not is_open(anaheim, thanksgiving)
    assert why_closed(anaheim, thanksgiving) == "Thanksgiving Day"
    assert why_closed(anaheim._replace(keeps_holidays=False), thanksgiving) == ""
    assert why_closed(anaheim, thanksgiving + 5 * DAY) == ""
    stocktaking = anaheim._replace(closed=frozenset({date(2026, 11, 26)}))
    assert why_closed(stocktaking, thanksgiving) == "a closed day"


@given(night=nights(), hours=st.lists(st.tuples(TIMES, TIMES), min_size=1, max_size=3))
def test_opening_times_are_in_order_and_agree_with_each_moment(night, hours):
    zone, change = night
    opening = Opening(zone, [(day, a, b) for day in range(1, 8) for a, b in hours], country="ZZ")
    found = open_times(opening, change - DAY, change + DAY)
    assert all(one[0] < one[1] for one in found)
    assert all(one[1] < following[0] for one, following in pairwise(found))
    for minutes in range(-600, 600, 25):
        at = change + timedelta(minutes=minutes)
        is_now = any(a <= at < b for a, b in found)
        assert is_open(opening, at) is is_now
        assert (first_open(opening, at) == at) is is_now
        assert is_open(opening, first_open(opening, at))
        assert is_open(opening, last_open(opening, at) - timedelta(seconds=1))
