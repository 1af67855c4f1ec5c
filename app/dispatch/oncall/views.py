"""What the pages of duty show, worked out; no I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.channels.service import Route
from app.directory.model import Person
from app.directory.rotas import rules
from app.directory.rotas.clocks import moment
from app.directory.rotas.model import Override, Rota, Shift, Span, Why
from app.directory.rotas.store import Known
from app.dispatch.oncall import moments, texts
from app.dispatch.oncall.service import WouldCall
from app.languages.language import Language
from app.languages.sentence import again
from app.theme.times import When

_NIGHT = (0, 5)
"""Hours of the local day in which whoever is on duty does not sleep."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list: when, who, and what is to be known about it."""

    at: str
    who: str
    what: str
    tone: str = ""
    id: int = 0
    starts_at: datetime | None = None
    ends_at: datetime | None = None


def calls(found: Iterable[WouldCall], when: When) -> list[Row]:
    """Who would be called, call after call, with the levels that are passed over."""
    rows, found = [], list(found)
    begins = found[0].at
    for call in found:
        at = texts.hour(call.at, begins, found[-1].until, when)
        for level, why, names in call.passed:
            said = again(when.language, texts.passed_over(level, why, names))
            rows.append(Row(at, said, "", "soft"))
        for person, ways in call.people:
            rows.append(Row(at, person.name, _called(call, ways, when.language)))
    return rows


def _called(call: WouldCall, ways: Sequence[Sequence[Route]], language: Language) -> str:
    """`level 1 (Nights), by telephone, then text`."""
    level = again(language, texts.level(call))
    if not ways:
        return language.say("{level}, no way to reach them", level=level)
    by = texts.channels(ways, language)
    return language.say("{level}, by {channels}", level=level, channels=by)


def on_duty(known: Known, now: datetime, when: When) -> str:
    """`Ana Reyes until Fri 27 Nov, 09:00`; empty when nobody is."""
    spans = rules.merged(rules.final(known.rota, now, now + timedelta(days=31)))
    said = [
        when.language.say(
            "{who} until {moment}",
            who=known.people[one.person].name,
            moment=when.short(one.ends_at),
        )
        for one in spans
        if one.starts_at <= now and one.person in known.people
    ]
    return "; ".join(said)


def schedule(known: Known, spans: Iterable[Span], when: When) -> list[Row]:
    """Who is on duty, one after another."""
    say = when.language.say
    stands_in = {
        Why.OVERRIDE: say("stands in"),
        Why.SWAP: say("swapped"),
        Why.IMPORTED: say("from the calendar"),
    }
    return [
        Row(
            times(one.starts_at, one.ends_at, when),
            known.people[one.person].name,
            stands_in.get(one.why, ""),
            "mark" if one.why in {Why.OVERRIDE, Why.SWAP} else "",
            one.person,
            one.starts_at,
            one.ends_at,
        )
        for one in spans
        if one.person in known.people
    ]


def swaps(known: Known, spans: Iterable[Span], when: When) -> list[tuple[str, str]]:
    """The shifts that can be swapped: `shift_id day person` as planned, and the words for it."""
    planned = {(one.shift_id, one.day, one.to): one.of for one in known.rota.swaps}
    found: dict[str, str] = {}
    for one in spans:
        if one.why in {Why.SHIFT, Why.SWAP} and one.starts_at > when.now and one.day:
            of = planned.get((one.shift_id, one.day, one.person), one.person)
            said = f"{times(one.starts_at, one.ends_at, when)}, {_name(known, one.person)}"
            found.setdefault(f"{one.shift_id} {one.day} {of}", said)
    return list(found.items())


def times(starts_at: datetime, ends_at: datetime, when: When) -> str:
    """`Fri 27 Nov, 22:00 – 06:00`; with the day of its end where it is not the next morning.

    In a night in which the clocks change the offsets stand beside the hours.
    """
    ends = when.time(ends_at) if ends_at - starts_at < timedelta(hours=20) else when.short(ends_at)
    begins = when.short(starts_at)
    if moments.offsets(starts_at, ends_at, when.zone):
        begins, ends = (
            f"{said} {moments.offset(at, when.zone)}"
            for said, at in ((begins, starts_at), (ends, ends_at))
        )
    return f"{begins} – {ends}"


def overrides(known: Known, found: Iterable[Override], when: When) -> list[Row]:
    """Who stands in for whom, and who is away."""
    rows, say = [], when.language.say
    for one in found:
        name = _name(known, one.person)
        of = _name(known, one.of)
        if one.person is None:
            what = say("{name} is away", name=of)
        elif of:
            what = say("{name} for {other}", name=name, other=of)
        else:
            what = say("{name} for whoever is on duty", name=name)
        rows.append(Row(times(one.starts_at, one.ends_at, when), what, "", "", one.id))
    return rows


def holes(found: Iterable[tuple[datetime, datetime]], when: When) -> list[str]:
    """When nobody is on duty who should be."""
    return [times(starts, ends, when) for starts, ends in found]


def nights(rota: Rota, since: datetime, until: datetime) -> dict[int, int]:
    """How many nights each person has in this time."""
    found: dict[int, set[date]] = {}
    zone = ZoneInfo(rota.zone)
    for one in rules.merged(rules.final(rota, since, until)):
        day = max(one.starts_at, since).astimezone(zone).date()
        while (begins := _at(day, _NIGHT[0], rota.zone)) < min(one.ends_at, until):
            if one.starts_at < _at(day, _NIGHT[1], rota.zone) and begins >= since:
                found.setdefault(one.person, set()).add(day)
            day += timedelta(days=1)
    return {person: len(days) for person, days in found.items()}


def load(
    known: Known, nights_of: Mapping[int, int], calls_of: Mapping[int, int]
) -> list[tuple[str, int, int]]:
    """`(name, nights, calls)` of everybody who takes part, by name."""
    return [
        (person.name, nights_of.get(person.id, 0), calls_of.get(person.id, 0))
        for person in known.people.values()
    ]


def in_turn(shift: Shift, people: Mapping[int, Person]) -> str:
    """The names of who takes a shift in turn, as a form shows and takes them."""
    return ", ".join(people[person].name for person in shift.people if person in people)


def until_choices(now: datetime, spans: Sequence[Span], zone: str) -> list[datetime]:
    """Until when somebody may take it at one tap: this shift's end, this evening, tomorrow."""
    here = now.astimezone(ZoneInfo(zone))
    ends = [one.ends_at for one in spans if one.starts_at <= now < one.ends_at]
    walls = [(0, 18), (0, 22), (1, 8), (1, 18)]
    later = [_at(here.date() + timedelta(days=day), hour, zone) for day, hour in walls]
    soon = now + timedelta(minutes=30)
    return sorted({at for at in [*ends[:1], *later] if soon < at < now + timedelta(days=8)})[:5]


def _at(day: date, hour: int, zone: str) -> datetime:
    return moment(datetime(day.year, day.month, day.day, hour), zone)  # noqa: DTZ001 - local


def _name(known: Known, person: int | None) -> str:
    return known.people[person].name if person in known.people and person else ""
