"""What a form says that somebody decided; whose page it is, is the caller's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from app.decisions import service
from app.decisions.model import Choice
from app.errors import Problem
from app.languages.language import mark

_LONGEST = 2000


def decide(form: Mapping[str, str], case_id: int, by: str, now: datetime) -> None:
    """Take `decision`, with a `note` that the customer may read if `tell` is ticked.

    Raises:
        Problem: what `service.decide` refuses, and 422 where nothing is chosen.
    """
    try:
        choice = Choice(form.get("decision", ""))
    except ValueError:
        raise Problem(422, "nothing_chosen", mark("Please choose one of these first.")) from None
    stands = form.get("instead_of", "")
    service.decide(
        case_id,
        choice,
        by,
        now,
        note=form.get("note", "").strip()[:_LONGEST],
        note_for="customer" if form.get("tell") else "shipper",
        instead_of=int(stands) if stands.isascii() and stands.isdigit() else None,
    )
