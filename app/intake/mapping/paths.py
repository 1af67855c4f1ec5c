"""Paths into a courier's JSON: small, safe, and never an error, whatever the body is.

| path                             | finds                                                        |
| -------------------------------- | ------------------------------------------------------------ |
| `data.status`                    | a value inside objects                                       |
| `items[0].status`, `items[-1]`   | an entry of a list: the first, the last                      |
| `scans[latest:at].code`          | the entry of a list whose time at `at` is the latest         |
| `refs[type=order].value`         | the first entry whose `type` is `order`                      |
| `data["odd.name"]`               | a name with dots, brackets or spaces in it                   |
| `$.type`, `$`                    | from the top of the body, where `each` walks through a list  |
| `header:X-Event-Id`              | a header of the request                                      |
| `jmespath:a[?b=='x'] | [0].c`    | what JMESPath finds, from the entry: see `expressions`       |

Nothing is computed: a path names one place, and what is not there is None.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from jmespath.parser import ParsedResult

from app.intake.couriers._shape import clean
from app.intake.mapping.expressions import ExpressionError, compile_expression, evaluate
from app.shipments.normal import LONGEST_ID

LONGEST_PATH = 200
_MOST_STEPS = 20
_HEADER = "header:"
_JMESPATH = "jmespath:"

_STEP = re.compile(
    r"""
    (?P<name>[^.\[\]"\s]+)
    | \[ (?P<index>-?\d{1,4}) \]
    | \[ "(?P<quoted>[^"]+)" \]
    | \[ latest: (?P<latest>[^\[\]"]+) \]
    | \[ (?P<field>[^=\[\]":]+) = (?P<value>[^\[\]"]*) \]
    """,
    re.VERBOSE | re.ASCII,
)
_INDEX = re.compile(r"-?\d{1,4}", re.ASCII)
HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}")


class PathError(ValueError):
    """This is no path; the text says where it goes wrong."""


class Latest(NamedTuple):
    """The entry of a list with the latest time at these names."""

    names: tuple[str, ...]


class Matching(NamedTuple):
    """The first entry of a list that has this text at these names."""

    names: tuple[str, ...]
    text: str


Step = str | int | Latest | Matching


class Place(NamedTuple):
    """Where paths are looked up."""

    item: Any
    """What a path starts from."""
    body: Any
    """What `$` starts from."""
    headers: Mapping[str, str]
    """Looked up without regard to case."""
    time: Callable[[Any], datetime | None]
    """Reads a time the way the mapping says."""
    latest: dict[tuple[int, Latest], Any]
    """The latest entries found so far, by list and step: most mappings ask for one many times."""


class Found(NamedTuple):
    """What a source found."""

    value: Any
    """A text that is not blank, a number or a truth value; None if nothing was found."""
    where: str
    """The paths it came from."""
    complete: bool = True
    """Whether every part of a joined one was there."""


@dataclass(frozen=True, slots=True)
class Path:
    """One parsed path."""

    text: str
    steps: tuple[Step, ...]
    from_top: bool = False
    header: str = ""
    expression: ParsedResult | None = field(default=None, compare=False)
    """Without steps: the header, the expression, or the whole."""

    def find(self, place: Place) -> Any:
        """What stands there; None if nothing does."""
        value = place.body if self.from_top else place.item
        if not self.steps:
            if self.header:
                return place.headers.get(self.header)
            return evaluate(self.expression, value) if self.expression else value
        for step in self.steps:
            if value.__class__ is dict and step.__class__ is str:  # nearly every step
                value = value.get(step)
            else:
                value = _go(value, step, place)
            if value is None:
                return None
        return value


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value comes from: the first of its paths that says something, or all joined."""

    paths: tuple[Path, ...]
    joint: str | None = None
    """What stands between joined values; None takes the first."""

    def find(self, place: Place, limit: int = LONGEST_ID) -> Found:
        """The value and where it was; `limit` is how long each joined part may be."""
        if self.joint is None:
            for path in self.paths:
                value = path.find(place)
                if _says_something(value):
                    return Found(value, path.text)
            return NOTHING
        parts = [(text_of(path.find(place), limit), path.text) for path in self.paths]
        there = [(text, where) for text, where in parts if text is not None]
        if not there:
            return NOTHING
        value = self.joint.join(text for text, _ in there)
        return Found(value, " + ".join(where for _, where in there), len(there) == len(parts))

    @property
    def text(self) -> str:
        """All of its paths, for people."""
        return (" + " if self.joint is not None else " or ").join(path.text for path in self.paths)


NOTHING = Found(None, "", complete=False)


def text_of(value: object, limit: int = LONGEST_ID) -> str | None:
    """One clean line of a text, a whole number or a truth value; None of anything else."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return clean(value, limit)


def _says_something(value: object) -> bool:
    if isinstance(value, str):
        return not value.isspace() and value != ""
    return isinstance(value, int | float)


def parse(text: str) -> Path:
    """Read a path.

    Raises:
        PathError: it is none.
    """
    if text.startswith(_HEADER):
        name = text.removeprefix(_HEADER)
        if not HEADER_NAME.fullmatch(name):
            raise PathError(f"{name!r} is no name of a header")
        return Path(text, (), header=name.lower())
    if not text or len(text) > LONGEST_PATH:
        raise PathError(f"a path has 1 to {LONGEST_PATH} characters")
    if text.startswith(_JMESPATH):
        try:
            expression = compile_expression(text.removeprefix(_JMESPATH))
        except ExpressionError as error:
            raise PathError(f"{text!r} cannot be used: {error}") from None
        return Path(text, (), expression=expression)
    from_top = text == "$" or text.startswith(("$.", "$["))
    rest = text[1:].removeprefix(".") if from_top else text
    steps = tuple(_steps(rest, text))
    if len(steps) > _MOST_STEPS:
        raise PathError(f"a path has at most {_MOST_STEPS} steps")
    return Path(text, steps, from_top)


def _steps(rest: str, text: str) -> Iterator[Step]:
    at = 0
    while at < len(rest):
        if at and rest[at] == ".":
            at += 1
        elif at and rest[at] != "[":
            raise _stuck(text, rest[at:])
        match = _STEP.match(rest, at)
        if match is None or (match["name"] is None and at and rest[at - 1] == "."):
            raise _stuck(text, rest[at:])
        yield _step(match, text)
        at = match.end()


def _step(match: re.Match[str], text: str) -> Step:
    if match["name"] is not None:
        return match["name"]
    if match["index"] is not None:
        return int(match["index"])
    if match["quoted"] is not None:
        return match["quoted"]
    if match["latest"] is not None:
        return Latest(_names(match["latest"], text))
    return Matching(_names(match["field"], text), match["value"].strip())


def _names(text: str, whole: str) -> tuple[str, ...]:
    names = tuple(text.strip().split("."))
    if not all(names):
        raise _stuck(whole, text)
    return names


def _stuck(text: str, rest: str) -> PathError:
    place = f"cannot be read from {rest!r} on" if rest else "ends early"
    return PathError(f"{text!r} {place}")


def _go(value: Any, step: Step, place: Place) -> Any:
    """One step further; None where there is no such place."""
    if isinstance(step, str):
        if isinstance(value, dict):
            return value.get(step)
        return _entry(value, int(step)) if _INDEX.fullmatch(step) else None
    if isinstance(step, int):
        return _entry(value, step)
    if not isinstance(value, list):
        return None
    if isinstance(step, Matching):
        return next((one for one in value if text_of(_inside(one, step.names)) == step.text), None)
    known = (id(value), step)
    if known not in place.latest:
        place.latest[known] = _latest(value, step.names, place.time)
    return place.latest[known]


def _latest(
    entries: list[Any], names: tuple[str, ...], time: Callable[[Any], datetime | None]
) -> Any:
    latest, found = None, None
    for one in entries:
        at = time(_inside(one, names))
        if at is not None and (latest is None or at >= latest):
            latest, found = at, one
    return found


def _entry(value: Any, index: int) -> Any:
    return value[index] if isinstance(value, list) and -len(value) <= index < len(value) else None


def _inside(value: Any, names: tuple[str, ...]) -> Any:
    for name in names:
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value
