"""The gap detector on real rows: counted once, learned by the hour, told once."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app import clock
from app.db import connection as db
from app.db.connection import connection, transaction
from app.insight.gaps import service, store
from app.intake import codes, other, samples
from app.intake import service as intake
from app.intake import store as intake_store
from app.intake.event import Event, Incoming, Message
from app.intake.tally import Tally

WEEK = timedelta(weeks=1)


ZONE = "America/Phoenix"  # whose clocks never change, so that the tests pass on any day


@pytest.fixture
def account(play):
    with transaction() as conn:
        conn.execute("UPDATE courier_accounts SET timezone = %s", [ZONE])
    return replace(play.world.accounts["onfleet"], timezone=ZONE)


@pytest.fixture
def monday(account):
    """Business time is moved to a Monday, 00:30 on the account's clocks."""
    now = clock.now()
    local = clock.local(now, account.timezone)
    ahead = timedelta(days=7 - local.weekday())
    target = (local + ahead).replace(hour=0, minute=30, second=0, microsecond=0)
    return clock.advance(target - now)


def came(account, moments, request_id="r", key="e"):
    """Events that came at these moments."""
    with transaction() as conn:
        conn.execute(
            """INSERT INTO courier_events
                   (account_id, event_key, received_at, outcome, request_id, body)
               SELECT %s, %s || n || '-' || at, at, 'ignored', %s, ''
                 FROM unnest(%s::timestamptz[]) WITH ORDINALITY AS t(at, n)""",
            [account.id, key, request_id, list(moments)],
        )


def every(step, start, end):
    count = int((end - start) / step)
    return [start + step * n for n in range(count)]


def watch(times=1):
    for _ in range(times):
        clock.advance(timedelta(seconds=20))
        service.watch(clock.now())


def rhythm(account):
    return (
        connection()
        .execute("SELECT * FROM courier_rhythms WHERE account_id = %s", [account.id])
        .fetchone()
    )


def alerts():
    return (
        connection()
        .execute("SELECT * FROM alerts WHERE kind = 'courier_silent' ORDER BY id")
        .fetchall()
    )


def test_the_usual_week_is_learned_on_the_accounts_clocks(account, monday):
    start = monday - 3 * WEEK
    for week in range(3):
        nine = start + week * WEEK + timedelta(hours=8, minutes=30)
        came(account, every(timedelta(minutes=6), nine, nine + timedelta(hours=1)))
        came(account, [nine + timedelta(days=1)] * 50, key=f"batch{week}")
    came(account, [start - timedelta(hours=1)])
    watch(2)
    learned = rhythm(account)
    assert (learned["weeks"], learned["zone"]) == (3, ZONE)
    assert learned["events"][9] == 10
    assert learned["minutes"][9] == 10
    assert learned["active"][9] == 1
    assert (learned["events"][33], learned["minutes"][33]) == (50, 1)
    assert sum(learned["events"]) == pytest.approx(60)


def test_every_event_is_counted_once_also_those_that_commit_late(account, monday):
    came(account, every(timedelta(minutes=1), monday - timedelta(hours=2), monday))
    watch(3)

    def counted():
        rows = connection().execute("SELECT events FROM courier_hours").fetchall()
        return sum(row["events"] for row in rows)

    assert counted() == 120
    with transaction() as conn:  # a number is given, and committed after later ones
        rows = conn.execute("SELECT nextval('courier_events_id_seq') AS id").fetchall()
        late = rows[0]["id"]
    came(account, [monday] * 5, key="after")
    watch()
    assert counted() == 120
    with transaction() as conn:
        conn.execute(
            """INSERT INTO courier_events
                   (id, account_id, event_key, received_at, outcome, request_id, body)
               OVERRIDING SYSTEM VALUE VALUES (%s, %s, 'late', %s, 'ignored', 'r', '')""",
            [late, account.id, monday],
        )
    watch(3)
    assert counted() == 126


def test_a_backlog_is_counted_in_batches(account, monday, monkeypatch):
    monkeypatch.setattr(service, "_AT_ONCE", 7)
    came(account, every(timedelta(minutes=1), monday - timedelta(hours=2), monday))
    watch(4)
    rows = connection().execute("SELECT sum(events) AS n FROM courier_hours").fetchone()
    assert rows == {"n": 120}


