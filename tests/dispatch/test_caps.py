"""No telephone rings too often, and the last level's rings all the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.channels import rules
from app.channels.rules import CALLS_AT_MOST
from app.db.connection import connection
from tests.dispatch.house import ANA, CLEO, House
from tests.inline import advance

NOW = datetime(2025, 5, 6, 12, tzinfo=UTC)


@given(st.lists(st.integers(0, 900), max_size=80))
def test_in_no_stretch_of_time_more_calls_than_allowed(pauses: list[int]):
    """Somebody is to be called again and again; what may ring, rings."""
    at, rung = NOW, list[datetime]()
    for pause in pauses:
        at += timedelta(seconds=pause)
        if rules.may_ring(rung, at):
            rung.append(at)
    for span, most in CALLS_AT_MOST:
        for end in rung:
            assert sum(end - span < one <= end for one in rung) <= most


@given(st.lists(st.integers(0, 20_000), max_size=40))
def test_a_telephone_that_was_quiet_for_long_may_ring(ago: list[int]):
    longest = rules.CALLS_LOOK_BACK
    assert rules.may_ring([NOW - longest - timedelta(seconds=one) for one in ago], NOW)
    assert rules.may_ring([], NOW)


def test_the_figures_are_those_of_good_on_call_tools():
    minutes = [(span / timedelta(minutes=1), most) for span, most in CALLS_AT_MOST]
    assert minutes == [(15, 3), (60, 7), (180, 15)]


def rang(house: House) -> list[str]:
    return [call.form["To"] for call in house.phones.placed()]


def test_the_fourth_call_in_a_quarter_of_an_hour_is_held_back_and_goes_on_in_writing(house: House):
    cases = [house.courier(parcel=f"P{n}") for n in range(5)]
    assert rang(house) == [ANA] * 3
    for case_id in cases[3:]:
        assert house.rows(case_id) == [
            ("voice", "suppressed", "called_often"),
            ("sms", "sent", None),
        ]
    assert len(house.texts()) == 2
    advance(minutes=16)
    house.phones.placed()
    late = house.courier(parcel="P9")
    assert house.rows(late)[0] == ("voice", "sent", None)


def test_the_story_says_who_was_not_rung_and_why(house: House):
    for n in range(3):
        house.courier(parcel=f"P{n}")
    case_id = house.courier(parcel="P4")
    ended = connection().execute(
        "SELECT facts FROM timeline WHERE case_id = %s AND kind = 'call_ended'", [case_id]
    )
    assert [row["facts"] for row in ended] == [{"person": "Ana", "why": "called_often"}]


def test_the_last_level_is_never_silenced(house: House):
    connection().execute("UPDATE people SET channels = '{voice,sms}' WHERE name = 'Cleo'")
    connection().execute("UPDATE people SET channels = '{sms}' WHERE name = 'Ana'")
    for n in range(6):
        house.courier(parcel=f"P{n}")
    advance(minutes=16)
    assert rang(house) == [CLEO] * 6


@pytest.mark.parametrize("refused", [(400, {"code": 21217}), (503, {})])
def test_a_call_that_was_refused_counts_no_less_than_one_that_rang(house: House, refused):
    """Whoever counts too little drowns a person; the next way is written."""
    house.exchange.answers = [refused]
    for n in range(4):
        house.courier(parcel=f"P{n}")
    assert len(rang(house)) <= 3
