"""The server crashes: what it did not log is empty, and is filled again from what it did.

`fill_unlogged` does it for steps and what they lead to, `fill_message_queue` for messages,
`change_all` for what parcels are found by and what is counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from app import clock
from app.cases.search import service as search
from app.chain import audit, engine, registry, store
from app.chain.store import Ref
from app.channels import finding_store, looking, outbox
from app.db.connection import connection, transaction
from app.dispatch import queue_counts_store, queue_store
from app.dispatch import store as dispatch
from app.dispatch.queue_store import Wanted
from app.insight import figures, figures_audit_store, rollups, rules
from app.insight import store as insight
from app.insight.figures_store import Whose
from app.promises import service as promises
from tasks import duties
from tests import courier
from tests.inline import run_steps, settle
from tests.play import Play
from tests.servers import TestServers

pytestmark = pytest.mark.slow
LEASE = timedelta(seconds=15)


@pytest.fixture(scope="module")
def servers() -> Iterator[TestServers]:
    """Servers of these tests' own: they are killed."""
    servers = TestServers()
    try:
        servers.start()
        yield servers
    finally:
        servers.stop()


def crash(servers: TestServers) -> None:
    servers.postgres.kill()
    servers.postgres.start()
    rows = connection().execute(
        """SELECT (SELECT count(*) FROM unlogged_is_whole) + (SELECT count(*) FROM step_runs)
                  + (SELECT count(*) FROM message_queue) AS left"""
    )
    assert rows.fetchall() == [{"left": 0}]


def test_nobody_has_a_step_any_more_and_each_is_found_when_it_is_due(
    play: Play, servers: TestServers
) -> None:
    waits = play.courier(parcel="waits")
    before = store.waiting(connection(), waits)
    taken = play.hear(courier.said(parcel="taken")).case_id or 0
    (claim,) = store.claim(connection(), clock.now(), 10, LEASE)
    step_type = registry.step_type(claim.name)
    assert step_type is not None
    crash(servers)
    assert engine.run(step_type, [Ref(claim.id, claim.attempt)]) == 0
    assert [step["name"] for step in store.waiting(connection(), taken)] == [claim.name]
    (again,) = store.claim(connection(), clock.now(), 10, LEASE)
    assert (again.id, again.lost, again.account_id) == (claim.id, False, claim.account_id)
    assert again.attempt > claim.attempt + 1
    assert engine.run(step_type, [Ref(claim.id, claim.attempt)]) == 0
    assert engine.run(step_type, [Ref(again.id, again.attempt)]) == 1
    assert "dispatcher_called" in play.timeline(taken)
    same = ("id", "name", "due_at", "data", "tries")
    after = store.waiting(connection(), waits)
    assert [[step[key] for key in same] for step in after] == [
        [step[key] for key in same] for step in before
    ]


def test_a_step_that_is_written_before_all_are_filled_again_is_there_once(
    play: Play, servers: TestServers
) -> None:
    """`steps_wait` and `steps_are_over` do not need what was lost."""
    case_id = play.courier()
    crash(servers)
    play.acknowledge(case_id)  # steps go, others come, some move
    settle()
    rows = connection().execute(
        "SELECT s.name, r.id IS NOT NULL AS waits FROM steps s FULL JOIN step_runs r USING (id)"
    )
    assert {(row["name"] is not None, row["waits"]) for row in rows} == {(True, True)}


def test_an_attempt_never_comes_twice_as_messages_are_known_by_it(
    play: Play, servers: TestServers
) -> None:
    case_id = play.courier()
    (first,) = [s for s in store.waiting(connection(), case_id) if s["name"] == "call_dispatcher"]
    crash(servers)
    connection().execute("UPDATE steps SET due_at = %s", [clock.now()])  # nothing is filled yet
    (moved,) = [s for s in store.waiting(connection(), case_id) if s["name"] == "call_dispatcher"]
    assert moved["attempt"] > first["attempt"] + 1


def test_messages_are_found_again_those_that_wait_and_those_that_may_have_left(
    play: Play, servers: TestServers
) -> None:
    """`channels_waiting` fills the queue; `queue_message` and `message_leaves_queue` keep it."""
    play.hear(courier.said(parcel="left"))
    run_steps()
    (channel,) = outbox.channels_waiting(connection())
    (call,) = outbox.take(channel, 1).calls
    play.hear(courier.said(parcel="waits"))
    run_steps()
    crash(servers)
    assert outbox.settle_stale() == 0
    assert outbox.next_due(connection()) is None
    assert outbox.channels_waiting(connection()) == [channel]
    clock.advance(timedelta(minutes=5))  # it was to be gathered with others
    (waits,) = outbox.take(channel, 9).calls
    assert waits.message.id != call.message.id
    connection().execute("UPDATE messages SET sending_since = sending_since - interval '9 min'")
    assert outbox.settle_stale() == 2
    settle()
    queue = "SELECT id, state FROM message_queue ORDER BY id"
    messages = "SELECT id, state FROM messages WHERE state IN ('queued', 'sending') ORDER BY id"
    assert connection().execute(queue).fetchall() == connection().execute(messages).fetchall()


