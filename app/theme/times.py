"""Times as a person reads them, on the clocks of one place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.clock import local
from app.theme.dates import HOUSE, Form, say


@dataclass(frozen=True, slots=True)
class When:
    """Says moments at the clocks of `zone` (an IANA name), as seen from `now`."""

    zone: str
    now: datetime
    language: str = HOUSE

    def time(self, at: datetime) -> str:
        """`09:05`."""
        return self._say(at, "time")

    def day(self, at: datetime) -> str:
        """`today`, `tomorrow`, `yesterday`, else `Thursday 20 November`; the year if another."""
        here, today = local(at, self.zone).date(), local(self.now, self.zone).date()
        near = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get((here - today).days)
        if near:
            return near
        return self._say(at, "date" if here.year == today.year else "date_with_year")

    def date(self, at: datetime) -> str:
        """`Thursday 20 November`, also when that is today."""
        return self._say(at, "date")

    def short(self, at: datetime) -> str:
        """`Thu 20 Nov, 09:05`, where there is little room."""
        return self._say(at, "short")

    def moment(self, at: datetime) -> str:
        """`tomorrow at 09:05`."""
        return f"{self.day(at)} at {self.time(at)}"

    def window(self, starts_at: datetime, ends_at: datetime) -> str:
        """`tomorrow, 09:00–12:00`; over several days `from tomorrow at 09:00 until …`."""
        if local(starts_at, self.zone).date() != local(ends_at, self.zone).date():
            return f"from {self.moment(starts_at)} until {self.moment(ends_at)}"
        return f"{self.day(starts_at)}, {self.span(starts_at, ends_at)}"

    def window_on(self, starts_at: datetime, ends_at: datetime) -> str:
        """`Thursday 20 November, 09:00–12:00`, for what is read again on other days."""
        day = self.date(starts_at)
        if local(starts_at, self.zone).date() != local(ends_at, self.zone).date():
            until = f"{self.date(ends_at)} at {self.time(ends_at)}"
            return f"from {day} at {self.time(starts_at)} until {until}"
        return f"{day}, {self.span(starts_at, ends_at)}"

    def span(self, starts_at: datetime, ends_at: datetime) -> str:
        """`09:00–12:00`."""
        return f"{self.time(starts_at)}–{self.time(ends_at)}"

    def ahead(self, at: datetime) -> bool:
        """Whether the moment is still to come."""
        return at > self.now

    def until(self, at: datetime) -> str:
        """How long it still is: `in 4 min`, `in 3 h`, `in 2 days`, or `now`."""
        left = at - self.now
        return "now" if left <= timedelta() else f"in {length(left)}"

    def countdown(self, at: datetime) -> str:
        """How long it still is, as long as minutes matter: `in 3 h 10 min`, else like `until`."""
        minutes = max(0, -int((self.now - at).total_seconds() // 60))
        if not 60 < minutes < 24 * 60:
            return self.until(at)
        hours, rest = divmod(minutes, 60)
        return f"in {hours} h {rest} min" if rest else f"in {hours} h"

    def _say(self, at: datetime, form: Form) -> str:
        return say(local(at, self.zone), form, self.language)


def length(span: timedelta) -> str:
    """A duration to one unit, rounded up: `40 s`, `4 min`, `3 h`, `2 days`."""
    seconds = int(span.total_seconds())
    if seconds < 90:
        return f"{seconds} s"
    if seconds < 90 * 60:
        return f"{-(-seconds // 60)} min"
    if seconds < 36 * 3600:
        return f"{-(-seconds // 3600)} h"
    return f"{-(-seconds // 86400)} days"
