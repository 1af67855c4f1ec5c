"""Cases as JSON."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from app.access.api import PageQuery
from app.cases.model import CaseState, Resolution


class CaseQuery(PageQuery):
    """What cases can be filtered by."""

    state = fields.String(validate=validate.OneOf(list(CaseState)))
    courier = fields.String()
    reason = fields.String()
    depot = fields.String()
    q = fields.String(metadata={"description": "tracking number or order reference"})


class CaseOut(Schema):
    """A case."""

    id = fields.Integer()
    state = fields.String()
    kind = fields.String()
    round = fields.Integer()
    reason = fields.String()
    fault = fields.String()
    words = fields.String()
    courier = fields.String()
    depot = fields.String()
    tracking_number = fields.String()
    order_ref = fields.String(allow_none=True)
    attempts = fields.Integer()
    opened_at = fields.AwareDateTime()
    acknowledged_at = fields.AwareDateTime(allow_none=True)
    acknowledged_by = fields.String(allow_none=True)
    informed_at = fields.AwareDateTime(allow_none=True)
    news_by = fields.AwareDateTime(allow_none=True)
    choose_by = fields.AwareDateTime(allow_none=True)
    return_by = fields.AwareDateTime(allow_none=True)
    contact_fault = fields.String(allow_none=True)
    closed_at = fields.AwareDateTime(allow_none=True)
    resolution = fields.String(allow_none=True)


class CasePage(Schema):
    """Cases, the newest first; `next` is the cursor of the following page."""

    items = fields.List(fields.Nested(CaseOut))
    next = fields.Integer(allow_none=True)


class EntryOut(Schema):
    """One line of a case's timeline."""

    at = fields.AwareDateTime()
    kind = fields.String()
    actor = fields.String()
    facts = fields.Dict()


class Timeline(Schema):
    """A case's timeline, oldest first."""

    items = fields.List(fields.Nested(EntryOut))


class NoteIn(Schema):
    """A note by staff."""

    text = fields.String(required=True, validate=validate.Length(min=1, max=2000))


class ContactElsewhereIn(Schema):
    """A contact made elsewhere: in a shop, by phone, in a chat."""

    channel = fields.String(required=True, validate=validate.Length(min=1, max=40))
    text = fields.String(required=True, validate=validate.Length(min=1, max=2000))


class CloseIn(Schema):
    """Why a case is closed by hand."""

    resolution = fields.String(
        required=True,
        validate=validate.OneOf([end for end in Resolution if end.by_hand]),
    )


class CloseOut(Schema):
    """Whether this call closed it, and what the case says now."""

    closed_now = fields.Boolean()
    case = fields.Nested(CaseOut)
