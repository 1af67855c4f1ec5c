"""JMESPath (https://jmespath.org) where a path of our own cannot say it, at a bounded cost.

A path names one place and costs next to nothing; an expression may also filter, choose and
order. Only what picks out parts of the body is let in, so that no value is ever larger than
the body: nothing is built (`[a, b]`, `{a: b}`, `join`, `to_string`), and a list is walked only
a few times, however long it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.parser import ParsedResult
from jmespath.visitor import TreeInterpreter

_MOST_NODES = 60
_DEEPEST = 20
_MOST_WALKS = 4
"""How often an expression may go through a list: a body of 256 KiB has one of 130,000 entries."""

_PICKING = frozenset(
    {
        *("and_expression", "comparator", "current", "expref", "field", "identity", "index"),
        *("index_expression", "literal", "not_expression", "or_expression", "pipe", "slice"),
        "subexpression",
    }
)
_WALKING = frozenset({"filter_projection", "flatten", "projection", "value_projection"})
_FUNCTIONS = {
    "contains": 2,
    "starts_with": 2,
    "ends_with": 2,
    "length": 1,
    "type": 1,
    "keys": 1,
    "values": 1,
    "reverse": 1,
    "max_by": 2,
    "min_by": 2,
    "sort_by": 2,
}
"""Each with how many values it takes."""
_FUNCTIONS_WALKING = frozenset({"contains", "keys", "reverse", "max_by", "min_by", "sort_by"})

_interpreter = TreeInterpreter()


class ExpressionError(ValueError):
    """This is no expression that is let in; the text says why."""


def compile_expression(text: str) -> ParsedResult:
    """Read an expression and check its cost.

    Raises:
        ExpressionError: it is none, or it could cost too much.
    """
    try:
        parsed = jmespath.compile(text)
    except JMESPathError as error:
        raise ExpressionError(_first_line(error)) from None
    except RecursionError:
        raise ExpressionError("it is nested too deeply") from None
    walks = 0
    for number, (node, depth) in enumerate(_nodes(parsed.parsed), start=1):
        if number > _MOST_NODES or depth > _DEEPEST:
            raise ExpressionError("it is too long or nested too deeply")
        walks += _walks(node)
        if walks > _MOST_WALKS:
            raise ExpressionError(f"it goes through lists more than {_MOST_WALKS} times")
    return parsed


def evaluate(parsed: ParsedResult, item: Any) -> Any:
    """What it finds in an item; None where a value is not of the kind that it expects."""
    try:
        return _interpreter.visit(parsed.parsed, item)
    except (ValueError, TypeError, RecursionError):  # JMESPath's own errors are ValueErrors
        return None


def _first_line(error: JMESPathError) -> str:
    """The fault without the expression, which is known."""
    return str(error).partition("\n")[0].partition(", for expression")[0].rstrip(".:")


def _nodes(tree: Any) -> Iterator[tuple[Any, int]]:
    """Every node of the tree and how deep it stands, without recursion."""
    waiting = [(tree, 1)]
    while waiting:
        node, depth = waiting.pop()
        yield node, depth
        if node["type"] != "slice":  # its children are numbers
            waiting += [(child, depth + 1) for child in node["children"]]


def _walks(node: Any) -> int:
    """How often this node goes through a list.

    Raises:
        ExpressionError: it is of a kind that is not let in.
    """
    kind = node["type"]
    if kind in _WALKING:
        return 1
    if kind == "function_expression":
        name = node["value"]
        if _FUNCTIONS.get(name) != len(node["children"]):
            known = ", ".join(f"{one}/{count}" for one, count in _FUNCTIONS.items())
            raise ExpressionError(f"{name}/{len(node['children'])} is none of: {known}")
        return int(name in _FUNCTIONS_WALKING)
    if kind not in _PICKING:
        raise ExpressionError("it may pick values but not build new ones")
    return 0
