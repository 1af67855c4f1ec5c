"""A slot, a pickup point, and the booking of one of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any

from app import clock
from app.booking import hours
from app.booking.leaving import Leave, Leaving, for_driver
from app.frozen import frozen
from app.languages import distances
from app.languages.language import Language

_EVENING = time(17)


class BookingKind(StrEnum):
    """How the parcel changes hands."""

    REDELIVERY = "redelivery"
    PICKUP = "pickup"
    RETURN = "return"
    """It goes back to its sender, as the customer wishes."""


class BookingState(StrEnum):
    """Whether a booking stands, and how it ended; the same list as the CHECK of the table."""

    STANDING = "standing"
    CHANGED = "changed"
    KEPT = "kept"
    BROKEN = "broken"
    DROPPED = "dropped"
    REFUSED = "refused"
    """Whoever should have carried it out said no."""


class ChosenBy(StrEnum):
    """Who chose what was booked."""

    CUSTOMER = "customer"
    POLICY = "policy"
    DISPATCHER = "dispatcher"


@frozen()
class Slot:
    """One window of a depot with its places. Times are aware, UTC."""

    id: int
    depot_id: int
    starts_at: datetime
    ends_at: datetime
    cutoff_at: datetime
    capacity: int
    taken: int

    @property
    def choice(self) -> str:
        """The code that chooses it."""
        return f"slot:{self.id}"

    def evening(self, zone: str) -> bool:
        """Whether somebody who works by day is home by then."""
        return clock.local(self.starts_at, zone).time() >= _EVENING


@frozen()
class PickupPoint:
    """A pickup point, and when a parcel sent there now could be fetched."""

    id: int
    depot_id: int
    name: str
    address: str
    hours: str
    ready_in: timedelta
    keeps_for: timedelta
    capacity: int
    taken: int
    starts_at: datetime
    """From then on the parcel is there."""
    ends_at: datetime
    """Then it goes back."""
    away: float | None = None
    """How many metres it is from the address; None where nobody knows."""

    def away_in(self, country: str, language: Language) -> str:
        """The same as people write it there; empty where nobody knows."""
        return "" if self.away is None else distances.said(self.away, country, language)

    def hours_in(self, language: Language) -> str:
        """When it is open, in this language."""
        return hours.in_words(self.hours, language)

    @property
    def opening_hours(self) -> dict[str, list[list[str]]] | None:
        """The same by ISO weekday; None where nobody can tell from the words."""
        return hours.as_data(self.hours)

    @property
    def cutoff_at(self) -> datetime:
        """Once the parcel is there, it stays there."""
        return self.starts_at

    @property
    def choice(self) -> str:
        """The code that chooses it."""
        return f"point:{self.id}"


@frozen()
class WayBack:
    """The way back to the sender, as the customer can choose it. Times are aware, UTC."""

    cutoff_at: datetime
    starts_at: datetime
    """Then it leaves."""
    ends_at: datetime
    """By then it is back."""

    @property
    def choice(self) -> str:
        """The code that chooses it."""
        return BookingKind.RETURN


@frozen()
class Booking:
    """A promise: a row of bookings with what is needed to show it. Times are aware, UTC."""

    id: int
    case_id: int
    round: int
    kind: BookingKind
    slot_id: int | None
    pickup_point_id: int | None
    starts_at: datetime
    ends_at: datetime
    cutoff_at: datetime
    """Until then it can be changed."""
    chosen_by: ChosenBy
    state: BookingState
    sequence: int
    created_at: datetime
    confirmed_at: datetime | None
    """Since when whoever carries it out has said yes."""
    place: str
    """The pickup point's name; else the depot's, which brings it, or sends it back."""
    address: str
    """Where the parcel changes hands, in one line; of a redelivery the recipient's address, and of
    what goes back the sender's name."""
    hours: str | None
    """When a pickup point is open, as a person reads it."""
    zone: str
    """IANA name; the times are shown on these clocks."""
    depot_name: str
    missed: str | None = None
    """How it did not come true, where it is broken; see `booking.missed`."""
    leaving: Leaving = Leaving.IN_PERSON
    leave_who: str = ""
    leave_where: str = ""
    leave_photo: str = ""
    leave_address: Mapping[str, Any] | None = None

    def hours_in(self, language: Language) -> str:
        """When a pickup point is open, in this language; empty where nobody has written it."""
        return hours.in_words(self.hours, language) if self.hours else ""

    @property
    def leave(self) -> Leave:
        """Whom a delivery is left with, or where."""
        return Leave(
            self.leaving, self.leave_who, self.leave_where, self.leave_photo, self.leave_address
        )

    @property
    def leave_in_words(self) -> str:
        """The same, as the driver reads it; empty where the customer takes it."""
        return for_driver(self.leave)

    @property
    def choice(self) -> str:
        """The code that chose it."""
        if self.slot_id is not None:
            return f"slot:{self.slot_id}"
        if self.pickup_point_id is not None:
            return f"point:{self.pickup_point_id}"
        return BookingKind.RETURN
