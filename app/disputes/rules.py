"""What a courier's report of an attempt is held against. Pure: it reads what is known, and decides.

Nothing here says who is right: a check contradicts the report, supports it, or tells nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from app.booking.rows import Booking, BookingKind
from app.clock import local
from app.directory.rotas.model import Opening
from app.directory.rotas.opening import is_open

_NEAR, _FAR = 150, 400
"""Metres from the address: positions of telephones are off by some dozens, gardens are long."""
_EARLY, _LATE = 6, 22
"""Nobody rings at a door before or after these hours of the clock."""
_SINCE = timedelta(hours=16)
"""A parcel that is tried went out for delivery in the hours before."""
_LATITUDE = ("latitude", "lat")
_LONGITUDE = ("longitude", "lng", "lon", "long")
_FROM = ("pickup", "origin", "sender", "shipper", "ship_from", "depot")
_AT = ("location", "geo", "coordinates", "gps", "position", "coords")
_TO = ("destination", "address", "recipient", "dropoff", "to", "consignee")
_PHOTOS = ("photo", "proof_image", "image_url", "signature_image", "proof_of_attempt", "pod_image")


class Result(StrEnum):
    """What a check says of the courier's report."""

    CONTRADICTS = "contradicts"
    SUPPORTS = "supports"
    OPEN = "open"


class Check(NamedTuple):
    """One thing that the report was held against."""

    check: str
    result: Result
    found: Mapping[str, Any]


class Attempt(NamedTuple):
    """An attempt as its courier reports it."""

    event_id: int
    at: datetime
    reason: str
    code: str
    words: str


class Scan(NamedTuple):
    """Another scan of the parcel, and whether it says that it went out for delivery."""

    at: datetime
    on_tour: bool


def checks(
    attempt: Attempt,
    depot: Opening,
    booked: Booking | None,
    scans: Sequence[Scan],
    body: object,
) -> list[Check]:
    """Hold a report against all that is known."""
    found = (
        _hours(attempt, depot),
        _window(attempt, booked),
        _tour(attempt, scans),
        _position(body),
        _photo(body),
    )
    return [check for check in found if check is not None]


def finding(found: Iterable[Check]) -> Result:
    """What all checks together say: one that contradicts is enough to ask the courier."""
    results = {check.result for check in found}
    for result in (Result.CONTRADICTS, Result.SUPPORTS):
        if result in results:
            return result
    return Result.OPEN


def _hours(attempt: Attempt, depot: Opening) -> Check:
    """Whether it was at an hour at which somebody delivers."""
    here = local(attempt.at, depot.zone)
    facts = {"local_time": here.isoformat(), "depot_open": is_open(depot, attempt.at)}
    if _EARLY <= here.hour < _LATE:
        return Check("hours", Result.OPEN, facts)
    return Check("hours", Result.CONTRADICTS, facts)


def _window(attempt: Attempt, booked: Booking | None) -> Check | None:
    """Whether it was in the window that the customer waited for."""
    if booked is None or booked.kind is not BookingKind.REDELIVERY:
        return None
    facts = {"from": booked.starts_at.isoformat(), "to": booked.ends_at.isoformat()}
    inside = booked.starts_at <= attempt.at <= booked.ends_at
    return Check("window", Result.OPEN if inside else Result.CONTRADICTS, facts)


def _tour(attempt: Attempt, scans: Sequence[Scan]) -> Check | None:
    """Whether it went out before; only of a courier that tells when a parcel does."""
    if not any(scan.on_tour for scan in scans):
        return None
    out = [s.at for s in scans if s.on_tour and attempt.at - _SINCE <= s.at <= attempt.at]
    if out:
        return Check("scan", Result.SUPPORTS, {"out_for_delivery": max(out).isoformat()})
    return Check("scan", Result.CONTRADICTS, {"out_for_delivery": None})


def _position(body: object) -> Check | None:
    """How far from the address the driver was, where the message says both."""
    places = list(_positions(body))
    to = next((place for place, path in places if path & set(_TO)), None)
    at = next((place for place, path in places if not path & {*_TO, *_FROM}), None)
    if at is None or to is None:
        return None
    metres = round(distance(at, to))
    result = (
        Result.SUPPORTS if metres <= _NEAR else Result.CONTRADICTS if metres > _FAR else Result.OPEN
    )
    return Check("position", result, {"metres": metres})


def _photo(body: object) -> Check | None:
    """A photo that the courier sent with the report."""
    for name, value in _values(body):
        if any(part in name for part in _PHOTOS) and value:
            return Check("photo", Result.SUPPORTS, {"field": name})
    return None


def distance(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Metres between two `(latitude, longitude)` on a round earth."""
    (a, b), (c, d) = (map(math.radians, place) for place in (one, other))
    half = math.sin((c - a) / 2) ** 2 + math.cos(a) * math.cos(c) * math.sin((d - b) / 2) ** 2
    return 2 * 6_371_000 * math.asin(min(1.0, math.sqrt(half)))


def _positions(
    body: object, path: frozenset[str] = frozenset()
) -> Iterator[tuple[tuple[float, float], frozenset[str]]]:
    """Every position in a message, and the names that lead to it."""
    if isinstance(body, list):
        for one in body:
            yield from _positions(one, path)
    if not isinstance(body, dict):
        return
    names = {str(name).lower(): value for name, value in body.items()}
    found = _place(*(_first(names, wanted) for wanted in (_LATITUDE, _LONGITUDE)))
    if found:
        yield found, path
    for name, value in names.items():
        pair = value if isinstance(value, list) and len(value) == 2 else None
        if name.endswith(_AT) and pair and (place := _place(pair[1], pair[0])):  # GeoJSON's order
            yield place, path
        else:
            yield from _positions(value, path | {name})


def _first(names: Mapping[str, Any], wanted: Sequence[str]) -> Any:
    return next((names[name] for name in wanted if name in names), None)


def _place(latitude: Any, longitude: Any) -> tuple[float, float] | None:
    """A place on earth; the middle of the sea off Africa is a telephone that does not know."""
    try:
        at = float(latitude), float(longitude)
    except (TypeError, ValueError):
        return None
    there = abs(at[0]) <= 90 and abs(at[1]) <= 180
    return at if there and at != (0.0, 0.0) else None


def _values(body: object, name: str = "") -> Iterator[tuple[str, object]]:
    """Every name in a message with its value; of a list each."""
    if isinstance(body, dict):
        for key, value in body.items():
            yield from _values(value, _snake(str(key)))
    elif isinstance(body, list):
        for one in body:
            yield from _values(one, name)
    else:
        yield name, body


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")
