"""What is wrong with a form, by field, as the problem that refuses it."""

from __future__ import annotations

from collections.abc import Mapping

from app.errors import Problem
from app.languages.sentence import joined


def wrong_fields(code: str, faults: Mapping[str, str]) -> Problem:
    """A 422 that says each fault beside its field, and all of them together."""
    errors = [{"field": name, "code": "invalid", "detail": why} for name, why in faults.items()]
    return Problem(422, code, joined([*faults.values()]), errors=errors)
