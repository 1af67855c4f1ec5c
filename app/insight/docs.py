"""The reference at `/docs`: a page made from the OpenAPI document, without any script."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app

from app.dispatch import documents
from app.insight import reference
from app.theme.respond import page

blueprint = Blueprint("docs", __name__, template_folder="templates")


@blueprint.get("/docs")
def docs() -> Response:
    """Every operation with its parameters, bodies, answers, a curl line and an example."""
    spec = _spec()
    base = current_app.config["SETTINGS"].public_url
    return page(
        "insight/docs.html",
        info=spec["info"],
        operations=reference.operations(spec, base),
        dispatch_example=documents.example(),
        dispatch_several=documents.SEVERAL,
    )


@blueprint.get("/docs/runbook")
def runbook() -> Response:
    """What each alert means and what to do, for whoever is woken by one."""
    return page("insight/runbook.html")


def _spec() -> dict[str, Any]:
    spec: dict[str, Any] = current_app.extensions["flask-smorest"]["apis"][""][
        "ext_obj"
    ].spec.to_dict()
    return spec
