"""Options and bookings as JSON."""

from __future__ import annotations

from marshmallow import fields, validate

from app.access.openapi import Answer, Body, one_of
from app.booking.rows import BookingKind


class SlotOut(Answer):
    """A window in which the parcel can be brought."""

    choice = fields.String()
    starts_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()
    change_until = fields.AwareDateTime(attribute="cutoff_at")


class PickupPointOut(Answer):
    """A place where the parcel can be collected, and from when until when."""

    choice = fields.String()
    name = fields.String()
    address = fields.String()
    hours = fields.String()
    starts_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()


class OptionsOut(Answer):
    """What can be chosen now, earliest first; both empty when nothing can."""

    slots = fields.List(fields.Nested(SlotOut))
    pickup_points = fields.List(fields.Nested(PickupPointOut))


class ChoiceIn(Body):
    """One of the options, by its `choice`."""

    choice = fields.String(required=True, validate=validate.Length(min=1, max=80))


class BookingOut(Answer):
    """What stands booked."""

    kind = one_of(BookingKind)
    choice = fields.String()
    starts_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()
    place = fields.String()
    change_until = fields.AwareDateTime(attribute="cutoff_at")
