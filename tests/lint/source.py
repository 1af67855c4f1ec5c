"""The source as the rules read it: each file is parsed and walked once."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path


@cache
def parsed(file: Path) -> ast.Module:
    """What a Python file holds."""
    return ast.parse(file.read_text(), str(file))


@cache
def nodes(tree: ast.Module) -> tuple[ast.AST, ...]:
    """All nodes of a file."""
    return tuple(ast.walk(tree))


@cache
def texts(tree: ast.Module) -> tuple[tuple[int, str], ...]:
    """All texts with their lines, docstrings excepted; a text put together counts as one."""
    skipped: set[ast.AST] = set()
    for node in nodes(tree):
        if isinstance(node, ast.Expr):  # a docstring, or a text after an attribute
            skipped.add(node.value)
        elif isinstance(node, ast.JoinedStr):
            skipped |= {part for part in node.values if isinstance(part, ast.Constant)}
    return tuple(
        (node.lineno, text)
        for node in nodes(tree)
        if isinstance(node, ast.JoinedStr | ast.Constant)
        and node not in skipped
        and (text := _text(node)) is not None
    )


def _text(node: ast.JoinedStr | ast.Constant) -> str | None:
    match node:
        case ast.JoinedStr(values=parts):
            return "".join(str(p.value) if isinstance(p, ast.Constant) else "x" for p in parts)
        case ast.Constant(value=bytes(value)):
            return value.decode("latin-1")
        case ast.Constant(value=str(value)):
            return value
    return None
