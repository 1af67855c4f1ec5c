"""The nouns everyone shares: a case, its parcel, its shipper and its depot; no I/O.

All of them are frozen: a case changes by a verb of `service`, which writes it and returns it
as it is then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from app.directory.brand import Brand
from app.frozen import frozen
from app.locality import quiet, zones

NOT_RECEIVED = "not_received"
"""The reason of a case that the customer opened: it is marked delivered, and they do not have it.
Migration 0036 and `channels.queue_store` say the same."""


class CaseState(StrEnum):
    """How far a case is; the members stand in the order in which a case passes through them."""

    OPEN = "open"
    """The customer has not been told."""
    INFORMED = "informed"
    """The customer was told and can choose."""
    BOOKED = "booked"
    """A promise stands."""
    CLOSED = "closed"


class CaseKind(StrEnum):
    """What the courier reports: the delivery failed, or something worse."""

    FAILED = "failed"
    REFUSED = "refused"
    RETURNED = "returned"
    LOST = "lost"
    DAMAGED = "damaged"
    HELD = "held"
    """It waits where the customer can collect it."""

    @property
    def deliverable(self) -> bool:
        """Whether there is a parcel that can be brought once more."""
        return self in {CaseKind.FAILED, CaseKind.REFUSED}


class Resolution(StrEnum):
    """How a case ended."""

    DELIVERED = "delivered"
    COLLECTED = "collected"
    """It was held for collection, and the customer has it."""
    RETURNED = "returned"
    RETURNED_TO_SENDER = "returned_to_sender"
    """The courier brought it back."""
    REFUNDED = "refunded"
    REPLACED = "replaced"
    MISTAKE = "mistake"
    HANDED_TO_SHIPPER = "handed_to_shipper"
    OLD_NEWS = "old_news"
    """It was old when it came, and nobody began it."""

    @property
    def arrived(self) -> bool:
        """Whether the customer has the parcel."""
        return self in {Resolution.DELIVERED, Resolution.COLLECTED}

    @property
    def rated(self) -> bool:
        """Whether the customer can say how it went: it arrived, or went back for good."""
        return self.arrived or self in {Resolution.RETURNED, Resolution.RETURNED_TO_SENDER}

    @property
    def by_hand(self) -> bool:
        """Whether a person may say so; the others are the chain's and the courier's to say."""
        return self not in {
            Resolution.HANDED_TO_SHIPPER,
            Resolution.RETURNED_TO_SENDER,
            Resolution.OLD_NEWS,
        }


class CourierAct(StrEnum):
    """What a courier does by itself when nobody asks for anything else."""

    TRIES_AGAIN = "tries_again"
    RETURNS = "returns"


class ReturnClock(NamedTuple):
    """What a courier is going to do by itself with a parcel, and when."""

    act: CourierAct | None
    at: datetime | None
    change_by: datetime | None
    """Until then it can still be asked for something else."""
    return_by: datetime | None
    """Then the parcel goes back; None when nobody says."""


CALL_ONLY = frozenset({"extension", "no_text_messages"})
"""Faults of numbers that a person can call all the same."""


class Contact(NamedTuple):
    """How a person can be reached. `line` and `fault` tell of a number that cannot be used, too."""

    phone: str | None
    line: str | None
    email: str | None
    fault: str | None
    call: str | None = None
    """A landline that we call, where no number takes text messages."""
    channel: str | None = None
    """By which they hear first, where that is known."""

    @property
    def outcome(self) -> str:
        """`reachable` by text message, by `call`, `email_only`, or `unreachable`."""
        if self.phone:
            return "reachable"
        if self.call:
            return "call"
        return "email_only" if self.email else "unreachable"


@frozen(kw_only=True)
class Holding:
    """Where a parcel can be collected, as far as the courier says so."""

    place: str | None = None
    address: str | None = None
    """In one line."""
    hours: str | None = None
    """When it is open, as a person reads it."""
    until: datetime | None = None
    """Aware; then it goes back."""
    redelivery: bool = False
    """Whether the courier would bring it once more instead."""

    def as_json(self) -> dict[str, Any]:
        """What is known of it, as the table keeps it."""
        known: dict[str, Any] = {
            "place": self.place,
            "address": self.address,
            "hours": self.hours,
            "until": self.until.isoformat() if self.until else None,
            "redelivery": self.redelivery or None,
        }
        return {name: value for name, value in known.items() if value is not None}

    @classmethod
    def read(cls, kept: dict[str, Any]) -> Holding:
        """The same from the table."""
        until = kept.get("until")
        return cls(
            place=kept.get("place"),
            address=kept.get("address"),
            hours=kept.get("hours"),
            until=datetime.fromisoformat(until) if until else None,
            redelivery=bool(kept.get("redelivery")),
        )


class Report(NamedTuple):
    """What the courier says of a parcel, in our words and in its own."""

    kind: CaseKind
    reason: str
    fault: str
    words: str


@frozen()
class Parcel:
    """The shipment of a case: the order's word first, then the courier's."""

    tracking_number: str
    order_ref: str | None
    tracking_url: str | None
    name: str | None
    phones: list[str]
    emails: list[str]
    address: dict[str, Any] | None
    language: str | None
    attempts: int
    delivered_at: datetime | None
    status: str
    held: Holding | None = None
    """Where it waits; of a case of kind `held`."""
    directions: str | None = None
    """What the driver should know."""
    consent: str | None = None
    """On what ground the recipient is written to: given, exemption or unknown."""
    texts_between: str | None = None
    """Between which hours they want to be written to, as `10:00-19:00`."""
    not_theirs: Sequence[str] = ()
    """Numbers and addresses whose readers said that the parcel is not theirs."""
    terms: Mapping[str, Any] = field(default_factory=dict)
    """What the order says of the time afterwards; see `app.shipments.orders.terms`."""

    @property
    def label(self) -> str:
        """What people know the parcel by."""
        return self.order_ref or self.tracking_number


@frozen()
class Shipper:
    """Who sent the parcel, and how they can be reached."""

    name: str
    email: str | None
    phone: str | None
    country: str
    brand: Brand = field(default_factory=Brand)


@frozen()
class Depot:
    """Where the parcel is delivered from, and whose clocks count."""

    name: str
    zone: str
    """IANA name."""
    phone: str | None


@frozen()
class Case:
    """A case with what every step needs of its parcel. Times are aware, UTC."""

    id: int
    shipment_id: int
    shipper_id: int
    account_id: int
    depot_id: int
    policy_id: int
    kind: CaseKind
    state: CaseState
    round: int
    """Grows when a promise was broken, or when worse was reported."""
    reason: str
    fault: str
    words: str
    opened_at: datetime
    contact_phone: str | None
    contact_line: str | None
    contact_email: str | None
    contact_fault: str | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    informed_at: datetime | None
    news_by: datetime | None
    """By then the customer was promised to hear from us."""
    choose_by: datetime | None
    return_by: datetime | None
    courier_act: CourierAct | None
    """What the courier does by itself at `courier_acts_at`, by the rules of its account."""
    courier_acts_at: datetime | None
    change_by: datetime | None
    """Until then the courier takes other wishes."""
    aside_until: datetime | None
    """It was old news when it came: nobody is called, and then it closes, unless it is begun."""
    closed_at: datetime | None
    resolution: Resolution | None
    request_id: str
    page_key: bytes | None
    """What the customer's link is made of; None where it was given out before there were keys."""
    page_key_at: datetime | None
    """When a new one was asked for."""
    parcel: Parcel
    shipper: Shipper
    depot: Depot
    contact_call: str | None = None
    """The landline that we call, where no number takes text messages."""
    channel: str | None = None
    """By which the customer hears first; None: as usual."""

    @property
    def zone(self) -> str:
        """On whose clocks the recipient lives (IANA name): the address's, else the depot's."""
        return zones.of(self.parcel.address, self.depot.zone)

    @property
    def country(self) -> str:
        """Where the recipient lives (ISO 3166-1): the address's country, else the shipper's."""
        return str((self.parcel.address or {}).get("country") or self.shipper.country)

    def quiet_hours(self, house: Mapping[str, Any] | None) -> dict[str, Any] | None:
        """When the recipient is left alone, by the policy's hours; see `app.locality.quiet`."""
        wish = quiet.wish(self.parcel.texts_between)
        return quiet.at(self.parcel.address, self.depot.zone, house, wish)

    @property
    def closed(self) -> bool:
        """Whether it is over."""
        return self.state is CaseState.CLOSED

    @property
    def act_by(self) -> datetime | None:
        """By then somebody must have acted: afterwards the courier does what it likes."""
        return min(filter(None, (self.change_by, self.return_by)), default=None)

    @property
    def aside(self) -> bool:
        """Whether it waits for a person to begin it."""
        return self.aside_until is not None and not self.closed

    @property
    def deliverable(self) -> bool:
        """Whether it can be brought once more; what is held, only where the courier offers it."""
        if self.kind is CaseKind.HELD:
            return self.parcel.held is not None and self.parcel.held.redelivery
        return self.kind.deliverable

    @property
    def call_only(self) -> bool:
        """Whether the recipient's number can be called and no text message reaches it."""
        return self.contact_phone is None and self.contact_fault in CALL_ONLY

    @property
    def booked(self) -> bool:
        """Whether a promise stands."""
        return self.state is CaseState.BOOKED

    @property
    def arrived(self) -> bool:
        """Whether the courier reports it delivered, and the customer does not say otherwise.

        A delivery from before the case says nothing of it, unless it was what ended it.
        """
        if self.closed:
            return self.resolution is not None and self.resolution.arrived
        at = self.parcel.delivered_at
        return at is not None and at >= self.opened_at and self.reason != NOT_RECEIVED
