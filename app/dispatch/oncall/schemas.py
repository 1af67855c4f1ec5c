"""Rotas, ladders and who would be called, as JSON."""

from __future__ import annotations

from datetime import UTC, datetime

from marshmallow import fields, validate

from app.access.openapi import BIGGEST_ID, Answer, Body, Flag, one_of
from app.directory.ladders import CalledWhen
from app.directory.rotas.ical import LARGEST
from app.directory.rotas.model import Covers, Why

_WALL = {"description": "local time, as 22:00", "example": "22:00"}
_ID = validate.Range(min=1, max=BIGGEST_ID)
_SOON = validate.Range(
    min=datetime(2000, 1, 1, tzinfo=UTC),
    max=datetime(2100, 1, 1, tzinfo=UTC),
    error="Must be a time of this century.",
)
_FEW = validate.Length(max=50)
_SLUG = validate.Length(min=1, max=64)
CHANNELS = ("sms", "voice", "email", "chat", "push", "http")


class PersonOut(Answer):
    """Somebody."""

    id = fields.Integer()
    name = fields.String()


class HandoverSchema(Body):
    """Turns pass on at this local time, first on this day and then every so many days."""

    first = fields.Date(required=True)
    at = fields.Time(format="%H:%M", required=True, metadata=_WALL)
    days = fields.Integer(load_default=7, validate=validate.Range(min=1, max=366))


class ShiftIn(Body):
    """On these weekdays (1 is Monday) somebody is on duty; over midnight if it ends earlier."""

    id = fields.Integer(
        load_default=0,
        validate=validate.Range(min=0, max=BIGGEST_ID),
        metadata={"description": "of a shift that there is: it keeps its swaps"},
    )
    weekdays = fields.List(
        fields.Integer(validate=validate.Range(min=1, max=7)),
        required=True,
        validate=validate.Length(min=1, max=7),
    )
    starts = fields.Time(format="%H:%M", required=True, metadata=_WALL)
    ends = fields.Time(format="%H:%M", required=True, metadata=_WALL)
    people = fields.List(
        fields.Integer(validate=_ID),
        required=True,
        validate=_FEW,
        metadata={"description": "who takes it in turn"},
    )
    first = fields.Date(load_default=None, allow_none=True)
    last = fields.Date(load_default=None, allow_none=True)


class RotaIn(Body):
    """A rota."""

    name = fields.String(required=True, validate=validate.Length(min=1, max=80))
    depot = fields.String(required=True, validate=_SLUG)
    timezone = fields.String(required=True, validate=validate.Length(min=1, max=64))
    handover = fields.Nested(HandoverSchema, required=True)
    covers = one_of(Covers, load_default=Covers.OPEN.value)
    shifts = fields.List(fields.Nested(ShiftIn), required=True, validate=_FEW)
    version = fields.Integer(
        load_default=None,
        allow_none=True,
        validate=_ID,
        metadata={"description": "of the rota that you changed; another one is refused"},
    )


class HandoverOut(Answer):
    """Turns pass on at this local time, first on this day and then every so many days."""

    first = fields.Date()
    at = fields.Time(format="%H:%M", metadata=_WALL)
    days = fields.Integer()


class ShiftOut(Answer):
    """A weekly shift."""

    id = fields.Integer()
    weekdays = fields.List(fields.Integer())
    starts = fields.Time(format="%H:%M", metadata=_WALL)
    ends = fields.Time(format="%H:%M", metadata=_WALL)
    people = fields.List(fields.Integer())
    first = fields.Date(allow_none=True)
    last = fields.Date(allow_none=True)


class TimeOut(Answer):
    """From when to when."""

    starts_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()


class SpanOut(TimeOut):
    """Somebody is on duty, and why."""

    person = fields.Nested(PersonOut)
    why = one_of(Why)


class OverrideOut(TimeOut):
    """Somebody stands in; without a person the other one is away."""

    id = fields.Integer()
    person = fields.Integer(allow_none=True)
    instead_of = fields.Integer(allow_none=True)


class ListedRotaOut(Answer):
    """A rota in a list."""

    slug = fields.String()
    name = fields.String()
    depot = fields.String()
    timezone = fields.String()
    on_duty = fields.List(fields.Nested(PersonOut))


class RotaPage(Answer):
    """All rotas."""

    items = fields.List(fields.Nested(ListedRotaOut))


class RotaOut(ListedRotaOut):
    """A rota, and who is on duty in the time that was asked for."""

    handover = fields.Nested(HandoverOut)
    covers = one_of(Covers)
    version = fields.Integer()
    people = fields.List(fields.Nested(PersonOut))
    shifts = fields.List(fields.Nested(ShiftOut))
    overrides = fields.List(fields.Nested(OverrideOut))
    schedule = fields.List(fields.Nested(SpanOut))
    holes = fields.List(
        fields.Nested(TimeOut),
        metadata={"description": "when somebody should be on duty and nobody is"},
    )
    feed = fields.String(metadata={"description": "the calendar's address, for calendars"})


