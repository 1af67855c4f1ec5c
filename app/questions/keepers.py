"""Who answers a question, by name: as it is kept, and as people read it."""

from __future__ import annotations

from collections.abc import Sequence

from app.languages.language import Language

_FEW = 2


def together(names: Sequence[str]) -> str:
    """`Ben or Cleo`; empty where they are many."""
    return " or ".join(names) if len(names) <= _FEW else ""


def either(language: Language, keeper: str) -> str:
    """The same in this language, to stand within a sentence."""
    one, _, other = keeper.partition(" or ")
    return language.say("{one} or {other}", one=one, other=other) if other else one
