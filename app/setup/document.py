"""A set-up file, read: what it says, or every fault with its line and what to do about it."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from marshmallow import Schema, ValidationError, fields

from app.setup import lines
from app.setup.lines import Place
from app.setup.schemas import SetupSchema


class Fault(NamedTuple):
    """What is wrong somewhere in the file."""

    line: int
    place: str
    detail: str

    def __str__(self) -> str:
        """As a terminal shows it."""
        return f"line {self.line}: {self.place}: {self.detail}"


class Unusable(Exception):
    """The file cannot be used; nothing was changed."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = list(faults)


class Document:
    """What a file says, by section and name."""

    def __init__(self, text: str, folder: Path) -> None:
        """Files are named from `folder`.

        Raises:
            Unusable: it is no TOML, says what there is not, or names what it does not have.
        """
        try:
            raw = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            line = getattr(error, "lineno", None) or _line_in(str(error)) or 1
            raise Unusable([Fault(line, "file", f"This is not TOML: {error}.")]) from error
        self.folder = folder
        self._lines = lines.lines_of(text)
        try:
            self.said: Mapping[str, Mapping[str, Any]] = SetupSchema().load(raw)
        except ValidationError as error:
            raise Unusable([*self._faults(error.messages_dict)]) from error

    def fault(self, place: Place, detail: str) -> Fault:
        """What is wrong there."""
        return Fault(lines.line_of(self._lines, place), ".".join(place), detail)

    def _faults(self, messages: Mapping[Any, Any], before: Place = ()) -> Iterator[Fault]:
        for key, value in messages.items():
            place = (*before, *(() if key in {"value", "key"} else (str(key),)))
            if isinstance(value, Mapping):
                yield from self._faults(value, place)
            else:
                yield self.fault(place, " ".join([*value, *_meant(place)]))


def _meant(place: Place) -> list[str]:
    """The name that somebody may have meant, if this is none."""
    schema: Schema | None = SetupSchema()
    for name in place[:-1]:
        if schema is None:
            return []
        if name.isdigit() or name not in schema.fields:
            continue
        field = schema.fields[name]
        inner = getattr(field, "value_field", None) or getattr(field, "inner", field)
        schema = inner.schema if isinstance(inner, fields.Nested) else None
    if schema is None or place[-1] in schema.fields:
        return []
    near = difflib.get_close_matches(place[-1], schema.fields, 1)
    known = f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(schema.fields)}."
    return [known]


def _line_in(text: str) -> int | None:
    """`… (at line 3, column 1)`."""
    _, found, rest = text.partition("at line ")
    number = rest.partition(",")[0]
    return int(number) if found and number.isdigit() else None
