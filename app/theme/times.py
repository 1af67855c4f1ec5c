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

    def is_today(self, at: datetime) -> bool:
        """Whether the moment is on the day of `now`."""
        return local(at, self.zone).date() == local(self.now, self.zone).date()

    def date(self, at: datetime) -> str:
        """`Thursday 20 November`, also when that is today."""
        return self._date(at, "date")

    def short(self, at: datetime) -> str:
        """`Thu 20 Nov, 09:05`, where there is little room."""
        return self._date(at, "short")

    def moment(self, at: datetime) -> str:
        """`tomorrow at 09:05`."""
        return self._at(self.day(at), at)

    def printed(self) -> str:
        """When this is read, for paper: there it goes on saying "today"."""
        return self._at(self._date(self.now, "date_with_year"), self.now)

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
        """How long it still is, and never longer: `in 4 min`, `in 3 h`, `in 5 days`, or `now`."""
        return self._in(at - self.now, length(at - self.now, self.language))

    def countdown(self, at: datetime) -> str:
        """How long it still is, as long as minutes matter: `in 3 h 10 min`, else like `until`."""
        left = at - self.now
        if not 90 * _MINUTE <= left < _DAY:
            return self.until(at)
        return self._in(left, _hours(left, self.language))

    def ago(self, at: datetime) -> str:
        """How long it has been, and never longer: `4 min ago`."""
        return self.language.say("{length} ago", length=length(self.now - at, self.language))

    def _in(self, left: timedelta, said: str) -> str:
        say = self.language.say
        return say("now") if left <= timedelta() else say("in {length}", length=said)

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


_SECOND, _MINUTE, _HOUR, _DAY = (
    timedelta(seconds=1),
    timedelta(minutes=1),
    timedelta(hours=1),
    timedelta(days=1),
)
_FEW = 4
"""Of fewer hours or days than these the next smaller unit is said too: it is much of them."""


def length(span: timedelta, language: Language | None = None) -> str:
    """A duration as a person says it, and never longer: `40 s`, `4 min`, `1 h 50 min`, `5 days`.

    What is left until an hour, or has passed since one, is not to sound like more than it is.
    """
    language = language or languages.get()
    if span < 90 * _SECOND:
        return language.say("{number} s", number=str(max(span // _SECOND, 0)))
    if span < 90 * _MINUTE:
        return language.say("{number} min", number=str(span // _MINUTE))
    if span < 36 * _HOUR:
        whole = language.say("{number} h", number=str(span // _HOUR))
        return _hours(span, language) if span < _FEW * _HOUR else whole
    return _days(span if span < _FEW * _DAY else span // _DAY * _DAY, language)


def within(span: timedelta, language: Language | None = None) -> str:
    """The same, and never shorter: for how long somebody waits at most."""
    for unit, most in ((_SECOND, 90 * _SECOND), (_MINUTE, _FEW * _HOUR), (_HOUR, _FEW * _DAY)):
        if (whole := _up(span, unit)) < most:
            return length(whole, language)
    return length(_up(span, _DAY), language)


def _up(span: timedelta, unit: timedelta) -> timedelta:
    return -(-span // unit) * unit


def _hours(span: timedelta, language: Language) -> str:
    """In whole hours and minutes; these are left out where there are none."""
    hours, minutes = span // _HOUR, span % _HOUR // _MINUTE
    if not minutes:
        return language.say("{number} h", number=str(hours))
    return language.say("{hours} h {minutes} min", hours=str(hours), minutes=str(minutes))


def _days(span: timedelta, language: Language) -> str:
    """In whole days and hours; these are left out where there are none."""
    days, hours = span // _DAY, span % _DAY // _HOUR
    if not hours:
        return language.count("{number} day", "{number} days", days)
    return language.count("{number} day {hours} h", "{number} days {hours} h", days, hours=hours)
