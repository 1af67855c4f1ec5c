"""How a page on which something is set up is answered, with or without a problem."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from app import clock
from app.access.keys import caller
from app.errors import Problem
from app.managing import words
from app.theme import respond
from app.theme.speaking import faults, language
from app.theme.times import When


def page(template: str, part: str, problem: Problem | None, **facts: Any) -> Response:
    """The page `template` within `part` of what is managed; what was filled in stays."""
    return respond.page(
        template,
        status=problem.status if problem else 200,
        caller=caller(),
        here="manage",
        part=part,
        problem=problem,
        faults=faults(problem),
        given=request.form,
        when=When("UTC", clock.now(), language()),
        words=words,
        **facts,
    )
