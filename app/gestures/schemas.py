"""Gestures as JSON."""

from __future__ import annotations

from marshmallow import fields, validate

from app.access.api import PageQuery
from app.access.openapi import Answer, Body, one_of
from app.gestures.model import Kind, State, Why

__all__ = ["GesturePage", "GestureQuery", "GivenOut", "GrantIn"]

GestureQuery = PageQuery


class GivenOut(Answer):
    """A gesture; its amount in the smallest unit of the currency."""

    id = fields.Integer()
    case_id = fields.Integer()
    kind = one_of(Kind)
    why = one_of(Why)
    state = one_of(State)
    amount = fields.Integer()
    currency = fields.String()
    decided_at = fields.AwareDateTime()
    settled_at = fields.AwareDateTime(allow_none=True)
    settled_by = fields.String(allow_none=True)


class ListedOut(GivenOut):
    """The same in a list."""

    tracking_number = fields.String()
    shipper = fields.String()


class GesturePage(Answer):
    """Gestures, the newest first; `next` is the cursor of the following page."""

    items = fields.List(fields.Nested(ListedOut))
    next = fields.Integer(allow_none=True)


class GrantIn(Body):
    """What the customer gets it by, if by anything."""

    code = fields.String(load_default="", validate=validate.Length(max=100))
