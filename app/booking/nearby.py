"""How far it is to a pickup point, as the crow flies. Pure."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple

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
