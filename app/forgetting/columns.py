"""The declared map of all columns: `columns.toml` beside this file. Pure, but for reading it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from app.forgetting.kinds import KINDS

FILE = Path(__file__).with_name("columns.toml")
BY_ID = ("parcel", "case", "message", "dispute")
"""Whose rows are found by an id; the others are found by what stands in them."""
_CLASSES = ("keep", "names", "staff")
_FIELDS = {"of", "but", "drop", "made", "early", "forget", *_CLASSES}


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """What a table's columns are to a customer."""

    name: str
    forget: Mapping[str, str]
    """What is about a customer, and the SQL that is put in its place; none: code does it."""
    keep: Sequence[str]
    names: Sequence[str]
    staff: Sequence[str]
    whose: str = ""
    """By whose id the rows are found, or `contact` or `words`; empty: they are nobody's."""
    key: str = ""
    but: str = "true"
    """Rows of theirs for which this does not hold are left alone."""
    drop: bool = False
    made: bool = False
    """Of other columns, so that it is no news when it goes."""
    early: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """What goes before the customer does, by kind of data."""

    @property
    def columns(self) -> list[str]:
        """Every column that is declared, in no order."""
        return [*self.forget, *self.keep, *self.names, *self.staff]

    @property
    def told(self) -> list[str]:
        """What somebody is shown of a row of theirs who asks what is kept of them."""
        return [*self.keep, *self.forget]


@cache
def tables() -> Mapping[str, Table]:
    """All tables, in the order in which they are walked.

    Raises:
        ValueError: the file says something that nobody understands.
    """
    return read(FILE.read_text())


def read(text: str) -> Mapping[str, Table]:
    """The same of a text."""
    return {name: _table(name, said) for name, said in tomllib.loads(text).items()}


def _table(name: str, said: Mapping[str, object]) -> Table:
    if unknown := set(said) - _FIELDS:
        raise ValueError(f"{name}: {', '.join(sorted(unknown))} means nothing")
    of, forget = said.get("of", {}), said.get("forget", {})
    assert isinstance(of, dict)  # noqa: S101 - TOML
    assert isinstance(forget, dict)  # noqa: S101 - TOML
    if len(of) != bool(forget) or set(of) - {*BY_ID, "contact", "words"}:
        raise ValueError(f"{name}: say in `of` whose rows they are, where there is a `forget`")
    early = said.get("early", {})
    assert isinstance(early, dict)  # noqa: S101 - TOML
    named = {column for columns in early.values() for column in columns}
    if early.keys() - {*KINDS} or named - forget.keys():
        raise ValueError(f"{name}: `early` names what is not forgotten, or no kind of data")
    whose, key = next(iter(of.items()), ("", ""))
    rest = {kind: list(said.get(kind, ())) for kind in _CLASSES}  # type: ignore[call-overload]
    table = Table(
        name,
        forget,
        **rest,
        whose=whose,
        key=key,
        but=str(said.get("but", "true")),
        drop=bool(said.get("drop")),
        made=bool(said.get("made")),
        early=early,
    )
    twice = {column for column in table.columns if table.columns.count(column) > 1}
    if twice:
        raise ValueError(f"{name}: {', '.join(sorted(twice))} is declared twice")
    return table
