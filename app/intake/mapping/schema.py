"""The form of a mapping, strictly checked: every fault is named with its field and a code.

README.md in `../couriers` explains it with a worked example; here is all it can hold::

    {
      "note": "for people",
      "signature": {"scheme": "hmac", "header": "X-Signature", "algorithm": "sha256",
                    "encoding": "hex", "prefix": "sha256=", "secret_form": "text",
                    "signed": "{timestamp}.{body}", "timestamp": "X-Timestamp"},
                or {"scheme": "token", "header": "X-Token", "prefix": "Bearer "},
                or {"scheme": "basic", "user": "courier"},
      "only": {"from": PLACE, "values": ["parcel.update"]},
      "each": "parcels",
      "key": PLACE,
      "kind": {"from": PLACE, "table": {"NOT_HOME": "failed"}, "otherwise": "progress"},
      "reason": {"from": PLACE, "table": {"17": "recipient_unavailable"}},
      "reason_from_words": true,
      "time": {"from": PLACE, "format": "%d.%m.%Y %H:%M", "zone": "Europe/Vienna",
               "z_is_local": false},
      "fields": {"tracking_number": PLACE, "phone": PLACE, …},
      "defaults": {"country": "AT"}
    }

A PLACE is a path, a list of paths (the first that says something) or
`{"join": [paths], "with": " "}`. `kind` and `reason` may be lists of such tables: the first
that has a row for its value decides.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from marshmallow import Schema, ValidationError, fields, post_load, validates_schema

from app.errors import Problem
from app.intake import reasons, times
from app.intake.mapping.fields import (
    MOST_ROWS,
    Defaults,
    Header,
    PathField,
    PlaceField,
    Places,
    Tables,
    Text,
    flat,
    wrong,
)
from app.intake.mapping.model import FIELDS, Mapping, Only, Signature, TimeRule
from app.intake.mapping.paths import HEADER_NAME, text_of

_DEFAULTS = ("kind", "reason", "words", "language", "city", "region", "country")

_FIELDS_OF = {
    "hmac": {"header", "algorithm", "encoding", "prefix", "secret_form", "signed", "timestamp"},
    "token": {"header", "prefix"},
    "basic": {"user"},
}
_PIECE = re.compile(r"(\{[^{}]*\})")


def load(document: Any) -> Mapping:
    """A mapping from its JSON.

    Raises:
        Problem: 422, with every fault as `{"field", "code", "detail"}`.
    """
    try:
        mapping: Mapping = _SCHEMA.load(document)
    except ValidationError as error:
        faults = [
            {"field": field, "code": code, "detail": detail}
            for field, code, detail in flat(error.messages)
        ]
        raise Problem(422, "bad_mapping", "This mapping cannot be used.", errors=faults) from None
    return mapping


def of(config: dict[str, Any]) -> Mapping:
    """The mapping of an account; the same one is checked only once.

    Raises:
        Problem: 422, as above.
    """
    return _known(orjson.dumps(config))


@lru_cache(maxsize=256)
def _known(text: bytes) -> Mapping:
    return load(orjson.loads(text))


class _SignatureForm(Schema):
    scheme = Text(tuple(_FIELDS_OF), required=True)
    header = Header()
    algorithm = Text(("sha1", "sha256", "sha512"))
    encoding = Text(("hex", "base64"))
    prefix = Text(longest=40)
    secret_form = Text(("text", "hex", "base64"))
    signed = Text()
    timestamp = Header()
    user = Text(longest=64)

    @validates_schema
    def fits(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse what the scheme does not use, and a time that is sent but not signed."""
        scheme = data["scheme"]
        faults: dict[str, Any] = {
            name: wrong("not_for_this_scheme", f"{scheme} does not use this.").messages
            for name in data
            if name != "scheme" and name not in _FIELDS_OF[scheme]
        }
        for name in ("user",) if scheme == "basic" else ("header",):
            if not data.get(name):
                faults[name] = wrong("missing", f"{scheme} needs this.").messages
        if not data.get("prefix", "").isprintable() or not data.get("prefix", "").isascii():
            faults["prefix"] = wrong("bad_prefix", "Printable ASCII characters only.").messages
        if ":" in data.get("user", "") or not data.get("user", "").isprintable():
            faults["user"] = wrong("bad_user", "A user's name has no colon.").messages
        if scheme == "hmac" and (fault := _template(data)):
            faults |= fault
        if faults:
            raise ValidationError(faults)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Signature:
        """The signature."""
        pieces = filter(None, _PIECE.split(data.get("signed", "{body}")))
        return Signature(
            scheme=data["scheme"],
            header=data.get("header", "authorization").lower(),
            prefix=data.get("prefix", ""),
            algorithm=data.get("algorithm", "sha256"),
            encoding=data.get("encoding", "hex"),
            key=data.get("secret_form", "text"),
            signed=tuple(pieces),
            timestamp=data.get("timestamp", "").lower(),
            user=data.get("user", ""),
        )


