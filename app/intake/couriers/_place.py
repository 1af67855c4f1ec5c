"""Addresses in one form, whatever the courier calls their parts."""

from __future__ import annotations

from app.intake.couriers._shape import text
from app.shipments.countries import country


def address(
    *,
    line1: object = None,
    line2: object = None,
    city: object = None,
    region: object = None,
    postcode: object = None,
    country_of: object = None,
) -> dict[str, str | None] | None:
    """An address of the parts given; None when there is nothing in it."""
    found = {
        "line1": text(line1),
        "line2": text(line2),
        "city": text(city),
        "region": text(region),
        "postcode": text(postcode, 20),
        "country": country(country_of),
    }
    return found if any(found.values()) else None
