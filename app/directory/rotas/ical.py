"""A rota as a calendar, and a calendar as a rota. Pure.

What leaves is the final schedule, one event for each time that somebody is on duty. What comes in
may come from us, Google, Outlook or anybody else: an event is a time, and its title, its guest or
our own mark say who is meant. What cannot be understood is refused with its line, since a rota that
was read half is worse than none.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

import recurring_ical_events  # type: ignore[import-untyped]
from icalendar import Calendar, Event

from app.directory.model import Person
from app.directory.rotas.clocks import moment
from app.directory.rotas.model import Rota, Span, Why
from app.directory.rotas.rules import merged
from app.languages.language import mark
from app.languages.sentence import sentence

REFRESH = timedelta(minutes=15)
LARGEST = 200_000
"""Characters of a calendar; a year of single shifts has some fifty thousand."""
_MOST = 5000
"""Times on duty that are read out of one calendar."""
_OURS = "X-REKNOCK-PERSON"
_TOO_OFTEN = {"SECONDLY", "MINUTELY", "HOURLY"}
_SERIES = ("RRULE", "RDATE", "RECURRENCE-ID")
_TIMES = ("DTSTART", "DTEND", "RECURRENCE-ID", "RDATE", "EXDATE")


class Fault(NamedTuple):
    """What cannot be understood, and in which line of the calendar."""

    line: int
    detail: str


class UnreadableError(ValueError):
    """A calendar that cannot be a rota."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = faults
        super().__init__("; ".join(f"line {fault.line}: {fault.detail}" for fault in faults))


