"""Classes of values that nobody changes once they are made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(*, kw_only: bool = False) -> Callable[[type[T]], type[T]]:
    """Make a frozen dataclass of a class that pages and steps make by the hundred.

    That nothing of it is changed mypy sees to. `dataclass(frozen=True)` does so at run time, for
    each field also while a value is made, which then takes ten times as long.
    """
    return dataclass(slots=True, unsafe_hash=True, kw_only=kw_only)
