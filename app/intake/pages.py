"""A mapping tried on a pasted body, in demo mode only; nothing that is pasted is kept."""

from __future__ import annotations

import base64
import json
from typing import Any

from flask import Blueprint, Response, abort, current_app, request

from app import clock
from app.errors import Problem
from app.intake import mapping, samples
from app.intake.event import Account
from app.intake.mapping import trial
from app.theme import respond

blueprint = Blueprint("intake_pages", __name__, template_folder="templates")
respond.calm_errors(blueprint)

_LARGEST = 1_000_000  # bytes of the form; a body of 256 KiB may triple on its way here
_EVENTS_SHOWN = 20
_ZONE = "UTC"


@blueprint.before_request
def only_in_demo_mode() -> None:
    """Refuse outside demo mode, and let the form hold as much as a webhook may."""
    if not current_app.config["SETTINGS"].demo:
        abort(404)
    request.max_content_length = request.max_form_memory_size = _LARGEST


@blueprint.get("/playground/try")
def show() -> Response:
    """The example's mapping and body, and what becomes of them."""
    sample, _ = samples.failure(_account(mapping.EXAMPLE), clock.machine_now())
    return _page(mapping.pretty(mapping.EXAMPLE), sample.decode(), "")


@blueprint.post("/playground/try")
def attempt() -> Response:
    """What becomes of `sample` by `mapping`, with `headers` where paths read any."""
    given = (request.form.get(name, "") for name in ("mapping", "sample", "headers"))
    return _page(*given)


def _page(text: str, sample: str, headers: str) -> Response:
    tried, faults, signed = None, [], ""
    try:
        config = _config(text)
        signed = trial.describe(mapping.load(config).signature)
        sent = _headers(headers)
        raw = _bytes(sample, sent)
        tried = trial.run(_account(config), raw, sent, clock.machine_now(), believe=True)
    except Problem as problem:
        faults = problem.errors or []
    return respond.page(
        "intake/try.html",
        status=422 if faults else 200,
        mapping=text,
        sample=sample,
        headers=headers,
        tried=tried,
        shown=_EVENTS_SHOWN,
        faults=faults,
        signed=signed,
    )


def _account(config: dict[str, Any]) -> Account:
    return Account(0, "try", "custom", 0, 0, ("of nobody",), {}, config, _ZONE)


def _config(text: str) -> dict[str, Any]:
    try:
        config = json.loads(text)
    except (ValueError, RecursionError) as error:
        fault = {"field": "", "code": "not_json", "detail": f"This is not JSON: {error}."}
        raise Problem(422, "bad_mapping", "The mapping is not JSON.", errors=[fault]) from error
    mapping.load(config)
    checked: dict[str, Any] = config
    return checked


def _bytes(sample: str, headers: dict[str, str]) -> bytes:
    """The body as it was sent: what is compressed can only be pasted as base64."""
    if any(name.lower() == "content-encoding" for name in headers):
        try:
            return base64.b64decode("".join(sample.split()), validate=True)
        except ValueError:
            pass  # it was pasted as it reads, and the trial says that it is not compressed
    return sample.encode("utf-8", "replace")


def _headers(text: str) -> dict[str, str]:
    pairs = (line.partition(":") for line in text.splitlines())
    return {name.strip(): value.strip() for name, colon, value in pairs if colon and name.strip()}