def write(
    rota: Rota, spans: Iterable[Span], people: Mapping[int, Person], host: str, now: datetime
) -> bytes:
    """The spans as a calendar that others follow; it says by itself how often to look again."""
    calendar = Calendar()
    calendar.add("prodid", "-//Reknock//Rota//EN")
    calendar.add("version", "2.0")
    calendar.add("name", _line(rota.name))
    calendar.add("x-wr-calname", _line(rota.name))
    calendar.add("x-wr-timezone", rota.zone)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", f"PT{REFRESH // timedelta(minutes=1)}M")
    for one in merged(spans):
        event = Event()
        event.add("uid", f"{rota.slug}-{one.starts_at:%Y%m%dT%H%M%SZ}-{one.person}@{host}")
        event.add("dtstamp", now)
        event.add("dtstart", one.starts_at)
        event.add("dtend", one.ends_at)
        event.add("summary", _line(people[one.person].name))
        event.add("transp", "TRANSPARENT")
        event.add(_OURS, str(one.person))
        calendar.add_component(event)
    made: bytes = calendar.to_ical()
    return made


def read(
    text: str, people: Collection[Person], zone: str, since: datetime, until: datetime
) -> list[Span]:
    """When whom of these people is on duty in this time; times without a zone are those of `zone`.

    Raises:
        UnreadableError: saying the lines.
    """
    if len(text) > LARGEST:
        raise UnreadableError([Fault(1, mark("this is larger than a rota can be"))])
    try:
        calendar = Calendar.from_ical(text)
        if not isinstance(calendar, Calendar):
            raise UnreadableError(
                [Fault(1, mark("this is no calendar: it begins with BEGIN:VCALENDAR"))]
            )
    except (ValueError, IndexError) as error:
        if isinstance(error, UnreadableError):
            raise
        raise UnreadableError([Fault(1, mark("this is no calendar that can be read"))]) from error
    who = _Who(people)
    faults = [
        fault
        for event, lines in zip(calendar.walk("VEVENT"), _events(text), strict=False)
        for fault in _faults(event, lines, who)
    ]
    if faults:
        raise UnreadableError(sorted(faults))
    return merged(_spans(calendar, who, zone, since, until))


def _spans(
    calendar: Calendar, who: _Who, zone: str, since: datetime, until: datetime
) -> Iterator[Span]:
    once = [event for event in calendar.walk("VEVENT") if not any(map(event.get, _SERIES))]
    # What happens once is as it stands: the library takes lengths at local times.
    calendar.subcomponents = [one for one in calendar.subcomponents if one not in once]
    found = [*once, *recurring_ical_events.of(calendar).between(since, until)]
    if len(found) > _MOST:
        raise UnreadableError(
            [Fault(1, sentence("these are more than {most} times on duty", most=str(_MOST)))]
        )
    for event in found:
        starts, ends = _times(event, zone)
        person = who.of(event)
        cancelled = str(event.get("STATUS", "")).upper() == "CANCELLED"
        touches = starts < until and ends > since
        if isinstance(person, int) and not cancelled and starts < ends and touches:
            yield Span(starts, ends, person, Why.IMPORTED)


def _times(event: Any, zone: str) -> tuple[datetime, datetime]:
    begins = event["DTSTART"].dt
    starts = _moment(begins, zone)
    if "DTEND" in event:
        return starts, _moment(event["DTEND"].dt, zone)
    if "DURATION" in event:
        return starts, starts + event["DURATION"].dt
    whole_day = not isinstance(begins, datetime)
    return starts, _moment(begins + timedelta(days=1), zone) if whole_day else starts


def _faults(event: Any, lines: Sequence[tuple[int, str]], who: _Who) -> Iterator[Fault]:
    """What is wrong with an event; only what a calendar can be blamed for."""
    for name, _ in event.errors:
        yield Fault(_line_of(lines, name), sentence("{name} cannot be read", name=name))
    if event.errors:
        return
    if odd := [name for name, is_odd in _ODD.items() if name in event and is_odd(event[name])]:
        yield Fault(_line_of(lines, odd[0]), sentence("{name} cannot be read", name=odd[0]))
        return
    if "DTSTART" not in event:
        yield Fault(lines[0][0], mark("this event does not say when it begins"))
        return
    for name in _TIMES:
        for value in _values(event, name):
            zone = value.params.get("TZID")
            if zone and any(_is_floating(at) for at in _dates(value)):
                yield Fault(
                    _line_of(lines, name), sentence("there is no time zone {zone}", zone=repr(zone))
                )
    rule = event.get("RRULE")
    if rule and _TOO_OFTEN & {str(often).upper() for often in rule.get("FREQ", [])}:
        yield Fault(_line_of(lines, "RRULE"), mark("nobody is on duty anew every hour"))
    person = who.of(event)
    if isinstance(person, str) and str(event.get("STATUS", "")).upper() != "CANCELLED":
        yield Fault(_line_of(lines, "SUMMARY"), person)


def _is_no_day(value: Any) -> bool:
    return isinstance(value, list) or not isinstance(value.dt, date)


_ODD: Mapping[str, Callable[[Any], bool]] = {
    "DTSTART": _is_no_day,
    "DTEND": _is_no_day,
    "DURATION": lambda value: isinstance(value, list) or not isinstance(value.dt, timedelta),
    "RRULE": lambda value: isinstance(value, list),
}
"""What a calendar may say of its times, and a rota cannot be made of."""


def _values(event: Any, name: str) -> list[Any]:
    value = event.get(name)
    return value if isinstance(value, list) else [] if value is None else [value]


def _dates(value: Any) -> list[Any]:
    return [one.dt for one in value.dts] if hasattr(value, "dts") else [value.dt]


def _is_floating(at: Any) -> bool:
    return isinstance(at, datetime) and at.tzinfo is None


def _moment(at: date, zone: str) -> datetime:
    """A moment in UTC; a whole day begins at midnight."""
    if not isinstance(at, datetime):
        return moment(datetime.combine(at, time()), zone)
    return moment(at, zone) if at.tzinfo is None else at.astimezone(UTC)


class _Who:
    """Whom an event means."""

    def __init__(self, people: Collection[Person]) -> None:
        self._ids = {str(person.id): person for person in people}
        self._by_email = {p.email.lower(): p.id for p in people if p.email}
        self._by_name: dict[str, list[int]] = {}
        for person in people:
            self._by_name.setdefault(_folded(person.name), []).append(person.id)

    def of(self, event: Any) -> int | str:
        """The person's id, or why it is not known."""
        title = _folded(str(event.get("SUMMARY", "")))
        ours = self._ids.get(str(event.get(_OURS, "")))
        if ours and _folded(ours.name) == title:
            return ours.id
        for guest in _values(event, "ATTENDEE"):
            address = str(guest).lower().removeprefix("mailto:")
            if address in self._by_email:
                return self._by_email[address]
        named = self._by_name.get(title) or [
            person
            for name, ids in self._by_name.items()
            if name in title.replace(":", " ").replace("-", " ")
            for person in ids
        ]
        if len(named) == 1:
            return named[0]
        said = str(event.get("SUMMARY", "")).strip() or "without a title"
        why = "names several people" if named else "names nobody who can be called"
        return f"{said!r} {why}"


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


def _line(text: str) -> str:
    """A name in one line, as calendars need it."""
    return " ".join(text.split())


def _events(text: str) -> Iterator[list[tuple[int, str]]]:
    """The lines of each event with their numbers, in the order of the calendar."""
    lines: list[tuple[int, str]] = []
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        inside = inside or line.strip().upper() == "BEGIN:VEVENT"
        if inside:
            lines.append((number, line))
        if line.strip().upper() == "END:VEVENT":
            yield lines
            lines, inside = [], False


def _line_of(lines: Sequence[tuple[int, str]], name: str) -> int:
    """Where a property of an event stands; its first line where it has none."""
    for number, line in lines:
        if line.upper().startswith((f"{name}:", f"{name};")):
            return number
    return lines[0][0]
