"""When somebody is left alone, by the clocks of where they live. Pure.

Quiet hours are plain data, since they travel with a message: `{"from": "21:00", "to": "08:00",
"zone": IANA name}`, wall-clock times, over midnight when `from` is later than `to`. `saturdays`
and `sundays` is a later `to` on that day, `fridays_noon` a second pause as `[from, to]`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from app import clock
from app.locality import zones

AWAKE = timedelta(hours=6)
"""So long after they did something somebody is taken to be awake for what comes of it."""
_LAST_HOUR, _LAST_MINUTE = 23, 59
_FRIDAY, _SATURDAY, _SUNDAY = 4, 5, 6
_ENDS = {_SATURDAY: "saturdays", _SUNDAY: "sundays"}
_ANY = 1000
_CUSTOMS = ("from", "to", "saturdays", "sundays", "fridays_noon")


def at(
    address: Mapping[str, Any] | None,
    depot_zone: str,
    house: Mapping[str, Any] | None,
    wish: Mapping[str, Any] | None = None,
) -> dict[str, Any] | None:
    """The quiet hours of somebody: the house's, by the custom of their place, then their own wish.

    Custom and wish only lengthen them, and a wish that would leave no hour is not heeded. None
    where the house has none and nobody wishes any.
    """
    if not house and not wish:
        return None
    house = house or {}
    hours = {key: house[key] for key in _CUSTOMS if key in house}
    hours["zone"] = zones.of(address, depot_zone)
    hours = _longer(hours, _custom(address or {}) if house.get("by_place") else {})
    wished = _longer(hours, wish or {})
    return wished if wished["to"] < wished["from"] else hours


def most_a_day(address: Mapping[str, Any] | None) -> int:
    """How many messages that nobody asked for their place lets somebody get in 24 hours."""
    return int(_custom(address or {}).get("unasked_a_day", _ANY))


def between(text: str) -> str | None:
    """`9:00 – 19:00` as `09:00-19:00`; None where it is no hours of one day, an hour apart."""
    found = re.fullmatch(r"\s*(\d{1,2}):(\d\d)\s*[-–]\s*(\d{1,2}):(\d\d)\s*", text)
    if found is None:
        return None
    first, second, third, fourth = map(int, found.groups())
    if max(first, third) > _LAST_HOUR or max(second, fourth) > _LAST_MINUTE:
        return None
    if (third - first) * 60 + fourth - second < _LAST_MINUTE + 1:
        return None
    return f"{first:02}:{second:02}-{third:02}:{fourth:02}"


def wish(hours: str | None) -> dict[str, str] | None:
    """The quiet hours of somebody who wants to be written to between these."""
    if not hours:
        return None
    starts, _, ends = hours.partition("-")
    return {"from": ends, "to": starts}


def until(now: datetime, quiet: Mapping[str, Any] | None) -> datetime | None:
    """When the quiet hours that `now` lies in end; None when it lies in none.

    An end that the clocks skip in spring is as long after the skip as it was meant to be after
    its start; of one that comes twice in autumn it is the first that still lies ahead.

    Raises:
        KeyError, ValueError: `quiet` cannot be read.
    """
    if not quiet:
        return None
    zone = ZoneInfo(quiet["zone"])
    if not _inside(clock.local(now, quiet["zone"]), quiet):
        return None
    return min(
        moment
        for moment in _ends(now, quiet, zone)
        if moment > now and not _inside(moment.astimezone(zone), quiet)
    )


def since(now: datetime, quiet: Mapping[str, Any] | None) -> datetime | None:
    """When the quiet hours that `now` lies in began; None when it lies in none."""
    if not quiet or not _inside(clock.local(now, quiet["zone"]), quiet):
        return None
    zone = ZoneInfo(quiet["zone"])
    minute = timedelta(minutes=1)
    return max(
        moment
        for moment in _starts(now, quiet, zone)
        if moment <= now and not _inside((moment - minute).astimezone(zone), quiet)
    )


def waking(due: datetime, not_before: datetime, quiet: Mapping[str, Any] | None) -> datetime:
    """An hour to promise in place of `due`, which somebody awake can see kept.

    The last one before the quiet hours that `due` lies in, else the first after them: what is
    promised comes rather sooner, but never before `not_before`.
    """
    began, ends = since(due, quiet), until(due, quiet)
    if began is None or ends is None:
        return due
    return began if began >= not_before else ends


def read_by(due: datetime, ahead: timedelta, quiet: Mapping[str, Any] | None) -> datetime:
    """An hour to promise in place of `due`, by which a word that leaves so long `ahead` is read.

    Where that would be in quiet hours, it is as long after them.
    """
    ends = until(due - ahead, quiet)
    return ends + ahead if ends else due


def _inside(local: datetime, quiet: Mapping[str, Any]) -> bool:
    wall, day = local.time().replace(tzinfo=None), local.weekday()
    start, end = time.fromisoformat(quiet["from"]), _end(quiet, day)
    if (start <= wall < end) if start <= end else (wall >= start or wall < end):
        return True
    noon = quiet.get("fridays_noon") if day == _FRIDAY else None
    if noon is None:
        return False
    return time.fromisoformat(noon[0]) <= wall < time.fromisoformat(noon[1])


def _end(quiet: Mapping[str, Any], day: int) -> time:
    usual = time.fromisoformat(quiet["to"])
    later = quiet.get(_ENDS.get(day, ""))
    return max(usual, time.fromisoformat(later)) if later else usual


def _ends(now: datetime, quiet: Mapping[str, Any], zone: ZoneInfo) -> Iterator[datetime]:
    noon = quiet.get("fridays_noon")
    first = clock.local(now, quiet["zone"]).date()
    for day in (first + timedelta(days=ahead) for ahead in range(3)):
        ends = [_end(quiet, day.weekday()), *([time.fromisoformat(noon[1])] if noon else [])]
        for end in ends:
            for fold in (0, 1):
                yield datetime.combine(day, end, zone).replace(fold=fold).astimezone(UTC)


def _starts(now: datetime, quiet: Mapping[str, Any], zone: ZoneInfo) -> Iterator[datetime]:
    noon = quiet.get("fridays_noon")
    last = clock.local(now, quiet["zone"]).date()
    for day in (last - timedelta(days=back) for back in range(3)):
        starts = [time.fromisoformat(quiet["from"])]
        for start in [*starts, time(), *([time.fromisoformat(noon[0])] if noon else [])]:
            for fold in (0, 1):
                yield datetime.combine(day, start, zone).replace(fold=fold).astimezone(UTC)


def _longer(hours: dict[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """Both quiet hours together: from the earlier evening to the later morning."""
    merged = dict(hours)
    for key in _CUSTOMS:
        if key not in more:
            continue
        ours = merged.get(key)
        if key == "from":
            merged[key] = min(ours, more[key], key=_evening) if ours else more[key]
        elif key == "fridays_noon":
            merged[key] = list(more[key])
        else:
            merged[key] = max(ours, more[key]) if ours else more[key]
    return merged


def _evening(wall: str) -> tuple[bool, str]:
    """Evenings in their order: what is after midnight is later than what is before."""
    return wall < "12:00", wall


def _custom(address: Mapping[str, Any]) -> Mapping[str, Any]:
    country = _customs().get(str(address.get("country") or "").upper(), {})
    region = str(address.get("region") or "").casefold().strip()
    for code, own in country.items():
        if isinstance(own, dict) and region in {
            code.casefold(),
            *(name.casefold() for name in own["names"]),
        }:
            return {**country, **own}
    return country


@cache
def _customs() -> dict[str, dict[str, Any]]:
    return tomllib.loads((Path(__file__).parent / "quiet.toml").read_text("utf-8"))
