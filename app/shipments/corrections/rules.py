"""What a correction must be, and which of them a customer may make alone. Pure decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError

from app.errors import Problem
from app.languages.language import mark
from app.shipments import normal
from app.shipments.orders import rules as orders
from app.shipments.orders.schemas import AddressIn

PARTS = ("line1", "line2", "city", "region", "postcode", "country")
LONGEST_DIRECTIONS = 300
LONGEST_UNIT = 200
LONGEST_REASON = 200

_ADDRESS = AddressIn()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a parcel goes; None leaves that part as it is."""

    address: Mapping[str, Any] | None = None
    directions: str | None = None


def read(given: Mapping[str, Any]) -> Place:
    """A correction as somebody wrote it, by the rules of orders; without an address it is none.

    Raises:
        Problem: 422 with a fault per field.
    """
    written = {part: given.get(part) for part in PARTS}
    errors = []
    address = None
    if any(isinstance(text, str) and text.strip() for text in written.values()):
        try:
            address = {part: text for part, text in _ADDRESS.load(written).items() if text}
        except ValidationError as error:
            errors += [
                orders.fault(field, str(code))._asdict()
                for field, codes in error.messages_dict.items()
                for code in codes
            ]
    directions = given.get("directions")
    if directions is not None:
        directions = normal.line(directions)
        if len(directions) > LONGEST_DIRECTIONS:
            errors.append(orders.fault("directions", "too_long")._asdict())
    if address is None and directions is None and not errors:
        errors.append(orders.fault("line1", "missing")._asdict())
    if errors:
        raise Problem(
            422, "address_unusable", mark("Please correct what is marked."), errors=errors
        )
    return Place(address, directions)


def reason(said: str) -> str:
    """Why something is refused, as its customer reads it.

    Raises:
        Problem: 422 nothing is said, or too much.
    """
    why = normal.line(said).rstrip(".")
    if why and len(why) <= LONGEST_REASON:
        return why
    fault = orders.fault("why", "too_long" if why else "missing")._asdict()
    raise Problem(422, "no_reason", mark("Please say why: the customer reads it."), errors=[fault])


def with_unit(address: Mapping[str, Any], unit: str) -> dict[str, Any]:
    """The same door, and another unit or floor.

    Raises:
        Problem: 422 it is too long.
    """
    unit = normal.line(unit)
    if len(unit) > LONGEST_UNIT:
        fault = orders.fault("line2", "too_long")._asdict()
        raise Problem(
            422, "address_unusable", mark("Please correct what is marked."), errors=[fault]
        )
    return {part: text for part, text in {**address, "line2": unit}.items() if text}


def same_door(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> bool:
    """Whether it is the same building, and only the unit or floor is said anew."""
    return all(
        _plain((before or {}).get(part)) == _plain(after.get(part))
        for part in PARTS
        if part != "line2"
    )


def _plain(text: Any) -> str:
    return normal.line(text).casefold() if isinstance(text, str) else ""
