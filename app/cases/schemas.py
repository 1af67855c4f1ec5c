"""Cases as JSON."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from app.access.api import PageQuery
from app.access.openapi import Answer, Body, one_of
from app.cases.model import CaseKind, CaseState, CourierAct, Resolution
from app.cases.timeline.kinds import Kind, Visibility
from app.photos.service import AT_ONCE


class CaseQuery(PageQuery):
    """What cases can be filtered by."""

    state = one_of(CaseState)
    courier = fields.String()
    reason = fields.String()
    depot = fields.String()
    q = fields.String(
        validate=[validate.Length(max=200), validate.ContainsNoneOf("\0")],
        metadata={
            "description": "What somebody would type into the console's search: a name, a phone "
            "number however it is written, a tracking number or order reference, a street, a "
            "postcode, or parts of several."
        },
    )


def _moment(**more: Any) -> fields.String:
    """A moment that the database wrote as JSON already."""
    return fields.String(metadata={"format": "date-time"}, **more)


class PromiseOut(Answer):
    """An hour that the customer was told, and whether it was kept."""

    kind = one_of(["news", "answer", "confirm", "window", "ready", "call"])
    due_at = _moment()
    state = one_of(["open", "kept", "broken", "released"])


class HoldingOut(Answer):
    """Where a parcel that is held can be collected, as far as the courier says so."""

    place = fields.String(allow_none=True, dump_default=None)
    address = fields.String(allow_none=True, dump_default=None)
    hours = fields.String(allow_none=True, dump_default=None)
    until = fields.String(allow_none=True, dump_default=None, metadata={"format": "date-time"})
    redelivery = fields.Boolean(
        dump_default=False,
        metadata={"description": "Whether the courier would bring it once more instead."},
    )


class CaseBookingOut(Answer):
    """What was booked last, and whether whoever carries it out said yes."""

    kind = one_of(["redelivery", "pickup", "return"])
    starts_at = _moment()
    ends_at = _moment()
    place = fields.String()
    state = one_of(["asked", "confirmed", "refused", "changed", "kept", "broken", "dropped"])
    confirm_by = _moment(allow_none=True)
    missed = one_of(
        ["tried", "not_there", "not_confirmed", "not_collected", "not_back"],
        allow_none=True,
        metadata={
            "description": "Of what did not come true: the courier came in the window and could "
            "not hand it over; did not come; nobody had said yes; nobody collected it; it is not "
            "back at its sender."
        },
    )


class WaitingOut(Answer):
    """That the customer waits for a place, where all days are full.

    Until `offered_until` one is kept for them; it is null while there is none.
    """

    since = _moment()
    offered_until = _moment(allow_none=True)


class QuestionOut(Answer):
    """What the customer asked, by when somebody answers, and what they answered."""

    id = fields.Integer()
    text = fields.String()
    channel = fields.String(metadata={"description": "sms, whatsapp, email or page"})
    asked_at = fields.String(metadata={"format": "date-time"})
    answer_by = fields.String(metadata={"format": "date-time"})
    answered_at = fields.String(allow_none=True, metadata={"format": "date-time"})
    answered_by = fields.String(allow_none=True)
    answer = fields.String(allow_none=True)


class CaseOut(Answer):
    """A case."""

    id = fields.Integer()
    state = one_of(CaseState)
    kind = one_of(CaseKind)
    round = fields.Integer()
    reason = fields.String()
    fault = fields.String()
    words = fields.String()
    courier = fields.String()
    depot = fields.String()
    tracking_number = fields.String()
    order_ref = fields.String(allow_none=True)
    attempts = fields.Integer(
        metadata={"description": "Those that the courier reports, without the disputed ones."}
    )
    disputed_attempts = fields.Integer(
        metadata={"description": "Attempts of which the customer says that nobody came."}
    )
    held = fields.Nested(HoldingOut, allow_none=True)
    opened_at = fields.AwareDateTime()
    acknowledged_at = fields.AwareDateTime(allow_none=True)
    acknowledged_by = fields.String(allow_none=True)
    informed_at = fields.AwareDateTime(allow_none=True)
    news_by = fields.AwareDateTime(allow_none=True)
    choose_by = fields.AwareDateTime(allow_none=True)
    return_by = fields.AwareDateTime(allow_none=True)
    courier_act = one_of(CourierAct, allow_none=True)
    courier_acts_at = fields.AwareDateTime(allow_none=True)
    change_by = fields.AwareDateTime(allow_none=True)
    aside_until = fields.AwareDateTime(
        allow_none=True,
        metadata={
            "description": "Old news: nobody is called until somebody begins it; then it closes."
        },
    )
    contact_fault = fields.String(allow_none=True)
    closed_at = fields.AwareDateTime(
        allow_none=True,
        metadata={
            "description": "When the parcel's matter ended, by the courier's own time: it can lie "
            "before `opened_at`, when we heard of the failure late."
        },
    )
    resolution = one_of(Resolution, allow_none=True)
    language = fields.String(
        metadata={"description": "BCP 47: what the customer reads, else what is spoken there"}
    )
    timezone = fields.String(
        metadata={"description": "IANA name: the clocks of the address, else the depot's"}
    )
    track_token = fields.String(
        metadata={
            "description": "For your own site: it reads how far the parcel is, opens no page and "
            "can do nothing. Give it to `<reknock-track token=…>`, see `/track.js`."
        }
    )
    track_url = fields.String(metadata={"format": "uri"})
    booking = fields.Nested(CaseBookingOut, allow_none=True)
    promises = fields.List(fields.Nested(PromiseOut))
    questions = fields.List(fields.Nested(QuestionOut))
    waiting = fields.Nested(WaitingOut, allow_none=True)


class CasePage(Answer):
    """Cases, the newest first; `next` is the cursor of the following page."""

    items = fields.List(fields.Nested(CaseOut))
    next = fields.Integer(allow_none=True)


class EntryOut(Answer):
    """One line of a case's timeline."""

    at = fields.AwareDateTime()
    kind = one_of(Kind)
    actor = fields.String()
    facts = fields.Dict()


class Timeline(Answer):
    """A case's timeline, oldest first."""

    items = fields.List(fields.Nested(EntryOut))


def _visibility() -> fields.String:
    about = "who may read it; left out: staff, and of a shipper's own words the shipper"
    return one_of(Visibility, metadata={"description": about})


class NoteIn(Body):
    """A note."""

    text = fields.String(load_default="", validate=validate.Length(max=2000))
    visibility = _visibility()


class NoteForm(NoteIn):
    """A note with photos, as a form; then it needs no text."""

    photo = fields.List(
        fields.Raw(metadata={"type": "string", "format": "binary"}),
        metadata={"description": "JPEG, PNG or WebP", "maxItems": AT_ONCE},
    )


class ContactElsewhereIn(Body):
    """A contact made elsewhere: in a shop, by phone, in a chat."""

    channel = fields.String(required=True, validate=validate.Length(min=1, max=40))
    text = fields.String(required=True, validate=validate.Length(min=1, max=2000))
    visibility = _visibility()


class CloseIn(Body):
    """Why a case is closed by hand."""

    resolution = one_of([end for end in Resolution if end.by_hand], required=True)


class CloseOut(Answer):
    """Whether this call closed it, and what the case says now."""

    closed_now = fields.Boolean()
    case = fields.Nested(CaseOut)
