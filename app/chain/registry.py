"""All step types and other sources of outcomes, by name.

Features declare them, `app.step_types` registers them, and nobody else has a list.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from app.chain.step import Source, StepType

# The chain stands below the features and must not import them. It asks for the one module that
# registers them all when somebody wants to know; a process that never asks never imports it.
_REGISTRATION = "app.step_types"

_sources: dict[str, Source[Any]] = {}


def register(*declared: Source[Any]) -> None:
    """Make step types and other sources known.

    Raises:
        ValueError: another one has the name.
    """
    for source in declared:
        known = _sources.setdefault(source.name, source)
        if known is not source:
            raise ValueError(f"there are two declarations of {source.name!r}")


def sources() -> Mapping[str, Source[Any]]:
    """Everything that a policy can react to, by name."""
    import_module(_REGISTRATION)
    return _sources


def step_types() -> dict[str, StepType[Any]]:
    """Every step type, by name."""
    return {name: one for name, one in sources().items() if isinstance(one, StepType)}


def step_type(name: str) -> StepType[Any] | None:
    """The step type of this name, if there is one."""
    found = sources().get(name)
    return found if isinstance(found, StepType) else None


def label(name: str) -> str:
    """What a step of this name is going to do, in words."""
    found = step_type(name)
    return found.label if found else name.replace("_", " ")
