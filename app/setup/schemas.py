"""What a set-up file may say. What it may not is refused by its place."""

from __future__ import annotations

from marshmallow import RAISE, Schema, fields, validate

from app.access import keys
from app.directory.ladders import CalledWhen
from app.directory.rotas.model import Covers
from app.setup.fields import Days, Given, SecretRef, Span, Value, Wall

CHANNELS = ("voice", "sms", "email", "chat", "push", "http")
_TEXT = validate.Length(min=1, max=200)
_PARCELS = validate.Range(min=1, max=10_000)


class _Strict(Schema):
    class Meta:
        unknown = RAISE

    error_messages = {"unknown": "There is no such setting here."}  # noqa: RUF012 - marshmallow's


def _text(**more: object) -> fields.String:
    return fields.String(validate=_TEXT, **more)  # type: ignore[arg-type]


class TemplateSchema(_Strict):
    """A text as a provider knows it."""

    channel = _text(required=True)
    text = _text(required=True)
    language = _text(required=True)
    provider = _text(required=True)
    id = _text(required=True)
    entity = _text()
    variables = fields.List(_text())


class GesturesSchema(_Strict):
    """What a shipper gives to customers it let down; amounts as text, such as "5.00"."""

    kind = _text()
    currency = _text()
    granted_by = _text()
    first = _text()
    regular = _text()
    month = _text()
    share = fields.Integer(strict=True)
    times = fields.Integer(strict=True)
    days = fields.Integer(strict=True)
    unasked = fields.List(fields.String())
    regulars_after = _text()
    not_for = fields.List(fields.String())


class BrandSchema(_Strict):
    """How a shipper looks to its customers; the logo is a file beside this one."""

    name = _text()
    colour = _text()
    dark = _text()
    logo = _text()
    sender = _text()
    reply_to = _text()
    imprint = fields.String()
    domain = _text()


class RetentionSchema(_Strict):
    """For how many days each kind of data is kept; what is not said, as everywhere."""

    bodies = fields.Integer(strict=True)
    photos = fields.Integer(strict=True)
    words = fields.Integer(strict=True)
    contacts = fields.Integer(strict=True)
    person = fields.Integer(strict=True)


class WebhookSchema(_Strict):
    """Where a shipper's own system is told of what happens."""

    url = _text(required=True)
    kinds = fields.List(_text(), load_default=list)
    paused = fields.Boolean(load_default=False)
    secret = SecretRef()


class LookupSchema(_Strict):
    """Where a shipper's own system is asked for a contact that nobody knows."""

    url = _text(required=True)
    token = SecretRef()


class ChatSchema(_Strict):
    """A chat or paging service where somebody is written to beside number and mail."""

    name = fields.String(required=True, validate=validate.Length(min=1, max=60))
    address = SecretRef(required=True)


class SystemSchema(_Strict):
    """A dispatch system that a depot's calls go to; without a secret it is given one."""

    url = _text(required=True)
    secret = SecretRef()


class ShipperSchema(_Strict):
    """Who sends parcels."""

    name = _text(required=True)
    country = fields.String(required=True, validate=validate.Regexp(r"[A-Z]{2}\Z"))
    email = _text()
    phone = _text()
    return_cost = _text()
    policy = _text()
    templates = fields.List(fields.Nested(TemplateSchema))
    gestures = fields.Nested(GesturesSchema)
    brand = fields.Nested(BrandSchema)
    retention = fields.Nested(RetentionSchema)
    webhooks = fields.List(fields.Nested(WebhookSchema))
    lookup = fields.Nested(LookupSchema)
    hold_share = fields.Float(validate=validate.Range(min=0, max=1))


class PolicySchema(_Strict):
    """What the chain does: the standard policy with these values, or a whole document."""

    values = fields.Dict(keys=fields.String(), values=fields.Raw())
    file = _text()


class PersonSchema(_Strict):
    """Somebody who is called; named by their e-mail address."""

    name = _text(required=True)
    phone = _text()
    channels = fields.List(
        fields.String(validate=validate.OneOf(CHANNELS)), load_default=["sms", "email"]
    )
    role = fields.String(validate=validate.OneOf(keys.ROLES), load_default="dispatcher")
    depots = fields.Raw(load_default=list)
    shipper = fields.String(load_default="")
    language = fields.String(load_default="")
    chats = fields.List(fields.Nested(ChatSchema))


class HoursSchema(_Strict):
    """A depot is open on these days."""

    days = Days(required=True)
    opens = Wall(required=True)
    closes = Wall(required=True)


