"""A depot's ladder as a form shows and takes it: levels in order, each with who and by what."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from werkzeug.datastructures import MultiDict

from app.directory.ladders import CalledWhen, Ladder, NewRung, Rung
from app.dispatch.oncall.store import Callable
from app.languages.language import mark
from app.languages.sentence import sentence

CHANNELS = {
    "sms": mark("Text message"),
    "voice": mark("Telephone"),
    "email": mark("Mail"),
    "chat": mark("Chat or paging"),
    "push": mark("Browser"),
    "http": mark("Dispatch system"),
}
WHEN = {
    CalledWhen.ALWAYS: mark("at all hours"),
    CalledWhen.OPEN: mark("while the depot is open"),
    CalledWhen.CLOSED: mark("while the depot is closed"),
}
MOST_LEVELS, MOST_WAYS, MOST_TRIES = 9, 12, 5
_LONGEST = 10080
"""A week, in minutes."""
_LONGEST_TRY = 999
_MINUTE = timedelta(minutes=1)


@dataclass(slots=True)
class Try:
    """One way by which a level is called; as the form has it, which may be wrong."""

    channel: str = ""
    minutes: str = "5"
    tries: str = "1"


@dataclass(slots=True)
class Row:
    """A level as the form has it."""

    people: set[str] = field(default_factory=set)
    rotas: set[str] = field(default_factory=set)
    everyone: bool = False
    minutes: str = "10"
    called: str = CalledWhen.ALWAYS
    ways: list[Try] = field(default_factory=list)


@dataclass(slots=True)
class Draft:
    """A whole ladder as the form has it."""

    rows: list[Row]
    last: str
    seen: str = ""
    """What whoever fills it in has seen."""


def shown(ladder: Ladder) -> Draft:
    """The ladder that there is."""
    last = str(ladder.last.people[0].id)
    return Draft([_row(rung, ladder) for rung in ladder.rungs], last, version(ladder))


def version(ladder: Ladder) -> str:
    """Another one when somebody has changed it."""
    facts = [
        (rung.wait, rung.called, list(rung.ways), [one.id for one in rung.people], rung.rotas)
        for rung in ladder.rungs
    ]
    everyone = [rung.everyone for rung in ladder.rungs]
    said = repr((facts, everyone, ladder.last.people[0].id))
    return hashlib.sha256(said.encode()).hexdigest()[:12]


def _row(rung: Rung, ladder: Ladder) -> Row:
    ways: list[Try] = []
    for way in rung.ways:
        minutes = str(way.wait // _MINUTE)
        if ways and (ways[-1].channel, ways[-1].minutes) == (way.channel, minutes):
            ways[-1].tries = str(int(ways[-1].tries) + 1)
        else:
            ways.append(Try(way.channel, minutes))
    return Row(
        people={str(person.id) for person in rung.people},
        rotas={ladder.rotas[rota].rota.slug for rota in rung.rotas},
        everyone=rung.everyone,
        minutes=str(rung.wait // _MINUTE),
        called=rung.called,
        ways=ways,
    )


def read(form: MultiDict[str, str]) -> Draft:
    """What somebody filled in; a way without a channel is none."""
    rows = []
    for n in range(min(form.get("levels", 0, int), MOST_LEVELS)):
        tries = [
            Try(
                form.get(f"way-{n}-{k}", ""),
                form.get(f"within-{n}-{k}", "").strip(),
                form.get(f"tries-{n}-{k}", "1"),
            )
            for k in range(min(form.get(f"ways-{n}", 0, int), MOST_WAYS))
        ]
        rows.append(
            Row(
                people=set(form.getlist(f"people-{n}")),
                rotas=set(form.getlist(f"rotas-{n}")),
                everyone=f"everyone-{n}" in form,
                minutes=form.get(f"minutes-{n}", "").strip(),
                called=form.get(f"called-{n}", ""),
                ways=[one for one in tries if one.channel],
            )
        )
    return Draft(rows, form.get("last", ""), form.get("seen", ""))


def arrange(draft: Draft, act: str) -> None:
    """Add, move or take out a level, or let one be called one more way; nothing is saved by it."""
    verb, _, number = act.partition(" ")
    rows, n = draft.rows, int(number) if number.isascii() and number.isdigit() else -1
    if verb == "add" and len(rows) < MOST_LEVELS:
        rows.append(Row())
    elif not 0 <= n < len(rows):
        return
    elif verb == "remove":
        del rows[n]
    elif verb == "up" and n > 0:
        rows[n - 1], rows[n] = rows[n], rows[n - 1]
    elif verb == "down" and n + 1 < len(rows):
        rows[n], rows[n + 1] = rows[n + 1], rows[n]
    elif verb == "way" and len(rows[n].ways) < MOST_WAYS:
        rows[n].ways.append(Try())


def faults(draft: Draft, people: Mapping[str, Callable], rotas: Sequence[str]) -> dict[str, str]:
    """What is wrong, by field; the field of a level ends with its place, as `who-0`."""
    found = {}
    for n, row in enumerate(draft.rows):
        if not (row.people or row.rotas or row.everyone):
            found[f"who-{n}"] = mark("Choose who is called: people, a rota, or everyone.")
        if not (row.people <= set(people) and row.rotas <= set(rotas)):
            found[f"who-{n}"] = mark("Somebody here is not there any more. Please choose again.")
        if not _within(row.minutes, _LONGEST):
            found[f"minutes-{n}"] = mark("Between 1 minute and a week: 1 to 10080.")
        if row.called not in set(CalledWhen):
            found[f"called-{n}"] = mark("Choose when it is called.")
        wrong = ((k, why) for k, one in enumerate(row.ways) if (why := _wrong(one)))
        found |= {f"way-{n}-{k}": why for k, why in wrong}
    if why := _not_in_charge(people.get(draft.last)):
        found["last"] = why
    return found


def _wrong(one: Try) -> str:
    if one.channel not in CHANNELS or not _within(one.tries, MOST_TRIES):
        return mark("Choose a way, and up to five tries.")
    if not _within(one.minutes, _LONGEST_TRY):
        return mark("Give each try between 1 and 999 minutes.")
    return ""


def _not_in_charge(person: Callable | None) -> str:
    if person is None:
        return mark("Choose who is in charge: the last level is never empty.")
    if not person.reachable:
        return sentence(
            "{name} has neither number nor mail, and could not be called.", name=person.name
        )
    return ""


def rungs(draft: Draft) -> list[NewRung]:
    """The levels of a draft without faults."""
    return [
        NewRung(
            people=sorted(int(person) for person in row.people),
            rotas=sorted(row.rotas),
            everyone=row.everyone,
            wait=int(row.minutes) * _MINUTE,
            called=CalledWhen(row.called),
            ways=[_way(one) for one in row.ways],
        )
        for row in draft.rows
    ]


def _way(one: Try) -> dict[str, Any]:
    return {"channel": one.channel, "wait": int(one.minutes) * 60, "tries": int(one.tries)}


def _within(text: str, most: int) -> bool:
    return text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= most and len(text) <= 5