class RotaQuery(Body):
    """Of which time; by default the next 14 days."""

    since = fields.AwareDateTime(load_default=None, validate=_SOON)
    until = fields.AwareDateTime(load_default=None, validate=_SOON)


class OverrideIn(Body):
    """`person` is on duty in this time, for all or `instead_of` one; without one that is away."""

    starts_at = fields.AwareDateTime(required=True, validate=_SOON)
    ends_at = fields.AwareDateTime(required=True, validate=_SOON)
    person = fields.Integer(load_default=None, allow_none=True, validate=_ID)
    instead_of = fields.Integer(load_default=None, allow_none=True, validate=_ID)


class SwapIn(Body):
    """On this day's shift `person` stands for `instead_of`."""

    shift = fields.Integer(required=True, validate=_ID)
    day = fields.Date(required=True)
    person = fields.Integer(required=True, validate=_ID)
    instead_of = fields.Integer(required=True, validate=_ID)


class SwapsIn(Body):
    """Swaps that belong together, such as two people who take each other's night."""

    swaps = fields.List(
        fields.Nested(SwapIn), required=True, validate=validate.Length(min=1, max=20)
    )


class TakeIn(Body):
    """Until when you are on duty; an admin's key says who."""

    until = fields.AwareDateTime(required=True, validate=_SOON)
    person = fields.Integer(load_default=None, allow_none=True, validate=_ID)


class CalendarIn(Body):
    """An iCalendar; an empty one ends what was imported."""

    calendar = fields.String(required=True, validate=validate.Length(max=LARGEST))


class ImportOut(Answer):
    """What was read."""

    shifts = fields.Integer()


class WayIn(Body):
    """A channel, how long to wait for an answer, and how often."""

    channel = one_of(CHANNELS, required=True)
    wait_seconds = fields.Integer(required=True, validate=validate.Range(min=30, max=86400))
    tries = fields.Integer(load_default=1, validate=validate.Range(min=1, max=5))


class LevelIn(Body):
    """Who is called at a level: persons by id, rotas by name, or everyone."""

    people = fields.List(fields.Integer(validate=_ID), load_default=list, validate=_FEW)
    rotas = fields.List(fields.String(validate=_SLUG), load_default=list, validate=_FEW)
    everyone = Flag(load_default=False)
    wait_seconds = fields.Integer(load_default=600, validate=validate.Range(min=60, max=604800))
    called = one_of(CalledWhen, load_default=CalledWhen.ALWAYS.value)
    ways = fields.List(
        fields.Nested(WayIn),
        load_default=list,
        validate=validate.Length(max=6),
        metadata={"description": "in order; without any all ways of a person at once"},
    )


class LadderIn(Body):
    """A depot's levels in order, and the person who is the last one."""

    levels = fields.List(fields.Nested(LevelIn), required=True, validate=validate.Length(max=9))
    last = fields.Integer(required=True, validate=_ID)


class WayOut(Answer):
    """One try by a channel, and how long an answer is waited for."""

    channel = fields.String()
    wait_seconds = fields.Integer()


class LevelOut(Answer):
    """Who is called at a level, when, and by what; without any ways by all of a person's."""

    people = fields.List(fields.Nested(PersonOut))
    rotas = fields.List(fields.String())
    everyone = fields.Boolean()
    wait_seconds = fields.Integer()
    called = one_of(CalledWhen)
    ways = fields.List(fields.Nested(WayOut))


class LadderOut(Answer):
    """A depot's levels in order, and the person who is the last one."""

    levels = fields.List(fields.Nested(LevelOut))
    last = fields.Nested(PersonOut)


class OncallQuery(Body):
    """At which moment; by default now."""

    at = fields.AwareDateTime(load_default=None, validate=_SOON)


class CalledOut(Answer):
    """Somebody who would be called, and by what."""

    person = fields.Nested(PersonOut)
    channels = fields.List(fields.String())


class PassedOut(Answer):
    """A level that would be passed over, and why."""

    level = fields.Integer()
    why = fields.String()
    rotas = fields.List(fields.String())


class CallOut(Answer):
    """One call."""

    at = fields.AwareDateTime()
    level = fields.Integer()
    last = fields.Boolean(metadata={"description": "the last level, which is never empty"})
    rotas = fields.List(fields.String())
    called = fields.List(fields.Nested(CalledOut))
    passed_over = fields.List(fields.Nested(PassedOut))
    until = fields.AwareDateTime(metadata={"description": "when the next call follows"})


class OncallOut(Answer):
    """Who would be called at a depot, when and by what, if nobody answered."""

    depot = fields.String()
    at = fields.AwareDateTime()
    timezone = fields.String()
    open = fields.Boolean()
    closed_for = fields.String(
        allow_none=True,
        metadata={"description": "Why the depot is closed then, such as a holiday's name."},
    )
    calls = fields.List(fields.Nested(CallOut))
