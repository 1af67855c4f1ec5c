"""What every API of the house shares: its OpenAPI description and its shape of pages."""

from __future__ import annotations

from typing import Any

import flask_smorest
from flask_smorest import Api
from marshmallow import Schema, fields, validate
from typing_extensions import override
from werkzeug.exceptions import HTTPException

from app import errors
from app.web import HouseParser

PAGE = 50


class HouseApi(Api):  # type: ignore[misc] # flask-smorest carries no types
    """flask-smorest's API whose errors leave as the house's problem documents."""

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
        "components": {"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}},
        "security": [{"key": []}],
    },
}


class PageQuery(Schema):
    """Cursor pagination: `cursor` is what the page before gave as `next`."""

    cursor = fields.Integer(load_default=0, validate=validate.Range(min=0))
    limit = fields.Integer(load_default=PAGE, validate=validate.Range(min=1, max=500))
