"""When somebody sleeps, said a second time: what the engine does at night is not judged by itself.

It knows the hours of the policy, the customs in `app/locality/quiet.toml` and what somebody asked
for, and reads the clocks of the place where the journey's customer lives.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from app.cli.journeys.places import Place

_CUSTOMS = Path(__file__).parents[2] / "locality" / "quiet.toml"
_FRIDAY, _SATURDAY, _SUNDAY = 4, 5, 6


def asleep(at: datetime, place: Place, night: Mapping[str, Any]) -> bool:
    """Whether it is quiet there at this moment."""
    there = at.astimezone(ZoneInfo(place.zone))
    day, minute = there.weekday(), there.hour * 60 + there.minute
    custom = _customs(place) if night.get("by_place") else {}
    mornings, evenings = [night["to"]], [night["from"]]
    for hours in (night, custom):
        mornings += [hours["saturdays"]] if day == _SATURDAY and "saturdays" in hours else []
        mornings += [hours["sundays"]] if day == _SUNDAY and "sundays" in hours else []
    mornings += [custom["to"]] if "to" in custom else []
    evenings += [custom["from"]] if "from" in custom else []
    if minute < max(map(_minute, mornings)) or minute >= min(map(_minute, evenings)):
        return True
    noon = custom.get("fridays_noon") if day == _FRIDAY else None
    return noon is not None and _minute(noon[0]) <= minute < _minute(noon[1])


def wakes(at: datetime, place: Place, night: Mapping[str, Any] | None) -> datetime:
    """The first moment from then on at which they are awake, to a few minutes."""
    while night and asleep(at, place, night):
        at += timedelta(minutes=5)
    return at


def _minute(wall: str) -> int:
    hour, minute = wall.split(":")
    return int(hour) * 60 + int(minute)


@cache
def _customs(place: Place) -> Mapping[str, Any]:
    country = tomllib.loads(_CUSTOMS.read_text("utf-8")).get(place.country, {})
    own = country.get(place.region, {}) if place.region else {}
    return {**country, **own}