def _template(data: dict[str, Any]) -> dict[str, Any]:
    """What is wrong with the template of what is signed."""
    signed = data.get("signed", "{body}")
    pieces = _PIECE.split(signed)
    holes = pieces[1::2]
    known = all(
        hole in {"{body}", "{timestamp}"}
        or (hole.startswith("{header:") and HEADER_NAME.fullmatch(hole[8:-1]))
        for hole in holes
    )
    if not known or any("{" in text or "}" in text for text in pieces[::2]):
        detail = "Use {body}, {timestamp}, {header:X-Name} and plain text."
        return {"signed": wrong("bad_template", detail).messages}
    if holes.count("{body}") != 1:
        return {"signed": wrong("bad_template", "It must contain {body}, once.").messages}
    if ("{timestamp}" in holes) != bool(data.get("timestamp")):
        detail = (
            "A time that is not part of what is signed proves nothing: put {timestamp} into "
            "`signed` and the header it comes in into `timestamp`, or leave out both."
        )
        return {"timestamp": wrong("timestamp_not_signed", detail).messages}
    return {}


class _OnlyForm(Schema):
    source = PlaceField(data_key="from", required=True)
    values = fields.Raw(required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Only:
        """The rule."""
        values = data["values"]
        texts = [text_of(one) for one in values] if isinstance(values, list) else []
        if not 1 <= len(texts) <= MOST_ROWS or None in texts:
            raise ValidationError({"values": wrong("wrong_type", "A list of texts.").messages})
        return Only(data["source"], frozenset(text.casefold() for text in texts if text))


class _TimeForm(Schema):
    source = PlaceField(data_key="from", required=True)
    format = Text(longest=40)
    zone = Text(longest=64)
    z_is_local = fields.Boolean(truthy={True}, falsy={False})

    @validates_schema
    def usable(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a zone that nobody knows and a format that loses the day."""
        if "format" in data and not _keeps_the_day(data["format"]):
            detail = "Write it as strptime does, with year, month and day: %Y-%m-%d %H:%M."
            raise ValidationError({"format": wrong("bad_format", detail).messages})
        try:
            ZoneInfo(data.get("zone") or "UTC")
        except (KeyError, ValueError, OSError):
            detail = "This is no IANA name like Europe/Vienna."
            raise ValidationError({"zone": wrong("unknown_zone", detail).messages}) from None

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> TimeRule:
        """The rule."""
        return TimeRule(**data)


def _keeps_the_day(form: str) -> bool:
    day = datetime(2031, 11, 23, 14, 5, 6, tzinfo=UTC)
    try:
        read = times.formatted(day.strftime(form), form)
    except ValueError:
        return False
    return read is not None and read.date() == day.date()


class _MappingForm(Schema):
    note = Text(longest=2000)
    signature = fields.Nested(_SignatureForm, required=True)
    restriction = fields.Nested(_OnlyForm, data_key="only")
    each = PathField()
    key = PlaceField()
    kind = Tables(reasons.KINDS, "unknown_kind")
    reason = Tables(tuple(reasons.REASONS), "unknown_reason")
    reason_from_words = fields.Boolean(truthy={True}, falsy={False})
    time = fields.Nested(_TimeForm)
    places = Places(FIELDS, data_key="fields", required=True)
    defaults = Defaults(_DEFAULTS)

    @validates_schema
    def enough(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a mapping that can never say what happened to which parcel."""
        faults: dict[str, Any] = {}
        if "tracking_number" not in data["places"]:
            faults["fields"] = {
                "tracking_number": wrong("missing", "Which parcel is it about?").messages
            }
        if "kind" not in data and "kind" not in data.get("defaults", {}):
            detail = "Say what happened: a table here, or a fixed kind under `defaults`."
            faults["kind"] = wrong("missing", detail).messages
        if faults:
            raise ValidationError(faults)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Mapping:
        """The mapping; its paths look at no header that holds a secret: those are not kept."""
        mapping = Mapping(
            signature=data["signature"],
            kind=data.get("kind", ()),
            reason=data.get("reason", ()),
            fields=data["places"],
            time=data.get("time", TimeRule()),
            key=data.get("key"),
            only=data.get("restriction"),
            each=data.get("each"),
            defaults=data.get("defaults", {}),
            reason_from_words=data.get("reason_from_words", False),
        )
        secret = {"authorization", "cookie", mapping.signature.header} & mapping.headers()
        if secret:
            raise wrong("secret_header", f"A path reads {min(secret)}, which is kept nowhere.")
        return mapping


_SCHEMA = _MappingForm()
