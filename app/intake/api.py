"""`/webhooks/<account>`: what is no webhook. Those that are posted are taken by the middleware."""

from __future__ import annotations

from flask import Blueprint, Response, request

from app.errors import Problem
from app.intake import accounts
from app.intake.couriers import adapter

blueprint = Blueprint("webhooks", __name__)


@blueprint.route("/webhooks/<slug>", methods=["GET", "POST"])
def check(slug: str) -> Response:
    """Echo the challenge of couriers that ask for it when a webhook is registered."""
    name = getattr(adapter(accounts.get(slug).courier), "CHALLENGE", None)
    if request.method != "GET" or name is None or name not in request.args:
        raise Problem(405, "post_here", "Couriers POST to this address.", headers={"Allow": "POST"})
    return Response(request.args[name], content_type="text/plain; charset=utf-8")
