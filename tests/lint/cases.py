"""The rule that only `app/cases` writes a case, or a line of its timeline.

`python -m tests.lint.cases` names every place that breaks it. A frozen `Case` is the other
half: mypy refuses to set its fields.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.lint.source import nodes, parsed

HOME = Path("app/cases")
_WRITES = re.compile(
    r"\b(update|insert\s+into|delete\s+from|merge\s+into|truncate|copy)\s+(table\s+|only\s+)*"
    r"(cases|timeline)\b",
    re.IGNORECASE,
)


def problems(root: Path) -> list[str]:
    """Every place under `root` that writes a case and does not stand in `app/cases`."""
    return [
        f"{path.relative_to(root)}:{line}: only app/cases writes a case: {what}"
        for folder in ("app", "tasks")
        for path in sorted((root / folder).rglob("*.py"))
        if HOME not in path.relative_to(root).parents
        for line, what in _found(parsed(path))
    ]


def _found(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in nodes(tree):
        match node:
            case ast.Constant(value=str(text)) if written := _WRITES.search(text):
                yield node.lineno, " ".join(written[0].split())
            case ast.Call(func=function, args=[changed, *_]) if _named(function, "replace"):
                if _named(changed, "case"):
                    yield node.lineno, "a case is not replaced by hand"
            case ast.Call(func=function) if _named(function, "Case"):
                yield node.lineno, "a case is not made by hand"


def _named(node: ast.expr, name: str) -> bool:
    match node:
        case ast.Name(id=found) | ast.Attribute(attr=found):
            return found == name
    return False


if __name__ == "__main__":
    found = problems(Path(__file__).parents[2])
    print("\n".join(found))
    sys.exit(bool(found))
