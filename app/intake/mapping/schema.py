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
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from marshmallow import Schema, ValidationError, fields, post_load, validates_schema

from app.errors import Problem
from app.intake import reasons, times
from app.intake.couriers._place import country
from app.intake.mapping import paths
from app.intake.mapping.model import FIELDS, Mapping, Only, Signature, Table, TimeRule
from app.intake.mapping.paths import HEADER_NAME, Path, PathError, Source, text_of

_MOST_PATHS = 12
_MOST_ROWS = 1000
_MOST_TABLES = 20
_LONGEST_TEXT = 200
_DEFAULTS = ("kind", "reason", "words", "language", "city", "region", "country")

_FIELDS_OF = {
    "hmac": {"header", "algorithm", "encoding", "prefix", "secret_form", "signed", "timestamp"},
    "token": {"header", "prefix"},
    "basic": {"user"},
}
_PIECE = re.compile(r"(\{[^{}]*\})")

_WORDS = {
    "Missing data for required field.": ("missing", "This is needed."),
    "Unknown field.": ("unknown_field", "There is no such field."),
    "Field may not be null.": ("wrong_type", "This may not be null."),
    "Invalid input type.": ("wrong_type", "This must be an object."),
    "Not a valid boolean.": ("wrong_type", "This must be true or false."),
}
"""marshmallow's own faults as a code and in our words; all others are worded where they are."""


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
            for field, code, detail in _flat(error.messages)
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


class _Coded(str):
    """What is wrong, with a code for programs."""

    __slots__ = ("code",)
    code: str


def _wrong(code: str, detail: str) -> ValidationError:
    text = _Coded(detail)
    text.code = code
    return ValidationError(text)


def _flat(messages: Any, field: str = "") -> Iterator[tuple[str, str, str]]:
    if isinstance(messages, dict):
        for name, inner in messages.items():
            way = f"[{name}]" if isinstance(name, int) else "" if name == "_schema" else f".{name}"
            yield from _flat(inner, f"{field}{way}".removeprefix("."))
        return
    for text in messages if isinstance(messages, list) else [messages]:
        code, detail = _WORDS.get(text, ("invalid", text))
        yield field, getattr(text, "code", code), str(detail)


class _Text(fields.Field[str]):
    """A text of at most `longest` characters; with `choices` one of them."""

    def __init__(
        self, choices: tuple[str, ...] = (), *, longest: int = _LONGEST_TEXT, **options: Any
    ) -> None:
        super().__init__(**options)
        self.choices = choices
        self.longest = longest

    def _deserialize(self, value: Any, attr: Any, data: Any, **_: Any) -> str:  # noqa: ARG002
        if not isinstance(value, str):
            raise _wrong("wrong_type", "This must be a text.")
        if len(value) > self.longest:
            raise _wrong("too_long", f"At most {self.longest} characters.")
        if self.choices and value not in self.choices:
            raise _wrong("not_a_choice", f"Choose one of: {', '.join(self.choices)}.")
        return value


class _Header(_Text):
    """The name of a header."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **_: Any) -> str:
        name = super()._deserialize(value, attr, data)
        if not HEADER_NAME.fullmatch(name):
            raise _wrong("bad_header", "This cannot be the name of a header.")
        return name


class _Path(fields.Field[Path]):
    def _deserialize(self, value: Any, attr: Any, data: Any, **_: Any) -> Path:  # noqa: ARG002
        return _path(value)


class _Place(fields.Field[Source]):
    """A path, several, or several joined."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **_: Any) -> Source:  # noqa: ARG002
        return _source(value)


def _path(value: object) -> Path:
    if not isinstance(value, str):
        raise _wrong("wrong_type", "A path is a text like data.items[0].status.")
    try:
        return paths.parse(value)
    except PathError as error:
        raise _wrong("bad_path", f"{error}.") from None


def _source(value: object) -> Source:
    joint = None
    if isinstance(value, dict):
        if set(value) - {"join", "with"} or "join" not in value:
            raise _wrong("wrong_type", 'Joined paths are written {"join": [paths], "with": " "}.')
        joint = value.get("with", " ")
        value = value["join"]
        if not isinstance(joint, str) or len(joint) > 5:
            raise _wrong("wrong_type", "`with` is a text of at most 5 characters.")
    given = value if isinstance(value, list) else [value]
    if not 1 <= len(given) <= _MOST_PATHS:
        raise _wrong("wrong_count", f"Give 1 to {_MOST_PATHS} paths.")
    return Source(tuple(_path(one) for one in given), joint)


