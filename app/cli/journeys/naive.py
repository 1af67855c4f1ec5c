"""The same journeys through what a plain chain of Celery countdowns would have done.

Its broker is an ideal one here: nothing is lost, doubled or late. What it lacks is what a chain of
countdowns lacks: each link counts from the one before and knows nothing of the hour, of receipts,
of refusals, of whether somebody came; and when its last link has run, nothing comes any more.
"""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from app import clock, languages
from app.cli.journeys.cast import DAY, HOUR, MINUTE, Act, Do, End, Journey
from app.cli.journeys.played import fate_of
from app.cli.journeys.told import Acted, Called, Hour, Told, Word
from app.languages.language import Form

_TELLS_AFTER = 20 * MINUTE
_REMINDS_AFTER = 4 * HOUR
_CALLS = (timedelta(), 5 * MINUTE, 15 * MINUTE)
_NEWS = 2
"""So often it says that it is working on it."""


def play(journeys: Iterable[Journey], until: datetime) -> list[Told]:
    """What each customer would have lived through."""
    return [_Chain(one, until).run() for one in journeys]


class _Chain:
    """One case of it."""

    def __init__(self, journey: Journey, until: datetime) -> None:
        self.journey = journey
        self.told = Told(journey, opened_at=journey.begins, until=until)
        self.provider = journey.stream("provider")
        self.dispatch = journey.stream("dispatch")
        self.courier = journey.stream("courier")
        self.words = 0
        self.booked = 0
        self.now = journey.begins
        self._due: list[tuple[datetime, int, Callable[[], object]]] = []
        self._number = itertools.count()

    def run(self) -> Told:
        journey = self.journey
        if journey.by_itself is not None and journey.early and journey.kind == "failed":
            self.told.opened_at = None  # it was delivered before anybody knew better
            return self.told
        if journey.by_itself is not None:
            self._after(journey.by_itself, lambda: self._close("delivered"))
        if journey.kind == "failed":
            self._after(_TELLS_AFTER, self._tell)
        else:  # what it was not made for goes to the shipper
            self._after(_TELLS_AFTER, lambda: self._say("failure"))
            if journey.shipper:
                choice, wait = journey.shipper
                self._after(wait, lambda: self._close(choice))
        while self._due:
            self.now, _, act = heapq.heappop(self._due)
            if self.told.closed_at is None:
                act()
        return self.told

    def _after(self, wait: timedelta, act: Callable[[], object]) -> None:
        heapq.heappush(self._due, (self.now + wait, next(self._number), act))

    def _say(self, topic: str, text: str = "") -> None:
        journey = self.journey
        phone = journey.reach in {"both", "phone", "dead"}
        if not phone and journey.reach != "email":
            return
        arrived = journey.reach != "dead" and fate_of(self.provider) not in {"lost", "refused"}
        way = ("sms", journey.phone) if phone else ("email", journey.email)
        self.told.words.append(Word(self.now, *way, topic, arrived, text))
        if arrived:
            self.words += 1
            for act in journey.acts:
                if act.word == self.words:
                    self._after(act.after, lambda act=act, way=way: self._act(act, way))  # type: ignore[misc]

    def _promise(self, kind: str, due: datetime) -> None:
        self.told.hours.append(Hour(kind, self.now, due, due))

    def _says(self, at: datetime, form: Form = "short") -> str:
        return languages.get().date(clock.local(at, self.journey.place.zone), form)

    def _tell_news(self, topic: str) -> None:
        by = self.now + DAY
        self._promise("news", by)
        self._say(topic, f"Next news by {self._says(by)}. {topic}")

    def _tell(self) -> None:
        self._tell_news("failure")
        self._after(_REMINDS_AFTER, self._remind)
        self._after(DAY, lambda: self._news(1))
        self._after(2 * DAY, self._default)

    def _remind(self) -> None:
        if not self.booked:
            self._say("reminder")

    def _news(self, number: int) -> None:
        if self.booked:
            return
        self._tell_news("news")
        if number < _NEWS:
            self._after(DAY, lambda: self._news(number + 1))

    def _default(self) -> None:
        if not self.booked:
            self._book("news")

    def _act(self, act: Act, way: tuple[str, str]) -> None:
        self.told.acts.append(Acted(self.now, act.do))
        match act.do:
            case Do.CHOOSE | Do.CHANGE:
                self._book("booking")
            case Do.STOP:
                self.told.stopped.append((self.now, *way))
            case Do.START:
                self.told.started.append((self.now, *way))
            case Do.WRITE | Do.ASK | Do.COMPLAIN | Do.MOVE:
                self._ask()
            case Do.REPLY | Do.SPEAK | Do.RATE:
                pass

    def _ask(self) -> None:
        """It is mailed to the depot; whoever sees it answers, and nobody looks whether they do."""
        self.told.calls.append(Called(self.now, "dispatcher", "question"))
        if answered_by_any(self.dispatch, len(_CALLS)):
            self._after(3 * HOUR * self.dispatch.random(), lambda: self._say("answer"))

    def _book(self, topic: str) -> None:
        """The day after, in the morning, noon or evening; nobody is asked whether that can be."""
        self.booked += 1
        this, here = self.booked, clock.local(self.now + DAY, self.journey.place.zone)
        hour = self.courier.choice((8, 12, 16))
        starts = here.replace(hour=hour, minute=0, second=0, microsecond=0)
        ends = starts + 4 * HOUR
        window = f"{self._says(starts)}-{self._says(ends, 'time')}"
        self._promise("window", ends)
        self._say(
            topic, f"Your parcel parcel {self.journey.number}: new delivery confirmed, {window}."
        )
        self.told.chosen.append(self.now)
        self.told.calls.append(Called(self.now, "dispatcher", "handover"))
        end = self.journey.ends[min(this, len(self.journey.ends)) - 1]
        if end in {End.KEPT, End.LATE}:
            late = 8 * HOUR if end is End.LATE else timedelta()
            wait = starts - self.now + self.courier.random() * 4 * HOUR + late
            self._after(wait, lambda: self._bring(this))

    def _bring(self, booking: int) -> None:
        if booking == self.booked:
            self._close("delivered")

    def _close(self, resolution: str) -> None:
        self.told.closed_at, self.told.resolution = self.now, resolution
        if resolution == "delivered":
            self.now += 2 * HOUR
            self._say("survey")


def answered_by_any(chance: random.Random, called: int) -> bool:
    """Whether one of so many who are called takes it on."""
    return any(chance.random() < 0.52 for _ in range(called))
