"""On whose clocks somebody lives: by country where that decides, else by postcode, else by region.

Where somebody says where on earth it is, that goes first. Never by a telephone number: people keep
theirs when they move. What does not decide leaves it to the depot's clocks, as long as those are of
the same country.
"""

from __future__ import annotations

import bisect
import re
import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from babel.core import get_global

_HERE = Path(__file__).parent
_LETTERS = {
    "E": "America/New_York",
    "C": "America/Chicago",
    "M": "America/Denver",
    "Z": "America/Phoenix",
    "P": "America/Los_Angeles",
    "A": "America/Anchorage",
    "D": "America/Adak",
    "H": "Pacific/Honolulu",
    "R": "America/Puerto_Rico",
    "G": "Pacific/Guam",
    "S": "Pacific/Pago_Pago",
    "W": "Pacific/Palau",
    "J": "Pacific/Majuro",
}
"""The letters of us_zips.txt: from that ZIP code on it is this zone's time."""
_MILITARY = ("09", "340", "962", "963", "964", "965", "966")
"""ZIP codes of ships and bases abroad, whose clocks they do not tell."""


class _Country(NamedTuple):
    zone: str
    postcodes: dict[str, str]
    regions: dict[str, str]


def of(address: Mapping[str, Any] | None, depot_zone: str) -> str:
    """The IANA name of the zone an address lies in.

    `address` may have `latitude` and `longitude`, `country` (ISO 3166-1), `region` and `postcode`;
    the depot's zone is what is said when it does not tell.
    """
    known = address or {}
    country, region, postcode = (
        str(known.get(key) or "") for key in ("country", "region", "postcode")
    )
    if zone := at(known.get("latitude"), known.get("longitude"), country.upper()):
        return zone
    return _find(country.upper(), region, postcode, depot_zone) if country else depot_zone


def at(latitude: object, longitude: object, country: str) -> str | None:
    """The zone of a place on earth; None where it is not known, or lies in another country.

    Somebody has changed the two for each other then, or it is a place at sea.
    """
    if not isinstance(latitude, int | float) or not isinstance(longitude, int | float):
        return None
    return _at(round(latitude, 4), round(longitude, 4), country)


@lru_cache(maxsize=4096)
def _at(latitude: float, longitude: float, country: str) -> str | None:
    import tzfpy  # noqa: PLC0415 - its map takes 34 MB, which only those need who know coordinates

    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None
    zone = tzfpy.get_tz(longitude, latitude)
    if not zone or zone.startswith("Etc/"):
        return None
    zones = get_global("territory_zones").get(country)
    aliases = get_global("zone_aliases")
    there = zones is None or aliases.get(zone, zone) in {aliases.get(z, z) for z in zones}
    return zone if there else None


@lru_cache(maxsize=4096)
def _find(country: str, region: str, postcode: str, depot_zone: str) -> str:
    zones = get_global("territory_zones").get(country, [])
    several = _countries().get(country)
    if several is None:
        return zones[0] if len(zones) == 1 else depot_zone
    written = re.sub(r"[^0-9A-Z]", "", postcode.upper())
    by_code = _zip(written) if country == "US" else _longest(several.postcodes, written)
    found = by_code or several.regions.get(region.casefold().strip())
    return found or (depot_zone if depot_zone in zones else several.zone)


def _longest(postcodes: Mapping[str, str], written: str) -> str | None:
    starts = (written[:length] for length in range(len(written), 0, -1))
    return next((postcodes[start] for start in starts if start in postcodes), None)


def _zip(written: str) -> str | None:
    if not re.fullmatch(r"\d{5}(?:\d{4})?", written) or written.startswith(_MILITARY):
        return None
    first, zones = _zips()
    at = bisect.bisect_right(first, written[:5]) - 1
    return zones[at] if at >= 0 else None


@cache
def _zips() -> tuple[list[str], list[str]]:
    runs = (_HERE / "us_zips.txt").read_text("ascii").split()
    return [run[:5] for run in runs], [_LETTERS[run[5]] for run in runs]


@cache
def _countries() -> dict[str, _Country]:
    read = tomllib.loads((_HERE / "zones.toml").read_text("utf-8"))
    return {
        country: _Country(
            said["zone"],
            said.get("postcodes", {}),
            {
                name.casefold(): zone
                for zone, names in said.get("regions", {}).items()
                for name in names
            },
        )
        for country, said in read.items()
    }