def test_a_silent_courier_is_told_once_and_is_over_when_it_speaks(account, monday, capsys):
    came(account, every(timedelta(minutes=5), monday - 3 * WEEK, monday))
    watch(2)
    assert alerts() == []
    clock.advance(timedelta(minutes=20))
    watch()
    assert alerts() == []
    clock.advance(timedelta(hours=3))
    watch(3)
    (alert,) = alerts()
    assert (alert["subject"], alert["account_id"]) == (account.slug, account.id)
    assert alert["facts"]["expected"] > 30
    assert alert["facts"]["chance"] < 1e-4
    assert capsys.readouterr().err.count('"alert"') == 1
    came(account, [clock.now()], request_id="import-1", key="imported")
    watch(2)
    assert alerts()[0]["ended_at"] is None
    came(account, [clock.now()], key="alive")
    watch()
    assert alerts()[0]["ended_at"] is not None
    clock.advance(timedelta(minutes=4))
    watch()
    assert len(alerts()) == 1


def test_a_courier_that_rests_at_night_is_not_missed_at_night(account, monday):
    for day in range(21):
        nine = monday - 3 * WEEK + timedelta(days=day, hours=8, minutes=30)
        came(account, every(timedelta(minutes=5), nine, nine + timedelta(hours=8)), key=f"d{day}")
    watch(2)
    assert alerts() == []
    clock.advance(timedelta(hours=8))
    watch()
    assert alerts() == []
    clock.advance(timedelta(hours=2))
    watch()
    assert len(alerts()) == 1


def test_who_stopped_for_good_is_no_news_any_more(account, monday):
    came(account, every(timedelta(minutes=30), monday - 3 * WEEK, monday))
    watch(2)
    clock.advance(timedelta(days=2))
    watch()
    assert len(alerts()) == 1
    clock.advance(timedelta(days=27))
    watch(2)
    assert len(alerts()) == 1
    assert alerts()[0]["ended_at"] is not None


def test_a_new_courier_has_no_rhythm_yet(account, monday):
    came(account, every(timedelta(minutes=1), monday - timedelta(days=6), monday))
    watch(2)
    clock.advance(timedelta(hours=20))
    watch()
    assert rhythm(account)["weeks"] == 0
    assert alerts() == []


def test_an_account_with_a_zone_nobody_knows_has_hours_too(account, monday):
    with transaction() as conn:
        conn.execute("UPDATE courier_accounts SET timezone = 'Mars/Olympus'")
    came(account, every(timedelta(hours=1), monday - 3 * WEEK - timedelta(hours=1), monday))
    watch(2)
    assert rhythm(account)["zone"] == "UTC"
    assert rhythm(account)["weeks"] == 3


def test_it_is_learned_anew_each_hour_and_old_hours_are_forgotten(account, monday):
    came(account, every(timedelta(hours=1), monday - 12 * WEEK, monday))
    watch(2)
    first = rhythm(account)["learned_at"]
    assert rhythm(account)["weeks"] == store.WEEKS
    oldest = connection().execute("SELECT min(hour) AS at FROM courier_hours").fetchone()
    assert oldest is not None
    assert oldest["at"] >= monday - (store.WEEKS + 1) * WEEK - timedelta(hours=1)
    clock.advance(timedelta(minutes=59))
    watch()
    assert rhythm(account)["learned_at"] == first
    clock.advance(timedelta(minutes=2))
    watch()
    assert rhythm(account)["learned_at"] > first


def test_a_second_clock_does_not_watch_at_the_same_time(account, monday):
    came(account, [monday])
    with transaction() as conn:
        conn.execute("SELECT pg_advisory_xact_lock(%s)", [service._LOCK])

        def elsewhere():
            service.watch(clock.now())
            db.close()

        other = threading.Thread(target=elsewhere)
        other.start()
        other.join()
        assert rhythm(account) is None


def test_a_turn_reads_the_new_events_and_no_others(account, monday):
    with transaction() as conn:
        conn.execute(
            """INSERT INTO courier_events
                   (account_id, event_key, received_at, outcome, request_id, body)
               SELECT %s, 'k' || n, %s::timestamptz - n * interval '10 seconds', 'ignored', 'r', ''
                 FROM generate_series(1, 60000) n""",
            [account.id, monday],
        )
        conn.execute("ANALYZE courier_events")
    watch(3)
    plan = connection().execute(
        """EXPLAIN SELECT account_id, min(received_at) FROM courier_events
            WHERE ((id > 59000 AND id <= 59900) OR id > 59990) GROUP BY 1"""
    )
    assert not any("Seq Scan" in row["QUERY PLAN"] for row in plan)


