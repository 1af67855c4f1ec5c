"""Each rule of the house bites, and lets pass what is right."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.db import migrate
from tests.lint import columns, rules
from tests.lint.rules import Finding

ROOT = Path(__file__).parents[2]
Rule = Callable[[Path, ast.Module], Iterator[Finding]]


def found(rule: Rule, path: str, code: str) -> list[int]:
    """The lines at which a rule bites when this code stands at that path."""
    return [finding.line for finding in rule(Path(path), ast.parse(code))]


@pytest.mark.parametrize(
    "code",
    [
        "conn.execute(query)",
        "cursor.executemany(query, rows)",
        'QUERY = "SELECT id FROM cases"',
        'QUERY = """\nWITH a AS (SELECT 1)\nSELECT *\n  FROM a"""',
        'QUERY = f"DELETE FROM {table} WHERE id = 1"',
        'QUERY = "UPDATE shippers s SET name = 1"',
        'QUERY = b"INSERT INTO people VALUES (1)"',
        'QUERY = "CREATE TABLE more (id int)"',
        'QUERY = Prepared("take", "SELECT take_event($1)")',
    ],
)
def test_sql_outside_a_store_is_found(code: str) -> None:
    assert found(rules.sql_in_stores, "app/dispatch/service.py", code)
    for home in (
        "app/dispatch/store.py",
        "app/dispatch/queue_store.py",
        "app/insight/gaps/store.py",
        "app/db/turns.py",
    ):
        assert not found(rules.sql_in_stores, home, code)


def test_words_about_sql_are_no_sql() -> None:
    code = '''
"""SELECT id FROM cases is what this module does not say."""
pipeline.execute()
TEXT = "Select a slot from the list, or update your address"
class A:
    b: int = 1
    """INSERT INTO is only described here."""
'''
    assert not found(rules.sql_in_stores, "app/customer/texts.py", code)


def test_a_handler_outside_steps_is_found() -> None:
    code = "def thank(conn: Connection, steps: Sequence[Step], now: datetime) -> list[Result]: ..."
    assert found(rules.handlers, "app/aftercare/service.py", code) == [1]
    assert not found(rules.handlers, "app/aftercare/steps.py", code)


def copied(root: Path) -> Path:
    """A copy of the migrations in which every one is listed as it is now."""
    folder = root / rules.MIGRATIONS
    shutil.copytree(ROOT / rules.MIGRATIONS, folder)
    files = [migrate.read(file.name, file.read_bytes()) for file in folder.glob("*.sql")]
    lines = [f"{file.checksum}  {file.number:04}_{file.name}.sql\n" for file in files]
    (root / rules.CHECKSUMS).write_text("".join(lines))
    return folder


def test_a_changed_a_lost_and_an_unlisted_migration_are_found(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    assert not [f for f in rules.migrations(tmp_path) if f.path.suffix == ".sql"]
    first, second, *_ = sorted(folder.glob("*.sql"))
    first.write_text(first.read_text() + "-- only a comment\n")
    second.unlink()
    (folder / "0999_new.sql").write_text("SELECT 1;\n")
    advice = {f.path.name: f.advice for f in rules.migrations(tmp_path)}
    assert "restore this file" in advice[first.name]
    assert "is gone" in advice[second.name]
    assert "0999_new.sql` to app/db/migrations/checksums.txt" in advice["0999_new.sql"]
    assert "There is no migration 0002" in advice["migrations"]


def test_a_function_in_sql_that_no_test_names_is_found(tmp_path: Path) -> None:
    folder, tests = tmp_path / rules.MIGRATIONS, tmp_path / rules.TESTS
    folder.mkdir(parents=True)
    tests.mkdir()
    (folder / "0001_a.sql").write_text("CREATE FUNCTION kept()\nCREATE FUNCTION gone()\n")
    (folder / "0002_b.sql").write_text("DROP FUNCTION gone();\nCREATE OR REPLACE FUNCTION new()\n")
    (tests / "test_a.py").write_text('"""What kept() says, and not newer()."""')
    (finding,) = rules.functions(tmp_path)
    assert (finding.path.name, finding.line) == ("0002_b.sql", 2)
    assert "test new" in finding.advice
    (tests / "test_b.py").write_text('"""`new`."""')
    assert not list(rules.functions(tmp_path))


def test_line_ends_of_another_system_are_no_change(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    for file in folder.glob("*.sql"):
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert not [f for f in rules.migrations(tmp_path) if f.path.suffix == ".sql"]


def test_the_linter_says_place_rule_and_what_to_do(tmp_path: Path) -> None:
    for folder in (rules.MIGRATIONS, columns.MAP.parent):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    (tmp_path / "app/bad.py").write_text('\nconn.execute("UPDATE cases SET state = 1")\n')
    run = subprocess.run(
        [sys.executable, "-m", "tests.lint"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert "app/bad.py:2: sql-in-stores: move the SQL" in run.stdout
    assert "app/bad.py:2: only app/cases writes a case: UPDATE cases" in run.stdout


def test_an_import_against_the_order_of_the_house_is_found(tmp_path: Path) -> None:
    for folder in rules.CODE:
        shutil.copytree(ROOT / folder, tmp_path / folder)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "app/cases/bad.py").write_text("import app.dispatch.service\n")
    run = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert "app.cases.bad -> app.dispatch.service" in run.stdout


def test_this_house_keeps_its_rules() -> None:
    assert rules.check(ROOT) == []