class WindowSchema(_Strict):
    """A depot delivers then."""

    days = Days(required=True)
    starts = Wall(required=True)
    ends = Wall(required=True)
    parcels = fields.Integer(required=True, strict=True, validate=_PARCELS)
    booked_until = Span(load_default=None)


class ClosureSchema(_Strict):
    """A depot is closed on a day."""

    day = fields.Date(required=True)
    why = _text(required=True)


class WaySchema(_Strict):
    """One way of a level."""

    channel = fields.String(required=True, validate=validate.OneOf(CHANNELS))
    wait = Span(required=True)
    tries = fields.Integer(load_default=1, strict=True, validate=validate.Range(min=1, max=5))


class LevelSchema(_Strict):
    """Who is called at a level."""

    people = fields.List(fields.String(), load_default=list)
    rotas = fields.List(fields.String(), load_default=list)
    everyone = fields.Boolean(load_default=False)
    wait = Span(required=True)
    when = fields.String(
        load_default=CalledWhen.ALWAYS.value, validate=validate.OneOf([*CalledWhen])
    )
    ways = fields.List(fields.Nested(WaySchema), load_default=list)


class PointSchema(_Strict):
    """Where parcels can be fetched."""

    name = _text(required=True)
    address = _text(required=True)
    hours = fields.String(load_default="", validate=validate.Length(max=200))
    ready_in = Span(required=True)
    keeps_for = Span(required=True)
    places = fields.Integer(required=True, strict=True, validate=_PARCELS)


class DepotSchema(_Strict):
    """Where parcels leave from, and who is called there."""

    name = _text(required=True)
    country = fields.String(required=True, validate=validate.Regexp(r"[A-Z]{2}\Z"))
    region = _text()
    timezone = _text(required=True)
    address = fields.String(load_default="")
    phone = _text()
    in_charge = _text(required=True)
    postcodes = fields.List(_text())
    closed_on_holidays = fields.Boolean()
    hours = fields.List(fields.Nested(HoursSchema))
    windows = fields.List(fields.Nested(WindowSchema))
    closures = fields.List(fields.Nested(ClosureSchema))
    levels = fields.List(fields.Nested(LevelSchema))
    pickup_points = fields.List(fields.Nested(PointSchema))
    pickup_points_file = _text()
    chats = fields.List(fields.Nested(ChatSchema))
    systems = fields.List(fields.Nested(SystemSchema))


class TurnsSchema(_Strict):
    """When a rota's people take turns."""

    first = fields.Date(required=True)
    at = Wall(required=True)
    days = fields.Integer(load_default=7, strict=True, validate=validate.Range(min=1, max=366))


class ShiftSchema(_Strict):
    """Somebody is on duty then."""

    days = Days(required=True)
    starts = Wall(required=True)
    ends = Wall(required=True)
    people = fields.List(fields.String(), required=True)
    first = fields.Date(load_default=None)
    last = fields.Date(load_default=None)


class RotaSchema(_Strict):
    """Who is on duty when."""

    name = _text(required=True)
    depot = _text(required=True)
    timezone = _text(required=True)
    turns = fields.Nested(TurnsSchema, required=True)
    covers = fields.String(load_default=Covers.OPEN.value, validate=validate.OneOf([*Covers]))
    shifts = fields.List(fields.Nested(ShiftSchema), required=True)


class ConnectorSchema(_Strict):
    """How bookings reach the courier's own system."""

    name = _text(required=True)
    values = fields.Dict(keys=fields.String(), values=Value(), load_default=dict)


class AccountSchema(_Strict):
    """A courier's connection to us."""

    courier = _text(required=True)
    shipper = _text(required=True)
    depot = _text(required=True)
    timezone = _text(required=True)
    secret = SecretRef()
    headers = fields.Dict(keys=fields.String(), values=SecretRef())
    config = fields.Dict(keys=fields.String(), values=Given())
    config_file = _text()
    test_events = fields.Boolean()
    postcodes = fields.Dict(keys=fields.String(), values=fields.List(_text()))
    connector = fields.Nested(ConnectorSchema)
    rules = fields.Dict(keys=fields.String(), values=fields.Raw())
    terms = fields.Dict(keys=fields.String(), values=fields.Raw())


def _named(schema: type[Schema]) -> fields.Dict:
    return fields.Dict(
        keys=fields.String(validate=_TEXT), values=fields.Nested(schema), load_default=dict
    )


class SetupSchema(_Strict):
    """The whole file."""

    policies = _named(PolicySchema)
    shippers = _named(ShipperSchema)
    people = _named(PersonSchema)
    depots = _named(DepotSchema)
    rotas = _named(RotaSchema)
    accounts = _named(AccountSchema)
