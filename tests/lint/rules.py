"""The rules of this house that no linter knows. Each finding says where, and what to do."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from app.db import migrate
from tests.lint.source import nodes, parsed, texts

CODE = ("app", "tasks")
MIGRATIONS = Path("app/db/migrations")
CHECKSUMS = MIGRATIONS / "checksums.txt"

TESTS = Path("tests")

_RUNS_SQL = {"execute", "executemany", "exec_params", "exec_prepared"}
_SAYS = {"say", "mean"}
_SQL = re.compile(
    r"""\b(SELECT\s.*\bFROM\b | SELECT\s+\w+\( | INSERT\s+INTO\b | UPDATE\s+\w+(\s+\w+)?\s+SET\b |
         DELETE\s+FROM\b | (CREATE|ALTER|DROP)\s+(TABLE|DATABASE|INDEX|FUNCTION|TYPE)\b)""",
    re.VERBOSE | re.DOTALL,
)
_FUNCTION = re.compile(r"(?P<verb>CREATE|DROP)\b.*\bFUNCTION\s+(?P<name>\w+)")


class Finding(NamedTuple):
    """What breaks a rule, where, and what to do about it."""

    path: Path
    line: int
    rule: str
    advice: str

    def __str__(self) -> str:
        """As editors understand it."""
        return f"{self.path}:{self.line}: {self.rule}: {self.advice}"


def check(root: Path) -> list[Finding]:
    """All findings in the repository at `root`; their paths are relative to it."""
    found = [*migrations(root), *functions(root)]
    for folder in CODE:
        for file in sorted((root / folder).rglob("*.py")):
            path = file.relative_to(root)
            tree = parsed(file)
            found += [*sql_in_stores(path, tree), *handlers(path, tree), *hidden(path, tree)]
    return found


def hidden(path: Path, tree: ast.Module) -> Iterator[Finding]:
    """A sentence inside of an f-string is not found by whatever looks for sentences."""
    for text in nodes(tree):
        for node in ast.walk(text) if isinstance(text, ast.JoinedStr) else ():
            match node:
                case ast.Call(
                    func=ast.Attribute(attr=name) | ast.Name(id=name), args=[said, *_]
                ) if name in _SAYS and isinstance(said, ast.Constant):
                    advice = "say it before and put the words in, else nobody can translate it"
                    yield Finding(path, node.lineno, "hidden-sentences", advice)


def may_hold_sql(path: Path) -> bool:
    """SQL stands in files named `store.py` or `<what>_store.py`, and in `app/db/`."""
    return path.stem == "store" or path.stem.endswith("_store") or path.is_relative_to("app/db")


def sql_in_stores(path: Path, tree: ast.Module) -> Iterator[Finding]:
    """SQL is found, read and indexed for in one kind of file."""
    if may_hold_sql(path):
        return
    advice = "move the SQL into a function of this folder's store.py and call that"
    for node in nodes(tree):
        match node:  # Redis pipelines have an `execute` too, which takes nothing
            case ast.Call(func=ast.Attribute(attr=name), args=[_, *_]) if name in _RUNS_SQL:
                yield Finding(path, node.lineno, "sql-in-stores", advice)
    for line, text in texts(tree):
        if _SQL.search(text):
            yield Finding(path, line, "sql-in-stores", advice)


def handlers(path: Path, tree: ast.Module) -> Iterator[Finding]:
    """Handlers of chain steps, which take `Sequence[Step]`, stand in `steps.py`."""
    if path.name == "steps.py" or path.is_relative_to("app/chain"):
        return
    for node in nodes(tree):
        if isinstance(node, ast.FunctionDef) and any(
            arg.annotation is not None and ast.unparse(arg.annotation) == "Sequence[Step]"
            for arg in node.args.args
        ):
            advice = f"move {node.name} into this folder's steps.py, or take cases instead of steps"
            yield Finding(path, node.lineno, "handlers-in-steps", advice)


def migrations(root: Path) -> Iterator[Finding]:
    """Migrations are listed with their checksums, and never changed.

    A number that was given to nothing is listed too, as `unused  0013`: any other gap is a loss.
    """
    lines = [line.split() for line in (root / CHECKSUMS).read_text().splitlines()]
    unused = {int(number) for checksum, number in lines if checksum == "unused"}
    listed = {name: checksum for checksum, name in lines if checksum != "unused"}
    found = []
    for file in sorted((root / MIGRATIONS).glob("*.sql")):
        migration = migrate.read(file.name, file.read_bytes())
        found.append(migration)
        known = listed.pop(file.name, None)
        if known is None:
            advice = f"add `{migration.checksum}  {file.name}` to {CHECKSUMS}"
            yield Finding(MIGRATIONS / file.name, 1, "migrations", advice)
        elif known != migration.checksum:
            advice = "restore this file; put the change into a new migration"
            yield Finding(MIGRATIONS / file.name, 1, "migrations", advice)
    for name in listed:
        advice = "this file is gone; restore it, databases have taken it"
        yield Finding(MIGRATIONS / name, 1, "migrations", advice)
    try:
        migrate.check_numbers(found, unused)
    except migrate.MigrationError as error:
        yield Finding(MIGRATIONS, 1, "migrations", str(error))


def functions(root: Path) -> Iterator[Finding]:
    """Functions in SQL have tests of their own, which name them."""
    live: dict[str, tuple[Path, int]] = {}
    for file in sorted((root / MIGRATIONS).glob("*.sql")):
        for number, line in enumerate(file.read_text().splitlines(), 1):
            if told := _FUNCTION.match(line):
                live.pop(told["name"], None)
                if told["verb"] != "DROP":
                    live[told["name"]] = MIGRATIONS / file.name, number
    tests = "\n".join(file.read_text() for file in sorted((root / TESTS).rglob("*.py")))
    tested = set(re.findall(r"\w+", tests))
    for name, (path, number) in live.items():
        if name not in tested:
            advice = f"test {name}, and name it in the test or its docstring"
            yield Finding(path, number, "functions-are-tested", advice)
