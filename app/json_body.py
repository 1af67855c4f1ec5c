"""Reads JSON that comes from outside, with limits on what can be asked of it."""

from __future__ import annotations

import codecs
import json
import re
from typing import Any

import orjson

from app.errors import Problem

DEEPEST = 1000
"""How deep lists and objects may stand in each other."""
MOST_DIGITS = 1000
"""How many digits a whole number may have; the time to read one grows with their square."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_STRING_OR_BRACKET = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)


class NotJson(Problem, ValueError):
    """The body is not JSON."""

    def __init__(self, why: object) -> None:
        super().__init__(400, "not_json", f"The body is not JSON: {why}.")


class TooMuchJson(Problem, ValueError):
    """The body may be JSON, but it is deeper or has longer numbers than anybody needs."""

    def __init__(self, why: str) -> None:
        super().__init__(400, "json_too_deep", f"The body cannot be read: {why}.")


def parse(raw: bytes, *, lenient: bool = False) -> Any:
    """The body as JSON, also with the byte order mark that some programs begin their UTF-8 by.

    With `lenient`, control characters that stand raw inside of a text are taken as they are.

    Raises:
        NotJson: 400, it is not JSON.
        TooMuchJson: 400, it is too deep, or a number in it is too long.
    """
    raw = _without_mark(raw)
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        pass
    _check_depth(raw)
    try:  # accepts a little more: odd escapes, half characters, long numbers
        return json.loads(raw.decode(), parse_int=_whole, strict=not lenient)
    except TooMuchJson:
        raise
    except RecursionError as error:
        raise TooMuchJson("lists or objects stand too deep in each other") from error
    except ValueError as error:
        raise NotJson(error) from error


def _without_mark(raw: bytes) -> bytes:
    """The same in UTF-8 without a mark; UTF-16 and UTF-32 are known by theirs."""
    for mark, name in _MARKS:
        if raw.startswith(mark):
            try:
                return raw[len(mark) :].decode(name).encode()
            except UnicodeError as error:
                raise NotJson(error) from error
    return raw


def _check_depth(raw: bytes) -> None:
    depth = deepest = 0
    for found in _STRING_OR_BRACKET.finditer(raw):
        if found[0] in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif found[0] in b"]}":
            depth -= 1
    if deepest > DEEPEST:
        if depth:
            raise NotJson("brackets are not closed")
        raise TooMuchJson(f"lists and objects may stand in each other {DEEPEST} deep")


def _whole(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise TooMuchJson(f"a whole number may have {MOST_DIGITS} digits")
    return int(digits)