def test_what_left_is_found_by_its_provider_and_asked_after(
    play: Play, servers: TestServers
) -> None:
    """`by_provider` at once, `fill_messages_left` for the rest; `note_left` writes meanwhile."""
    play.courier(parcel="before")
    before = _left()
    crash(servers)
    assert connection().execute("SELECT FROM messages_left").fetchall() == []
    assert before
    for message_id, provider, provider_id in before:
        assert finding_store.by_provider(connection(), provider, provider_id) == message_id
    assert outbox.channels_waiting(connection()) == []
    play.acknowledge(connection().execute("SELECT id FROM cases").fetchall()[0]["id"])
    settle()
    after = _left()
    assert len(after) > len(before)
    looking.look_after()
    found = "SELECT id, provider_id, state, done_at FROM messages_left ORDER BY id"
    there = "SELECT id, provider_id, state, done_at FROM messages ORDER BY id"
    assert connection().execute(found).fetchall() == connection().execute(there).fetchall()
    for message_id, provider, provider_id in after:
        assert finding_store.by_provider(connection(), provider, provider_id) == message_id
    connection().execute("DELETE FROM messages")  # `forget_left`
    assert connection().execute(found).fetchall() == []


def _left() -> list[tuple[int, str, str]]:
    rows = connection().execute(
        "SELECT id, provider, provider_id FROM messages WHERE provider_id IS NOT NULL ORDER BY id"
    )
    return [(row["id"], row["provider"], row["provider_id"]) for row in rows]


def test_the_dispatchers_queue_is_there_again_and_as_it_is_by_then(
    play: Play, servers: TestServers
) -> None:
    """`fill_dispatch_queue` for all, `queue_task` for what changes before; `task_leaves_queue`."""
    open_, taken = play.courier(parcel="P1"), play.courier(parcel="P2")
    crash(servers)
    play.acknowledge(taken)
    store.claim(connection(), clock.now(), 10, LEASE)
    for tab, case_id in (("open", open_), ("taken", taken)):
        (row,) = queue_store.page(connection(), Wanted(tab=tab), "Ana", clock.now())
        assert [task.id for task in dispatch.of_case(connection(), case_id)] == [row.id]
    columns = """id, case_id, kind, depot_id, account_id, state, hurts_at, deadline, exhausted_at,
                 acknowledged_by, resolved_at"""
    queue = f"SELECT {columns} FROM dispatch_queue ORDER BY id"
    tasks = f"SELECT {columns} FROM dispatch_tasks ORDER BY id"
    assert connection().execute(queue).fetchall() == connection().execute(tasks).fetchall()
    connection().execute("DELETE FROM dispatch_tasks")
    assert connection().execute(queue).fetchall() == []


def test_tasks_that_are_over_are_listed_again(play: Play, servers: TestServers) -> None:
    """`note_task_over` keeps them; whoever lists them fills what is missing."""

    def listed(state: str) -> list[int]:
        return [row["id"] for row in dispatch.listing(connection(), state, 0, 9)]

    play.courier(parcel="P0")
    over = [play.task(play.courier(parcel=f"P{n}")).id for n in range(1, 4)]
    play.courier("delivered", parcel="P1")
    crash(servers)
    play.courier("delivered", parcel="P2")
    rows = connection().execute("SELECT id FROM tasks_over").fetchall()
    assert [row["id"] for row in rows] == over[1:2]
    assert (listed("withdrawn"), listed("resolved")) == (over[:2], [])
    play.courier("delivered", parcel="P3")
    assert listed("withdrawn") == over
    change = "UPDATE dispatch_tasks SET state = %s WHERE id = %s"
    for state, task_id in (("resolved", over[0]), ("open", over[1])):
        connection().execute(change, [state, task_id])
    assert (listed("withdrawn"), listed("resolved")) == (over[2:], over[:1])
    connection().execute("DELETE FROM dispatch_tasks")
    assert connection().execute("SELECT FROM tasks_over").fetchall() == []


def test_whoever_writes_is_known_at_once(play: Play, servers: TestServers) -> None:
    """`open_cases_with` before and after `fill_open_contacts`; `note_contact` keeps it."""
    case_id = play.courier(parcel="P1", phone="+17145550101")
    other = play.courier(parcel="P2", phone="+17145550102")
    find = "SELECT open_cases_with(ARRAY['+17145550101', '+17145550102']) AS id"

    def found() -> set[int]:
        return {row["id"] for row in connection().execute(find)}

    assert found() == {case_id, other}
    crash(servers)
    assert found() == {case_id, other}
    store.claim(connection(), clock.now(), 10, LEASE)
    assert found() == {case_id, other}
    rows = connection().execute("SELECT case_id, phone FROM open_contacts ORDER BY 1").fetchall()
    assert [(row["case_id"], row["phone"]) for row in rows] == [
        (case_id, "+17145550101"),
        (other, "+17145550102"),
    ]
    play.courier("delivered", parcel="P2", phone="+17145550102")
    assert found() == {case_id}
    rows = connection().execute("SELECT case_id FROM open_contacts").fetchall()
    assert [row["case_id"] for row in rows] == [case_id]


