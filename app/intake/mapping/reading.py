"""Reads a body by a mapping, and remembers where every value came from.

Webhooks and `courier try` go through the same code, so what was tried is what will happen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from app.intake import reasons
from app.intake.couriers._place import address
from app.intake.couriers._shape import LONGEST_LINK, clean, event_key, whole
from app.intake.event import Account, Event, Incoming, Unreadable
from app.intake.mapping.model import ADDRESS, TEXTS, Mapping, Table
from app.intake.mapping.paths import NOTHING, Found, Place, Source, text_of
from app.shipments.normal import LONGEST_ID

_UNCUT = ("tracking_number", "courier_ref")
"""Cut short they would name another parcel."""
_MOST_ATTEMPTS = 99
_LONGEST_KEY_PART = 2000


class Cell(NamedTuple):
    """What one field of an event became."""

    field: str
    value: Any
    """None if it stays empty."""
    where: str = ""
    """The path that gave it; empty if none did."""
    raw: Any = None
    """What stood there."""
    note: str = ""
    """The row of the table, or why there is no value."""


@dataclass(slots=True)
class Reading:
    """What one event was read as."""

    cells: list[Cell] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    """Why it cannot be read; empty if it can."""
    event: Event | None = None

    def add(self, cell: Cell) -> Any:
        """Remember a cell; its value."""
        self.cells.append(cell)
        return cell.value


def read(mapping: Mapping, body: Any, account: Account, incoming: Incoming) -> list[Reading]:
    """Everything the body says, one reading an event; empty when it is about no shipment.

    Raises:
        Unreadable: what should be a list of events is none.
    """
    place = Place(body, body, incoming.headers, _clock_of(mapping, account), {})
    readings: list[Reading] = []
    seen: set[str] = set()
    for number, item in enumerate(_items(mapping, place)):
        inside = place._replace(item=item)
        if _concerns_us(mapping, inside):
            key, cell = _key(mapping, inside, incoming.raw, number)
            if key in seen:  # a key of the whole request, or a courier that repeats itself
                key = event_key(key, number)
            seen.add(key)
            readings.append(_reading(mapping, inside, cell._replace(value=key)))
    return readings


def _clock_of(mapping: Mapping, account: Account) -> Callable[[Any], datetime | None]:
    """Reads times the mapping's way; the same text, which many paths pass by, only once."""
    known: dict[str, datetime | None] = {}

    def read_time(value: Any) -> datetime | None:
        if value.__class__ is not str:
            return mapping.time.read(value, account.timezone)
        if value not in known:
            known[value] = mapping.time.read(value, account.timezone)
        return known[value]

    return read_time


def _items(mapping: Mapping, place: Place) -> list[Any]:
    if mapping.each is None:
        return [place.body]
    found = mapping.each.find(place)
    if not isinstance(found, list):
        raise Unreadable(f"each: there is no list at {mapping.each.text}")
    if not all(isinstance(item, dict) for item in found):
        raise Unreadable(f"each: an entry of {mapping.each.text} is no object")
    return found


def _concerns_us(mapping: Mapping, place: Place) -> bool:
    if mapping.only is None:
        return True
    text = text_of(mapping.only.source.find(place).value)
    return text is None or text.casefold() in mapping.only.values


def _key(mapping: Mapping, place: Place, raw: bytes, number: int) -> tuple[str, Cell]:
    """The event's key; the body itself where the mapping names none or a part is missing.

    A key with a part left out could make two events look like one.
    """
    found = mapping.key.find(place, _LONGEST_KEY_PART) if mapping.key else NOTHING
    text = text_of(found.value, _LONGEST_KEY_PART)
    if mapping.key and text and found.complete and len(text) < _LONGEST_KEY_PART:
        return event_key(text), Cell("key", None, found.where, found.value)
    body = "body:" + sha256(raw).hexdigest()
    note = f"nothing at {mapping.key.text}: the body itself" if mapping.key else "the body itself"
    return event_key(body, number) if number else body, Cell("key", None, note=note)


def _reading(mapping: Mapping, place: Place, key: Cell) -> Reading:
    kind, reason = _kind_and_reason(mapping, place)
    reading = Reading([key, kind, reason])
    got = {name: reading.add(_text(mapping, place, name)) for name in _used(mapping, TEXTS)}
    at = _time(mapping, place)
    reading.cells.append(at)
    attempt = reading.add(_attempt(mapping, place)) if "attempt" in mapping.fields else None
    link = reading.add(_link(mapping, place)) if "tracking_url" in mapping.fields else None
    parts = {name: reading.add(_text(mapping, place, name)) for name in _used(mapping, ADDRESS)}
    number = got["tracking_number"]
    if kind.value is None:
        reading.faults.append(f"kind: {kind.note}")
    if number is None:
        reading.faults.append(f"tracking_number: {_note(reading, 'tracking_number')}")
    if kind.value is None or number is None:
        return reading
    codes = (text_of(kind.raw), text_of(reason.raw))
    reading.event = Event(
        key=key.value,
        kind=kind.value,
        tracking_number=number,
        courier_ref=got.get("courier_ref") or number,
        order_ref=got.get("order_ref"),
        reason=reason.value,
        code="/".join(dict.fromkeys(filter(None, codes))),
        words=got.get("words") or "",
        attempt=attempt,
        occurred_at=at.value,
        raw_time=_as_written(at.raw),
        name=got.get("name"),
        phone=got.get("phone"),
        email=got.get("email"),
        language=got.get("language"),
        address=_address(parts),
        tracking_url=link,
    )
    return reading