class _Rows(fields.Field[dict[str, str]]):
    """Which value means what; the meanings are a closed list."""

    def __init__(self, meanings: tuple[str, ...], code: str, **options: Any) -> None:
        super().__init__(**options)
        self.meanings = meanings
        self.code = code

    def _deserialize(
        self,
        value: Any,
        attr: Any,  # noqa: ARG002
        data: Any,  # noqa: ARG002
        **_: Any,
    ) -> dict[str, str]:
        if not isinstance(value, dict) or not 1 <= len(value) <= _MOST_ROWS:
            raise _wrong("wrong_type", f"A table is an object with 1 to {_MOST_ROWS} rows.")
        rows: dict[str, str] = {}
        faults: dict[str, list[str]] = {}
        for told, meaning in value.items():
            folded = (text_of(told) or "").casefold()
            if not folded:
                fault = _wrong("empty_row", "A row needs the courier's value on its left.")
            elif folded in rows:
                fault = _wrong("same_row", "Another row differs only in capitals or spaces.")
            elif meaning not in self.meanings:
                choices = ", ".join(self.meanings)
                fault = _wrong(self.code, f"{meaning!r} is none of: {choices}.")
            else:
                rows[folded] = meaning
                continue
            faults[told] = list(fault.messages)
        if faults:
            raise ValidationError(faults)
        return rows


class _Tables(fields.Field[tuple[Table, ...]]):
    """One table or a list of them."""

    def __init__(self, meanings: tuple[str, ...], code: str, **options: Any) -> None:
        super().__init__(**options)
        form = Schema.from_dict(
            {
                "from": _Place(required=True),
                "table": _Rows(meanings, code, required=True),
                "otherwise": _Text(meanings),
            }
        )
        self.form = form()

    def _deserialize(
        self,
        value: Any,
        attr: Any,  # noqa: ARG002
        data: Any,  # noqa: ARG002
        **_: Any,
    ) -> tuple[Table, ...]:
        alone = not isinstance(value, list)
        entries = [value] if alone else value
        if not 1 <= len(entries) <= _MOST_TABLES:
            raise _wrong("wrong_count", f"Give 1 to {_MOST_TABLES} tables.")
        faults: dict[Any, Any] = {}
        tables = []
        for number, entry in enumerate(entries):
            try:
                got = self.form.load(entry)
            except ValidationError as error:
                faults[number] = error.messages
            else:
                tables.append(Table(got["from"], got["table"], got.get("otherwise")))
        if faults:
            raise ValidationError(faults[0] if alone else faults)
        return tuple(tables)


class _Names(fields.Field[dict[str, Any]]):
    """An object whose names are a closed list."""

    def __init__(self, names: tuple[str, ...], **options: Any) -> None:
        super().__init__(**options)
        self.names = names

    def _deserialize(
        self,
        value: Any,
        attr: Any,  # noqa: ARG002
        data: Any,  # noqa: ARG002
        **_: Any,
    ) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise _wrong("wrong_type", "This must be an object.")
        read: dict[str, Any] = {}
        faults = {}
        for name, inner in value.items():
            try:
                if name not in self.names:
                    raise _wrong("unknown_field", f"Choose among: {', '.join(self.names)}.")
                read[name] = self.one(name, inner)
            except ValidationError as error:
                faults[name] = error.messages
        if faults:
            raise ValidationError(faults)
        return read

    def one(self, name: str, value: object) -> Any:
        """One of its values."""
        raise NotImplementedError


class _Places(_Names):
    def one(self, name: str, value: object) -> Source:  # noqa: ARG002
        """A place."""
        return _source(value)


class _Defaults(_Names):
    def one(self, name: str, value: object) -> str:
        """A text that its field can have."""
        text = text_of(value, _LONGEST_TEXT) if isinstance(value, str) else None
        if text is None:
            raise _wrong("wrong_type", "This must be a text.")
        if name == "kind" and text not in reasons.KINDS:
            raise _wrong("unknown_kind", f"Choose one of: {', '.join(reasons.KINDS)}.")
        if name == "reason" and text not in reasons.REASONS:
            raise _wrong("unknown_reason", f"Choose one of: {', '.join(reasons.REASONS)}.")
        if name == "country" and country(text) is None:
            raise _wrong("unknown_country", "Give the two letters of ISO 3166, like DE.")
        return text


