"""How far it is to a pickup point, as the crow flies. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import asin, cos, radians, sin, sqrt
from typing import Any, NamedTuple

_EARTH = 6_371_008.8  # metres, the mean radius


class At(NamedTuple):
    """A place on earth, in degrees."""

    latitude: float
    longitude: float


def metres(one: At, other: At) -> float:
    """The way between two places, by the haversine."""
    south, north = radians(one.latitude), radians(other.latitude)
    up = sin((north - south) / 2) ** 2
    along = sin(radians(other.longitude - one.longitude) / 2) ** 2
    return 2 * _EARTH * asin(sqrt(min(1.0, up + cos(south) * cos(north) * along)))


def place_of(address: Mapping[str, Any] | None, points: Iterable[Mapping[str, Any]]) -> At | None:
    """Where an address is: as it says, else amid the points of its postcode; None if unknown."""
    said = address or {}
    latitude, longitude = said.get("latitude"), said.get("longitude")
    if isinstance(latitude, int | float) and isinstance(longitude, int | float):
        return At(latitude, longitude)
    postcode = str(said.get("postcode") or "").replace(" ", "").upper()
    there = [
        At(point["latitude"], point["longitude"])
        for point in points
        if postcode and point["postcode"] == postcode and point["latitude"] is not None
    ]
    if not there:
        return None
    latitudes, longitudes = zip(*there, strict=True)
    return At(sum(latitudes) / len(there), sum(longitudes) / len(there))