def _used(mapping: Mapping, names: Iterable[str]) -> Iterator[str]:
    return (name for name in names if name in mapping.fields or name in mapping.defaults)


def _note(reading: Reading, name: str) -> str:
    return next(cell.note for cell in reading.cells if cell.field == name)


def _kind_and_reason(mapping: Mapping, place: Place) -> tuple[Cell, Cell]:
    """What happened, and why: a refusal or a loss given as the reason is that kind."""
    kind = _look_up("kind", mapping.kind, place)
    if kind.value is None and kind.raw is not None:
        # A value nobody has met is kept and shown, and alarms nobody.
        note = f"{kind.note}: progress for an unknown reason"
        return kind._replace(value="progress", note=note), Cell("reason", "unknown")
    if kind.value is None and "kind" in mapping.defaults:
        kind = Cell("kind", mapping.defaults["kind"], note="default")
    reason = _reason(mapping, place, kind)
    if kind.value == "failed" and (finer := reasons.kind_of_failure(reason.value)) != "failed":
        kind = kind._replace(value=finer, note=f"{kind.note}, by its reason {finer}")
    return kind, reason


def _reason(mapping: Mapping, place: Place, kind: Cell) -> Cell:
    if kind.value in {"delivered", "progress"}:
        return Cell("reason", reasons.usual(kind.value), note=f"as always when {kind.value}")
    cell = _look_up("reason", mapping.reason, place)
    if cell.value is not None:
        return cell
    if mapping.reason_from_words:
        words = _text(mapping, place, "words")
        guess = reasons.from_words(words.value)
        if guess != "unknown":
            return cell._replace(value=guess, where=words.where, note="by the words")
    if cell.raw is not None and cell.where != kind.where and kind.value in {"failed", "warning"}:
        return cell._replace(value="unknown")
    if "reason" in mapping.defaults:
        return cell._replace(value=mapping.defaults["reason"], note="default")
    usual = reasons.usual(kind.value) if kind.value else "unknown"
    return cell._replace(value=usual, note=f"as usual when {kind.value or 'nothing is known'}")


def _look_up(name: str, tables: tuple[Table, ...], place: Place) -> Cell:
    """The first table that has a row for its value; else the first value that was told."""
    told = None
    for table in tables:
        found = table.source.find(place)
        text = text_of(found.value)
        if text is None:
            continue
        meaning = table.rows.get(text.casefold())
        if meaning is not None:
            return Cell(name, meaning, found.where, found.value, f"{text} → {meaning}")
        if table.otherwise is not None:
            note = f"no row for {text}, otherwise {table.otherwise}"
            return Cell(name, table.otherwise, found.where, found.value, note)
        told = told or Cell(name, None, found.where, found.value, f"no row for {text}")
    sources = " or ".join(table.source.text for table in tables)
    return told or Cell(name, None, note=f"nothing usable at {sources}" if tables else "no table")


def _text(mapping: Mapping, place: Place, name: str) -> Cell:
    source = mapping.fields.get(name)
    found = source.find(place) if source else NOTHING
    limit = TEXTS.get(name, LONGEST_ID)
    if name in _UNCUT:
        text = text_of(found.value, limit + 1)
        text = text if text is not None and len(text) <= limit else None
    else:
        text = text_of(found.value, limit)
    if text is not None:
        return Cell(name, text, found.where, found.value)
    if name in mapping.defaults:
        return Cell(name, mapping.defaults[name], note="default")
    return _empty(name, found, source)


def _time(mapping: Mapping, place: Place) -> Cell:
    source = mapping.time.source
    if source is None:
        return Cell("occurred_at", None, note="not mapped: when the message came in")
    found = source.find(place)
    at = place.time(found.value)
    if at is not None:
        return Cell("occurred_at", at, found.where, found.value)
    return _empty("occurred_at", found, source)


def _attempt(mapping: Mapping, place: Place) -> Cell:
    source = mapping.fields["attempt"]
    found = source.find(place)
    number = whole(found.value)
    if number is not None and 0 < number <= _MOST_ATTEMPTS:
        return Cell("attempt", number, found.where, found.value)
    return _empty("attempt", found, source)


def _link(mapping: Mapping, place: Place) -> Cell:
    source = mapping.fields["tracking_url"]
    found = source.find(place, LONGEST_LINK)
    text = clean(found.value, LONGEST_LINK + 1)
    if text and text.startswith(("https://", "http://")) and len(text) <= LONGEST_LINK:
        return Cell("tracking_url", text, found.where, found.value)
    return _empty("tracking_url", found, source)


def _empty(name: str, found: Found, source: Source | None) -> Cell:
    if found.value is not None:
        return Cell(name, None, found.where, found.value, "what stands there cannot be used")
    return Cell(name, None, note=f"nothing at {source.text if source else 'all'}")


def _address(parts: dict[str, Any]) -> dict[str, str | None] | None:
    country = parts.pop("country", None)
    return address(**parts, country_of=country)


def _as_written(value: object) -> str:
    return repr(value) if isinstance(value, float) else clean(value, 64) or ""
