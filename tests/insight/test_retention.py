"""What is old and settled is made small; what is open, young or unread stays byte for byte."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import clock
from app.db.connection import connection
from app.insight import figures, figures_store, retention
from app.insight.retention_store import Row
from tests import courier
from tests.inline import advance
from tests.play import Play

DAYS = 30


def bodies() -> list[int]:
    """How long what couriers posted is, in order."""
    rows = connection().execute("SELECT length(body) AS n FROM courier_events ORDER BY id")
    return [row["n"] for row in rows]


def attached() -> int:
    """How many messages have a nicer form than their words."""
    row = (
        connection()
        .execute(
            "SELECT count(*) AS n FROM message_words WHERE html IS NOT NULL OR calendar IS NOT NULL"
        )
        .fetchone()
    )
    return int(row["n"]) if row else 0


def spoken(case_id: int) -> int:
    """How many messages of a case say a street aloud."""
    row = (
        connection()
        .execute(
            """SELECT count(*) AS n FROM messages JOIN message_words ON message_id = id
                WHERE spoken IS NOT NULL AND case_id = %s""",
            [case_id],
        )
        .fetchone()
    )
    return int(row["n"]) if row else 0


def words() -> list[str]:
    rows = connection().execute("SELECT text FROM message_words ORDER BY message_id").fetchall()
    return [row["text"] for row in rows]


@pytest.fixture
def play(play: Play, monkeypatch: pytest.MonkeyPatch) -> Play:
    """A world in which two rows are a batch."""
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    return play


def test_bodies_go_when_their_case_is_over_and_old(play: Play) -> None:
    case_id = play.courier(parcel="A", email="kim@example.com")
    play.acknowledge(case_id)
    play.choose(case_id)
    play.courier("delivered", parcel="A")
    advance(days=DAYS - 1)
    before, written, story = bodies(), words(), play.timeline(case_id)
    shown = figures.read(
        connection(), figures_store.Whose(), clock.now() - timedelta(days=90), clock.now()
    )
    assert attached()
    connection().execute("UPDATE message_words SET spoken = 'Elm St' WHERE message_id = 1")
    retention.make_room(DAYS)
    assert bodies() == before
    assert attached()
    assert spoken(case_id)

    advance(days=6)  # its last message was a reminder to rate
    play.courier(parcel="B")
    retention.make_room(0)
    assert bodies()[:2] == before
    retention.make_room(DAYS)
    assert [bool(length) for length in bodies()] == [False, False, True]
    assert attached() == spoken(case_id) == 0
    assert words()[: len(written)] == written
    assert play.timeline(case_id) == story
    began = clock.now() - timedelta(days=6)
    assert (
        figures.read(connection(), figures_store.Whose(), clock.now() - timedelta(days=90), began)
        == shown
    )


def test_one_that_comes_again_after_its_body_went_is_still_a_duplicate(play: Play) -> None:
    raw = courier.said("failed", "A")
    taken = play.hear(raw)
    play.courier("delivered", parcel="A")
    connection().execute("UPDATE courier_events SET received_at = received_at - interval '40 days'")
    retention.make_room(DAYS)
    assert bodies() == [0, 0]
    again = play.hear(raw)
    assert (again.outcome, again.event_id) == ("duplicate", taken.event_id)


def test_an_open_case_keeps_its_own_and_in_the_end_holds_up_nobody(play: Play) -> None:
    for parcel in "AB":
        play.courier(parcel=parcel)
    play.courier("delivered", parcel="B")
    play.courier(parcel="C")
    connection().execute("UPDATE courier_events SET outcome = 'quarantined' WHERE id = 3")

    def age(days: int) -> None:
        connection().execute(
            "UPDATE courier_events SET received_at = %s - %s * interval '1 day'",
            [clock.now(), days],
        )
        retention.make_room(DAYS)

    age(DAYS + 1)
    assert all(bodies())  # the first of them is of an open case
    age(DAYS + 61)
    assert [bool(length) for length in bodies()] == [True, False, True, True]


NOW = datetime(2026, 5, 6, tzinfo=UTC)
ROWS = st.lists(st.tuples(st.integers(0, 120), st.booleans()), max_size=30).map(
    lambda drawn: [
        Row(n, NOW - timedelta(days=age), settled)
        for n, (age, settled) in enumerate(sorted(drawn, reverse=True))
    ]
)


@given(ROWS)
def test_whatever_is_passed_by_is_old_and_what_is_not_settled_very_old(rows: list[Row]) -> None:
    month, quarter = NOW - timedelta(days=30), NOW - timedelta(days=90)
    passed = retention.passable(rows, month, quarter)
    assert passed == rows[: len(passed)]
    assert all(row.at < (month if row.settled else quarter) for row in passed)
    for row in rows[len(passed) : len(passed) + 1]:
        assert row.at >= (month if row.settled else quarter)
