"""What a shipper is shown of one case, wherever they look at it: behind a link, or signed in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.booking import service as booking
from app.cases import service as cases
from app.cases.model import Case
from app.db.connection import Connection
from app.decisions import service, views
from app.errors import Problem
from app.shipments.corrections import forms as corrections
from app.theme import speaking


def facts(
    conn: Connection,
    case: Case,
    problem: Problem | None,
    given: Mapping[str, str],
    now: datetime,
) -> dict[str, Any]:
    """What the templates of a shipper's case need; `given` is a form that was refused."""
    view = views.view(
        case,
        cases.timeline(conn, case.id),
        service.known(conn, case),
        booking.standing(conn, case.id),
        now,
        speaking.language(),
    )
    return {
        "view": view,
        "case": case,
        "when": view.when,
        "problem": problem,
        "faults": speaking.faults(problem),
        "where": corrections.read(conn, case.id),
        "given": given,
    }
