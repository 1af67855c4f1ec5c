from __future__ import annotations

import ast
from dataclasses import fields
from pathlib import Path
from typing import get_args

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import clock
from app.cases import service as cases
from app.cases import store
from app.cases.timeline.facts import CLASSES, Booked, CourierReport, Facts, Rebooked, Unknown
from app.cases.timeline.kinds import Kind
from app.cases.timeline.rows import kind_of, read, stored, to_json
from app.db.connection import connection, dumps, transaction
from app.intake import reasons
from tests.cases.facts import FACTS, of
from tests.play import play

__all__ = ["play"]

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=4,
)
APP = Path(__file__).parents[2] / "app"


def test_every_kind_has_its_facts_and_every_class_is_one_of_the_facts():
    assert set(CLASSES) == set(Kind)
    assert set(get_args(Facts)) == {*CLASSES.values(), Unknown}


def test_whatever_a_courier_can_report_has_a_kind():
    assert {f"courier_{kind}" for kind in reasons.KINDS} <= set(Kind)


@given(FACTS)
def test_what_is_written_is_read_back(facts):
    assert read(kind_of(facts), orjson.loads(stored(facts))) == facts
    assert stored(facts) == dumps(to_json(facts)).decode()


@given(st.sampled_from(Kind), st.data())
def test_a_row_of_an_older_version_is_read_whatever_is_missing_or_odd(kind, data):
    names = [field.name for field in fields(CLASSES[kind])]
    odd = data.draw(st.dictionaries(st.sampled_from([*names, "other"]), ANYTHING))
    assert isinstance(read(kind, odd), CLASSES[kind])


def test_a_kind_of_a_newer_version_is_kept_as_it_is():
    facts = read("brand_new", {"a": [1]})
    assert facts == Unknown(kind="brand_new", facts={"a": [1]})
    assert (kind_of(facts), to_json(facts)) == ("brand_new", {"a": [1]})


def test_every_kind_goes_through_the_database(play):
    case_id = play.courier()

    @settings(max_examples=5, deadline=None)
    @given(st.tuples(*map(of, CLASSES.values())))
    def write(facts):
        before = len(cases.timeline(connection(), case_id))
        with transaction() as conn:
            cases.note(conn, [cases.Entry(case_id, one, "Ana") for one in facts], clock.now())
        written = cases.timeline(connection(), case_id)[before:]
        assert [(entry.facts, entry.actor) for entry in written] == [(one, "Ana") for one in facts]

    write()


@pytest.mark.parametrize("kind", reasons.KINDS)
def test_what_the_database_writes_itself_fits_the_facts(play, kind):
    case_id = play.courier()
    play.courier(kind, words="At the gate")
    rows = store.read_timeline(connection(), case_id)
    known = {row["kind"]: {field.name for field in fields(CLASSES[row["kind"]])} for row in rows}
    assert all(set(row["facts"]) <= known[row["kind"]] for row in rows)
    entry = next(e for e in cases.timeline(connection(), case_id)[1:] if e.actor == "courier")
    assert kind_of(entry.facts) == f"courier_{kind}"
    assert isinstance(entry.facts, CourierReport)
    assert entry.facts.words == "At the gate"
    assert entry.facts.at
    assert entry.facts.at <= entry.at


def test_a_booking_that_was_changed_remembers_the_one_before(play):
    case_id = play.courier()
    play.acknowledge(case_id)
    play.choose(case_id)
    play.choose(case_id, play.options(case_id).pickup_points[0].choice)
    entries = cases.timeline(connection(), case_id)
    first, second = (entry.facts for entry in entries if entry.actor == "customer")
    assert isinstance(first, Booked)
    assert isinstance(second, Rebooked)
    assert second.instead_of
    assert second.instead_of.starts_at == first.starts_at


def test_nothing_is_shown_that_nobody_writes():
    trees = [ast.parse(path.read_text()) for path in APP.rglob("*.py")]
    names = {
        node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")
        for tree in trees
        for call in ast.walk(tree)
        if isinstance(call, ast.Call | ast.IfExp)
        for node in ast.iter_child_nodes(call)
    }
    by_the_database = {cls for cls in CLASSES.values() if issubclass(cls, CourierReport)}
    by_the_database.add(CLASSES[Kind.CLOSED])
    assert {cls.__name__ for cls in {*CLASSES.values()} - by_the_database} <= names
