"""Hours as messages write them: `Tue 24 Nov, 15:00`, and in America `Tue, Nov 24, 3:00 PM`."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

TIME = r"\d{1,2}:\d\d(?:\s[ap]\.?m\.?|\s[AP]M)?"
SHORT = rf"\w{{3}},? (?:\d{{1,2}} \w{{3}}|\w{{3}} \d{{1,2}}), {TIME}"
"""A short date with its hour, as a regular expression without groups."""
_WRITTEN = ("%a %d %b, %H:%M", "%a, %b %d, %I:%M %p")


def read(text: str, near: datetime, zone: str) -> datetime:
    """The moment that a message names, the year left out: the one about or after `near`."""
    local = near.astimezone(ZoneInfo(zone))
    plain = " ".join(text.split())
    for written in _WRITTEN:
        try:
            said = datetime.strptime(f"{local.year} {plain}", f"%Y {written}")  # noqa: DTZ007 - of the zone
        except ValueError:
            continue
        found = said.replace(tzinfo=ZoneInfo(zone))
        return found if found > local - timedelta(days=1) else found.replace(year=local.year + 1)
    raise ValueError(f"no hour: {text!r}")