class _SignatureForm(Schema):
    scheme = _Text(tuple(_FIELDS_OF), required=True)
    header = _Header()
    algorithm = _Text(("sha1", "sha256", "sha512"))
    encoding = _Text(("hex", "base64"))
    prefix = _Text(longest=40)
    secret_form = _Text(("text", "hex", "base64"))
    signed = _Text()
    timestamp = _Header()
    user = _Text(longest=64)

    @validates_schema
    def fits(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse what the scheme does not use, and a time that is sent but not signed."""
        scheme = data["scheme"]
        faults: dict[str, Any] = {
            name: _wrong("not_for_this_scheme", f"{scheme} does not use this.").messages
            for name in data
            if name != "scheme" and name not in _FIELDS_OF[scheme]
        }
        for name in ("user",) if scheme == "basic" else ("header",):
            if not data.get(name):
                faults[name] = _wrong("missing", f"{scheme} needs this.").messages
        if not data.get("prefix", "").isprintable() or not data.get("prefix", "").isascii():
            faults["prefix"] = _wrong("bad_prefix", "Printable ASCII characters only.").messages
        if ":" in data.get("user", "") or not data.get("user", "").isprintable():
            faults["user"] = _wrong("bad_user", "A user's name has no colon.").messages
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
        return {"signed": _wrong("bad_template", detail).messages}
    if holes.count("{body}") != 1:
        return {"signed": _wrong("bad_template", "It must contain {body}, once.").messages}
    if ("{timestamp}" in holes) != bool(data.get("timestamp")):
        detail = (
            "A time that is not part of what is signed proves nothing: put {timestamp} into "
            "`signed` and the header it comes in into `timestamp`, or leave out both."
        )
        return {"timestamp": _wrong("timestamp_not_signed", detail).messages}
    return {}


class _OnlyForm(Schema):
    source = _Place(data_key="from", required=True)
    values = fields.Raw(required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Only:
        """The rule."""
        values = data["values"]
        texts = [text_of(one) for one in values] if isinstance(values, list) else []
        if not 1 <= len(texts) <= _MOST_ROWS or None in texts:
            raise ValidationError({"values": _wrong("wrong_type", "A list of texts.").messages})
        return Only(data["source"], frozenset(text.casefold() for text in texts if text))


class _TimeForm(Schema):
    source = _Place(data_key="from", required=True)
    format = _Text(longest=40)
    zone = _Text(longest=64)
    z_is_local = fields.Boolean(truthy={True}, falsy={False})

    @validates_schema
    def usable(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a zone that nobody knows and a format that loses the day."""
        if "format" in data and not _keeps_the_day(data["format"]):
            detail = "Write it as strptime does, with year, month and day: %Y-%m-%d %H:%M."
            raise ValidationError({"format": _wrong("bad_format", detail).messages})
        try:
            ZoneInfo(data.get("zone") or "UTC")
        except (KeyError, ValueError, OSError):
            detail = "This is no IANA name like Europe/Vienna."
            raise ValidationError({"zone": _wrong("unknown_zone", detail).messages}) from None

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
    note = _Text(longest=2000)
    signature = fields.Nested(_SignatureForm, required=True)
    restriction = fields.Nested(_OnlyForm, data_key="only")
    each = _Path()
    key = _Place()
    kind = _Tables(reasons.KINDS, "unknown_kind")
    reason = _Tables(tuple(reasons.REASONS), "unknown_reason")
    reason_from_words = fields.Boolean(truthy={True}, falsy={False})
    time = fields.Nested(_TimeForm)
    places = _Places(FIELDS, data_key="fields", required=True)
    defaults = _Defaults(_DEFAULTS)

    @validates_schema
    def enough(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a mapping that can never say what happened to which parcel."""
        faults: dict[str, Any] = {}
        if "tracking_number" not in data["places"]:
            faults["fields"] = {
                "tracking_number": _wrong("missing", "Which parcel is it about?").messages
            }
        if "kind" not in data and "kind" not in data.get("defaults", {}):
            detail = "Say what happened: a table here, or a fixed kind under `defaults`."
            faults["kind"] = _wrong("missing", detail).messages
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
            raise _wrong("secret_header", f"A path reads {min(secret)}, which is kept nowhere.")
        return mapping


_SCHEMA = _MappingForm()
