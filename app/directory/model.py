"""People, and the levels of a ladder at one moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from app import languages
from app.languages.language import Language


class Person(NamedTuple):
    """Somebody who can be called."""

    id: int
    name: str
    phone: str | None
    email: str | None
    channels: list[str]
    endpoints: Sequence[str] = ()
    """Where they are written to beside number and mail, each as `chat slack-17`."""
    language: str = ""
    """The code of what they read and hear; empty for the house's."""
    admin: bool = False
    """Whether they may change everything; read where it is asked."""

    @property
    def speaks(self) -> Language:
        """What is said to them is said in this."""
        return languages.get(self.language or languages.HOUSE)

    @property
    def is_depot(self) -> bool:
        """Whether this is nobody, but a depot's own chat rooms and systems: see `depot_itself`."""
        return self.id < 0


def depot_itself(depot_id: int, name: str, endpoints: Sequence[str]) -> Person:
    """A depot's own chat rooms and systems, called beside its people.

    The id is the depot's below zero, so that what they are called for is told apart from what any
    person is called for, and gathered for itself.
    """
    channels = [endpoint.partition(" ")[0] for endpoint in endpoints]
    return Person(-depot_id, name, None, None, list(dict.fromkeys(channels)), endpoints)


class Way(NamedTuple):
    """One try to reach a level: by which channel, and how long until what comes next."""

    channel: str
    """Empty: by all the ways of a person at once."""
    wait: timedelta


class Empty(StrEnum):
    """Why nobody is called at a level at some moment."""

    NOBODY_ON_DUTY = "nobody_on_duty"
    DEPOT_CLOSED = "depot_closed"
    DEPOT_OPEN = "depot_open"
    NO_WAY = "no_way"
    """There is somebody, and no way to reach them."""


class Level(NamedTuple):
    """One rung of a ladder: who is called, and how long they have to acknowledge."""

    people: list[Person]
    wait: timedelta
    catch_all: bool
    ways: Sequence[Way] = ()
    """One after another; without any it is one try by all the ways of a person."""
    empty: Empty | None = None
    rotas: tuple[str, ...] = ()
    """The names of the rotas that say who is called."""
    beside: Sequence[Person] = ()
    """The depot's own chat rooms and systems, which hear of it when its people do."""

    @property
    def called(self) -> list[Person]:
        """Everybody who hears of it."""
        return [*self.people, *(self.beside if self.people else ())]

    @property
    def tries(self) -> Sequence[Way]:
        """What is tried one after another."""
        return self.ways or (Way("", self.wait),)
