"""Exports for shippers and staff: of a shipper its own, of staff those of their depots."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

from flask import Response
from marshmallow import Schema, fields

from app.access.api import Blueprint
from app.access.keys import caller, require
from app.db import connection as db
from app.insight.exports import rules, store
from app.insight.exports.store import Scope

blueprint = Blueprint(
    "exports", __name__, url_prefix="/api/v1/exports", description="Everything, as files"
)


class ExportQuery(Schema):
    """Of which time: when a case was opened, a message or promise made, a dispute said."""

    since = fields.AwareDateTime(load_default=None, metadata={"example": "2026-05-01T00:00:00Z"})
    until = fields.AwareDateTime(load_default=None, metadata={"example": "2026-06-01T00:00:00Z"})


def _streamed(name: str, form: str, query: dict[str, Any]) -> Response:
    kind = store.KINDS[name]
    scope = Scope(caller().shipper_id, caller().depots, query["since"], query["until"])

    def body() -> Iterator[bytes]:
        with closing(db.connect()) as conn:  # it is read when the view is long over
            yield from rules.lines(form, kind.columns, store.pages(conn, kind, scope))

    answer = Response(body(), content_type=rules.FORMS[form])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return answer


def _view(name: str, form: str) -> Callable[[dict[str, Any]], Response]:
    def view(query: dict[str, Any]) -> Response:
        return _streamed(name, form, query)

    view.__name__ = f"{name}_{form}"
    view.__doc__ = (
        f"All {name} as {form.upper()}, streamed.\n\nIn CSV a cell that a spreadsheet would run "
        "as a formula has an apostrophe before it, numbers with `+` too; NDJSON is as it is."
    )
    return view


for _name in store.KINDS:
    for _form, _type in rules.FORMS.items():
        _made = _view(_name, _form)
        _made = blueprint.response(200, content_type=_type)(_made)
        _made = blueprint.arguments(ExportQuery, location="query")(_made)
        _made = require("shipper", "dispatcher")(_made)
        blueprint.get(f"/{_name}.{_form}")(_made)
