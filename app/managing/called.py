"""What somebody is called: how often lately, how much more is allowed, and in which words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from app import languages
from app.channels import rules, voice_store
from app.db.connection import Connection
from app.directory.rotas import store as rotas
from app.dispatch.oncall import store, views
from app.dispatch.sample_call import Sample, of
from app.languages.language import Language
from app.managing.people_store import Person

_BEHIND = timedelta(days=28)


class Room(NamedTuple):
    """How often a telephone rang in a stretch of time, of so many times that it may."""

    minutes: int
    rang: int
    most: int

    @property
    def left(self) -> int:
        """How often it may ring still, but for the last level."""
        return max(self.most - self.rang, 0)


class Called(NamedTuple):
    """How somebody is called."""

    calls: int
    nights: int
    room: Sequence[Room]
    """Empty where there is no number to ring."""
    language: Language
    sample: Sample


def read(conn: Connection, person: Person, depot: str, now: datetime) -> Called:
    """Of the last four weeks, and at this moment."""
    since = now - _BEHIND
    theirs = rotas.all_of(conn, since, now)
    nights = sum(
        views.nights(one.rota, max(since, one.created_at), now).get(person.id, 0)
        for one in theirs
        if person.id in one.people
    )
    language = languages.get(person.language or languages.HOUSE)
    return Called(
        store.calls(conn, [person.id], since).get(person.id, 0),
        nights,
        _room(conn, person.phone, now),
        language,
        of(language, depot, now),
    )


def _room(conn: Connection, number: str | None, now: datetime) -> list[Room]:
    if not number:
        return []
    rang = voice_store.rung(conn, [number], now - rules.CALLS_LOOK_BACK, now)[number]
    return [
        Room(int(span.total_seconds() / 60), sum(at > now - span for at in rang), most)
        for span, most in rules.CALLS_AT_MOST
    ]
