"""Who is on duty is called, nobody on duty is no delay, and whoever asks beforehand hears the same.

The world's clock stands at nine in the morning of a Tuesday.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

import psycopg
import pytest
from click.testing import CliRunner
from psycopg.types.json import Jsonb

from app import clock
from app.cases import service as cases
from app.cli import main
from app.db.connection import connection, transaction
from app.directory import service as directory
from app.dispatch import service, story
from app.dispatch.oncall import service as oncall
from app.errors import Problem
from app.theme.times import When
from tests.dispatch.rotas import ZONE, a_level, a_rota
from tests.inline import advance, settle
from tests.play import Play

ANA, BEN, CLEO, CLEO_MAIL = "+17145554101", "+17145554102", "+17145554103", "cleo@example.com"


def called(play: Play, case_id: int) -> list[str]:
    return [recipient for _, recipient in play.told(case_id, "dispatcher")]


def said(play: Play, case_id: int) -> list[str]:
    lines = story.story(cases.timeline(connection(), case_id), When(ZONE, clock.now()))
    return [line.text for line in lines]


@pytest.fixture
def depot(play: Play) -> int:
    return play.world.depot_id


def test_who_is_on_duty_is_called_and_after_the_hand_over_the_next(play: Play, depot: int):
    people = play.world.people
    rota = a_rota(depot, [(time(0), time(0), [people["Ana"], people["Ben"]])])
    a_level(depot, 1, rota_id=rota)
    assert called(play, play.courier()) == [BEN]
    advance(minutes=31)
    assert called(play, play.courier(parcel="P2")) == [ANA]


def test_on_a_holiday_whoever_is_called_at_all_hours_is_and_it_says_which_day_that_is(
    play: Play, depot: int
):
    memorial_day = datetime(2036, 5, 26, 18, tzinfo=UTC)
    advance(seconds=(memorial_day - clock.now()).total_seconds())
    assert called(play, play.courier()) == [ANA]
    answer = oncall.would_call(connection(), "anaheim", clock.now())
    assert answer.closed == "Memorial Day"
    assert [person.name for person, _ in answer.calls[0].people] == ["Ana"]
    with_hours = oncall.would_call(connection(), "anaheim", clock.now() + timedelta(days=1))
    assert with_hours.closed is None
    a_level(depot, 1, person_id=play.world.people["Ana"], called="open")
    later = play.courier(parcel="P2")
    assert called(play, later) == [BEN]
    assert "Level 1 was passed over: the depot is closed." in said(play, later)


def test_nobody_on_duty_is_the_next_level_at_once_and_the_timeline_says_so(play: Play, depot: int):
    rota = a_rota(depot, [(time(20), time(6), [play.world.people["Ana"]])], "Nights")
    a_level(depot, 1, rota_id=rota)
    case_id = play.courier()
    assert called(play, case_id) == [BEN]
    assert "Level 1 (Nights) was passed over: nobody is on duty." in said(play, case_id)
    assert "level_passed_over" in play.timeline(case_id)


def test_everyone_is_called_together(play: Play, depot: int):
    rota = a_rota(depot, [(time(20), time(6), [play.world.people["Ana"]])], "Nights")
    a_level(depot, 1, rota_id=rota)
    a_level(depot, 2, everyone=True)
    assert sorted(called(play, play.courier())) == [ANA, CLEO, CLEO_MAIL]


def test_a_level_is_tried_by_its_channels_in_order_and_passing_on_skips_the_rest(
    play: Play, depot: int
):
    ways = [
        {"channel": "sms", "wait": 120, "tries": 2},
        {"channel": "email", "wait": 60, "tries": 1},
    ]
    a_level(depot, 1, person_id=play.world.people["Ana"], ways=Jsonb(ways))
    case_id = play.courier()
    assert called(play, case_id) == [ANA]
    advance(minutes=2)
    assert called(play, case_id) == [ANA, ANA]
    advance(minutes=2)
    assert called(play, case_id) == [ANA, ANA, "ana@example.com"]
    advance(minutes=1)
    assert called(play, case_id) == [ANA, ANA, "ana@example.com", BEN]
    other = play.courier(parcel="P2")
    advance(minutes=1)
    service.pass_on(play.task(other).id, "Ana", clock.now())
    advance(minutes=4)  # Ben was called a moment ago
    assert called(play, other)[:2] == [ANA, BEN]


def test_out_of_hours_the_levels_for_it_are_called(play: Play, depot: int):
    a_level(depot, 1, person_id=play.world.people["Ana"], called="open")
    a_level(depot, 2, person_id=play.world.people["Ben"], called="closed")
    with transaction() as conn:
        conn.execute(
            "INSERT INTO depot_hours SELECT %s, n, '18:00', '02:00' FROM generate_series(1, 7) n",
            [depot],
        )
    case_id = play.courier()
    assert called(play, case_id) == [BEN]
    assert "Level 1 was passed over: the depot is closed." in said(play, case_id)
    advance(hours=15, minutes=30)  # half past midnight: it opened yesterday
    night = play.courier(parcel="P2")
    assert called(play, night) == [ANA]
    assert not [line for line in said(play, night) if "passed over" in line]
    closed = clock.now() - timedelta(days=1)
    with transaction() as conn:
        conn.execute(
            "INSERT INTO depot_closures VALUES (%s, (%s AT TIME ZONE %s)::date, 'Stocktaking')",
            [depot, closed, ZONE],
        )
    assert called(play, play.courier(parcel="P3")) == [BEN]


def test_what_was_said_beforehand_is_what_happens(play: Play, depot: int):
    people = play.world.people
    # The level changes hands while it is tried, and by then nobody is on duty at the next one.
    early = a_rota(
        depot, [(time(0), time(9, 4), [people["Ana"]]), (time(9, 4), time(0), [people["Ben"]])]
    )
    late = a_rota(depot, [(time(0), time(9, 6), [people["Ana"]])], "Mornings")
    ways = [{"channel": "sms", "wait": 150, "tries": 3}]
    a_level(depot, 1, rota_id=early, ways=Jsonb(ways))
    a_level(depot, 2, rota_id=late)
    a_level(depot, 3, everyone=True, minutes=7)
    at = clock.now()
    answer = oncall.would_call(connection(), "anaheim", at)
    foreseen = [
        (call.at, route.recipient)
        for call in answer.calls
        for _, ways in call.people
        for route, *_ in ways
    ]
    assert all(a.at < b.at for a, b in pairwise(answer.calls))
    case_id = play.courier()
    for number, call in enumerate(answer.calls, 1):
        behind = timedelta(seconds=number)  # each call is a moment late, and the next one after it
        clock.advance(max(call.at - clock.now(), timedelta()) + behind)
        settle()
    happened = [
        (message["created_at"], message["recipient"])
        for message in play.messages(case_id, audience="dispatcher")
    ]
    assert [who for _, who in happened] == [who for _, who in foreseen]
    for (was, _), (will, _) in zip(happened, foreseen, strict=True):
        assert abs(was - will) < timedelta(seconds=60)


def test_the_last_level_cannot_be_empty(play: Play, depot: int):
    """Neither the code nor the trigger `refuse_empty_last_level` lets it."""
    cleo, ana = play.world.people["Cleo"], play.world.people["Ana"]
    with pytest.raises(Problem, match="last level"), transaction() as conn:
        directory.remove_person(conn, cleo, clock.now())
    with pytest.raises(psycopg.errors.CheckViolation), transaction() as conn:
        conn.execute("UPDATE people SET removed_at = now() WHERE id = %s", [cleo])
    with transaction() as conn:
        directory.remove_person(conn, ana, clock.now())
    with pytest.raises(psycopg.errors.CheckViolation), transaction() as conn:
        conn.execute("UPDATE depots SET catch_all_id = %s WHERE id = %s", [ana, depot])


def test_who_leaves_is_out_of_every_rota(play: Play, depot: int):
    ana = play.world.people["Ana"]
    a_level(depot, 1, rota_id=a_rota(depot, [(time(0), time(0), [ana])]))
    with transaction() as conn:
        directory.remove_person(conn, ana, clock.now())
    assert called(play, play.courier()) == [BEN]


def test_the_command_says_who_would_be_called(play: Play, depot: int, monkeypatch):
    people = play.world.people
    a_level(depot, 1, rota_id=a_rota(depot, [(time(20), time(6), [people["Ana"]])], "Nights"))
    monkeypatch.setattr("app.cli.environment.attach", lambda: None)
    run = CliRunner().invoke(main, ["oncall", "anaheim", "--at", "2036-05-07T03:00"])
    lines = run.output.splitlines()
    assert lines[0] == f"Anaheim depot, Wed 7 May, 03:00 ({ZONE}, UTC-07:00): the depot is open"
    assert lines[1].split() == ["03:00", "level", "1", "(Nights)", "Ana", "sms", ANA]
    assert lines[2].split()[:2] == ["03:05", "level"]
    run = CliRunner().invoke(main, ["oncall", "anaheim"])
    assert "Level 1 (Nights) was passed over: nobody is on duty." in run.output
    assert "email cleo@example.com" in run.output
    run = CliRunner().invoke(main, ["oncall", "nowhere"])
    assert (run.exit_code, "no depot 'nowhere'" in run.output) == (1, True)


def test_in_nights_in_which_the_clocks_change_the_command_says_which_hour_it_means(
    play: Play, depot: int, monkeypatch
):
    monkeypatch.setattr("app.cli.environment.attach", lambda: None)

    def asked(at: str) -> tuple[int, str]:
        run = CliRunner().invoke(main, ["oncall", "anaheim", "--at", at])
        return run.exit_code, run.output

    code, said = asked("2036-03-09T02:30")
    assert code == 1
    assert f"There is no 02:30 on 9 March 2036 in {ZONE}: the clocks go from 02:00 to 03:00" in said
    code, said = asked("2036-11-02T01:30")
    assert code == 0
    first, second = said.split("The second time:")
    assert f"The clocks of {ZONE} show this time twice." in first
    assert f"01:30 ({ZONE}, UTC-07:00)" in first
    assert "  01:30 -07:00  level 1" in first
    assert f"01:30 ({ZONE}, UTC-08:00)" in second
    code, said = asked("2036-11-02T01:30-08:00")
    assert "twice" not in said
    assert "  01:30 -08:00  level 1" in said
    code, said = asked("2036-11-02T23:55")
    assert "  23:55  level 1" in said
    assert "  Mon 3 Nov, 00:" in said
    assert asked("tonight")[0] == 1
