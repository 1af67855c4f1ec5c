"""What a mapping is made of, as marshmallow fields; every fault has a code and says what to do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from marshmallow import Schema, ValidationError, fields

from app.intake import reasons
from app.intake.mapping import paths
from app.intake.mapping.model import Table
from app.intake.mapping.paths import HEADER_NAME, Path, PathError, Source, text_of
from app.shipments.countries import country

_MOST_PATHS = 12
MOST_ROWS = 1000
_MOST_TABLES = 20
_LONGEST_TEXT = 200

_WORDS = {
    "Missing data for required field.": ("missing", "This is needed."),
    "Unknown field.": ("unknown_field", "There is no such field."),
    "Field may not be null.": ("wrong_type", "This may not be null."),
    "Invalid input type.": ("wrong_type", "This must be an object."),
    "Not a valid boolean.": ("wrong_type", "This must be true or false."),
}
"""marshmallow's own faults as a code and in our words; all others are worded where they are."""


class Coded(str):
    """What is wrong, with a code for programs."""

    __slots__ = ("code",)
    code: str


def wrong(code: str, detail: str) -> ValidationError:
    """The fault of one field."""
    text = Coded(detail)
    text.code = code
    return ValidationError(text)


def flat(messages: Any, field: str = "") -> Iterator[tuple[str, str, str]]:
    """Marshmallow's nested messages as `(field, code, detail)`."""
    if isinstance(messages, dict):
        for name, inner in messages.items():
            way = f"[{name}]" if isinstance(name, int) else "" if name == "_schema" else f".{name}"
            yield from flat(inner, f"{field}{way}".removeprefix("."))
        return
    for text in messages if isinstance(messages, list) else [messages]:
        code, detail = _WORDS.get(text, ("invalid", text))
        yield field, getattr(text, "code", code), str(detail)


class Text(fields.Field[str]):
    """A text of at most `longest` characters; with `choices` one of them."""

    def __init__(
        self, choices: tuple[str, ...] = (), *, longest: int = _LONGEST_TEXT, **options: Any
    ) -> None:
        super().__init__(**options)
        self.choices = choices
        self.longest = longest

    def _deserialize(self, value: Any, attr: Any, data: Any, **_: Any) -> str:  # noqa: ARG002
        if not isinstance(value, str):
            raise wrong("wrong_type", "This must be a text.")
        if len(value) > self.longest:
            raise wrong("too_long", f"At most {self.longest} characters.")
        if self.choices and value not in self.choices:
            raise wrong("not_a_choice", f"Choose one of: {', '.join(self.choices)}.")
        return value


class Header(Text):
    """The name of a header."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **_: Any) -> str:
        name = super()._deserialize(value, attr, data)
        if not HEADER_NAME.fullmatch(name):
            raise wrong("bad_header", "This cannot be the name of a header.")
        return name


class PathField(fields.Field[Path]):
    """One path."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **_: Any) -> Path:  # noqa: ARG002
        return _path(value)


class PlaceField(fields.Field[Source]):
    """A path, several, or several joined."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **_: Any) -> Source:  # noqa: ARG002
        return _source(value)


def _path(value: object) -> Path:
    if not isinstance(value, str):
        raise wrong("wrong_type", "A path is a text like data.items[0].status.")
    try:
        return paths.parse(value)
    except PathError as error:
        raise wrong("bad_path", f"{error}.") from None


def _source(value: object) -> Source:
    joint = None
    if isinstance(value, dict):
        if set(value) - {"join", "with"} or "join" not in value:
            raise wrong("wrong_type", 'Joined paths are written {"join": [paths], "with": " "}.')
        joint = value.get("with", " ")
        value = value["join"]
        if not isinstance(joint, str) or len(joint) > 5:
            raise wrong("wrong_type", "`with` is a text of at most 5 characters.")
    given = value if isinstance(value, list) else [value]
    if not 1 <= len(given) <= _MOST_PATHS:
        raise wrong("wrong_count", f"Give 1 to {_MOST_PATHS} paths.")
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
        if not isinstance(value, dict) or not 1 <= len(value) <= MOST_ROWS:
            raise wrong("wrong_type", f"A table is an object with 1 to {MOST_ROWS} rows.")
        rows: dict[str, str] = {}
        faults: dict[str, list[str]] = {}
        for told, meaning in value.items():
            folded = (text_of(told) or "").casefold()
            if not folded:
                fault = wrong("empty_row", "A row needs the courier's value on its left.")
            elif folded in rows:
                fault = wrong("same_row", "Another row differs only in capitals or spaces.")
            elif meaning not in self.meanings:
                choices = ", ".join(self.meanings)
                fault = wrong(self.code, f"{meaning!r} is none of: {choices}.")
            else:
                rows[folded] = meaning
                continue
            faults[told] = list(fault.messages)
        if faults:
            raise ValidationError(faults)
        return rows


class Tables(fields.Field[tuple[Table, ...]]):
    """One table or a list of them."""

    def __init__(self, meanings: tuple[str, ...], code: str, **options: Any) -> None:
        super().__init__(**options)
        form = Schema.from_dict(
            {
                "from": PlaceField(required=True),
                "table": _Rows(meanings, code, required=True),
                "otherwise": Text(meanings),
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
            raise wrong("wrong_count", f"Give 1 to {_MOST_TABLES} tables.")
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
            raise wrong("wrong_type", "This must be an object.")
        read: dict[str, Any] = {}
        faults = {}
        for name, inner in value.items():
            try:
                if name not in self.names:
                    raise wrong("unknown_field", f"Choose among: {', '.join(self.names)}.")
                read[name] = self.one(name, inner)
            except ValidationError as error:
                faults[name] = error.messages
        if faults:
            raise ValidationError(faults)
        return read

    def one(self, name: str, value: object) -> Any:
        """One of its values."""
        raise NotImplementedError


class Places(_Names):
    """Which place fills which field."""

    def one(self, name: str, value: object) -> Source:  # noqa: ARG002
        """A place."""
        return _source(value)


class Defaults(_Names):
    """What a field is when its place says nothing."""

    def one(self, name: str, value: object) -> str:
        """A text that its field can have."""
        text = text_of(value, _LONGEST_TEXT) if isinstance(value, str) else None
        if text is None:
            raise wrong("wrong_type", "This must be a text.")
        if name == "kind" and text not in reasons.KINDS:
            raise wrong("unknown_kind", f"Choose one of: {', '.join(reasons.KINDS)}.")
        if name == "reason" and text not in reasons.REASONS:
            raise wrong("unknown_reason", f"Choose one of: {', '.join(reasons.REASONS)}.")
        if name == "country" and country(text) is None:
            raise wrong("unknown_country", "Give the two letters of ISO 3166, like DE.")
        return text
