"""When depots are open, as JSON."""

from __future__ import annotations

from marshmallow import fields, validate

from app.access.openapi import Answer, Body, Flag

_WALL = {"description": "local time, as 22:00", "example": "22:00"}


class OpenIn(Body):
    """Open on this weekday (1 is Monday) between local times, over midnight if it ends earlier."""

    weekday = fields.Integer(required=True, validate=validate.Range(min=1, max=7))
    opens = fields.Time(format="%H:%M", required=True, metadata=_WALL)
    closes = fields.Time(format="%H:%M", required=True, metadata=_WALL)


class HoursIn(Body):
    """A depot's opening hours; without any it is always open, but for closed days."""

    hours = fields.List(fields.Nested(OpenIn), required=True, validate=validate.Length(max=50))
    closed_on_holidays = Flag(load_default=True)


class OpenOut(Answer):
    """Open on this weekday (1 is Monday) between local times."""

    weekday = fields.Integer()
    opens = fields.Time(format="%H:%M", metadata=_WALL)
    closes = fields.Time(format="%H:%M", metadata=_WALL)


class ClosureOut(Answer):
    """A day on which a depot is closed, and why."""

    day = fields.Date()
    why = fields.String()


class HoursOut(Answer):
    """When a depot is open, on its own clocks."""

    timezone = fields.String()
    hours = fields.List(fields.Nested(OpenOut))
    closed_on_holidays = fields.Boolean()
    closures = fields.List(fields.Nested(ClosureOut))
    holidays = fields.List(
        fields.Date(), metadata={"description": "public holidays of the next twelve months"}
    )


class ClosureIn(Body):
    """A day on which a depot is closed, and why."""

    day = fields.Date(required=True)
    why = fields.String(required=True, validate=validate.Length(min=1, max=200))


class ClosedOut(ClosureOut):
    """The same, once it is written down."""

    booked = fields.Integer(
        metadata={"description": "redeliveries that are booked on it, and stay so"}
    )
