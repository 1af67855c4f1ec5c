"""Every column of every table is declared: what it is to a customer, and what becomes of it.

The tables are read out of the migrations, so that this needs no database; a test compares what is
read with a real one (`tests/forgetting/test_columns.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from app.forgetting import columns
from tests.lint.rules import MIGRATIONS, Finding

MAP = Path("app/forgetting/columns.toml")
_BODY = re.compile(r"\$(\w*)\$.*?\$\1\$", re.DOTALL)
_COMMENT = re.compile(r"--[^\n]*")
_TEXT = re.compile(r"'(?:[^']|'')*'")
_CREATE = re.compile(
    r"CREATE\s+(?:UNLOGGED\s+)?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(\w+)\s*\((.*)",
    re.IGNORECASE | re.DOTALL,
)
_ALTER = re.compile(r"ALTER\s+TABLE\s+(?:ONLY\s+)?(\w+)\s+(.*)", re.IGNORECASE | re.DOTALL)
_NO_COLUMN = {"primary", "unique", "check", "constraint", "foreign", "exclude", "like"}

Schema = dict[str, list[str]]


def check(root: Path) -> Iterator[Finding]:
    """What is not declared, and what is declared and not there."""
    declared = columns.read((root / MAP).read_text())
    there = schema(root)
    advice = "say in app/forgetting/columns.toml what it is to a customer, and what becomes of it"
    for table, names in there.items():
        known = declared[table].columns if table in declared else []
        for name in names:
            if name not in known:
                yield Finding(MAP, 1, "columns-are-declared", f"{table}.{name}: {advice}")
    for table, said in declared.items():
        for name in said.columns:
            if name not in there.get(table, ()):
                yield Finding(MAP, 1, "columns-are-declared", f"{table}.{name} is not there")


def schema(root: Path) -> Schema:
    """The tables with their columns, as the migrations make them."""
    made: Schema = {"migrations": ["number", "name"]}  # made by `app.db.migrate`
    for file in sorted((root / MIGRATIONS).glob("*.sql")):
        text = _TEXT.sub("''", _COMMENT.sub("", _BODY.sub("''", file.read_text())))
        for statement in text.split(";"):
            _apply(made, statement.strip())
    return made


def _apply(made: Schema, statement: str) -> None:
    if found := _CREATE.match(statement):
        made[found[1]] = [name for part in _parts(found[2], ends=True) if (name := _column(part))]
    elif found := _ALTER.match(statement):
        for act in _parts(found[2]):
            _alter(made, found[1], act.split())
    elif statement.upper().startswith("DROP TABLE"):
        for name in statement[len("DROP TABLE") :].split(","):
            made.pop(name.split()[0], None)


def _alter(made: Schema, table: str, words: list[str]) -> None:
    match [word.lower() for word in words]:
        case ["rename", "to", name, *_]:
            made[name] = made.pop(table)
        case ["rename", "column", old, "to", new, *_] | ["rename", old, "to", new, *_]:
            made[table] = [new if name == old else name for name in made[table]]
        case (
            ["add", "column", "if", "not", "exists", name, *_]
            | ["add", "column", name, *_]
            | ["add", name, *_]
        ) if name not in _NO_COLUMN:
            if name not in made[table]:
                made[table].append(name)
        case ["drop", "column", "if", "exists", name, *_] | ["drop", "column", name, *_]:
            made[table] = [one for one in made[table] if one != name]
        case _:
            pass


def _column(part: str) -> str:
    name = part.split(maxsplit=1)[0].strip('"').lower() if part.split() else ""
    return "" if name in _NO_COLUMN else name


def _parts(text: str, *, ends: bool = False) -> Iterator[str]:
    """What commas divide that stand in no brackets; `ends`: up to the bracket that closes it."""
    depth, part = 0, ""
    for letter in text:
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if ends and depth < 0:
            break
        if letter == "," and depth == 0:
            yield part.strip()
            part = ""
        else:
            part += letter
    yield part.strip()
