"""Times as a person reads them, on the clocks of one place."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app import languages
from app.clock import local
from app.languages.language import Form, Language


@dataclass(frozen=True, slots=True)
class When:
    """Says moments at the clocks of `zone` (an IANA name), as seen from `now`."""

    zone: str
    now: datetime
    language: Language = field(default_factory=languages.get)

    def time(self, at: datetime) -> str:
        """`09:05`."""
        return self._date(at, "time")

    def day(self, at: datetime) -> str:
        """`today`, `tomorrow`, `yesterday`, else `Thursday 20 November`; the year if another."""
        here, today = local(at, self.zone).date(), local(self.now, self.zone).date()
        match (here - today).days:
            case -1:
                return self.language.say("yesterday")
            case 0:
                return self.language.say("today")
            case 1:
                return self.language.say("tomorrow")
        return self._date(at, "date" if here.year == today.year else "date_with_year")

    def date(self, at: datetime) -> str:
        """`Thursday 20 November`, also when that is today."""
        return self._date(at, "date")

    def short(self, at: datetime) -> str:
        """`Thu 20 Nov, 09:05`, where there is little room."""
        return self._date(at, "short")

    def moment(self, at: datetime) -> str:
        """`tomorrow at 09:05`."""
        return self._at(self.day(at), at)

    def window(self, starts_at: datetime, ends_at: datetime) -> str:
        """`tomorrow, 09:00–12:00`; over several days `from tomorrow at 09:00 until …`."""
        return self._window(self.day(starts_at), self.day(ends_at), starts_at, ends_at)

    def window_on(self, starts_at: datetime, ends_at: datetime) -> str:
        """`Thursday 20 November, 09:00–12:00`, for what is read again on other days."""
        return self._window(self.date(starts_at), self.date(ends_at), starts_at, ends_at)

    def span(self, starts_at: datetime, ends_at: datetime) -> str:
        """`09:00–12:00`."""
        start, end = self.time(starts_at), self.time(ends_at)
        return self.language.say("{start}–{end}", start=start, end=end)

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

    def _at(self, day: str, at: datetime) -> str:
        return self.language.say("{day} at {time}", day=day, time=self.time(at))

    def _window(self, first: str, last: str, starts_at: datetime, ends_at: datetime) -> str:
        say = self.language.say
        if local(starts_at, self.zone).date() == local(ends_at, self.zone).date():
            return say("{day}, {span}", day=first, span=self.span(starts_at, ends_at))
        start, end = self._at(first, starts_at), self._at(last, ends_at)
        return say("from {start} until {end}", start=start, end=end)

    def _date(self, at: datetime, form: Form) -> str:
        return self.language.date(local(at, self.zone), form)


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
