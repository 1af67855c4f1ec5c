"""Kept figures are those of the rows themselves, whatever happened and whoever counted when.

These are also the tests of the functions in SQL: case_figures_change, figures_change,
mark_figures.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import floor, log
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app import clock
from app.db.connection import connection, transaction
from app.insight import figures, figures_audit_store, figures_model, figures_store, rollups, rules
from app.insight.figures_store import By, Whose
from tasks.clock import Clock
from tests.inline import advance
from tests.insight.counted import Period, counted
from tests.intake.commands import Run, reknock
from tests.play import Play

__all__ = ["reknock"]

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SHIPPERS = (1, 2)
SOME = (
    Whose(depots=[1, 4711]),
    Whose(accounts=[1, 2]),
    Whose(2, depots=[2]),
    Whose(1, accounts=[2]),
    Whose(depots=[1, 2], accounts=[1]),
)

MAKE = (
    """INSERT INTO cases (shipment_id, shipper_id, account_id, depot_id, policy_id, kind, state,
           reason, fault, words, opened_at, updated_at, closed_at, resolution, request_id)
       SELECT (SELECT coalesce(max(id), 0) FROM cases) + 1000 + g.n, 1 + mod(g.n, 2),
              1 + floor(2 * random())::int, 1 + floor(2 * random())::int, 1, 'failed',
              (ARRAY['open', 'informed', 'booked', 'closed'])[1 + floor(4 * random())::int],
              (ARRAY['refused', 'address_not_found'])[1 + floor(2 * random())::int],
              (ARRAY['recipient', 'courier'])[1 + floor(2 * random())::int], '',
              o.at, now(), o.at + random() ^ 3 * interval '9 days', (ARRAY['delivered', 'returned',
              'collected', 'refunded', 'mistake'])[1 + floor(5 * random())::int], 'r'
         FROM (SELECT n, %(now)s - interval '12 days' * random() AS at
                 FROM generate_series(1, 30) AS g(n)) AS o
         JOIN generate_series(1, 30) AS g(n) USING (n)""",
    "UPDATE cases SET resolution = NULL, closed_at = NULL WHERE state <> 'closed'",
    """INSERT INTO messages (case_id, audience, topic, idempotency_key, channel, recipient, state,
           why, due_at, created_at, done_at, request_id)
       SELECT c.id, (ARRAY['customer', 'customer', 'dispatcher'])[1 + floor(3 * random())::int],
              (ARRAY['failure', 'survey', 'news'])[1 + floor(3 * random())::int],
              gen_random_uuid(), 'sms', '+1', (ARRAY['queued', 'sending', 'sent', 'delivered',
              'failed', 'unknown', 'suppressed'])[1 + floor(7 * random())::int],
              (ARRAY['a:b', 'opted_out', NULL])[1 + floor(3 * random())::int], now(), now(),
              CASE WHEN random() < 0.9 THEN c.opened_at + random() ^ 4 * interval '3 days' END, 'r'
         FROM cases c CROSS JOIN generate_series(1, 2) WHERE random() < 0.7""",
    """INSERT INTO dispatch_tasks (case_id, depot_id, account_id, kind, round, state,
           level, acknowledged_at, resolved_at, created_at)
       SELECT c.id, 1, 1, (ARRAY['failure', 'promise', 'recovery', 'question'])[g.n], 90 + g.n,
              (ARRAY['open', 'acknowledged', 'resolved', 'withdrawn'])
                  [1 + floor(4 * random())::int], floor(3 * random())::int,
              CASE WHEN random() < 0.6 THEN c.opened_at + random() ^ 4 * interval '1 day' END,
              now(), c.opened_at
         FROM cases c CROSS JOIN generate_series(1, 4) AS g(n) WHERE random() < 0.4
           ON CONFLICT DO NOTHING""",
    """INSERT INTO bookings (case_id, round, kind, pickup_point_id, starts_at, ends_at, cutoff_at,
           chosen_by, state, missed, sequence, created_at)
       SELECT c.id, 1, k.kind,
              CASE k.kind WHEN 'pickup' THEN (SELECT min(id) FROM pickup_points) END,
              now(), now(), now(),
              (ARRAY['customer', 'policy', 'dispatcher'])[1 + floor(3 * random())::int], k.state,
              CASE k.state WHEN 'broken' THEN (ARRAY['tried', 'not_there', 'not_confirmed',
                  'not_collected', NULL])[1 + floor(5 * random())::int] END, 900 + k.n, now()
         FROM (SELECT c.id, g.n, (ARRAY['pickup', 'pickup', 'return'])
                      [1 + floor(3 * random())::int] AS kind,
                      (ARRAY['changed', 'kept', 'broken', 'dropped', 'refused'])
                      [1 + floor(5 * random())::int] AS state
                 FROM cases c CROSS JOIN generate_series(1, 2) AS g(n) WHERE random() < 0.4) k
         JOIN cases c USING (id) ON CONFLICT DO NOTHING""",
    """INSERT INTO corrections (shipment_id, version, case_id, made_at, made_by, state, before,
           after)
       SELECT id, 1, id, now(), 'Ana', (ARRAY['made', 'asked', 'agreed', 'refused'])
              [1 + floor(4 * random())::int], '{}', '{}'
         FROM cases WHERE random() < 0.2 ON CONFLICT DO NOTHING""",
    """INSERT INTO disputes (case_id, event_id, attempted_at, reason, code, words, came, said,
           said_at, finding, state)
       SELECT id, 1, now(), 'refused', '', '', random() < 0.3, '', now(), 'open',
              (ARRAY['open', 'accepted', 'rejected'])[1 + floor(3 * random())::int]
         FROM cases WHERE random() < 0.3 ON CONFLICT DO NOTHING""",
    """INSERT INTO gestures (shipper_id, case_id, kind, why, state, amount, currency, month,
           customer_keys, decided_at, since)
       SELECT s.id, c.id, (ARRAY['credit', 'voucher', 'refund'])[1 + floor(3 * random())::int],
              (ARRAY['promise', 'rating', 'person'])[1 + floor(3 * random())::int],
              (ARRAY['asked', 'made', 'made', 'refused', 'lapsed'])[1 + floor(5 * random())::int],
              500 * floor(3 * random())::int,
              (ARRAY['USD', 'EUR', ''])[1 + floor(3 * random())::int],
              now(), '{}', c.opened_at + random() ^ 3 * interval '3 days', c.opened_at
         FROM cases c CROSS JOIN (SELECT min(id) AS id FROM shippers) s WHERE random() < 0.3
           ON CONFLICT DO NOTHING""",
    """INSERT INTO promises (case_id, kind, about, due_at, wait_until, made_at, state, settled_at)
       SELECT id, (ARRAY['news', 'answer', 'confirm', 'window', 'ready'])
                  [1 + floor(5 * random())::int], n, opened_at, opened_at, opened_at, state,
              CASE WHEN state <> 'open' THEN now() END
         FROM (SELECT c.id, c.opened_at, g.n, (ARRAY['open', 'kept', 'broken', 'released'])
                      [1 + floor(4 * random())::int] AS state
                 FROM cases c CROSS JOIN generate_series(1, 4) AS g(n) WHERE random() < 0.4) p
        WHERE NOT EXISTS (SELECT FROM open_promises o WHERE o.case_id = p.id AND o.about = p.n)""",
    """INSERT INTO timeline (case_id, at, kind, actor)
       SELECT c.id, now(), (ARRAY['customer_reply', 'contact_elsewhere', 'booked', 'rebooked',
              'note'])[1 + floor(5 * random())::int],
              (ARRAY['customer', 'Ana'])[1 + floor(2 * random())::int]
         FROM cases c CROSS JOIN generate_series(1, 3) WHERE random() < 0.4""",
    """INSERT INTO surveys (case_id, asked_at, score)
       SELECT c.id, now(), nullif(floor(6 * random())::int, 0) FROM cases c WHERE random() < 0.4
           ON CONFLICT DO NOTHING""",
)
CHANGE = (
    """UPDATE cases SET state = 'closed', resolution = 'delivered' WHERE random() < 0.2""",
    """UPDATE cases SET fault = 'weather', reason = 'weather' WHERE random() < 0.1""",
    """UPDATE messages SET state = 'delivered', why = NULL, done_at = %(now)s
        WHERE random() < 0.2""",
    """UPDATE messages SET state = 'queued', done_at = NULL WHERE random() < 0.1""",
    """UPDATE messages SET why = 'opted_out' WHERE random() < 0.1""",
    """UPDATE dispatch_tasks SET state = 'acknowledged',
              acknowledged_at = created_at + interval '1 h' WHERE state = 'open'""",
    """UPDATE dispatch_tasks SET state = 'withdrawn' WHERE random() < 0.1""",
    """UPDATE bookings SET chosen_by = 'customer' WHERE random() < 0.2""",
    """UPDATE bookings SET state = 'kept', missed = NULL WHERE random() < 0.2""",
    """UPDATE corrections SET state = 'agreed' WHERE random() < 0.2""",
    """UPDATE disputes SET state = 'accepted', came = false WHERE random() < 0.2""",
    """UPDATE dispatch_tasks SET level = level + 1 WHERE random() < 0.2""",
    """UPDATE cases SET closed_at = closed_at + interval '1 h' WHERE random() < 0.2""",
    """UPDATE promises SET state = 'broken', settled_at = now() WHERE random() < 0.2""",
    """DELETE FROM promises WHERE random() < 0.05""",
    """UPDATE surveys SET score = 5 WHERE random() < 0.2""",
    """DELETE FROM cases c WHERE random() < 0.05
          AND NOT EXISTS (SELECT FROM disputes d WHERE d.case_id = c.id)
          AND NOT EXISTS (SELECT FROM gestures g WHERE g.case_id = c.id)""",
    """UPDATE gestures SET state = 'made' WHERE random() < 0.2""",
    """DELETE FROM gestures WHERE random() < 0.05""",
    """DELETE FROM disputes WHERE random() < 0.05""",
    """DELETE FROM messages WHERE random() < 0.05""",
)


@settings(
    max_examples=4,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 10**6))
def test_in_any_world_figures_are_those_of_the_rows(
    play: Play, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = Random(seed)
    with transaction() as conn:
        conn.execute("SELECT setseed(%s)", [chance.random()])
        for statement in MAKE:
            conn.execute(statement.encode(), {"now": clock.now()})
    for _ in range(2):
        assert_same(chance)
        monkeypatch.setattr(rollups, "AT_ONCE", chance.choice((7, 50, 2000)))
        chance.choice((rollups.count_some, rollups.catch_up))()
        assert_same(chance)
        with transaction() as conn:
            for statement in chance.sample(CHANGE, 4):
                conn.execute(statement.encode(), {"now": clock.now()})
    monkeypatch.undo()
    rollups.catch_up()
    assert_same(chance)
    assert wrong() == []


def assert_same(chance: Random) -> None:
    """Over the whole time and over some part of it, down to the microsecond."""
    now = clock.now()
    some = sorted(now - chance.random() * chance.choice((2 * HOUR, 13 * DAY)) for _ in "ab")
    whole, (begin, end) = (now - 30 * DAY, now), some
    for since, until in (whole, (begin, end)):
        for whose in (Whose(), Whose(chance.choice(SHIPPERS)), chance.choice(SOME)):
            expected = near(counted(Period(whose, since, until)))
            assert figures.read(connection(), whose, since, until) == expected
    assert figures.read(connection(), Whose(depots=[4711]), *whole).sorts == []
    both = figures.compared(connection(), Whose(), begin, end)
    before = counted(Period(Whose(), begin - (end - begin), begin))
    assert (both.now, both.before) == (near(counted(Period(Whose(), begin, end))), near(before))
    assert [sum(n) for n in zip(*both.days.values(), strict=True)] == [
        n for n in both.now.ends if both.days
    ]
    whose = chance.choice((Whose(), Whose(1), Whose(depots=[1])))
    sides = figures.sides(connection(), whose, By.ACCOUNT, {1: "A", 2: "B", 3: "B"}, begin, end)
    for side in sides:
        accounts = [1] if side.name == "A" else [2]
        one = figures.read(connection(), whose._replace(accounts=accounts), begin, end)
        assert (side.ends, side.spread) == (one.ends, one.calls.spread)
        assert (side.scores, side.sorts) == (one.scores, one.sorts)
        assert side.kept == sum(row.kept for row in one.promised)
    of_whom = figures.read(connection(), whose, begin, end).ends
    assert sum(sum(side.ends) for side in sides) == sum(of_whom)


def near(found: figures_model.Figures) -> figures_model.Figures:
    """The same, with durations that are equal to others within the tolerance."""
    names = found.__slots__
    return replace(found, **{name: _near(getattr(found, name)) for name in names})


def _near(value: Any) -> Any:
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*map(_near, value))
    if isinstance(value, tuple):
        return tuple(map(_near, value))
    return about(value) if isinstance(value, float) else value


def about(value: float) -> Any:
    # Between a duration under a second, which is half a second off at most, and a longer one, which
    # is off by its share, both count.
    return pytest.approx(value, abs=0.5 + rules.TOLERANCE * value)


def wrong() -> list[dict[str, Any]]:
    today = rules.day(clock.now())
    return [
        row for n in range(15) for row in figures_audit_store.wrong(connection(), today - n * DAY)
    ]


def test_the_houses_own_story_is_counted_as_it_goes(play: Play) -> None:
    def same() -> None:
        now = clock.now()
        for since in (now - HOUR, now - 7 * DAY, now - 90 * DAY):
            found = figures.read(connection(), Whose(), since, now)
            assert found == near(counted(Period(Whose(), since, now)))

    ids = [play.courier(parcel=parcel) for parcel in "ABC"]
    same()
    rollups.catch_up()
    advance(minutes=30)
    for case_id in ids[:2]:
        play.acknowledge(case_id)
    same()
    play.choose(ids[0])
    rollups.catch_up()
    same()
    play.courier("delivered", parcel="A")
    play.courier("delivered", parcel="B")
    same()
    advance(days=5)
    play.rate(ids[0], 1)
    same()
    rollups.catch_up()
    same()
    assert wrong() == []
    assert not figures_store.waiting(connection(), 1)


def test_a_transaction_marks_a_case_once_and_one_that_was_undone_not_at_all(play: Play) -> None:
    one, other = play.courier(parcel="A"), play.courier(parcel="B")
    connection().execute("TRUNCATE figure_changes")
    change = "UPDATE cases SET fault = fault || 'x' WHERE id = %s"
    with transaction() as conn:
        with suppress(LookupError), transaction():
            conn.execute(change, [one])
            raise LookupError
        for case_id in (one, one, other):
            conn.execute(change, [case_id])
    connection().execute(change, [other])
    rows = connection().execute("SELECT case_id FROM figure_changes").fetchall()
    assert [row["case_id"] for row in rows] == [one, other, other]


def test_an_audit_sees_what_is_wrong_and_counts_the_day_anew(play: Play) -> None:
    play.courier(parcel="A")
    advance(days=1)
    play.courier(parcel="B")
    rollups.catch_up()
    before = read()
    conn = connection()
    conn.execute("UPDATE figure_blocks SET counts[1] = counts[1] + 1 WHERE hours = 24")
    conn.execute("UPDATE case_figures SET keys = keys[2:] WHERE case_id = 1")
    assert {row["hours"] for row in wrong()} == {0, 24}
    (_, today), (_, yesterday) = rollups.audit(days=3)
    assert ({row["hours"] for row in today}, {row["hours"] for row in yesterday}) == ({24}, {0, 24})
    assert wrong() == []
    assert read() == before
    rollups.catch_up()
    assert wrong() == []
    assert read() == before


def test_the_clock_counts_and_the_command_audits(
    play: Play, reknock: Run, env: dict[str, str]
) -> None:
    play.courier()
    ticker = Clock(env["REDIS_URL"])
    ticker.turn()
    ticker.close()
    assert not figures_store.waiting(connection(), 1)
    connection().execute("UPDATE figure_blocks SET counts[1] = 7 WHERE hours = 24")
    said = reknock("audit", exits=1).stdout
    assert f"figures of {clock.now():%Y-%m-%d}: 7 differ from the cases, such as " in said
    assert ": 7 kept, 1 counted; the day is counted anew" in said
    assert "none is late" in reknock("audit").stdout


def read() -> figures_model.Figures:
    return figures.read(connection(), Whose(), clock.now() - 90 * DAY, clock.now())


def test_figures_of_long_ago_are_forgotten(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    assert rollups.KEPT > 2 * 90 * DAY  # the days that are shown, and those they are compared with
    monkeypatch.setattr(rollups, "KEPT", 5 * DAY)
    play.courier()
    rollups.catch_up()
    advance(days=6)
    play.courier(parcel="B")
    rollups.catch_up()
    (kept,) = connection().execute("SELECT DISTINCT case_id FROM case_figures").fetchall()
    assert kept["case_id"] == 2
    assert sum(sort.cases for sort in read().sorts) == 1
    connection().execute("INSERT INTO figure_changes VALUES (1)")  # a late word about the old one
    rollups.catch_up()
    blocks = connection().execute("SELECT min(starts_at) AS first FROM figure_blocks").fetchone()
    assert blocks
    assert blocks["first"] > clock.now() - 2 * DAY


@given(st.timedeltas(timedelta(), 30 * DAY), st.timedeltas(timedelta(), 9 * DAY))
@example(timedelta(), timedelta())
def test_pieces_make_up_the_period(begin: timedelta, length: timedelta) -> None:
    since = datetime(2026, 1, 1, tzinfo=UTC) + begin
    pieces = sorted(rules.pieces(since, since + length), key=lambda piece: piece.begin)
    if not length:
        assert pieces == []
        return
    instant = timedelta(microseconds=1)
    ends = [since + instant, *(piece.end for piece in pieces)]
    assert [piece.begin for piece in pieces] == ends[:-1]
    assert ends[-1] == since + length + instant
    for piece in pieces:
        if piece.hours:
            assert piece.begin == rules.day(piece.begin)
            assert (piece.end - piece.begin) % DAY == timedelta()
    assert sum((p.end - p.begin for p in pieces if not p.hours), timedelta()) < 2 * DAY
    (only,) = rules.pieces(*rules.days(7, since))
    assert (only.hours, only.end - only.begin) == (24, 7 * DAY)
    assert only.begin <= since < only.end


@given(st.lists(st.floats(1, 10**7), min_size=1), st.sampled_from([0.0, 0.5, 0.9, 1.0]))
def test_a_duration_is_told_within_the_tolerance(durations: list[float], share: float) -> None:
    ordered = sorted(durations)
    place = share * (len(ordered) - 1)
    low, high = ordered[floor(place)], ordered[min(floor(place) + 1, len(ordered) - 1)]
    real = low + (place - floor(place)) * (high - low)
    sorts: dict[int, int] = {}
    for duration in durations:
        sort = 1 + floor(log(duration) / log(rules.GROWTH))
        sorts[sort] = sorts.get(sort, 0) + 1
    assert rules.quantile(sorts, share) == pytest.approx(real, rel=rules.TOLERANCE)


def test_of_nothing_there_is_no_duration() -> None:
    assert rules.quantile({}, 0.5) is None
