"""What the customer reads about another address that they asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.cases.model import Case
from app.customer.outlook import Otherwise
from app.customer.texts import RenderedMessage, without_you


def agreed(case: Case, url: str, otherwise: Otherwise | None) -> RenderedMessage:
    """It goes there."""
    what = f"Your {case.shipper.name} parcel {case.parcel.label} goes to the address you asked for"
    text = f"{what}: {one_line(case.parcel.address)}. {without_you(case, otherwise)} {url}"
    return RenderedMessage(what, text)


def refused(case: Case, url: str, otherwise: Otherwise | None) -> RenderedMessage:
    """It does not."""
    what = f"Your {case.shipper.name} parcel {case.parcel.label} cannot go to the other address"
    stays = f"It still goes to {one_line(case.parcel.address)}."
    return RenderedMessage(what, f"{what}. {stays} {without_you(case, otherwise)} {url}")


def one_line(address: Mapping[str, Any] | None) -> str:
    """An address in one line."""
    parts = ("line1", "line2", "postcode", "city")
    return ", ".join(str(text) for part in parts if (text := (address or {}).get(part)))
