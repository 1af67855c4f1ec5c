"""What every API of the house shares: its OpenAPI description and its shape of pages."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

import flask_smorest
from flask import Flask, Response, json
from flask_smorest import Api
from marshmallow import Schema, fields, validate
from typing_extensions import override
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter, IntegerConverter

from app import errors
from app.access import examples
from app.access.openapi import BIGGEST_ID, HEADERS, HousePlugin, ProblemOut
from app.web import HouseParser

PAGE = 50


class Id(IntegerConverter):
    """A row's number in an address. No row has the largest: a number beyond it leads there."""

    regex = "[0-9]+"  # not the digits of every script: a case has one address

    @override
    def to_python(self, value: str) -> int:
        number: int = super().to_python(value[: len(str(BIGGEST_ID)) + 1])
        return min(number, BIGGEST_ID)


class Tracking(BaseConverter):
    """A tracking number in an address. Shippers write theirs with anything in them, slashes too."""

    regex = ".+?"
    part_isolating = False


class HouseApi(Api):  # type: ignore[misc] # flask-smorest carries no types
    """flask-smorest's API whose errors leave as the house's problem documents."""

    DEFAULT_ERROR_RESPONSE_NAME: ClassVar[None] = None  # every answer is described by its status

    def __init__(self, app: Flask) -> None:
        app.url_map.converters |= {"id": Id, "tracking": Tracking}
        super().__init__(app, spec_kwargs={"flask_plugin": HousePlugin(app)})
        self.spec.components.schema("Problem", schema=ProblemOut)
        for name, header in HEADERS.items():
            self.spec.components.header(name, header)

    @cached_property
    def description(self) -> dict[str, Any]:
        """The whole OpenAPI document, once everything is described."""
        return examples.add(self.spec.to_dict())

    def _openapi_json(self) -> Response:
        """In place of flask-smorest's own, which has no examples."""
        text = json.dumps(self.description, indent=2, sort_keys=False)
        return Response(text, mimetype="application/json")

    @override
    def handle_http_exception(self, error: HTTPException) -> Any:
        return errors.from_http(error)


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc] # the same
    """flask-smorest's blueprint, reading JSON as the whole house does."""

    ARGUMENTS_PARSER = HouseParser()


OPENAPI = {
    "API_TITLE": "Reknock",
    "API_VERSION": "v1",
    "OPENAPI_VERSION": "3.1.0",
    "OPENAPI_URL_PREFIX": "/",
    "OPENAPI_JSON_PATH": "openapi.json",
    "API_SPEC_OPTIONS": {
        "info": {"description": "From a courier's failed delivery to a parcel in the right hands."},
        "components": {
            "securitySchemes": {
                "key": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "an API key from `reknock key create`",
                },
                "metrics": {"type": "http", "scheme": "bearer", "description": "for figures"},
            }
        },
        "security": [{"key": []}],
    },
}


class PageQuery(Schema):
    """Cursor pagination: `cursor` is what the page before gave as `next`."""

    cursor = fields.Integer(load_default=0, validate=validate.Range(min=0, max=BIGGEST_ID))
    limit = fields.Integer(load_default=PAGE, validate=validate.Range(min=1, max=500))
