"""The queue's counts: kept as tasks change, and always what the tasks themselves say.

These are also the tests of the functions in SQL: count_new_dispatch_tasks,
count_changed_dispatch_tasks, dispatch_tab, dispatch_day, move_dispatch_deadlines.
"""

from __future__ import annotations

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import clock
from app.db.connection import connection, transaction
from app.dispatch import queue_counts_store, queue_store, service
from app.dispatch.queue_store import Wanted
from app.errors import Problem
from tests import courier
from tests.inline import settle
from tests.play import Play

TABS = ("nobody", "open", "taken", "aside", "done")

ACTS = st.lists(
    st.tuples(
        st.sampled_from(["hear", "acknowledge", "pass_on", "resolve", "deliver", "fold", "wait"]),
        st.integers(0, 4),
    ),
    max_size=25,
)


def counted() -> dict[str, int]:
    found = queue_counts_store.counts(connection(), Wanted(), "Ana", clock.now())
    return {tab: sum(c.tasks for c in found if c.tab == tab) for tab in TABS}


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(acts=ACTS)
def test_whatever_happens_the_counts_are_right(play: Play, acts: list[tuple[str, int]]) -> None:
    for number, (act, which) in enumerate(acts):
        now = clock.now()
        try:
            match act:
                case "hear":
                    play.hear(courier.said("failed", f"P{which}"))
                case "deliver":
                    play.hear(courier.said("delivered", f"P{which}"))
                case "acknowledge":
                    service.acknowledge(task(which), "Ana", "", "", now)
                case "pass_on":
                    service.pass_on(task(which), "Ana", now)
                case "resolve":
                    service.resolve(task(which), "Ana", "", str(number), now)
                case "wait":
                    clock.advance(timedelta(minutes=20))
                case "fold":
                    with transaction() as conn:
                        queue_counts_store.fold_counts(conn, now)
        except Problem:
            continue
        settle()
    assert queue_counts_store.wrong_counts(connection(), clock.now()) == []


def task(which: int) -> int:
    row = connection().execute(
        "SELECT id FROM dispatch_tasks ORDER BY id DESC OFFSET %s LIMIT 1", [which]
    )
    found = row.fetchone()
    return found["id"] if found else 0


def test_what_was_done_is_counted_for_a_week(play: Play) -> None:
    play.courier(parcel="P1")
    service.resolve(task(0), "Ana", "", "", clock.now())
    assert counted() == {"nobody": 0, "open": 0, "taken": 0, "aside": 0, "done": 1}
    clock.advance(timedelta(days=9))
    assert counted() == {"nobody": 0, "open": 0, "taken": 0, "aside": 0, "done": 0}
    with transaction() as conn:
        queue_counts_store.fold_counts(conn, clock.now())
    assert queue_counts_store.wrong_counts(connection(), clock.now()) == []


def test_a_moved_return_deadline_moves_the_task(play: Play) -> None:
    case_id = play.courier(parcel="P1")
    soon = clock.now() + timedelta(hours=3)
    connection().execute("UPDATE cases SET return_by = %s WHERE id = %s", [soon, case_id])
    (row,) = queue_store.page(connection(), Wanted(), "Ana", clock.now())
    assert row.deadline == soon


def test_no_page_of_the_queue_reads_what_is_closed(play: Play) -> None:
    """Rows are walked along the index of their tab; a plan that sorts would read them all."""
    play.courier(parcel="P1")
    shunned = ("seqscan", "bitmapscan", "sort")  # of a few rows the planner would sort them all
    for way in shunned:
        connection().execute(f"SET enable_{way} = off".encode())
    try:
        for tab in ("nobody", "open", "mine", "taken", "done"):
            plan = explain(Wanted(tab=tab))
            # With a single task the planner may as well find one's own among all that are taken.
            along = {"mine": ["mine", "taken"]}.get(tab, [tab])
            assert any(f"dispatch_queue_{index}" in plan for index in along), plan
            assert "Sort" not in plan, plan
    finally:
        for way in shunned:
            connection().execute(f"RESET enable_{way}".encode())


def explain(wanted: Wanted) -> str:
    column, _, direction = queue_store._ORDERS[wanted.tab]
    sql = queue_store._PAGE.format(
        tab=queue_store._TABS[wanted.tab],
        column=column,
        behind="",
        direction=direction,
        first=queue_store._NOBODY_FIRST.get(wanted.tab, ""),
        filtered=queue_store.FILTERED,
    )
    values = {
        "me": "Ana",
        "kind": "",
        "depot": "",
        "courier": "",
        "depots": None,
        "since": clock.now() - timedelta(days=7),
        "limit": 51,
    }
    rows = connection().execute(f"EXPLAIN {sql}".encode(), values).fetchall()
    return "\n".join(row["QUERY PLAN"] for row in rows)