# Codes that no adapter knows


def event(code, words="Held at hub", reason="unknown"):
    return Event(
        key=code,
        kind="progress",
        tracking_number="P1",
        courier_ref="P1",
        reason=reason,
        code=code,
        words=words,
    )


def unknown():
    return (
        connection()
        .execute("SELECT account_id, code, words, events FROM unknown_codes ORDER BY code")
        .fetchall()
    )


@pytest.fixture
def nothing_counted(account):
    """What earlier tests left in this process's memory is written, and taken out again."""
    codes.flush()
    connection().execute("DELETE FROM unknown_codes")


@pytest.mark.usefixtures("nothing_counted")
def test_unknown_codes_are_counted_and_a_new_one_is_told_once(account, capsys):
    capsys.readouterr()
    codes.count(account, [event("XZ9"), event("XZ9"), event("OK", reason="on_the_way"), event("")])
    codes.flush()
    codes.count(account, [event("XZ9", "Kept at hub"), event("Q1")])
    codes.flush()
    assert unknown() == [
        {"account_id": account.id, "code": "Q1", "words": "Held at hub", "events": 1},
        {"account_id": account.id, "code": "XZ9", "words": "Kept at hub", "events": 3},
    ]
    assert capsys.readouterr().err.count("unknown_code") == 2


@pytest.mark.usefixtures("nothing_counted")
def test_codes_are_written_in_one_order_by_all_processes_and_the_newest_read_first(account):
    several = ["XZ9", "Q1", "A7", "M3", "B2", "Z0"]
    with transaction() as conn:
        conn.execute("SET LOCAL enable_sort = off")
        rows = [(account.id, code, "Held at hub", 1) for code in several]
        intake_store.count_codes(conn, rows, clock.now())
    written = connection().execute("SELECT code FROM unknown_codes ORDER BY ctid").fetchall()
    assert [row["code"] for row in written] == sorted(several)
    for code in ("M3", "A7"):  # written again at the same moment
        connection().execute("UPDATE unknown_codes SET events = 2 WHERE code = %s", [code])
    (row,) = [row for row in store.overview(connection(), clock.now()) if row["codes"]]
    assert [one["code"] for one in row["codes"]] == sorted(several)


@pytest.mark.usefixtures("nothing_counted")
def test_counts_are_written_in_one_order_whatever_came_first():
    written: list[list[str]] = []
    tally: Tally[str] = Tally("test", lambda counts: written.append(list(counts)), str.lower)
    tally._thread = threading.current_thread()  # it writes when this test says so
    for key in ("b", "c", "a", "b"):
        tally.count(key)
    tally.flush()
    assert written == [["a", "b", "c"]]


@pytest.mark.usefixtures("nothing_counted")
def test_an_unknown_code_in_a_webhook_is_counted_once_however_often_it_comes(play):
    account = play.world.accounts["easypost"]
    raw, _ = samples.failure(account, clock.machine_now())
    body = json.loads(raw)
    body["result"]["status"] = "teleported"
    body["result"]["status_detail"] = "beamed_up"
    for detail in body["result"]["tracking_details"]:
        detail["status"], detail["status_detail"] = "teleported", "beamed_up"
    raw = json.dumps(body).encode()
    incoming = Incoming(headers={}, query={}, raw=raw, received_at=datetime.now(UTC))
    for _ in range(3):
        intake.take(Message(account=account, incoming=incoming, request_id="r"))
    codes.flush()
    assert [(row["account_id"], row["events"]) for row in unknown()] == [(account.id, 1)]


def test_messages_about_nothing_of_ours_are_counted_by_their_type(account):
    for body in ({}, {"event": "shipment_purchased"}, {"event": "shipment_purchased"}):
        other.count(account, body)
    other.count(account, {"mode": "test", "event": "tracker.updated"})
    other.flush()
    rows = connection().execute("SELECT type, events FROM other_news ORDER BY type").fetchall()
    assert [(row["type"], row["events"]) for row in rows] == [
        ("empty", 1),
        ("shipment_purchased", 2),
        ("test event", 1),
    ]
