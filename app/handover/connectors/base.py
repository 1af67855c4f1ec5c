"""What a connector is made of. README.md beside this file says how to add one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple, Protocol

from app import clock
from app.booking.leaving import TO_ME, Leave
from app.booking.rows import BookingKind


class Field(NamedTuple):
    """A value that an account of this connector has; all are stored encrypted."""

    name: str
    secret: bool = False
    """Whether it is never shown again."""
    required: bool = True


@dataclass(frozen=True, slots=True)
class Account:
    """A courier account as its connector sees it: `account["api_key"]` is what was set."""

    id: int
    slug: str
    base: str
    """Where the courier listens, without a slash at the end."""
    values: Mapping[str, str] = field(repr=False)
    timezone: str = "UTC"
    """IANA name of the clocks that count when nothing else is said."""

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """What a courier must know to find a parcel and to bring it; what is unknown is empty."""

    case_id: int
    tracking_number: str
    courier_ref: str = ""
    """The courier's own id, such as Onfleet's task; its webhook said it."""
    order_ref: str = ""
    code: str = ""
    """The courier's own code of its last news, such as Delhivery's EOD-74."""
    attempts: int = 0
    last_attempt_at: datetime | None = None
    name: str = ""
    phone: str = ""
    """E.164, or as it came when it is no number."""
    extension: str = ""
    """What is dialled after it; it stands in the notes as well, since few couriers have a field."""
    email: str = ""
    address: Mapping[str, str] = field(default_factory=dict)
    """line1, line2, city, region, postcode, country (ISO 3166-1 alpha-2), as far as known."""
    notes: str = ""
    """What the driver should know, such as a gate code; what matters most stands first."""
    shipper: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What somebody chose for a parcel. Times are aware."""

    parcel: Parcel
    kind: BookingKind
    starts_at: datetime
    ends_at: datetime
    zone: str
    """IANA name of the clocks where the parcel changes hands."""
    point: str = ""
    """The name of the pickup point."""
    leave: Leave = TO_ME
    """Whom it is left with; the parcel's notes say it in words."""

    @property
    def day(self) -> date:
        """The day, on the clocks where the parcel changes hands."""
        return clock.local(self.starts_at, self.zone).date()


class Says(StrEnum):
    """Whether a courier offers another delivery; who does not know is not held to it."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Can(NamedTuple):
    """What may be offered for a parcel."""

    says: Says
    days: frozenset[date] | None = None
    """The only days that it accepts; None when it names none."""
    price: str = ""
    """What it costs, as people write it: `4.50 USD`."""
    why: str = ""
    """Its words, where it does not."""
    takes_back: bool | None = None
    """Whether it can be sent back to its sender; None when the courier does not say."""
    elsewhere: bool | None = None
    """The same of another address."""
    prices: Mapping[str, str] = MappingProxyType({})
    """What it asks for what is no new delivery, by what is chosen: `{"return": "4.50 USD"}`."""


UNKNOWN = Can(Says.UNKNOWN)


class Confirmed(NamedTuple):
    """It is certain; a withdrawal: it does not stand any more. `ref` is the courier's own id."""

    ref: str = ""


class Refused(NamedTuple):
    """The courier certainly does not do it. `words` are its own and may be read by people."""

    code: str
    words: str = ""


class Asked(NamedTuple):
    """The courier has it and has not decided: `check` says more `after` this time."""

    ref: str = ""
    after: timedelta = timedelta(minutes=5)


class Ambiguous(NamedTuple):
    """The request left, and nobody knows what became of it; of a check: it cannot be told.

    `why` is a stable code and never holds a number, an address or words of a message.
    """

    why: str


class NotFound(NamedTuple):
    """A check's answer: the courier certainly never took it, so that it may be pushed again."""


class Unsent(NamedTuple):
    """It certainly was not taken, and the same request may go better `after` this time."""

    why: str
    after: timedelta = timedelta(0)
    """What the courier asks to wait; zero when our own schedule says when."""


Answer = Confirmed | Refused | Asked | Ambiguous | NotFound | Unsent

NOT_OFFERED = Refused("not_offered")
"""The courier has no call for this: people do it."""


class Part(StrEnum):
    """What can be corrected of where a parcel goes."""

    CONTACT = "contact"
    """Number and e-mail address."""
    ADDRESS = "address"
    DIRECTIONS = "directions"


