"""What a courier account lets its customers choose, and what is charged for it. Pure.

Terms are data of an account, `{"return": "no", "elsewhere": "postcode", "evening_price":
"4.50 EUR"}`; what is left out is as below. What a courier says of one parcel goes before.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from app.directory.rotas.model import Opening
from app.directory.rotas.opening import first_open
from app.frozen import frozen

_HOUR = timedelta(hours=1)
_PRICE = re.compile(r"\d{1,6}(\.\d{1,3})? [A-Z]{3}")


class Priced(StrEnum):
    """What can be charged for."""

    REDELIVERY = "redelivery"
    EVENING = "evening"
    PICKUP = "pickup"
    ELSEWHERE = "elsewhere"
    RETURN = "return"


class Within(StrEnum):
    """How far from where it was going a parcel may be brought instead."""

    NO = "no"
    POSTCODE = "postcode"
    CITY = "city"
    REGION = "region"
    COUNTRY = "country"


@frozen(kw_only=True)
class Terms:
    """What may be chosen with an account, and for how much."""

    takes_back: bool = True
    """Whether a customer may have it sent back, without anybody of the sender's deciding it."""
    elsewhere: Within = Within.NO
    """To which other addresses it may be brought, without anybody deciding it."""
    return_days: int = 14
    """By then it is back at its sender, or somebody asks where it is."""
    return_notice_hours: int = 24
    """So long before it leaves the customer may change their mind."""
    prices: Mapping[str, str] = field(default_factory=dict)
    """By what is chosen, as `4.50 EUR`; what is not named costs nothing."""


NUMBERS = {"return_days": (1, 60), "return_notice_hours": (1, 72)}
NAMES = ("return", "elsewhere", *NUMBERS, *(f"{one}_price" for one in Priced))


def read(raw: Mapping[str, Any]) -> Terms:
    """The terms that were given.

    Raises:
        ValueError: what is wrong, by the name.
    """
    values: dict[str, Any] = {"prices": {}}
    for name, value in raw.items():
        if name == "return":
            values["takes_back"] = _one_of(name, value, ["yes", "no"]) == "yes"
        elif name == "elsewhere":
            values["elsewhere"] = Within(_one_of(name, value, list(Within)))
        elif name in NUMBERS:
            least, most = NUMBERS[name]
            if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
                raise ValueError(f"{name}: must be a whole number from {least} to {most}")
            values[name] = value
        elif name in NAMES:
            if not isinstance(value, str) or not _PRICE.fullmatch(value):
                raise ValueError(f"{name}: must be an amount and its currency, such as 4.50 EUR")
            values["prices"][name.removesuffix("_price")] = value
        else:
            raise ValueError(f"{name}: not known; there are {', '.join(NAMES)}")
    return Terms(**values)


_PARTS = {
    Within.POSTCODE: ("country", "postcode"),
    Within.CITY: ("country", "city"),
    Within.REGION: ("country", "region"),
    Within.COUNTRY: ("country",),
}
"""What must be the same of both addresses."""


def brings_to(within: Within, now: Mapping[str, Any] | None, other: Mapping[str, Any]) -> bool:
    """Whether a parcel may be brought to another address, without anybody's deciding it.

    What is not known of one of them is not the same.
    """
    parts = _PARTS.get(within, ())
    return bool(parts) and all(
        _plain((now or {}).get(part)) == _plain(other.get(part)) != "" for part in parts
    )


def _plain(text: object) -> str:
    return "".join(str(text or "").split()).casefold()


class Leaves(NamedTuple):
    """When a parcel that is sent back goes its way; a `TimeWindow` without a row."""

    cutoff_at: datetime
    """Until then its customer can change their mind."""
    starts_at: datetime
    """Then it leaves."""
    ends_at: datetime
    """By then it is back."""


def going_back(terms: Terms, now: datetime, act_by: datetime | None, depot: Opening) -> Leaves:
    """When a parcel leaves whose customer wants it sent back now.

    It leaves in the depot's hours, after the account's notice. What the courier does by itself at
    `act_by` does not wait for that.
    """
    leaves = first_open(depot, _up(now + terms.return_notice_hours * _HOUR))
    cutoff = min(leaves, act_by) if act_by and act_by > now else leaves
    return Leaves(cutoff, leaves, leaves + timedelta(days=terms.return_days))


def _up(at: datetime) -> datetime:
    """The next full hour, unless it is one."""
    full = at.replace(minute=0, second=0, microsecond=0)
    return full if full == at else full + _HOUR


def _one_of(name: str, value: object, known: list[str]) -> str:
    if value not in known:
        raise ValueError(f"{name}: must be one of {', '.join(known)}")
    return str(value)
