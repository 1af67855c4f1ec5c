"""Reads the few values an adapter needs out of a courier's JSON.

A shape is a flat marshmallow schema whose fields name dotted paths into the body, list
positions included (`data.task.recipients.0.name`, `-1` for the last). Nothing else of the
body is visited, so a large history costs nothing.

What names the shipment or decides the kind is `required`: if it is missing or of the wrong
type the body is unreadable. Everything else forgives: an odd phone number must not hide a
failed delivery, so a value of the wrong type is read as None.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from marshmallow import Schema, ValidationError, fields, missing

from app.intake import times
from app.intake.event import Unreadable
from app.intake.signatures import digest_of
from app.shipments.normal import LONGEST_ID, no_date, nothing

LONGEST_LINK = 2000
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
_LONGEST_KEY = 200
_LONGEST_WORDS = 500

_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, text-direction overrides and half characters: the first break logs
and databases, the second deceive readers, the third cannot be written as UTF-8."""


def clean(value: object, limit: int = LONGEST_ID) -> str | None:
    """One bounded line of text, or None for anything that is not text or a whole number."""
    if isinstance(value, str):
        if not value.isprintable():
            value = _UNSAFE.sub(" ", value)
        text = " ".join(value.split())
        return text[:limit].rstrip() or None
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**30:
        return str(value)
    return None


def text(value: object, limit: int = LONGEST_ID) -> str | None:
    """The same, and None for a text that only says that there is none, such as `null`."""
    found = clean(value, limit)
    return None if found is None or nothing(found) else found


def words(*values: object) -> str:
    """The first of the values that says something, as the courier's own words."""
    for value in values:
        found = text(value, _LONGEST_WORDS)
        if found:
            return found
    return ""


def moment(
    *values: object, zone: str = "UTC", z_is_local: bool = False
) -> tuple[datetime | None, str]:
    """The first of the values that is a time, and how the courier wrote it.

    When none can be read, the text of the first one that has any is kept all the same.
    """
    for value in values:
        at = times.read(value, zone, z_is_local=z_is_local)
        if at is not None:
            return at, _as_written(value)
    return None, next(filter(None, map(_as_written, values)), "")


def when(value: object, zone: str = "UTC") -> datetime:
    """A time to sort by: what cannot be read was long ago."""
    return times.read(value, zone) or _LONG_AGO


def newest(first: object, last: object, of: str, zone: str = "UTC") -> dict[str, Any]:
    """The end of a history: its last row, or its first one where it is told backwards."""
    if not isinstance(first, dict) or not isinstance(last, dict):
        return last if isinstance(last, dict) else {}
    began, ended = (times.read(row.get(of), zone) for row in (first, last))
    return first if began and ended and began > ended else last


def _as_written(value: object) -> str:
    written = repr(value) if isinstance(value, float) else clean(value, 64) or ""
    return "" if no_date(written) else written


def stamp(raw_time: str, raw: bytes) -> str:
    """What tells this event from the next in its key: its time, else the body itself."""
    return raw_time or sha256(raw).hexdigest()[:32]


def event_key(*parts: object) -> str:
    """An event key from its parts; a digest where they would be too long to index."""
    texts = ["" if part is None else str(part) for part in parts]
    key = ":".join(texts)
    return key if len(key) <= _LONGEST_KEY else digest_of(texts)


class _Value(fields.Field[Any]):
    """A value at a path.

    Fields of this kind have no validators and no hooks, so marshmallow's own `deserialize`,
    which looks for them in every field, is cut short: it is half the cost.
    """

    def __init__(self, path: str, *, required: bool = False, default: Any = None) -> None:
        super().__init__(data_key=path, required=required)
        self.default = default

    def deserialize(
        self,
        value: Any,
        attr: str | None = None,  # noqa: ARG002 - marshmallow's signature
        data: Mapping[str, Any] | None = None,  # noqa: ARG002
        **_: Any,
    ) -> Any:
        """The usable value; None, or a ValidationError if required, when there is none."""
        found = None if value is missing else self.usable(value)
        if found is not None:
            return found
        if self.required:
            raise ValidationError("missing" if value is missing else "not usable")
        return self.default() if self.default is list else self.default

    def usable(self, value: Any) -> Any:
        """The value in its proper form, or None."""
        return value


class Anything(_Value):
    """Whatever stands at a path; the adapter looks closer."""


