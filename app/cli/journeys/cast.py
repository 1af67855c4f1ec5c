"""Who takes part in a journey, and what they are going to do: all of it drawn from its number.

Both plays, the engine's and the naive chain's, get the same draws.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.cli.journeys.places import PLACES, Place
from app.intake.couriers import NAMES

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SPREAD = timedelta(days=5)
"""In so long all journeys begin."""
_TWICE = 0.06


class Do(StrEnum):
    """What a customer does of their own accord."""

    CHOOSE = "choose"
    CHANGE = "change"
    WRITE = "write"
    ASK = "ask"
    COMPLAIN = "complain"
    STOP = "stop"
    START = "start"
    SPEAK = "speak"
    MOVE = "move"
    REPLY = "reply"
    """They write the number of what they want, as the message asks for."""
    RATE = "rate"


OFTEN = tuple(one for one in Do if one is not Do.RATE)


@dataclass(frozen=True, slots=True)
class Act:
    """A customer's act: so long after the word from us that it answers, the first being 1."""

    do: Do
    word: int
    after: timedelta


class End(StrEnum):
    """How the courier goes about what was booked."""

    KEPT = "kept"
    LATE = "late"
    TRIED = "tried"
    """They come in the window, and fail again."""
    FORGOTTEN = "forgotten"


@dataclass(frozen=True, slots=True)
class Journey:
    """One parcel, its customer and its courier."""

    seed: int
    number: int
    place: Place
    language: str
    phone: str
    landline: str
    email: str
    courier: str
    kind: str
    begins: datetime
    ordered: bool
    """Whether its shop announced it; else the courier tells who waits for it."""
    reach: str
    """What reaches the customer: both, phone, email, landline, nothing, or a dead number."""
    acts: tuple[Act, ...]
    score: int | None
    ends: tuple[End, ...]
    repeated: timedelta | None
    """The courier says its first word twice, so long afterwards."""
    by_itself: timedelta | None
    """The courier delivers without being asked, so long after the beginning."""
    early: bool
    """Word of that comes before word of the failure."""
    worse: tuple[str, timedelta] | None
    shipper: tuple[str, timedelta] | None
    """What the shipper decides, so long after being asked; None: they never do."""

    @property
    def name(self) -> str:
        """The parcel's tracking number."""
        return f"J{self.seed}N{self.number}"

    @property
    def label(self) -> str:
        """By which seed and which number it can be played again."""
        return f"seed {self.seed}, journey {self.number}"

    def stream(self, who: str) -> random.Random:
        """What is drawn for one of its people, the same each time."""
        return random.Random(f"{self.seed}:{self.number}:{who}")  # noqa: S311 - nothing is secret


def draw(seed: int, number: int, begins: datetime) -> Journey:
    """The journey of this number."""
    r = random.Random(f"{seed}:{number}")  # noqa: S311 - nothing is kept secret by it
    place = r.choice(PLACES)
    person = number
    if number > 1 and r.random() < _TWICE:  # they wait for the parcel of the former journey too
        person = number - 1
        place = random.Random(f"{seed}:{person}").choice(PLACES)  # noqa: S311 - as above
    kind = _one(r, failed=76, refused=4, returned=4, lost=4, damaged=4, held=8)
    reach = _one(r, both=52, phone=32, email=5, landline=3, nothing=4, dead=4)
    if reach == "landline" and not place.landline:
        reach = "phone"
    plain = kind == "failed" and reach in {"both", "phone", "dead"}
    ordered = plain and r.random() < 0.8
    return Journey(
        seed=seed,
        number=number,
        place=place,
        language=place.languages[0] if r.random() < 0.8 else r.choice(place.languages),
        phone=place.phone(person),
        landline=place.telephone(person),
        email=f"customer{person}@example.com",
        courier=r.choice(NAMES) if ordered else "standard_webhooks",
        kind=kind,
        begins=begins + r.random() * SPREAD,
        ordered=ordered,
        reach=reach,
        acts=_acts(r),
        score=r.choice((1, 2, 4, 5, 5)) if r.random() < 0.5 else None,
        ends=tuple(End(_one(r, kept=70, late=10, tried=10, forgotten=10)) for _ in range(6)),
        repeated=r.random() * 6 * HOUR if r.random() < 0.2 else None,
        by_itself=r.random() * 40 * HOUR if r.random() < 0.12 else None,
        early=r.random() < 0.2,
        worse=(r.choice(("lost", "damaged", "returned")), r.random() * 3 * DAY)
        if r.random() < 0.05
        else None,
        shipper=(r.choice(("replacement", "refund", "send_again", "close")), r.random() * 3 * DAY)
        if r.random() < 0.6
        else None,
    )


def _acts(r: random.Random) -> tuple[Act, ...]:
    def soon() -> timedelta:
        return MINUTE + r.random() ** 3 * 30 * HOUR

    who = _one(
        r, silent=20, chooser=32, changer=8, asker=10, stopper=10, wanderer=10, twice=5, late=5
    )
    choose = Act(Do.CHOOSE, 1, soon())
    match who:
        case "silent":
            return ()
        case "chooser":
            return (choose,)
        case "changer":
            return (choose, Act(Do.CHANGE, 1, choose.after + soon() / 4))
        case "twice":
            return (choose, *(Act(Do.REPLY, 1, choose.after + n * MINUTE) for n in (1, 2)))
        case _:
            return _rarer(r, who, soon)


def _rarer(r: random.Random, who: str, soon: Callable[[], timedelta]) -> tuple[Act, ...]:
    match who:
        case "late":
            reply = Act(Do.REPLY, 1, (3 + 5 * r.random()) * DAY)
            return (reply, Act(Do.CHOOSE, 1, reply.after + soon()))
        case "asker":
            asks = Act(r.choice((Do.WRITE, Do.ASK, Do.COMPLAIN, Do.MOVE)), 1, soon() / 4)
            return (asks, Act(Do.CHOOSE, 2, soon())) if r.random() < 0.7 else (asks,)
        case "stopper":
            word = r.choice((1, 1, 2, 3))
            acts = [Act(Do.STOP, word, soon())]
            if r.random() < 0.3:
                acts.append(Act(Do.CHOOSE, word, acts[0].after + soon()))
            if r.random() < 0.3:
                acts.append(Act(Do.START, word, acts[0].after + soon()))
            return tuple(acts)
        case _:
            return tuple(Act(r.choice(OFTEN), r.choice((1, 1, 2, 3)), soon()) for _ in range(4))


def _one(r: random.Random, **weights: int) -> str:
    return r.choices(list(weights), list(weights.values()))[0]
