"""The map of columns: what the migrations make is what it declares, and what a database has."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.cases.timeline.facts import CLASSES
from app.cases.timeline.rows import _FIELDS
from app.forgetting import columns
from tests.lint import columns as lint
from tests.web import rows

ROOT = Path(__file__).parents[2]

SAID = {"words", "note", "text", "place", "left", "photos", "provider_id", "ref"}
"""What goes from all facts of the timeline, as the map says it."""
TELLS_NOTHING = {
    *("good", "gesture_id", "gesture", "amount", "currency", "because", "invited"),
    *("event_id", "at", "reason", "code", "attempts", "late", "outcome", "line", "fault", "why"),
    *("phone", "email", "version", "address", "directions", "withdrawn", "courier", "done"),
    *("level", "people", "task_id", "person", "rotas", "kind", "minutes", "event", "until"),
    *("act", "topic", "sorry", "channel", "question_id", "word", "how", "released", "asked"),
    *("former_case", "delivered_at", "dispute_id", "came", "finding", "accepted", "message_id"),
    *("booking_id", "starts_at", "ends_at", "zone", "leaving", "instead_of", "round", "pickup"),
    *("promised", "due_at", "answer_by", "decision", "note_for", "score", "visibility"),
    "resolution",
}
"""Codes, times and names of staff; `why` of two kinds is a text, which the map says too."""


def test_every_column_of_the_database_is_declared(settings) -> None:
    found: dict[str, set[str]] = {}
    for row in rows(
        """SELECT c.table_name AS name, c.column_name AS column
             FROM information_schema.columns c JOIN information_schema.tables t
            USING (table_schema, table_name)
            WHERE table_schema = 'public' AND t.table_type = 'BASE TABLE'"""
    ):
        found.setdefault(row["name"], set()).add(row["column"])
    declared = {name: set(table.columns) for name, table in columns.tables().items()}
    assert declared == found
    assert {name: set(names) for name, names in lint.schema(ROOT).items()} == found


def test_every_fact_of_the_timeline_is_either_said_or_tells_nothing() -> None:
    names = {name for cls in CLASSES.values() for name in _FIELDS[cls]}
    new = names - SAID - TELLS_NOTHING
    assert not new, f"is it said by people? then take {new} out in app/forgetting/columns.toml"
    taken = columns.tables()["timeline"].forget["facts"]
    assert all(f"'{name}'" in taken for name in SAID & names)


def test_a_column_that_nobody_declared_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "app/db/migrations"
    folder.mkdir(parents=True)
    (folder / "0001_x.sql").write_text(
        """-- CREATE TABLE not_there (x int);
           CREATE TABLE a (id bigint PRIMARY KEY, "name" text CHECK (name IN ('x, y', ';')),
                           UNIQUE (id, name));
           CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ CREATE TABLE b (x int); $$;
           ALTER TABLE a ADD COLUMN more text DEFAULT ',', DROP COLUMN name, ADD less int;
           ALTER TABLE a RENAME COLUMN less TO least; ALTER TABLE a RENAME TO c;
           CREATE TABLE d (x int) WITH (fillfactor = 50); DROP TABLE d;"""
    )
    assert lint.schema(tmp_path)["c"] == ["id", "more", "least"]
    assert set(lint.schema(tmp_path)) == {"migrations", "c"}
    (tmp_path / lint.MAP).parent.mkdir(parents=True)
    (tmp_path / lint.MAP).write_text(
        '[migrations]\nkeep = ["number", "name"]\n[c]\nkeep = ["id", "gone"]'
    )
    assert [found.advice.split(":")[0] for found in lint.check(tmp_path)] == [
        *("c.more", "c.least", "c.gone is not there")
    ]


@pytest.mark.parametrize(
    "text",
    [
        '[a]\nforgot = ["x"]',
        '[a.forget]\nx = "NULL"',
        '[a]\nof = { case = "case_id" }',
        '[a]\nof = { moon = "x" }\n[a.forget]\nx = "NULL"',
        '[a]\nkeep = ["x"]\nstaff = ["x"]',
    ],
)
def test_a_map_that_says_nothing_sensible_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^a:"):
        columns.read(text)
