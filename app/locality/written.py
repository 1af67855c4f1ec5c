"""How an address is written where it is: which of town, region and postcode comes first. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_Places = tuple[tuple[str, ...], ...]
_ORDER: Mapping[str, _Places] = {
    "US": (("city",), ("region", "postcode")),
    "PR": (("city",), ("region", "postcode")),
    "CA": (("city", "region", "postcode"),),
    "AU": (("city", "region", "postcode"),),
    "GB": (("city",), ("postcode",)),
    "IE": (("city",), ("region",), ("postcode",)),
    "NZ": (("city", "postcode"),),
    "SA": (("city", "postcode"),),
    "IN": (("city", "postcode"), ("region",)),
    "BR": (("city",), ("region",), ("postcode",)),
    "MX": (("postcode", "city"), ("region",)),
    "AE": (("city",), ("region",)),
}
"""What stands together, and behind a comma; as the post there wants it."""
_ELSEWHERE: _Places = (("postcode", "city"),)


def town(address: Mapping[str, Any] | None) -> str:
    """Town and what belongs to it: `Miami, FL 33139`, `10119 Berlin`."""
    told = address or {}
    order = _ORDER.get(str(told.get("country") or "").upper(), _ELSEWHERE)
    parts = (" ".join(str(told[name]) for name in group if told.get(name)) for group in order)
    return ", ".join(filter(None, parts))


def one_line(address: Mapping[str, Any] | None) -> str:
    """All of it, without its country."""
    told = address or {}
    return ", ".join(str(p) for p in (told.get("line1"), told.get("line2"), town(told)) if p)
