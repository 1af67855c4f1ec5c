"""A promise is a row: open, and then kept, broken or released, by something that has a name.

These are also the tests of the functions in SQL: settle_promises_of_closed.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import clock
from app.access import keys
from app.cases import service as cases
from app.cases.model import Resolution
from app.db.connection import connection, transaction
from app.insight import story
from app.promises import service as promises
from app.promises.service import Kind, Promise, State, Wanted
from tests.application import create_app
from tests.inline import settle
from tests.play import Play

HOUR = timedelta(hours=1)


@pytest.fixture
def case_id(play: Play) -> int:
    """A case about which nothing is promised."""
    found = play.courier()
    with transaction() as conn:
        conn.execute("DELETE FROM promises")
        conn.execute("DELETE FROM steps")
    return found


def make(case_id: int, *wanted: tuple[Kind, int, int], by: str = "renewed") -> list[Promise]:
    """Promise `(kind, about, hours from now)`."""
    now = clock.now()
    rows = [Wanted(case_id, kind, now + hours * HOUR, about) for kind, about, hours in wanted]
    with transaction() as conn:
        return promises.make(conn, rows, now, by=by)


def states(case_id: int) -> list[tuple[str, str, str | None]]:
    found = promises.of_case(connection(), case_id)
    return [(str(p.kind), str(p.state), p.settled_by) for p in found]


def missed(play: Play, case_id: int) -> int:
    return play.timeline(case_id).count("hour_missed")


def test_many_are_made_at_once_and_come_in_the_order_they_were_wanted(case_id: int):
    made = make(case_id, (Kind.ANSWER, 2, 3), (Kind.NEWS, 0, 1), (Kind.ANSWER, 1, 2))
    assert [(p.kind, p.about) for p in made] == [("answer", 2), ("news", 0), ("answer", 1)]
    assert {p.state for p in made} == {State.OPEN}


def test_a_new_word_in_time_keeps_the_former_promise(play: Play, case_id: int):
    make(case_id, (Kind.NEWS, 0, 2))
    clock.advance(HOUR)
    make(case_id, (Kind.NEWS, 0, 2), by="news")
    assert states(case_id) == [("news", "kept", "news"), ("news", "open", None)]
    assert missed(play, case_id) == 0


def test_a_new_word_that_comes_late_has_broken_it_and_the_timeline_says_so(play, case_id):
    make(case_id, (Kind.NEWS, 0, 2))
    clock.advance(2 * HOUR + timedelta(seconds=1))
    make(case_id, (Kind.NEWS, 0, 2), by="news")
    assert states(case_id) == [("news", "broken", "news"), ("news", "open", None)]
    assert missed(play, case_id) == 1


def test_one_of_a_kind_and_subject_is_open(case_id: int):
    for _ in range(3):
        make(case_id, (Kind.CONFIRM, 7, 1), (Kind.CONFIRM, 8, 1))
    still = [p.about for p in promises.of_case(connection(), case_id) if p.open]
    assert still == [7, 8]


def test_what_was_done_in_time_is_kept_though_we_hear_of_it_later(case_id: int):
    made = make(case_id, (Kind.WINDOW, 1, 1), (Kind.WINDOW, 2, 1))
    clock.advance(3 * HOUR)
    with transaction() as conn:
        in_time, late = made[0].due_at, made[1].due_at + timedelta(minutes=1)
        promises.keep(conn, [case_id], Kind.WINDOW, "courier", clock.now(), 1, at=in_time)
        promises.keep(conn, [case_id], Kind.WINDOW, "courier", clock.now(), 2, at=late)
    assert [state for _, state, _ in states(case_id)] == ["kept", "broken"]


def test_only_what_is_meant_is_settled(case_id: int):
    make(case_id, (Kind.NEWS, 0, 1), (Kind.ANSWER, 1, 1), (Kind.ANSWER, 2, 1), (Kind.WINDOW, 1, 1))
    with transaction() as conn:
        promises.keep(conn, [case_id], Kind.ANSWER, "Ana", clock.now(), 1)
        promises.release(conn, [case_id], [Kind.WINDOW], "customer", clock.now())
    assert [state for _, state, _ in states(case_id)] == ["open", "kept", "open", "released"]
    with transaction() as conn:
        promises.release(conn, [case_id], None, "erased", clock.now())
    assert [by for *_, by in states(case_id)] == ["erased", "Ana", "erased", "customer"]


def test_the_clock_breaks_what_passed_and_waits_where_word_comes_later(play: Play, case_id: int):
    now = clock.now()
    patient = Wanted(case_id, Kind.WINDOW, now + HOUR, 1, now + 3 * HOUR)
    with transaction() as conn:
        promises.make(conn, [Wanted(case_id, Kind.NEWS, now + HOUR), patient], now)
    clock.advance(2 * HOUR)
    settle()
    assert states(case_id) == [("news", "broken", "clock"), ("window", "open", None)]
    assert missed(play, case_id) == 1
    clock.advance(2 * HOUR)
    settle()
    assert states(case_id)[1] == ("window", "broken", "clock")


@pytest.mark.parametrize("plan", ["enable_nestloop", "enable_hashjoin"])
def test_of_several_hours_that_passed_at_once_the_timeline_names_the_earliest_first(
    case_id: int, plan: str
):
    made = make(case_id, *[(Kind.ANSWER, about, hours) for about, hours in enumerate((3, 1, 2))])
    clock.advance(4 * HOUR)
    with transaction() as conn:
        conn.execute(f"SET LOCAL {plan} = off")
        promises.settle_passed(conn, clock.now())
    at = "SELECT (facts ->> 'due_at')::timestamptz AS at FROM timeline WHERE kind = 'hour_missed'"
    said = [row["at"] for row in connection().execute(f"{at} ORDER BY id")]
    assert said == sorted(one.due_at for one in made)


def test_the_clock_takes_a_bounded_bite(case_id: int, monkeypatch):
    monkeypatch.setattr(promises, "AT_ONCE", 2)
    make(case_id, *[(Kind.ANSWER, about, 1) for about in range(5)])
    clock.advance(2 * HOUR)
    with transaction() as conn:
        bites = [promises.settle_passed(conn, clock.now()) for _ in range(4)]
    assert bites == [2, 2, 1, 0]


@pytest.mark.parametrize(
    ("resolution", "hours", "window", "news"),
    [
        ("delivered", 1, "kept", "kept"),
        ("delivered", 3, "broken", "kept"),  # late, and there before the next news was due
        ("collected", 1, "kept", "kept"),
        ("refunded", 1, "released", "released"),
    ],
)
def test_a_close_leaves_nothing_promised_but_an_answer(case_id, resolution, hours, window, news):
    make(case_id, (Kind.NEWS, 0, 9), (Kind.ANSWER, 1, 9), (Kind.CONFIRM, 1, 9))
    now = clock.now()
    with transaction() as conn:
        promises.make(conn, [Wanted(case_id, Kind.WINDOW, now + 2 * HOUR, 1, now + 9 * HOUR)], now)
    clock.advance(hours * HOUR)
    with transaction() as conn:
        case = cases.lock(conn, case_id)
        assert case is not None
        cases.close(conn, case, Resolution(resolution), "courier", clock.now())
    assert [(kind, state) for kind, state, _ in states(case_id)] == [
        ("news", news),
        ("answer", "open"),
        ("confirm", "released"),
        ("window", window),
    ]


def test_a_promise_without_a_step_or_a_person_is_named(play: Play, case_id: int):
    make(case_id, (Kind.NEWS, 0, 1))
    assert promises.unkept(connection()) == []  # somebody is called for the case
    connection().execute(
        "UPDATE dispatch_tasks SET state = 'resolved', resolved_at = %s", [clock.now()]
    )
    (found,) = promises.unkept(connection())
    assert (found.case_id, found.kind) == (case_id, "news")
    assert promises.unkept(connection(), clock.now()) == []  # it is not due that soon
    step = "INSERT INTO steps (case_id, name, due_at, request_id) VALUES (%s, 'x', %s, '')"
    connection().execute(step, [case_id, found.due_at + HOUR])
    assert promises.unkept(connection()) == [found]  # it comes too late
    connection().execute("UPDATE steps SET due_at = %s", [found.due_at])
    assert promises.unkept(connection()) == []


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["make", "keep", "lose", "release", "wait"]),
        st.sampled_from([Kind.NEWS, Kind.ANSWER]),
        st.integers(1, 2),
    ),
    max_size=15,
)


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(acts=ACTS)
def test_whatever_happens_each_is_settled_once_and_one_is_open(play: Play, case_id, acts):
    with transaction() as conn:
        conn.execute("DELETE FROM promises")
    expected: list[list[Any]] = []  # kind, about, due, state
    for act, kind, number in acts:
        still = [e for e in expected if e[3] == "open" and e[:2] == [kind, number]]
        match act:
            case "make":
                for one in still:
                    one[3] = "kept"
                made = make(case_id, (kind, number, number))
                expected.append([kind, number, made[0].due_at, "open"])
            case "wait":
                clock.advance(number * HOUR)
                with transaction() as conn:
                    promises.settle_passed(conn, clock.now())
                for one in expected:
                    if one[3] == "open" and one[2] < clock.now():
                        one[3] = "broken"
            case _:
                settle_by(act, case_id, kind, number)
                for one in still:
                    one[3] = {"keep": "kept", "lose": "broken", "release": "released"}[act]
        found = promises.of_case(connection(), case_id)
        assert [[p.kind, p.about, p.due_at, str(p.state)] for p in found] == expected


def settle_by(act: str, case_id: int, kind: Kind, about: int) -> None:
    with transaction() as conn:
        if act == "keep":
            promises.keep(conn, [case_id], kind, act, clock.now(), about)
        else:
            verb = {"lose": promises.lose, "release": promises.release}[act]
            verb(conn, [case_id], [kind], act, clock.now(), about)


def test_operators_see_promises_in_the_story_the_audit_and_the_figures(play, case_id, settings):
    make(case_id, (Kind.NEWS, 0, 1))
    connection().execute(
        "UPDATE dispatch_tasks SET state = 'resolved', resolved_at = %s", [clock.now()]
    )
    client = create_app(settings).test_client()
    figures = client.get("/metrics").text
    assert "reknock_promises_unkept 1.0" in figures
    assert "reknock_promises_overdue 0.0" in figures
    told = story.tell(connection(), case_id, clock.now())
    assert told
    assert told.promised[-1].text.startswith("news by ")
    assert told.promised[-1].text.endswith(": open")
    clock.advance(2 * HOUR)
    assert "reknock_promises_overdue 1.0" in client.get("/metrics").text
    settle()  # settle_promises_of_closed is tested above: here the clock does it
    told = story.tell(connection(), case_id, clock.now())
    assert told
    assert told.promised[-1].text.endswith(": broken, by clock")
    assert any("It did not happen." in line.text for line in told.past)
    shown = web_case(client, case_id)
    assert [(p["kind"], p["state"]) for p in shown["promises"]] == [("news", "broken")]
    assert (shown["language"], shown["timezone"]) == ("en", "America/Los_Angeles")


def web_case(client, case_id: int) -> dict[str, Any]:
    with transaction() as conn:
        key = keys.create(conn, "admin", "Ana", None, None, clock.now())
    head = {"Authorization": f"Bearer {key}"}
    found: dict[str, Any] = client.get(f"/api/v1/cases/{case_id}", headers=head).get_json()
    return found
