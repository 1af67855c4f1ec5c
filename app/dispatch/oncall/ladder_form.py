"""A depot's ladder as a form shows and takes it: names with commas between, ways in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from app.db.connection import Connection
from app.directory import ladders
from app.directory import store as directory
from app.directory.changes import By
from app.directory.ladders import CalledWhen, Ladder, NewRung, Rung
from app.directory.rotas import store as rotas
from app.dispatch.oncall.store import Depot
from app.errors import Problem

ROWS = 2
"""Empty rows for further levels."""
EVERYONE = "everyone"
_WORDS = {
    "text": "sms",
    "telephone": "voice",
    "mail": "email",
    "chat": "chat",
    "push": "push",
    "system": "http",
}
_CHANNELS = {channel: word for word, channel in _WORDS.items()}
_WAY = re.compile(rf"({'|'.join(_WORDS)})\s+(\d{{1,3}})\s*min(?:\s*[x×]\s*([1-5]))?", re.ASCII)
_MINUTE = timedelta(minutes=1)


class Row(NamedTuple):
    """A level as the form shows it."""

    who: str
    minutes: int
    called: str
    ways: str


def shown(ladder: Ladder) -> list[Row]:
    """The levels of a ladder."""
    return [_row(rung, ladder) for rung in ladder.rungs]


def put(conn: Connection, who: By, depot: Depot, form: Mapping[str, str], now: datetime) -> None:
    """Give the depot the ladder of a form.

    Raises:
        Problem: 422, what it says cannot be.
    """
    people = {_folded(person.name): person.id for person in directory.everybody(conn)}
    named = {_folded(name): slug for slug, name in rotas.names(conn)}
    rungs = []
    for row in range(9):
        names = [name for name in form.get(f"who-{row}", "").split(",") if name.strip()]
        if not names:
            continue
        found = {name: (people.get(_folded(name)), named.get(_folded(name))) for name in names}
        everyone = [name for name in names if _folded(name) == EVERYONE]
        for name, (person, rota) in found.items():
            if person is None and rota is None and name not in everyone:
                raise Problem(422, "invalid", f"Nobody, and no rota, is called {name.strip()!r}.")
        minutes, called = form.get(f"minutes-{row}", ""), form.get(f"called-{row}", "")
        if not (minutes.isdigit() and 1 <= int(minutes) <= 10080) or called not in set(CalledWhen):
            raise Problem(422, "invalid", "Each level has between a minute and a week to answer.")
        rungs.append(
            NewRung(
                people=[person for person, _ in found.values() if person],
                rotas=[rota for person, rota in found.values() if rota and not person],
                everyone=bool(everyone),
                wait=int(minutes) * _MINUTE,
                called=CalledWhen(called),
                ways=_ways(form.get(f"ways-{row}", "")),
            )
        )
    last = people.get(_folded(form.get("last", "")), 0)
    ladders.put(conn, who, depot.slug, rungs, last, now)


def _row(rung: Rung, ladder: Ladder) -> Row:
    names = [person.name for person in rung.people]
    names += [ladder.rotas[rota].rota.name for rota in rung.rotas]
    ways: list[tuple[str, int, int]] = []
    for way in rung.ways:
        same = bool(ways) and ways[-1][:2] == (way.channel, way.wait // _MINUTE)
        tries = ways.pop()[2] + 1 if same else 1
        ways.append((way.channel, way.wait // _MINUTE, tries))
    said = [
        f"{_CHANNELS.get(channel, channel)} {wait} min" + (f" × {tries}" if tries > 1 else "")
        for channel, wait, tries in ways
    ]
    who = ", ".join([*names, *([EVERYONE] if rung.everyone else [])])
    return Row(who, rung.wait // _MINUTE, rung.called, ", ".join(said))


def _ways(text: str) -> list[dict[str, Any]]:
    """`text 2 min × 2, telephone 3 min`, in order."""
    ways = []
    for part in text.lower().split(","):
        if not part.strip():
            continue
        found = _WAY.fullmatch(part.strip())
        if found is None or not int(found[2]):
            raise Problem(
                422, "invalid", f"{part.strip()!r} is no way like “text 2 min × 2” or “mail 5 min”."
            )
        wait, tries = int(found[2]) * 60, int(found[3] or 1)
        ways.append({"channel": _WORDS[found[1]], "wait": wait, "tries": tries})
    return ways


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())
