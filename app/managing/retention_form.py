"""The form of how long a shipper's customers are remembered, for its own people and for admins."""

from __future__ import annotations

from typing import Any

from flask import current_app, request

from app import clock
from app.access.keys import Caller
from app.db.connection import transaction
from app.directory.changes import by
from app.errors import Problem
from app.forgetting import kinds
from app.managing import brands, retention, retention_store


def take(who: Caller, slug: str) -> bool:
    """Keep it for as many days as the form says; False when it is so already.

    Raises:
        Problem: what `retention.put` refuses.
    """
    given = {kind: _days(request.form.get(kind, "").strip()) for kind in kinds.KINDS}
    with transaction() as conn:
        return retention.put(conn, by(who), slug, given, clock.now())


def shown(slug: str, problem: Problem | None) -> dict[str, Any]:
    """What the form shows; of what was refused, what was filled in."""
    house = current_app.config["SETTINGS"].keep_days
    with transaction() as conn:
        shipper = brands.find(conn, slug)
        own = retention_store.read(conn, slug)
    return {
        "shipper": shipper,
        "names": retention.NAMES,
        "house": house,
        "holds": kinds.within(house, own),
        "shown": request.form if problem else own,
    }


def _days(text: str) -> int | None:
    """A number of days; what is none is refused as one that cannot be."""
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1