def test_promises_are_known_to_be_open_again_and_are_settled(
    play: Play, servers: TestServers
) -> None:
    """`fill_open_promises` for all; `promise_is_open`, `promise_is_settled` for what changes."""
    before, meanwhile = play.courier(parcel="P1"), play.courier(parcel="P2")
    play.acknowledge(before)
    settle()
    crash(servers)
    play.acknowledge(meanwhile)
    store.claim(connection(), clock.now(), 10, LEASE)
    settle()
    with transaction() as conn:
        promises.settle_passed(conn, clock.now())
    open_ = "SELECT case_id, kind, about, id, due_at, wait_until FROM open_promises ORDER BY id"
    there = """SELECT case_id, kind, about, id, due_at, wait_until FROM promises
                WHERE state = 'open' ORDER BY id"""
    found = connection().execute(open_).fetchall()
    assert {row["case_id"] for row in found} == {before, meanwhile}
    assert found == connection().execute(there).fetchall()
    crash(servers)
    clock.advance(timedelta(days=9))
    with transaction() as conn:
        assert promises.settle_passed(conn, clock.now()) == len(found)
    assert connection().execute(open_).fetchall() == connection().execute(there).fetchall() == []


def test_a_case_without_a_step_is_found_by_the_next_audit(play: Play, servers: TestServers) -> None:
    cases = [play.courier(parcel=f"P{n}") for n in range(3)]
    connection().execute("UPDATE orphan_marks SET swept = 1000000")
    connection().execute("DELETE FROM steps WHERE case_id = %s", [cases[1]])
    crash(servers)
    store.claim(connection(), clock.now(), 10, LEASE)
    assert audit.run(clock.now()).orphans == [cases[1]]


def test_what_was_not_counted_yet_is_counted(play: Play, servers: TestServers) -> None:
    case_id = play.courier(parcel="P1")
    duties.fold_counts()
    rollups.catch_up()
    play.acknowledge(case_id)
    play.courier(parcel="P2")
    now = clock.now()
    before = figures.read(connection(), Whose(), now - timedelta(days=1), now)
    crash(servers)
    assert queue_counts_store.wrong_counts(connection(), now)
    assert insight.wrong_gauges(connection())
    assert figures_audit_store.wrong(connection(), rules.day(now))
    duties.fold_counts()
    rollups.catch_up()
    assert queue_counts_store.wrong_counts(connection(), now) == []
    assert insight.wrong_gauges(connection()) == []
    assert figures_audit_store.wrong(connection(), rules.day(now)) == []
    assert figures.read(connection(), Whose(), now - timedelta(days=1), now) == before


def test_figures_are_right_before_they_are_counted_anew(play: Play, servers: TestServers) -> None:
    for number in range(3):
        play.courier(parcel=f"P{number}")
    rollups.catch_up()
    now = clock.now()
    asked = (Whose(), now - timedelta(days=1), now)
    kept = "SELECT case_id, keys FROM case_figures ORDER BY case_id"
    blocks = "SELECT shipper_id, depot_id, account_id FROM figure_blocks ORDER BY 1, 2, 3"
    before = figures.read(connection(), *asked)
    counted = [connection().execute(sql).fetchall() for sql in (kept, blocks)]
    crash(servers)
    assert connection().execute(kept).fetchall() == []
    rollups.make_whole()
    assert figures.read(connection(), *asked) == before
    rollups.make_whole()  # there is nothing to do any more
    rows = connection().execute("SELECT case_id FROM figure_changes ORDER BY case_id").fetchall()
    assert [row["case_id"] for row in rows] == [1, 2, 3]
    rollups.catch_up()
    assert figures.read(connection(), *asked) == before
    assert [connection().execute(sql).fetchall() for sql in (kept, blocks)] == counted
    assert list(rollups.audit(days=2)) == []


def test_parcels_are_found_by_their_words_again_those_of_open_cases_first(
    play: Play, servers: TestServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    def find() -> list[str]:
        found = search.find(connection(), "kim", 9)
        names = "SELECT tracking_number FROM shipments WHERE id = ANY(%s) ORDER BY id"
        rows = connection().execute(names, [found]).fetchall()
        return [row["tracking_number"] for row in rows]

    monkeypatch.setattr(search, "AT_ONCE", 2)
    for parcel in ("OVER-1", "OPEN", "OVER-2"):
        play.courier(parcel=parcel)
    for parcel in ("OVER-1", "OVER-2"):
        play.courier("delivered", parcel=parcel)
    while search.catch_up():
        pass
    assert find() == ["OVER-1", "OPEN", "OVER-2"]
    crash(servers)
    assert find() == []
    assert search.find(connection(), "OVER-1", 9) != []  # by its number it is found at once
    assert search.catch_up()
    assert find() == ["OPEN", "OVER-2"]
    play.courier(parcel="NEW")  # meanwhile
    while search.catch_up():
        pass
    assert find() == ["OVER-1", "OPEN", "OVER-2", "NEW"]