class Over(Exception):
    """A call is over, from wherever in a connector it is raised, and this is its answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(type(answer).__name__)
        self.answer = answer


class Client(Protocol):
    """One account at its courier. Made for one call; `http.Http` makes the requests.

    None of these is called inside a web request or with a transaction open. Each is over within
    40 seconds; `http` sees to it for up to two requests, sign-in included.
    """

    def can(self, parcel: Parcel) -> Can:
        """What may be offered, asked before the customer chooses. It changes nothing."""
        ...

    def push(self, choice: Choice, key: str) -> Answer:
        """Ask for it. `key` is the same whenever this is tried again, and no other's."""
        ...

    def check(self, choice: Choice, key: str, ref: str) -> Answer:
        """What became of a push; `ref` is empty when its answer was lost. It changes nothing."""
        ...

    def cancel(self, choice: Choice, key: str, ref: str) -> Answer:
        """Withdraw a push. Doing it twice is like doing it once."""
        ...

    def correct(self, parcel: Parcel, key: str) -> Answer:
        """Pass on address, number and notes as they are now; twice is like once."""
        ...


class CorrectionsOnly:
    """What a courier answers to bookings that publishes no call for them: people confirm them.

    None of these asks it anything. Its connector says so by `kinds=()`, so that nothing is pushed.
    """

    def can(self, parcel: Parcel) -> Can:  # noqa: ARG002 - it says nothing of other deliveries
        """Unknown: whether it brings a parcel once more, its people say."""
        return UNKNOWN

    def push(self, choice: Choice, key: str) -> Answer:  # noqa: ARG002 - there is no such call
        """People do it."""
        return NOT_OFFERED

    def check(self, choice: Choice, key: str, ref: str) -> Answer:  # noqa: ARG002 - nothing was told
        """It certainly never took it."""
        return NotFound()

    def cancel(self, choice: Choice, key: str, ref: str) -> Answer:  # noqa: ARG002 - nothing was told
        """It certainly never took it."""
        return NotFound()


@dataclass(frozen=True, slots=True, kw_only=True)
class Connector:
    """What a connector is called, what it needs, and how its courier takes what it is told."""

    name: str
    title: str
    """As people write the courier's name."""
    opens: Callable[[Account], Client]
    base: str = ""
    """Its address, unless an account names another (a sandbox); empty: the account must."""
    fields: tuple[Field, ...] = ()
    kinds: tuple[BookingKind, ...] = (BookingKind.REDELIVERY,)
    """What it can carry out; people do the rest. Nothing: it takes corrections only."""
    takes_notes: bool = True
    """Whether what the driver should know goes with a booking. Otherwise nothing can be asked for
    that only words can say, such as leaving it with a neighbour."""
    moves: bool = False
    """Whether a booking can go to another address than the parcel's; else people see to that."""
    corrects: frozenset[Part] = frozenset(Part)
    """What its `correct` passes on; people tell the driver of the rest."""
    replaces: bool = False
    """Whether a second push for the parcel takes the first one's place. Otherwise the former is
    cancelled, and only when that is confirmed, the new one is pushed."""
    repeatable: bool = False
    """Whether the courier promises that two pushes with the same key are one."""
    by_day: bool = False
    """Whether it agrees to a day, and not to the hours."""

    def account(
        self, account_id: int, slug: str, values: Mapping[str, str], timezone: str
    ) -> Account:
        """An account with these values; `base` among them names another address."""
        base = (values.get("base") or self.base).rstrip("/")
        return Account(account_id, slug, base, values, timezone)

    def faults(self, values: Mapping[str, str]) -> list[str]:
        """What is wrong with the values of an account, in words."""
        known = {"base", *(f.name for f in self.fields)}
        missing = [f.name for f in self.fields if f.required and not values.get(f.name)]
        if not (self.base or values.get("base")):
            missing.append("base")
        unknown = sorted(values.keys() - known)
        base = values.get("base", "")
        return [
            *(f"{name} is missing" for name in missing),
            *(f"{name} is not known; there are {', '.join(sorted(known))}" for name in unknown),
            *(["base must begin with https:// or http://"] if _no_address(base) else []),
        ]


def _no_address(base: str) -> bool:
    return bool(base) and not base.startswith(("https://", "http://"))
