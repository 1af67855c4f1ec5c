"""The form of how a shipper looks, for its own people and for admins alike."""

from __future__ import annotations

from typing import Any

from flask import request

from app import clock
from app.access.keys import Caller
from app.db.connection import transaction
from app.directory.changes import by
from app.errors import Problem
from app.managing import brands, logos
from app.photos import uploads

_GIVEN = ("name", "colour", "dark", "sender", "reply_to", "imprint", "recommend")


def take(who: Caller, slug: str, *, domain: bool) -> bool:
    """Let a shipper look as the form says; a logo only where one is given or taken away.

    False when it looks so already. `domain` lets its own host be changed.

    Raises:
        Problem: what `brands.put` and `logos.keep` refuse.
    """
    uploads.let_in()
    form = request.form
    given = {name: form.get(name, "") for name in (*_GIVEN, *(["domain"] if domain else []))}
    if form.get("logo") == "none":
        given["logo"] = ""
    elif sent := uploads.sent():
        given["logo"] = logos.keep(sent[0])
    with transaction() as conn:
        return brands.put(conn, by(who), slug, given, clock.now())


def shown(slug: str, problem: Problem | None) -> dict[str, Any]:
    """What the form shows; of what was refused, what was filled in."""
    with transaction() as conn:
        found = brands.find(conn, slug)
    looks = request.form if problem else found.brand.as_json()
    return {"shipper": found, "looks": looks}
