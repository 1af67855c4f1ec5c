"""The reference at `/docs`: a page made from the OpenAPI document, without any script."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, json, render_template

from app.access.api import HouseApi
from app.dispatch import documents
from app.insight import collection, reference, snippet
from app.theme.respond import page

blueprint = Blueprint("docs", __name__, template_folder="templates")


@blueprint.get("/docs")
def docs() -> Response:
    """Every operation with its parameters, bodies, answers, a curl line and an example."""
    spec = _spec()
    return page(
        "insight/docs.html",
        info=spec["info"],
        operations=reference.operations(spec, _base()),
        dispatch_example=documents.example(),
        dispatch_several=documents.SEVERAL,
    )


@blueprint.get("/docs/reknock.py")
def python() -> Response:
    """The API from Python: one file, made from the OpenAPI document."""
    text = render_template("insight/reknock.py.txt", **snippet.known(_spec(), _base()))
    return _file(text, "text/x-python", "reknock.py")


@blueprint.get("/docs/postman.json")
def postman() -> Response:
    """A collection for Postman, Bruno and the like, made from the OpenAPI document."""
    text = json.dumps(collection.made(_spec(), _base()), indent=1, sort_keys=False)
    return _file(text, "application/json", "reknock.postman_collection.json")


@blueprint.get("/docs/runbook")
def runbook() -> Response:
    """What each alert means and what to do, for whoever is woken by one."""
    return page("insight/runbook.html")


def _file(text: str, kind: str, name: str) -> Response:
    disposition = f'attachment; filename="{name}"'
    return Response(text, content_type=kind, headers={"Content-Disposition": disposition})


def _base() -> str:
    base: str = current_app.config["SETTINGS"].public_url
    return base


def _spec() -> dict[str, Any]:
    api: HouseApi = current_app.extensions["flask-smorest"]["apis"][""]["ext_obj"]
    return api.description