class Text(_Value):
    """A text, or whole number as text, at a path; a required one may not be cut.

    A text that only says that there is none, such as `null`, is missing.
    """

    def __init__(self, path: str, *, required: bool = False, limit: int = LONGEST_ID) -> None:
        super().__init__(path, required=required)
        self.limit = limit

    def usable(self, value: Any) -> str | None:
        """One clean line."""
        if self.required:
            found = clean(value, self.limit + 1)
            found = found if found is not None and len(found) <= self.limit else None
        else:
            found = clean(value, self.limit)
        return None if found is None or self.says_nothing(found) else found

    def says_nothing(self, found: str) -> bool:
        """Whether the text is a blank in disguise."""
        return nothing(found)


class Code(Text):
    """A status or its like, which may well be called `unknown`."""

    def says_nothing(self, found: str) -> bool:
        """Whether the text is a blank in disguise."""
        return nothing(found) and found.casefold() != "unknown"


class Name(Text):
    """A person's name: whatever it is, somebody is called so."""

    def says_nothing(self, found: str) -> bool:  # noqa: ARG002 - the field's own signature
        """Never."""
        return False


class Link(_Value):
    """A web address at a path; anything that is not http or https is dropped."""

    def usable(self, value: Any) -> str | None:
        """The address."""
        found = clean(value, LONGEST_LINK + 1)
        good = found and found.startswith(("https://", "http://")) and len(found) <= LONGEST_LINK
        return found if good else None


class Whole(_Value):
    """A whole number at a path, also when it is written as text."""

    def usable(self, value: Any) -> int | None:
        """The number."""
        return whole(value)


class Rows(_Value):
    """The objects of a list at a path; entries that are no objects are left out.

    With `required`, every entry must be an object: none of them may be lost.
    """

    def __init__(self, path: str, *, required: bool = False) -> None:
        super().__init__(path, required=required, default=list)

    def usable(self, value: Any) -> list[dict[str, Any]] | None:
        """The objects."""
        if not isinstance(value, list):
            return None
        rows = [row for row in value if isinstance(row, dict)]
        return None if self.required and len(rows) != len(value) else rows


def whole(value: object) -> int | None:
    """A whole number of at most 18 digits, also written as text; else None."""
    if isinstance(value, str):
        text = value.strip()
        if len(text) > 18 or not text.isascii() or not text.isdigit():
            return None
        return int(text)
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= 10**18:
        return None
    return value


class Shape(Schema):
    """A flat schema over paths; make one instance at import and call `read`."""

    def __init__(self) -> None:
        super().__init__()
        self._wanted = _tree(field.data_key or "" for field in self.fields.values())

    def read(self, body: object) -> dict[str, Any]:
        """The shape's values in `body`.

        Each field reads its own; marshmallow's `load` would look for hooks that no shape has.

        Raises:
            Unreadable: a required value is missing or of the wrong type.
        """
        if not isinstance(body, dict):
            raise Unreadable("expected a JSON object")
        flat: dict[str, object] = {}
        _pick(body, self._wanted, flat)
        values: dict[str, Any] = {}
        faults: list[str] = []
        for name, field in self.load_fields.items():
            path = field.data_key or ""
            try:
                values[name] = field.deserialize(flat.get(path, missing))
            except ValidationError as error:
                faults.append(f"{path}: {' '.join(map(str, error.messages))}")
        if faults:
            raise Unreadable("; ".join(faults))
        return values


_Tree = list[tuple[str | int, str, "_Tree"]]
"""Per key: the path that ends there, or nothing, and what is wanted below."""


def _tree(paths: Iterable[str]) -> _Tree:
    """What to visit, so that what paths have in common is walked once."""
    ends = {tuple(path.split(".")): path for path in paths}
    below: dict[tuple[str, ...], _Tree] = {(): []}
    for keys in ends:
        for depth, key in enumerate(keys, 1):
            at = keys[:depth]
            if at not in below:
                below[at] = []
                step = int(key) if key.lstrip("-").isdigit() else key
                below[at[:-1]].append((step, ends.get(at, ""), below[at]))
    return below[()]


def _pick(node: object, wanted: _Tree, into: dict[str, object]) -> None:
    """Put what is wanted of `node` and is there into `into`, by path."""
    for key, path, below in wanted:
        if isinstance(node, dict):
            value = node.get(key)
        elif isinstance(node, list) and isinstance(key, int) and -len(node) <= key < len(node):
            value = node[key]
        else:
            continue
        if value is None:
            continue
        if path:
            into[path] = value
        if below:
            _pick(value, below, into)
