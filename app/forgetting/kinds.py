"""Kinds of data, and for how many days each is kept: as the shipper says, else the house. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple

BODIES, PHOTOS, WORDS, CONTACTS, PERSON = "bodies", "photos", "words", "contacts", "person"
WITHIN = {PHOTOS: PERSON, CONTACTS: PERSON, BODIES: CONTACTS, WORDS: CONTACTS}
"""What is kept no longer than another: what was posted and written says names and addresses."""
KINDS = (BODIES, PHOTOS, WORDS, CONTACTS, PERSON)
MOST_DAYS = 3650
LEAST_DAYS = {BODIES: 1, PHOTOS: 1, WORDS: 14, CONTACTS: 14, PERSON: 14}
"""So long after the end of a case questions are still answered, and amends are made."""
HELD_UP = timedelta(hours=6)
"""What is old, and whose case is open or disputed, is looked at again so soon."""
Days = Mapping[str, int]
"""By kind; 0 keeps it for good."""


class Row(NamedTuple):
    """Something that is kept: whose it is, since when it is there, and whether it may go."""

    id: int
    shipper_id: int | None
    at: datetime
    free: bool
    """Its case is closed and nothing about it is disputed."""


class House(NamedTuple):
    """For how long everything is kept here."""

    days: Days
    shippers: Mapping[int, Days]
    """What shippers say otherwise, by their id."""

    def of(self, shipper_id: int | None) -> Days:
        """For how long what is this shipper's is kept."""
        return within(self.days, self.shippers.get(shipper_id or 0, {}))

    def by_shipper(self, of: Collection[str]) -> Mapping[str, Mapping[str, int]]:
        """The days of these kinds; whoever is not in it has those of nobody."""
        return {
            str(one): {kind: days for kind, days in self.of(one).items() if kind in of}
            for one in (None, *sorted(self.shippers))
        }


def within(house: Days, own: Days) -> Days:
    """The days that hold; where one kind tells what another is about, the shorter ones."""
    found = {kind: own.get(kind, house.get(kind, 0)) for kind in KINDS}
    for kind, other in WITHIN.items():
        found[kind] = min((days for days in (found[kind], found[other]) if days), default=0)
    return found


def contradictions(own: Days) -> dict[str, str]:
    """Kinds that were said to be kept longer than the one that they tell of: `{kind: other}`."""
    endless = MOST_DAYS + 1
    return {
        kind: other
        for kind, other in WITHIN.items()
        if kind in own and own.get(other, 0) and (own[kind] or endless) > own[other]
    }


def due(at: datetime, days: int) -> datetime:
    """When it goes: in the first night (UTC) when it has been kept for so many days."""
    kept = (at + timedelta(days=days)).astimezone(UTC)
    night = datetime.combine(kept.date(), time(), UTC)
    return night if night == kept else night + timedelta(days=1)


def look_again(row: Row, days: int, now: datetime) -> datetime | None:
    """When a row is to be looked at; `now` or before: it goes. None: it is kept for good."""
    if not days:
        return None
    goes = due(row.at, days)
    return now + HELD_UP if goes <= now and not row.free else goes


def strongest(row: Row, days: Days, now: datetime) -> str:
    """Of what is known of a parcel, the kind that goes now; each has in it the ones before it."""
    gone = [
        kind
        for kind in (WORDS, CONTACTS, PERSON)
        if row.free and days[kind] and due(row.at, days[kind]) <= now
    ]
    return gone[-1] if gone else ""


def next_look(row: Row, days: Days, now: datetime) -> datetime | None:
    """When a parcel is to be looked at next: then more goes, or what was heard of it meanwhile."""
    limits = [days[kind] for kind in (WORDS, CONTACTS, PERSON) if days[kind]]
    if strongest(row, days, now) == PERSON or not limits:
        return None
    if not row.free:
        return now + HELD_UP
    coming = [goes for limit in limits if (goes := due(row.at, limit)) > now]
    return min(coming, default=due(now, max(limits)))
