"""Options and bookings as JSON."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from app.access.openapi import Answer, Body, one_of
from app.booking.leaving import ELSEWHERE, Leaving
from app.booking.offer import Options
from app.booking.rows import BookingKind, BookingState
from app.booking.terms import Priced, Within
from app.shipments.orders.schemas import AddressIn


class SlotOut(Answer):
    """A window in which the parcel can be brought."""

    choice = fields.String()
    starts_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()
    change_until = fields.AwareDateTime(attribute="cutoff_at")


class PickupPointOut(Answer):
    """A place where the parcel can be collected, and from when until when."""

    choice = fields.String()
    name = fields.String()
    address = fields.String()
    hours = fields.String()
    opening_hours = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.List(fields.String())),
        allow_none=True,
        metadata={
            "description": "By ISO weekday from when to when it is open; null where `hours` cannot "
            "be read by a program."
        },
    )
    starts_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()
    distance_m = fields.Function(
        lambda point: None if point.away is None else round(point.away),
        metadata={
            "type": "integer",
            "nullable": True,
            "description": "From the address, as the crow flies; null where one is not known.",
        },
    )


class OtherOut(Answer):
    """Something else that can be chosen, and what has to be said with it."""

    choice = fields.String()
    needs = fields.List(fields.String())
    price = fields.String(dump_default="")
    change_until = fields.AwareDateTime(dump_default=None, allow_none=True)
    within = fields.String(
        dump_default="",
        metadata={"description": "Of another address: what must be the same, such as `postcode`."},
    )


class OptionsOut(Answer):
    """What can be chosen now, earliest first; all empty when nothing can."""

    slots = fields.List(fields.Nested(SlotOut))
    pickup_points = fields.List(fields.Nested(PickupPointOut))
    others = fields.List(fields.Nested(OtherOut))
    price = fields.String(
        metadata={"description": "What a new delivery costs, where that is known beforehand."}
    )
    prices = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        metadata={
            "description": "What is charged, by `redelivery`, `evening`, `pickup`, `elsewhere` and "
            "`return`; what is not named costs nothing."
        },
    )


_NEEDS = {Leaving.NEIGHBOUR: ["name", "where"], Leaving.SAFE_PLACE: ["where"]}


def offered(options: Options) -> dict[str, Any]:
    """What can be chosen, as `OptionsOut` shows it."""
    others: list[dict[str, Any]] = [
        {"choice": one, "needs": _NEEDS[one]} for one in options.leaving
    ]
    if options.elsewhere is not Within.NO:
        price = options.prices.get(Priced.ELSEWHERE, "")
        others += [
            {
                "choice": Leaving.ADDRESS,
                "needs": ["address"],
                "price": price,
                "within": options.elsewhere,
            }
        ]
    if back := options.way_back:
        price = options.prices.get(Priced.RETURN, "")
        others += [
            {
                "choice": back.choice,
                "needs": [],
                "price": price,
                "change_until": back.cutoff_at,
            }
        ]
    if options.changeable:
        others += [{"choice": "cancel", "needs": []}, {"choice": "undo", "needs": []}]
    return {
        "slots": options.slots,
        "pickup_points": options.pickup_points,
        "others": others,
        "price": options.prices.get(Priced.REDELIVERY, ""),
        "prices": options.prices,
    }


class ChoiceIn(Body):
    """One of the options, by its `choice`.

    `neighbour` and `safe_place` are for the delivery that is booked, else for the next one. Beside
    the `choice` of a slot, `leave` says it for that slot; without it that stays as it was. `cancel`
    takes back what is booked, `undo` the last choice. `return` sends the parcel back to
    its sender, and `address` lets the delivery be brought to another address, this once.
    """

    choice = fields.String(required=True, validate=validate.Length(min=1, max=80))
    leave = fields.String(validate=validate.OneOf(["recipient", *ELSEWHERE]))
    name = fields.String(metadata={"description": "Of the neighbour."})
    where = fields.String(
        metadata={"description": "The neighbour's house number or door; the safe place in words."}
    )
    address = fields.Nested(
        AddressIn, allow_none=True, metadata={"description": "For the choice `address`."}
    )


class BookingOut(Answer):
    """What stands booked."""

    kind = one_of(BookingKind)
    state = one_of(BookingState)
    leave = fields.String(
        attribute="leave_in_words",
        metadata={"description": "Whom it is left with or where; empty: the recipient."},
    )
    choice = fields.String()
    starts_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()
    place = fields.String()
    change_until = fields.AwareDateTime(attribute="cutoff_at")
