"""What is old and settled is made small; what is open, young or unread stays byte for byte."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import clock
from app.db.connection import connection
from app.forgetting import kinds, retention
from app.forgetting.kinds import KINDS, Row
from app.insight import figures, figures_store
from tests import courier
from tests.inline import advance
from tests.messages import said
from tests.play import Play

DAYS = 30
HOUSE = {"bodies": DAYS, "photos": DAYS}


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
    rows = said("SELECT text, packed FROM message_words ORDER BY message_id")
    return [row["text"] for row in rows]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rows are a batch."""
    monkeypatch.setattr(retention, "AT_ONCE", 2)


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
    retention.make_room(HOUSE)
    assert bodies() == before
    assert attached()
    assert spoken(case_id)

    advance(days=6)  # its last message was a reminder to rate
    play.courier(parcel="B")
    retention.make_room({})
    assert bodies()[:2] == before
    retention.make_room(HOUSE)
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
    retention.make_room(HOUSE)
    assert bodies() == [0, 0]
    again = play.hear(raw)
    assert (again.outcome, again.event_id) == ("duplicate", taken.event_id)


def test_an_open_case_keeps_its_own_and_holds_up_nobody(play: Play) -> None:
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
        retention.make_room(HOUSE)

    age(DAYS + 1)
    assert [bool(length) for length in bodies()] == [True, False, True, True]
    play.courier("delivered", parcel="A")
    advance(hours=7)
    retention.make_room(HOUSE)
    assert [bool(length) for length in bodies()] == [False, False, True, True, True]


NOW = datetime(2026, 5, 6, 11, 30, tzinfo=UTC)
LIMITS = st.fixed_dictionaries({kind: st.sampled_from([0, 1, 7, 30, 365]) for kind in KINDS})
ROW = st.builds(
    lambda hours, free: Row(1, 1, NOW - timedelta(hours=hours), free),
    st.integers(0, 24 * 500),
    st.booleans(),
)


@given(LIMITS, LIMITS.map(lambda drawn: {k: v for k, v in drawn.items() if v != 7}))
def test_nothing_outlives_what_it_tells_of(house: dict[str, int], own: dict[str, int]) -> None:
    days = kinds.within(house, own)
    for kind, other in kinds.WITHIN.items():
        assert not days[other] or 0 < days[kind] <= days[other]
    if not kinds.contradictions(own):
        said = {kind: n for kind, n in own.items() if kind not in kinds.WITHIN}
        assert said.items() <= days.items()


@given(ROW, LIMITS)
def test_a_parcel_goes_only_when_it_is_free_and_old_and_is_looked_at_again(
    row: Row, limits: dict[str, int]
) -> None:
    days = kinds.within(limits, {})
    kind, look = kinds.strongest(row, days, NOW), kinds.next_look(row, days, NOW)
    if kind:
        assert row.free
        assert timedelta(days=days[kind]) <= NOW - row.at
    assert look is None or look > NOW
    finite = [days[one] for one in ("words", "contacts", "person") if days[one]]
    assert (look is None) == (kind == "person" or not finite)
    if look and row.free:  # whatever comes first is not missed
        later = [one for limit in finite if (one := kinds.due(row.at, limit)) > NOW]
        assert look <= min(later, default=look)


@given(ROW, st.sampled_from([0, 1, 30, 365]))
def test_a_copy_goes_in_the_first_night_after_its_days(row: Row, days: int) -> None:
    look = kinds.look_again(row, days, NOW)
    age = NOW - row.at
    assert (look is None) == (not days)
    if look is None:
        return
    if look <= NOW:
        assert row.free
        assert age >= timedelta(days=days)
    else:
        assert not row.free or age < timedelta(days=days + 1)
        assert look <= max(row.at + timedelta(days=days), NOW) + timedelta(days=2)
