"""The rules for words that customers read. Each finding says where, and what to do.

Nobody vows what cannot be kept; a case has one apology; and an hour that binds us is said from a
`Promise` row, never from a bare time.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.lint.rules import CODE, Finding, may_hold_sql
from tests.lint.source import nodes, parsed, texts

_VOW = re.compile(
    r"do(ing)? better|happen(s|ed)? again|never again|last time this|from now on we", re.IGNORECASE
)
_SORRY = re.compile(r"\b(sorry|apolog)", re.IGNORECASE)
_GUARDED = re.compile(r"{%-? if [^%]*\bsorry\b[^%]*%}.*?{%-? endif -?%}", re.DOTALL)
_HOURS = ("news_by", "answer_by", "confirm_by", "choose_by")
_BARE = re.compile(rf"(?<!\basked)\.({'|'.join(_HOURS)})\b")
"""What the shipper is `asked` to do by some hour is theirs to keep, not ours."""
_APOLOGY = Path("app/customer/texts.py")
_PAGES = ("customer", "aftercare", "questions", "handover", "booking")


def check(root: Path) -> Iterator[Finding]:
    """All findings in the repository at `root`; their paths are relative to it."""
    for folder in CODE:
        for file in sorted((root / folder).rglob("*.py")):
            path = file.relative_to(root)
            tree = parsed(file)
            yield from vows(path, tree)
            yield from apologies(path, tree)
            yield from hours(path, tree)
    for file in sorted((root / "app").rglob("*.html")):
        path = file.relative_to(root)
        yield from page(path, file.read_text())


def vows(path: Path, tree: ast.Module) -> Iterator[Finding]:
    """People who were promised that it will not happen again are let down by the next time."""
    for line, text in texts(tree):
        if _VOW.search(text):
            yield Finding(path, line, "no-vows", "say what is done and by when, and vow nothing")


_SAID_OF_ONE = frozenset({"sorry", "apologised", "I apologised"})
"""How it is kept that there was one, and what staff answer of a call of theirs."""


def apologies(path: Path, tree: ast.Module) -> Iterator[Finding]:
    """There is one apology, and one place that knows whether it was said."""
    if may_hold_sql(path):
        return
    advice = "say SORRY of app/customer/texts.py, where the case was not told it before"
    for line, text in texts(tree):
        if _SORRY.search(text) and text not in _SAID_OF_ONE and not _is_the_one(path, tree, line):
            yield Finding(path, line, "one-apology", advice)


def _is_the_one(path: Path, tree: ast.Module, line: int) -> bool:
    if path != _APOLOGY:
        return False
    return any(
        isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "SORRY"
        for node in tree.body
        if node.lineno == line
    )


def hours(path: Path, tree: ast.Module) -> Iterator[Finding]:
    """A module that writes messages knows hours from promises, and from what the engine will do."""
    functions = [node for node in nodes(tree) if isinstance(node, ast.FunctionDef)]
    if not any(_writes(function) for function in functions) or path.name != "texts.py":
        return
    advice = "take a Promise, an Otherwise or a Booking instead, so that somebody keeps the hour"
    for function in functions:
        taken = [
            ast.unparse(arg.annotation)
            for arg in _arguments(function)
            if arg.annotation and arg.arg != "now"
        ]
        if _writes(function) and any("datetime" in one for one in taken):
            yield Finding(path, function.lineno, "promised-hours", advice)
        for node in ast.walk(function):
            if not isinstance(node, ast.Attribute):
                continue
            offered = ast.unparse(node.value) == "slot"  # what can be chosen is not promised yet
            bound = node.attr in {"starts_at", "ends_at"} and not offered
            unsettled = bound and "Promise" not in taken
            if node.attr in _HOURS or unsettled:
                yield Finding(path, node.lineno, "promised-hours", advice)


def _writes(function: ast.FunctionDef) -> bool:
    return function.returns is not None and "RenderedMessage" in ast.unparse(function.returns)


def _arguments(function: ast.FunctionDef) -> list[ast.arg]:
    return [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]


def page(path: Path, text: str) -> Iterator[Finding]:
    """The same for pages: hours from promises, an apology where the view allows it."""
    own = path.parts[1] in _PAGES
    for number, line in enumerate(text.splitlines(), 1):
        if _VOW.search(line):
            yield Finding(path, number, "no-vows", "say what is done and by when, and vow nothing")
        bare = _BARE.search(line) or ("booking.starts_at" in line and "view.hour" not in line)
        if own and bare:
            advice = "say it from the view's promise, or from what happens otherwise"
            yield Finding(path, number, "promised-hours", advice)
    if own and _SORRY.search(_GUARDED.sub("", text)):
        yield Finding(path, 1, "one-apology", "ask the view whether this is the one apology")
